import type { Content } from 'pdfmake/interfaces.js'
import { formatYuan, parseYuan } from '../../domain/money.ts'
import type { ArbitrationForm } from '../arbitration-form.ts'
import { BLANK_DATE, form, line } from './forms.ts'
import { framed, heading, indented, numbered, paragraph, table, title } from './lay-out.ts'
import { sayDate, sayYuan } from './say.ts'

export const ARBITRATION_TITLE = '劳动人事争议仲裁申请书'

const SEXES = { male: '男', female: '女' } as const

/** An application filled as far as the case knows; what it does not know is left for the applicant's hand. */
export function arbitrationContent(application: ArbitrationForm): Content[] {
  return [
    title(ARBITRATION_TITLE),
    framed([
      paragraph(
        '本申请书由民政部门根据已知情况预先填写，供申请人使用。请核对每一处内容，空白处由申请人填写；有出入的，以申请人所写为准。',
        { fontSize: 9 },
      ),
    ]),
    ...parties(application),
    heading('仲裁请求'),
    ...claims(application),
    heading('事实与理由'),
    ...reasons(application),
    heading('证据清单'),
    ...evidence(application),
    ...signature(application),
    ...hints(),
  ]
}

function parties({ applicant: { name, sex, birthDate, address } }: ArbitrationForm): Content[] {
  return [
    heading('申请人'),
    form(
      [
        ['姓名', name, 14],
        ['性别', sex === null ? '' : SEXES[sex], 14],
        ['出生日期', birthDate === null ? BLANK_DATE : sayDate(birthDate), 14],
        ['公民身份号码', '', 14],
        ['住址', address ?? '', 14],
        ['联系电话', '', 14],
      ],
      96,
    ),
    heading('被申请人（用人单位）'),
    form(
      [
        ['名称', '', 14],
        ['统一社会信用代码', '', 14],
        ['住所', '', 14],
        ['法定代表人、职务', '', 14],
        ['联系电话', '', 14],
      ],
      96,
    ),
  ]
}

/** The difference a month, and over the months where they are known: in fen, so that nothing is rounded. */
export function wageDifference({ wage, months }: Pick<ArbitrationForm, 'wage' | 'months'>): {
  readonly monthly: string
  readonly count: number | null
  readonly total: string | null
} {
  const monthly = Math.max(0, parseYuan(wage.minimumMonthly)! - parseYuan(wage.declaredMonthly)!)
  if (!months) return { monthly: formatYuan(monthly), count: null, total: null }
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7))
  const count = number(months.until) - number(months.from) + 1
  return { monthly: formatYuan(monthly), count, total: formatYuan(monthly * count) }
}

function claims(application: ArbitrationForm): Content[] {
  const { monthly, count, total } = wageDifference(application)
  const { months } = application
  const period =
    months === null
      ? `${line(4)}年${line(2)}月至${line(4)}年${line(2)}月，共${line(3)}个月`
      : `${sayDate(months.from)}至${sayDate(months.until)}，共${count}个月`
  const sum = total === null ? `${line(8)}元` : sayYuan(total)
  return [
    ...numbered([
      `请求裁决被申请人支付低于当地最低工资标准的工资差额：${period}，每月${sayYuan(monthly)}，合计${sum}。`,
      `其他请求（由申请人填写）：${line(24)}`,
    ]),
  ]
}

function reasons(application: ArbitrationForm): Content[] {
  const { wage } = application
  const since = wage.inForceFrom === null ? '' : `，自${sayDate(wage.inForceFrom)}起执行`
  const authority = wage.authority === null ? '' : `（依据：${wage.authority}${since}）`
  return [
    indented(
      `申请人在被申请人处工作，申报的月工资为${sayYuan(wage.declaredMonthly)}（${sayDate(wage.declaredAsOf)}的情况）。当地月最低工资标准为${sayYuan(wage.minimumMonthly)}${authority}。每月相差${sayYuan(wageDifference(application).monthly)}。`,
    ),
    indented(
      `申请人于${line(4)}年${line(2)}月入职，岗位为${line(8)}，每日工作${line(2)}小时，每周工作${line(2)}日，工资以${line(6)}方式发放。`,
    ),
    indented(
      '《中华人民共和国劳动法》第四十八条规定，用人单位支付劳动者的工资不得低于当地最低工资标准。因劳动报酬发生的争议，依照《中华人民共和国劳动争议调解仲裁法》第二条提出申请。',
    ),
    paragraph(`补充（由申请人填写）：${line(32)}`),
    paragraph(line(42)),
  ]
}

function evidence({ evidence: all }: ArbitrationForm): Content[] {
  const known = all.map(({ name, source }) => [name, source])
  const usual = ['劳动合同', '工资条或工资发放记录', '银行流水', '考勤记录、工作证等'].map((name) => [`□ ${name}`, ''])
  const rows = [...known, ...usual, ['□ 其他：', '']].map((row, i) => [String(i + 1), ...row, ''])
  return [table(['序号', '证据名称', '来源', '份数、页数'], rows)]
}

function signature({ commission }: ArbitrationForm): Content[] {
  const contact = [commission?.address, commission?.phone, commission?.hours].filter(Boolean).join('，')
  return [
    {
      unbreakable: true,
      stack: [
        paragraph('此致', { margin: [21, 8, 0, 4] }),
        paragraph(commission?.name ?? `${line(12)}劳动人事争议仲裁委员会`),
        ...(contact === '' ? [] : [paragraph(`（${contact}）`, { fontSize: 9 })]),
        { text: `申请人（签名或按指印）：${line(10)}`, alignment: 'right', margin: [0, 10, 0, 6] },
        { text: BLANK_DATE, alignment: 'right', margin: [0, 0, 0, 8] },
        paragraph(`附：申请书副本${line(2)}份（按被申请人人数提交），证据材料${line(2)}份。`, { fontSize: 9 }),
      ],
    },
  ]
}

function hints(): Content[] {
  return [
    framed([
      paragraph('提示', { bold: true, fontSize: 9 }),
      paragraph(
        '劳动争议仲裁不收费（劳动争议调解仲裁法第五十三条）。申请仲裁的时效为一年，从知道或者应当知道权利被侵害之日起计算；劳动关系存续期间因拖欠劳动报酬发生争议的，不受一年限制，但劳动关系终止的，应当自终止之日起一年内提出（第二十七条）。非全日制用工适用小时最低工资标准。书写有困难的，可以口头申请，由仲裁委员会记录（第二十八条）。',
        { fontSize: 9 },
      ),
      paragraph('仲裁期间，您家庭的待遇不变，核对案件暂停。收到裁决书后，请将复印件交给办理机关。', { fontSize: 9 }),
    ]),
  ]
}
