import type { Content } from 'pdfmake/interfaces.js'
import type { Packet } from '../packet.ts'
import { framed, heading, indented, numbered, pairs, paragraph, table, title } from './lay-out.ts'
import { groupCode, say, sayDate, sayMeasure, sayOffice, sayOfficeInline } from './say.ts'

/** The letter: what is asked, by when and where it can be answered, and the rights that the household has. */
export function packetLetter(packet: Packet, code: string): Content[] {
  return [
    title('家庭经济状况核对预警告知书'),
    { text: packet.title, alignment: 'center', margin: [0, 0, 0, 12] },
    ...greeting(packet),
    ...firstThings(packet),
    ...whatIsAsked(packet),
    ...howToAnswer(packet),
    ...rights(packet),
    ...signature(packet, code),
  ]
}

function greeting({ addressee, household, check, warnings }: Packet): Content[] {
  const scheme = say('scheme', household.scheme)
  const category = household.category ? `（类别 ${household.category}）` : ''
  return [
    paragraph(`${addressee.name}：`, { bold: true }),
    pairs([
      ['户编号', household.id],
      ['住址', household.address ?? '登记中没有'],
      ['救助类别', `${scheme}${category}，${household.size}人`],
      ['核对基准日', sayDate(check.asOf)],
    ]),
    indented(
      `根据您家庭的授权，我单位以${sayDate(check.asOf)}为基准日，将您家庭申报的情况与有关部门提供的数据作了核对。有${warnings.length}项数据与申报情况或规定的限额不一致（以下称“预警”），需要请您说明。`,
    ),
  ]
}

function firstThings({ answer }: Packet): Content[] {
  return [
    framed([
      paragraph('请您先了解：', { bold: true }),
      ...numbered([
        '这是一次询问，不是结论。数据可能过时、重复或登记有误，也可能有只有您家庭才知道的原因。',
        '在工作人员作出决定之前，您家庭的待遇（或者正在办理的申请）维持原状，不因本告知书而减少或停止。',
        `您有${answer.workingDays}个工作日答复，自本告知书送达您的次日起算；时间不够可以申请延长。`,
        '没有答复不等于承认。期限届满后，我们会换一种方式再次与您联系；再次联系后仍无答复的，由工作人员决定如何办理，其中可能包括按自愿退出救助办理，但已经领取的部分不再追究。',
      ]),
    ]),
  ]
}

function whatIsAsked({ warnings }: Packet): Content[] {
  const rows = warnings.map(({ id, title: { zh }, result }) => [
    id,
    zh,
    result.reason?.zh ?? '',
    result.person ?? '全家',
    sayMeasure(result.measure, result.unit),
    sayMeasure(result.limit, result.unit),
  ])
  return [
    heading('一、需要您说明的事项'),
    table(['编号', '事项', '核对所见', '人员', '查到', '限额'], rows, { right: [4, 5] }),
    paragraph('人员编号、数据来源、计算过程和规则见附件一、附件二。', { fontSize: 9 }),
  ]
}

function howToAnswer({ answer }: Packet): Content[] {
  return [
    heading('二、怎样答复'),
    ...numbered([
      `期限：${answer.workingDays}个工作日，自送达次日起算，法定节假日和休息日不计。送达日期：＿＿＿＿年＿＿月＿＿日；答复的最后一日：＿＿＿＿年＿＿月＿＿日（由送达人当面填写）。`,
      `延长：在最后一日以前说明理由，可以申请延长，累计不超过${answer.extensionDays}个工作日。`,
      '内容：对每一项预警可以分别说明：数据不对、不是您家的、已经变化，或者有正当原因。可以只答复其中几项。',
      '材料：各项预警可以提交的材料见附件一，也可以提交其他能说明情况的材料；复印件、照片均可。暂时拿不到材料的，请先说明情况，由我单位向数据提供单位核实。',
      '方式：填写末页《答复书》，或者到下列窗口口头说明，由工作人员记录并向您宣读后签名。不会书写的，可以由他人代写，本人按指印。',
      '签名：谁签字，谁对所述内容和所交材料的真实性负责。期限届满以后提交的，我单位仍然收下并重新核实。',
    ]),
    paragraph('向谁答复、到哪里询问：', { bold: true }),
    pairs(sayOffice(answer.office)),
  ]
}

function rights({ review }: Packet): Content[] {
  return [
    heading('三、您的权利'),
    ...numbered([
      '陈述和申辩：您可以陈述意见、提出理由和证据。我单位逐项核实并书面答复，不因您提出意见而作对您不利的处理。',
      '拒绝只由机器作出的决定：预警由程序比对得出，经工作人员核实后发出，程序不作任何决定。您有权要求说明，有权拒绝仅通过自动化决策的方式作出的决定（个人信息保护法第二十四条）。今后的决定由核实人员以外的另一名工作人员作出。',
      '查阅、复制、更正：您有权查阅、复制您的个人信息，请求更正、补充不准确、不完整的信息，要求解释处理规则（个人信息保护法第四十四条至第四十八条）。数据有误的，我单位向提供单位提出更正请求。',
      `对今后的决定不服：本告知书本身不是决定。今后作出的决定将书面告知您并说明理由；不服的，可以自收到决定之日起${review.calendarDays}日内向${sayOfficeInline(review.office)}申请行政复议，也可以自收到决定之日起${review.suitMonths}个月内向${sayOfficeInline(review.court)}提起行政诉讼。`,
      '保密：我单位工作人员对知悉的您家庭的个人信息负有保密义务。',
    ]),
  ]
}

function signature({ answer, issued, warnings }: Packet, code: string): Content[] {
  const confirmers = [...new Set(warnings.map(({ confirmed }) => confirmed.by))].join('、')
  return [
    {
      unbreakable: true,
      stack: [
        { text: answer.office.name, alignment: 'right', margin: [0, 10, 0, 2] },
        { text: sayDate(issued.on), alignment: 'right', margin: [0, 0, 0, 2] },
        {
          text: `核实人：${confirmers}　　签发人：${issued.by}`,
          alignment: 'right',
          fontSize: 9,
          margin: [0, 0, 0, 8],
        },
        framed([
          paragraph(`核验码　${groupCode(code)}`, { bold: true }),
          paragraph(
            '本文书以数字签名（Ed25519）封缄，封缄即为电子印章。核验码由数据文件 packet.json 的内容算出，任何改动都会使它不同；签名和公钥在随附压缩包的 manifest.json 中，核验方法见附件四。',
            { fontSize: 8.5 },
          ),
        ]),
      ],
    },
  ]
}
