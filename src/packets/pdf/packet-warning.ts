import type { Content } from 'pdfmake/interfaces.js'
import type { PageBlock, PageSection } from '../../domain/trace-page.ts'
import type { Packet, PacketWarning } from '../packet.ts'
import { pairs, paragraph, smallHeading, subheading, table } from './lay-out.ts'
import { say, sayDate, sayInstant, sayMeasure, sayOrdinal, sayYuan } from './say.ts'

/** The section of one warning: what was found, from where, the sum, the rule, the source's word, what can be submitted. */
export function packetWarning(warning: PacketWarning, packet: Packet, place: number): Content[] {
  const { id, title, result, page, accepts, confirmed } = warning
  return [
    subheading(`（${sayOrdinal(place)}）${title.zh}（${id}）`),
    smallHeading('查到了什么'),
    paragraph(result.reason?.zh ?? ''),
    pairs([
      ['核对对象', result.person === null ? '全家' : personOf(result.person, packet)],
      ['查到', sayMeasure(result.measure, result.unit)],
      ['限额或比较值', sayMeasure(result.limit, result.unit)],
    ]),
    smallHeading('数据从哪里来'),
    ...evidence(warning, packet),
    ...page.sections.filter(({ heading }) => heading !== RULE).flatMap(tracePart),
    smallHeading('规则'),
    pairs(ruleOf(warning, packet)),
    smallHeading('数据提供单位的确认'),
    ...confirmations(warning, packet),
    smallHeading('您可以提交什么'),
    paragraph(`${[...accepts.map(({ zh }) => zh), '其他能说明情况的材料'].join('；')}。`),
    smallHeading('核实'),
    paragraph(`${confirmed.by}于${sayInstant(confirmed.at)}核实。核实说明：${confirmed.reason}`),
  ]
}

/** The trace's own section on the rule, which stands under the packet's. */
const RULE = '依据'

function personOf(id: string, { people }: Packet): string {
  const person = people.find((each) => each.id === id)
  return person ? `${id}（${person.name}，${say('relation', person.relation)}）` : id
}

function evidence({ result }: PacketWarning, packet: Packet): Content[] {
  if (result.evidence.length === 0) return [paragraph('这项预警只用到申报的情况，没有用到部门数据。')]
  const rows = result.evidence.map(({ source, person, key, asOf, delivery, row }) => {
    const of = packet.sources.find((each) => each.source === source)
    const file = of?.deliveries.find((each) => each.id === delivery)
    return [
      of ? `${of.title.zh}（${of.owner}）` : source,
      person,
      key,
      asOf,
      file?.fileName ?? '',
      file ? file.sha256.slice(0, 12) : '',
      String(row),
    ]
  })
  const head = ['来源（提供单位）', '人员', '记录（已遮盖）', '数据日期', '文件', '文件摘要', '行']
  return [table(head, rows, { right: [6], size: 8 })]
}

/** A section of the trace, as the rules' own words put it. */
function tracePart({ heading, blocks }: PageSection): Content[] {
  return [smallHeading(heading), ...blocks.flatMap(traceBlock)]
}

function traceBlock(block: PageBlock): Content[] {
  if (block.kind === 'text') return [paragraph(block.text, { fontSize: 9 })]
  if (block.kind === 'pairs') return [pairs(block.rows)]
  const [head, ...rows] = block.rows
  return head ? [table(head, rows, { right: block.right, size: 8 })] : []
}

function ruleOf({ title, authority, page, inForceFrom, result }: PacketWarning, { check }: Packet): [string, string][] {
  const told = page.sections
    .filter(({ heading }) => heading === RULE)
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'pairs' ? block.rows : [])))
  return [
    ['规则', `${title.zh}（${result.rule}）`],
    ...(told.length > 0
      ? told.map(([name, value]): [string, string] => [name, value])
      : [['规则依据', authority.zh] as [string, string]]),
    ['自何时起执行', inForceFrom === null ? '随核对系统提供，未另行规定起始日期' : sayDate(inForceFrom)],
    ['规则集版本', check.ruleSet],
  ]
}

function confirmations({ confirmations: all, result }: PacketWarning, packet: Packet): Content[] {
  if (all.length === 0) {
    const text =
      result.evidence.length === 0
        ? '没有用到部门数据，无须确认。'
        : '没有另行确认：数据在有效期内，来源已经核验，没有须先向提供单位询问的事项。'
    return [paragraph(text, { fontSize: 9 })]
  }
  const rows = all.map(({ source, amount, access, period, reference }) => [
    packet.sources.find((each) => each.source === source)?.title.zh ?? source,
    /^\d+\.\d{2}$/.test(amount) ? sayYuan(amount) : amount,
    access ? '可以支配' : '不能支配',
    `${period.from}至${period.until}`,
    reference,
  ])
  return [table(['来源', '金额或数量', '家庭能否支配', '期间', '确认文件'], rows, { right: [1] })]
}
