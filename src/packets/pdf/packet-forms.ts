import type { Content } from 'pdfmake/interfaces.js'
import type { Packet } from '../packet.ts'
import { BLANK_DATE, form, GRID, line } from './forms.ts'
import { paragraph, title } from './lay-out.ts'
import { PAPER } from './paper.ts'
import { receiptSheet } from './receipt.ts'
import { say } from './say.ts'

/** The receipt that proves service, and the sheet for an answer: a page each, to be filled by hand. */
export function packetForms(packet: Packet): Content[] {
  const { title: number, addressee, household, people, answer } = packet
  const guarded = people
    .filter((person) => person.protected.length > 0)
    .map(({ id, protected: why }) => `${id}：${why.map((each) => say('protection', each)).join('、')}`)
  const receipt = receiptSheet({
    paper: `家庭经济状况核对预警告知书　${number}`,
    addressee,
    household,
    answerDays: answer.workingDays,
    guarded: guarded.join('；') || null,
  })
  return [...receipt, ...reply(packet)]
}

function reply({ title: number, household, addressee, warnings, answer }: Packet): Content[] {
  // What the rest of the page leaves; more than six go on to the next.
  const height = Math.max(36, Math.min(150, 310 / warnings.length - 11))
  const widths = [104, PAPER.width - 104 - 148 - 33, 148]
  return [
    { ...(title('答复书') as object), pageBreak: 'before' } as Content,
    paragraph(`答复的文书：家庭经济状况核对预警告知书　${number}（户编号 ${household.id}，${addressee.name}）`),
    paragraph(`交到：${answer.office.name}${answer.office.address ? `，${answer.office.address}` : ''}`),
    {
      table: {
        widths,
        headerRows: 1,
        dontBreakRows: true,
        heights: (row: number) => (row === 0 ? 14 : height),
        body: [
          ['预警', '我的说明', '证据材料（名称、份数）'].map((text) => ({ text, bold: true, fillColor: '#eeeeee' })),
          ...warnings.map(({ id, title: { zh } }) => [`${id}　${zh}\n□ 不答复这一项`, '', '']),
        ],
      },
      layout: GRID,
      fontSize: 9.5,
      margin: [0, 3, 0, 8],
    },
    {
      unbreakable: true,
      stack: [
        paragraph(`□ 我请求延长答复期限，理由：${line(30)}`),
        paragraph(`□ 我请求查阅、复制我的个人信息　　□ 我请求更正下列信息：${line(16)}`),
        paragraph('□ 我请求说明预警是怎样得出的，并拒绝仅通过自动化决策的方式作出决定'),
        paragraph('谁签字，谁负责：签字人对上述内容和所交材料的真实性负责。', { bold: true, margin: [0, 6, 0, 6] }),
        form([
          ['签字人', '', 22],
          ['与本家庭的关系', '', 18],
          ['联系电话', '', 18],
          ['日期', BLANK_DATE, 18],
          ['收件人和收件日期', '（办理机关填写）', 22],
        ]),
      ],
    },
  ]
}
