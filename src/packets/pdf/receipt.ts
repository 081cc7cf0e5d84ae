import type { Content } from 'pdfmake/interfaces.js'
import type { Packet } from '../packet.ts'
import { BLANK_DATE, type FormRow, form } from './forms.ts'
import { paragraph, title } from './lay-out.ts'

export interface Receipt {
  /** What is served: its name and number. */
  readonly paper: string
  readonly addressee: Packet['addressee']
  readonly household: Packet['household']
  /** Working days to answer, where the clock starts with this. */
  readonly answerDays?: number
  /** Why a guardian signs or a visit comes first, where somebody is protected. */
  readonly guarded?: string | null
}

/** 送达回证: without it no clock runs. */
export function receiptSheet({ paper, addressee, household, answerDays, guarded }: Receipt): Content[] {
  const deadline: FormRow[] = answerDays
    ? [
        [
          '答复的最后一日',
          `自送达次日起${answerDays}个工作日：${BLANK_DATE}\n（送达人按国务院办公厅公布的节假日安排计算，当面填写并告知）`,
          34,
        ],
      ]
    : []
  const guardian: FormRow[] = guarded
    ? [
        [
          '监护人签收或入户走访',
          `家庭中有须特别保护的人员（${guarded}）。涉及其本人的，由监护人签收，或者送达以前先入户走访。\n监护人签名：　　　　　　　　　　走访日期：${BLANK_DATE}`,
          54,
        ],
      ]
    : []
  return [
    { ...(title('送达回证') as object), pageBreak: 'before' } as Content,
    form([
      ['送达文书', paper, 16],
      ['受送达人', `${addressee.name}（户编号 ${household.id}）`, 16],
      ['送达地点', household.address ?? '', 16],
      [
        '送达方式',
        '□ 直接送达　□ 留置送达　□ 邮寄送达（单号：　　　　　　　　　）\n□ 电子送达（受送达人同意）　□ 公告送达',
        34,
      ],
      ['送达日期', `${BLANK_DATE}　　＿＿时＿＿分`, 18],
      ...deadline,
      ['受送达人签名或盖章', '', 42],
      ['代收人签名', '与受送达人关系：', 36],
      ...guardian,
      ['拒收或无法送达的情况', '（写明经过；无法送达的，期限不起算）', 48],
      ['见证人', '（留置送达时填写姓名、单位和联系方式）', 30],
      ['送达人签名', '（两人）', 34],
      ['备注', '', 40],
    ]),
    paragraph('签名只表示收到本文书，不表示同意其中的内容。本回证一式两份，受送达人和办理机关各执一份。', {
      fontSize: 9,
      margin: [0, 8, 0, 0],
    }),
  ]
}
