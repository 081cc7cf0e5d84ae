import type { Content } from 'pdfmake/interfaces.js'
import type { NoticeRebuttal, OutcomeNotice } from '../outcome-notice.ts'
import { framed, heading, indented, numbered, pairs, paragraph, smallHeading, table, title } from './lay-out.ts'
import { sayDecision, VERDICT_WORDS, withRecovery } from './outcome-words.ts'
import { receiptSheet } from './receipt.ts'
import { say, sayDate, sayOffice, sayOfficeInline, sayOrdinal, sayYuan } from './say.ts'

export const OUTCOME_TITLE = '家庭经济状况核对决定告知书'

/** The notice of a decision: what was decided, on which facts, why, by which law, from when, and how it can be reviewed. */
export function outcomeContent(notice: OutcomeNotice): Content[] {
  const sections: [string, Content[]][] = [
    ['决定', decision(notice)],
    ['事实', facts(notice)],
    ['您的说明和核实结果', answers(notice)],
    ['理由', [indented(notice.reason)]],
    ['依据', law(notice)],
    ...(notice.recovery ? [['附表：逐月计算', recovery(notice)] as [string, Content[]]] : []),
    ['不服本决定怎么办', review(notice)],
  ]
  return [
    title(OUTCOME_TITLE),
    { text: notice.title, alignment: 'center', margin: [0, 0, 0, 12] },
    ...greeting(notice),
    ...sections.flatMap(([name, content], i) => [heading(`${sayOrdinal(i + 1)}、${name}`), ...content]),
    ...signature(notice, sections.length + 1),
  ]
}

/** The sheet that proves service. */
export const outcomeReceipt = ({ title: number, addressee, household }: OutcomeNotice): Content[] =>
  receiptSheet({ paper: `${OUTCOME_TITLE}　${number}`, addressee, household })

function greeting({ addressee, household }: OutcomeNotice): Content[] {
  const category = household.category ? `（类别 ${household.category}）` : ''
  return [
    paragraph(`${addressee.name}：`, { bold: true }),
    pairs([
      ['户编号', household.id],
      ['住址', household.address ?? '登记中没有'],
      ['救助类别', `${say('scheme', household.scheme)}${category}，${household.size}人`],
    ]),
  ]
}

function decision(notice: OutcomeNotice): Content[] {
  return [framed(sayDecision(notice).map((text, i) => paragraph(text, { bold: i === 0 })))]
}

function facts({ outcome, warnings, packets }: OutcomeNotice): Content[] {
  return [
    ...packets.map(({ title, issuedOn, servedOn, answerUntil, contactedAgainOn }) =>
      paragraph(
        [
          `《家庭经济状况核对预警告知书》（${title}）于${sayDate(issuedOn)}签发`,
          servedOn === null ? '，没有送达' : `，${sayDate(servedOn)}送达`,
          answerUntil === null ? '' : `，答复期限至${sayDate(answerUntil)}`,
          contactedAgainOn.length === 0 ? '' : `；${contactedAgainOn.map(sayDate).join('、')}以其他方式再次联系`,
          '。',
        ].join(''),
      ),
    ),
    table(
      ['编号', '事项', '核对所见', '核对基准日', '结果'],
      warnings.map(({ id, title, reason, asOf, state }) => [id, title.zh, reason, asOf, sayState(state, outcome)]),
    ),
    ...evidence(warnings),
  ]
}

/** What became of a warning; one that still stands as it was asked was not answered, and an arbitration settles its own. */
function sayState(state: OutcomeNotice['warnings'][number]['state'], outcome: OutcomeNotice['outcome']): string {
  if (state !== 'confirmed') return say('warningState', state)
  return outcome === 'arbitration' ? '暂不处理' : '未答复'
}

function evidence(warnings: OutcomeNotice['warnings']): Content[] {
  const rows = warnings.flatMap(({ id, evidence: all }) => all.map(({ source, key, asOf }) => [id, source, key, asOf]))
  return rows.length === 0
    ? []
    : [smallHeading('所用的记录'), table(['预警', '来源', '记录（已遮盖）', '数据日期'], rows)]
}

function answers({ rebuttals }: OutcomeNotice): Content[] {
  if (rebuttals.length === 0) return [paragraph('没有收到您家庭的答复。')]
  return rebuttals.flatMap(answer)
}

function answer({ id, receivedOn, late, vouchedBy, attachments, answers: all }: NoticeRebuttal): Content[] {
  const by = `${vouchedBy.name}（${say('relation', vouchedBy.relation)}）签名`
  return [
    smallHeading(`${id}　${sayDate(receivedOn)}收到${late ? '（期限届满以后，仍予核实）' : ''}，${by}`),
    table(
      ['预警', '您的说明', '材料种类', '核实结果', '核实情况', '核实人'],
      all.map(({ warning, statement, kinds, verdict, findings, assessedBy }) => [
        warning,
        statement,
        kinds.join('、') || '—',
        verdict === null ? '未核实' : VERDICT_WORDS[verdict],
        findings ?? '—',
        assessedBy ?? '—',
      ]),
    ),
    ...(attachments.length === 0
      ? []
      : [
          table(
            ['收到的材料', '文件摘要（SHA-256）'],
            attachments.map(({ name, sha256 }) => [name, sha256]),
            { size: 8 },
          ),
        ]),
  ]
}

function law(notice: OutcomeNotice): Content[] {
  const ids = withRecovery(notice) ? notice.legal : notice.legal.filter(({ id }) => id !== 'recovery')
  return [
    indented(notice.basis),
    ...ids.map(({ authority, text }) => paragraph(`${authority}　${text}`, { fontSize: 9 })),
  ]
}

function recovery({ recovery: sum }: OutcomeNotice): Content[] {
  if (!sum) return []
  const rows = sum.months.map(({ month, paid, standard, size, entitled, recover }) => [
    month,
    ...[paid, standard].map(sayYuan),
    String(size),
    ...[entitled, recover].map(sayYuan),
  ])
  return [
    paragraph(`情况发生的月份：${sayDate(sum.began)}。每月应退＝已发－应发，不足零的按零计。`),
    table(
      ['月份', '已发', '月保障标准（每人）', '人数', '应发', '应退'],
      [...rows, ['合计', '', '', '', '', sayYuan(sum.total)]],
      { right: [1, 2, 3, 4, 5] },
    ),
  ]
}

function review({ review: { calendarDays, office, suitMonths, court } }: OutcomeNotice): Content[] {
  return [
    ...numbered([
      `申请行政复议：自收到本决定之日起${calendarDays}日内，向${sayOfficeInline(office)}提出，不收取费用。`,
      `提起行政诉讼：自收到本决定之日起${suitMonths}个月内，向${sayOfficeInline(court)}提出；先申请行政复议的，可以在收到复议决定之日起十五日内提出。`,
      '补交说明：您随时可以补交说明和材料，我单位收到后重新核实。',
      '查阅、复制：您有权查阅、复制本案中您的个人信息，请求更正不准确的信息。',
    ]),
  ]
}

/** Where to ask, and who decided: on one page, so that no signature stands alone. */
function signature({ office, decided }: OutcomeNotice, place: number): Content[] {
  return [
    {
      unbreakable: true,
      stack: [
        heading(`${sayOrdinal(place)}、到哪里询问`),
        pairs(sayOffice(office)),
        paragraph(`本决定由工作人员${decided.by}作出，不是由程序作出的；核实预警的人员没有参与决定。`, {
          fontSize: 9,
          margin: [0, 8, 0, 8],
        }),
        { text: office.name, alignment: 'right', margin: [0, 4, 0, 2] },
        { text: `作出决定的人员：${decided.by}`, alignment: 'right', margin: [0, 0, 0, 2] },
        { text: sayDate(decided.on), alignment: 'right' },
      ],
    },
  ]
}
