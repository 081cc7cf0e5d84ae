import t from 'tap'
import { findAccusingWords } from '../../src/domain/case/accusing-words.ts'
import type { ArbitrationForm } from '../../src/packets/arbitration-form.ts'
import { wageDifference } from '../../src/packets/pdf/arbitration-parts.ts'
import { renderArbitration } from '../../src/packets/render-arbitration.ts'
import { loadFonts } from '../../src/services/load-fonts.ts'
import { sampleArbitration } from '../support/outcome.ts'
import { samplePacket } from '../support/packet.ts'
import { readPdf } from '../support/read-pdf.ts'
import { bodyOf, checkGlyphs, lacks } from './papers.ts'

const fonts = await loadFonts()
const packet = await samplePacket()

async function read(application: ArbitrationForm) {
  const paper = readPdf(await renderArbitration(application, { fonts }))
  return { paper, body: bodyOf(paper, ['劳动人事争议仲裁申请书', `文书编号 ${application.id}`]) }
}

t.test('the application is filled from the case', async (t) => {
  const { paper, body } = await read(sampleArbitration(packet))
  checkGlyphs(t, paper)
  const wanted = [
    packet.addressee.name,
    packet.household.address!,
    '性别男',
    '1970年3月7日',
    '被申请人（用人单位）',
    // Seven months of 2,000.00 − 1,500.00.
    '2026年4月至2026年10月，共7个月，每月500.00元，合计3,500.00元',
    '申报的月工资为1,500.00元（2026年11月1日的情况）',
    '当地月最低工资标准为2,000.00元（依据：云溪县最低工资标准（样例，虚构），自2026年4月1日起执行）',
    `家庭经济状况核对预警告知书（${packet.title}）`,
    '劳动法》第四十八条',
    '申请人（签名或按指印）',
  ]
  t.same(lacks(body, wanted), [])
  t.same(findAccusingWords(body), [])
})

t.test('what is not known is left blank, and the number of the applicant always', async (t) => {
  const { body } = await read(
    sampleArbitration(packet, {
      applicant: { name: '王守仁', sex: null, birthDate: null, address: null },
      wage: {
        declaredMonthly: '1500.00',
        declaredAsOf: '2026-11-01',
        minimumMonthly: '2000.00',
        region: null,
        authority: null,
        inForceFrom: null,
      },
      months: null,
    }),
  )
  const wanted = [
    '姓名王守仁性别出生日期＿＿＿＿年＿＿月＿＿日公民身份号码住址联系电话',
    '共＿＿＿个月，每月500.00元，合计＿＿＿＿＿＿＿＿元',
    '＿＿＿劳动人事争议仲裁委员会',
    '名称统一社会信用代码住所法定代表人、职务联系电话',
  ]
  t.same(lacks(body, wanted), [])
  t.notMatch(body, /null|undefined|NaN/)
})

t.test('a commission that is known is named', async (t) => {
  const commission = {
    name: '云溪县劳动人事争议仲裁委员会',
    address: '云溪县示例路5号',
    phone: '0399-5550109',
    hours: null,
  }
  const { body } = await read(sampleArbitration(packet, { commission }))
  t.same(lacks(body, [`此致${commission.name}（云溪县示例路5号，0399-5550109）`]), [])
})

t.test('the difference is counted in fen, each month once', async (t) => {
  const wage = (declaredMonthly: string, minimumMonthly: string) =>
    ({ ...sampleArbitration(packet).wage, declaredMonthly, minimumMonthly }) as const
  const cases = [
    [wage('1500.00', '2000.00'), { from: '2026-10', until: '2026-10' }, '500.00', 1, '500.00'],
    [wage('1999.99', '2000.00'), { from: '2025-11', until: '2026-10' }, '0.01', 12, '0.12'],
    [wage('1733.33', '2000.10'), { from: '2025-12', until: '2026-02' }, '266.77', 3, '800.31'],
    [wage('2000.00', '2000.00'), null, '0.00', null, null],
  ] as const
  for (const [wage, months, monthly, count, total] of cases)
    t.same(wageDifference({ wage, months }), { monthly, count, total })
})
