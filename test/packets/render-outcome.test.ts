import t from 'tap'
import { findAccusingWords } from '../../src/domain/case/accusing-words.ts'
import { OUTCOMES, type Outcome } from '../../src/domain/case/words.ts'
import type { OutcomeNotice } from '../../src/packets/outcome-notice.ts'
import { renderOutcome } from '../../src/packets/render-outcome.ts'
import { loadFonts } from '../../src/services/load-fonts.ts'
import { sampleOutcome } from '../support/outcome.ts'
import { samplePacket } from '../support/packet.ts'
import { readPdf } from '../support/read-pdf.ts'
import { bodyOf, checkGlyphs, lacks } from './papers.ts'

const fonts = await loadFonts()
const packet = await samplePacket()

const marginsOf = ({ title, id }: OutcomeNotice) => ['家庭经济状况核对决定告知书', title, `文书编号 ${id}`]

async function read(notice: OutcomeNotice) {
  const paper = readPdf(await renderOutcome(notice, { fonts }))
  return { paper, body: bodyOf(paper, marginsOf(notice)) }
}

/** What each outcome has to say, and what it must not. */
const SAYS: Readonly<Record<Outcome, readonly [says: readonly string[], never: RegExp]>> = {
  continue: [
    ['您家庭的说明成立', '待遇不变（每月745.00元）', '核实结果', '说明成立', '与医院收费系统'],
    /停止发放|应当退回|附表/,
  ],
  adjust: [
    ['自2026年12月起，您家庭的救助金由每月745.00元调整为每月320.00元', '自送达的次月起执行', '说明未被采纳'],
    /应当退回|附表|停止发放/,
  ],
  'deemed-withdrawal': [
    [
      '按自愿退出社会救助办理，自2026年12月起停止发放',
      '本告知书于2026年12月或者以后送达的，自送达的次月起执行',
      '此前已经领取的救助金不要求退回',
      '没有答复不视为承认预警所列的情况',
      '2026年11月23日以其他方式再次联系',
      '没有收到您家庭的答复',
      '您随时可以补交说明',
    ],
    /应当退回|附表|与事实不符/,
  ],
  'cancel-and-recover': [
    [
      '您家庭的说明与事实不符。自2026年12月起停止发放',
      '本告知书于2026年12月或者以后送达的，自送达的次月起执行',
      '自2026年5月（情况发生的月份）起多领取的救助金共2,810.00元，应当退回',
      '2026-05745.00元730.00元30.00元745.00元',
      '2026-07780.00元765.00元3120.00元660.00元',
      '合计2,810.00元',
      '第六十八条',
      '医院和筹款平台回函',
    ],
    /不要求退回/,
  ],
  arbitration: [['《劳动人事争议仲裁申请书》', '答复期限停止计算', '待遇不变'], /停止发放|应当退回|附表|次月起执行/],
  'no-issue': [['预警不成立，现予撤回', '待遇不受影响', '深表歉意', '没有送达'], /停止发放|应当退回|附表/],
}

for (const outcome of OUTCOMES) {
  t.test(`a notice of ${outcome} says what follows of it`, async (t) => {
    const notice = await sampleOutcome(packet, outcome)
    const { paper, body } = await read(notice)
    checkGlyphs(t, paper)
    const [says, never] = SAYS[outcome]
    t.same(lacks(body, says), [])
    t.notMatch(body, never)
    t.notMatch(body, /null|undefined|NaN|\[object/)
  })

  t.test(`a notice of ${outcome} names facts, reasons, law, who decided, and how it can be reviewed`, async (t) => {
    const notice = await sampleOutcome(packet, outcome)
    const { body, paper } = await read(notice)
    const wanted = [
      notice.addressee.name,
      notice.title,
      notice.reason,
      notice.basis,
      packet.title,
      ...notice.warnings.flatMap(({ id, title, reason, evidence }) => [
        id,
        title.zh,
        reason,
        ...evidence.map(({ key }) => key),
      ]),
      ...notice.rebuttals.flatMap(({ answers, attachments }) => [
        ...answers.flatMap(({ statement, findings }) => [statement, findings ?? '']),
        ...attachments.flatMap(({ name, sha256 }) => [name, sha256]),
      ]),
      ...notice.legal.flatMap(({ authority, text }) => [authority, text]),
      '自收到本决定之日起60日内',
      '自收到本决定之日起6个月内',
      notice.review.office.name,
      notice.review.court.name,
      notice.office.name,
      notice.office.phone!,
      '本决定由工作人员马文静作出，不是由程序作出的',
      '2026年11月26日',
    ]
    t.same(lacks(body, wanted), [])
    t.match(paper.pages.at(-1)!.text, /^送达回证/)
    t.notMatch(paper.pages.at(-1)!.text, /个工作日/, 'no time to answer begins with it')
  })
}

t.test('a recovery’s law stands in a notice of recovery alone', async (t) => {
  const legal = (await sampleOutcome(packet, 'cancel-and-recover')).legal
  for (const outcome of OUTCOMES) {
    const notice = { ...(await sampleOutcome(packet, outcome)), legal }
    const { body } = await read(notice)
    t.equal(body.includes('责令退回'), outcome === 'cancel-and-recover', outcome)
  }
})

t.test('the program’s own words accuse nobody, whatever was decided', async (t) => {
  for (const outcome of OUTCOMES) {
    const { body } = await read({ ...(await sampleOutcome(packet, outcome)), legal: [] })
    t.same(findAccusingWords(body), [], outcome)
  }
})

t.test('long reasons and answers go on over the pages', async (t) => {
  const long = (word: string) => Array.from({ length: 300 }, (_, i) => `${word}第${i}点；`).join('')
  const notice = await sampleOutcome(packet, 'adjust')
  const { paper, body } = await read({
    ...notice,
    reason: long('理由'),
    basis: long('依据'),
    rebuttals: notice.rebuttals.map((each) => ({
      ...each,
      answers: each.answers.map((answer) => ({ ...answer, statement: long('说明') })),
    })),
  })
  checkGlyphs(t, paper)
  t.same(lacks(body, [long('理由'), long('依据')]).length, 0)
  // Of a cell each line is drawn before the next; at a page's end another cell may come between.
  for (let i = 0; i < 300; i++) t.ok(body.includes(`第${i}点；`))
})

t.test('what no font draws is named, and no data file is promised that does not go along', async (t) => {
  const { body } = await read({ ...(await sampleOutcome(packet, 'continue')), reason: '由𠮷某代管。' })
  t.same(lacks(body, ['由〔U+20BB7〕某代管', '需要原字的，请向办理机关查询']), [])
  t.notMatch(body, /数据文件/)
})

t.test('the same notice gives the same bytes', async (t) => {
  const notice = await sampleOutcome(packet, 'cancel-and-recover')
  const first = await renderOutcome(notice, { fonts })
  t.ok((await renderOutcome(structuredClone(notice), { fonts })).equals(first))
})
