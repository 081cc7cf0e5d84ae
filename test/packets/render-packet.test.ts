import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { findAccusingWords } from '../../src/domain/case/accusing-words.ts'
import type { Packet } from '../../src/packets/packet.ts'
import { renderPacket } from '../../src/packets/render-packet.ts'
import { loadFonts } from '../../src/services/load-fonts.ts'
import { ROOT } from '../rules/rule-sets.ts'
import { LONG_NAME, samplePacket } from '../support/packet.ts'
import { readPdf, squeeze } from '../support/read-pdf.ts'
import { bodyOf, checkGlyphs, lacks, textsOf } from './papers.ts'

const fonts = await loadFonts()
const CODE = 'K7QF2MXA9BTD4WHE6RCZ'
const GROUPED = 'K7QF-2MXA-9BTD-4WHE-6RCZ'
const sample = await samplePacket()
const pdf = await renderPacket(sample, { fonts, code: CODE })
const paper = readPdf(pdf)

const marginsOf = ({ title }: Packet) => [
  '家庭经济状况核对预警告知书',
  title,
  `核验码 ${GROUPED}　询问不是结论；决定由人作出`,
]

async function bodyFor(packet: Packet): Promise<string> {
  return bodyOf(readPdf(await renderPacket(packet, { fonts, code: CODE })), marginsOf(packet))
}

t.test('a notice says all that is in its packet', async (t) => {
  t.same(sample.warnings.map(({ result }) => result.rule).sort(), [
    'contributions',
    'deposits',
    'vehicles',
    'wage-below-minimum',
  ])
  t.same(lacks(bodyOf(paper, marginsOf(sample)), textsOf(sample)), [])
  checkGlyphs(t, paper)
})

t.test('a notice says how long there is to answer, where, and what rights there are', async (t) => {
  const body = bodyOf(paper, marginsOf(sample))
  const wanted = [
    '这是一次询问，不是结论',
    '您家庭的待遇（或者正在办理的申请）维持原状',
    '没有答复不等于承认',
    '10个工作日，自送达次日起算',
    '累计不超过10个工作日',
    '陈述和申辩',
    '有权拒绝仅通过自动化决策的方式作出的决定（个人信息保护法第二十四条）',
    '个人信息保护法第四十四条至第四十八条',
    '自收到决定之日起60日内向云溪县人民政府（县司法局行政复议接待室）',
    '自收到决定之日起6个月内向云溪县人民法院',
    '本告知书本身不是决定',
    '送达回证',
    '答复书',
    '谁签字，谁负责',
    'P3：未成年人',
    '监护人签名',
  ]
  t.same(lacks(body, wanted), [])
  // The last day is written by hand when the notice is served: nobody knows it before.
  t.notMatch(body, /答复的最后一日：2026/)
})

t.test(
  'every page bears the number, its place and the verification code; the file its title and language',
  async (t) => {
    const { pages, info, language } = paper
    t.ok(pages.length > 8)
    for (const [i, { text }] of pages.entries()) {
      t.ok(squeeze(text).includes(`第${i + 1}页/共${pages.length}页`), `page ${i + 1}`)
      t.ok(text.includes(GROUPED) && text.includes(sample.title), `page ${i + 1}`)
    }
    t.equal(info.Title, `家庭经济状况核对预警告知书 ${sample.title}`)
    t.equal(info.CreationDate, 'D:20261103064000Z')
    t.equal(language, 'zh-CN')
  },
)

t.test('the receipt and the reply are a page each, and the last', async (t) => {
  const [receipt, reply] = paper.pages.slice(-2)
  t.match(receipt!.text, /^送达回证/)
  t.match(reply!.text, /^答复书/)
})

t.test('the same packet gives the same bytes, in another time zone too', async (t) => {
  const { TZ } = process.env
  t.teardown(() => {
    if (TZ === undefined) delete process.env.TZ
    else process.env.TZ = TZ
  })
  for (const zone of ['America/New_York', 'Pacific/Kiritimati']) {
    process.env.TZ = zone
    t.equal(new Date(0).getTimezoneOffset() === 0, false, `${zone} holds`)
    const again = await renderPacket(structuredClone(sample), { fonts, code: CODE })
    t.ok(again.equals(pdf), zone)
  }
  const other = await renderPacket({ ...sample, number: 2 }, { fonts, code: CODE })
  t.notOk(other.equals(pdf), 'and another packet gives others')
})

t.test('papers that are rendered at the same time do not mix', async (t) => {
  const other = { ...sample, addressee: { ...sample.addressee, name: '赵清扬' } }
  const [first, second, third] = await Promise.all([
    renderPacket(sample, { fonts, code: CODE }),
    renderPacket(other, { fonts, code: CODE }),
    renderPacket(sample, { fonts, code: CODE }),
  ])
  t.ok(first.equals(pdf) && third.equals(pdf))
  t.same(lacks(bodyOf(readPdf(second), marginsOf(other)), ['赵清扬：']), [])
})

t.test('a long table goes on over pages with its head on each, and no row is lost', async (t) => {
  const packet = await samplePacket({ accounts: 90 })
  const long = readPdf(await renderPacket(packet, { fonts, code: CODE }))
  t.same(lacks(bodyOf(long, marginsOf(packet)), textsOf(packet)), [])
  checkGlyphs(t, long)
  const key = (i: number) => `云溪县农村信用合作联社|****${4711 + i * 37}`
  const withRows = long.pages.filter(({ text }) => text.includes('云溪县农村信用合作联社|****'))
  t.ok(withRows.length > 4, `${withRows.length} pages`)
  for (const { text } of withRows)
    t.match(text, /来源（提供单位）人员记录（已遮盖）|号来源人员记录数据日期行/, 'the head stands above the rows')
  for (let i = 0; i < 90; i++) t.ok(long.pages.some(({ text }) => text.includes(key(i))))
})

t.test('a cell longer than a page goes on over the next', async (t) => {
  const reason = Array.from({ length: 400 }, (_, i) => `第${i}项：与提供单位的回函一致；`).join('')
  const reference = Array.from({ length: 300 }, (_, i) => `附页${i}，`).join('')
  const packet = {
    ...sample,
    warnings: sample.warnings.map((warning) => ({
      ...warning,
      confirmed: { ...warning.confirmed, reason },
      confirmations: warning.confirmations.map((each) => ({ ...each, reference })),
    })),
  }
  const read = readPdf(await renderPacket(packet, { fonts, code: CODE }))
  checkGlyphs(t, read)
  const body = bodyOf(read, marginsOf(packet))
  t.ok(lacks(body, [reason]).length === 0, 'the reason is whole')
  // Where the cell goes on, the head stands again.
  const unheaded = body.replaceAll('数据提供单位的确认来源金额或数量家庭能否支配期间确认文件', '')
  t.ok(unheaded.includes(reference), 'the reference is whole')
})

t.test('names in rare characters, with dots, or in traditional characters are printed as they are', async (t) => {
  const names = ['𬭎㛃䶮', '歐陽靜嫻·臺灣國', LONG_NAME, 'ＡＢＣ１２３', '张\u3000三']
  for (const name of names) {
    const body = await bodyFor({ ...sample, addressee: { person: 'P1', name } })
    t.same(lacks(body, [`${name}：`]), [])
    t.notMatch(body, /〔U\+/)
  }
})

t.test('a character without a glyph is named by its code point and listed, never left out', async (t) => {
  const cases: [string, string][] = [
    ['𠮷', '〔U+20BB7〕'],
    ['𡈼', '〔U+2123C〕'],
    ['\u200d', '〔U+200D〕'],
    ['\u{e0100}', '〔U+E0100〕'],
    ['\u202e', '〔U+202E〕'],
    ['\u0007', '〔U+0007〕'],
    ['\ud842', '〔U+D842〕'],
    ['ئ', '〔U+0626〕'],
  ]
  const name = cases.map(([character]) => `王${character}`).join('')
  const packet = { ...sample, addressee: { person: 'P1', name } }
  const read = readPdf(await renderPacket(packet, { fonts, code: CODE }))
  checkGlyphs(t, read)
  const body = bodyOf(read, marginsOf(packet))
  t.same(lacks(body, [`${cases.map(([, said]) => `王${said}`).join('')}：`]), [])
  t.same(lacks(body, [`${cases.map(([, said]) => said).join('')}。原字见随附的数据文件`]), [])
  t.match(read.pages.at(-2)!.text, /^送达回证/, 'the list stands before the forms')
})

t.test('a further font draws what the first two lack', async (t) => {
  const roboto = await readFile(join(ROOT, 'node_modules/pdfmake/fonts/Roboto/Roboto-Regular.ttf'))
  const packet = { ...sample, addressee: { person: 'P1', name: '王Ğőłd' } }
  const without = readPdf(await renderPacket(packet, { fonts, code: CODE }))
  t.same(lacks(bodyOf(without, marginsOf(packet)), ['王〔U+011E〕〔U+0151〕〔U+0142〕d：']), [])
  const read = readPdf(await renderPacket(packet, { fonts: { ...fonts, fallbacks: [roboto] }, code: CODE }))
  checkGlyphs(t, read)
  t.same(lacks(bodyOf(read, marginsOf(packet)), ['王Ğőłd：']), [])
})

t.test('what the region has not said is a blank, and what is unknown is said to be', async (t) => {
  const office = { name: '作出本告知的县级人民政府民政部门', address: null, phone: null, hours: null }
  const packet: Packet = {
    ...sample,
    household: { ...sample.household, address: null, category: null },
    people: sample.people.map((person) => ({ ...person, idNumber: null, authorization: null, protected: [] })),
    answer: { ...sample.answer, office },
    warnings: sample.warnings.map((warning) => ({ ...warning, inForceFrom: null, confirmations: [] })),
  }
  const body = await bodyFor(packet)
  t.same(lacks(body, [office.name, '（由办理机关填写）', '登记中没有', '没有授权，未查询']), [])
  t.notMatch(body, /null|undefined|NaN|\[object/)
  t.notMatch(body, /监护人签名/)
})

t.test('nothing in a notice accuses', async (t) => {
  t.same(findAccusingWords(paper.pages.map(({ text }) => text).join('')), [])
})
