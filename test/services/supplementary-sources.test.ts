import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { encodeGb18030 } from '../../src/sample/gb18030.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import { textRow, workbookOf } from '../feeds/readers/write-workbook.ts'
import { householdOf, LI, memberOf, QIAN, STRANGER, type TestPerson, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

/** The files of the five departments that only supplementary rules ask, in their layouts and encodings, small. */

const work = await createWork(t)
const FIVE = ['business', 'death', 'housing-fund', 'payroll', 'prison'] as const
const authorization = { signedOn: '2026-01-05', endsOn: null, sources: [...work.hedui.adapters.keys()] }

await work.importLines([
  householdOf('H1', [
    memberOf('P1', WANG, { authorization }),
    memberOf('P2', LI, { authorization }),
    memberOf('S1', QIAN, {
      role: 'supporter',
      relation: 'child',
      authorization,
      support: { householdSize: 1, othersIncome12Months: '0.00', supported: 1, children: 1, paidMonthly: '0.00' },
    }),
  ]),
  householdOf('H2', [memberOf('P1', LI, { authorization })], { scheme: 'extreme-poverty' }),
])

const write = (name: string, bytes: Uint8Array): string => {
  const path = join(work.folder, name)
  writeFileSync(path, bytes)
  return path
}
const lines = (rows: readonly (readonly string[])[], delimiter: string) =>
  `${rows.map((row) => row.join(delimiter)).join('\r\n')}\r\n`
const owner = ({ name, idNumber }: TestPerson) => [name, idNumber]

const BUSINESS =
  '统一社会信用代码 主体名称 主体类型 人员姓名 证件类型 证件号码 任职类型 认缴出资额 成立日期 登记状态 从业人数'
/** A line of fixed columns: 25, 18, 8, 8 and 20 characters. */
const deathLine = (person: TestPerson, died: string, cremated: string) =>
  [person.name.padEnd(25), person.idNumber, died.padEnd(8), cremated.padEnd(8), '云溪县殡仪馆'.padEnd(20)].join('')

const FILES: Readonly<Record<(typeof FIVE)[number], () => string>> = {
  business: () =>
    write(
      'business.txt',
      encodeGb18030(
        lines(
          [
            BUSINESS.split(' '),
            [
              '91369901MA1000001A',
              '甲公司',
              '有限责任公司',
              WANG.name,
              '居民身份证',
              WANG.idNumber,
              '股东',
              '100,000.01',
              '2020-01-02',
              '存续',
              '',
            ],
            [
              '91369901MA1000001A',
              '甲公司',
              '有限责任公司',
              WANG.name,
              '居民身份证',
              WANG.idNumber,
              '法定代表人',
              '',
              '2020-01-02',
              '存续',
              '',
            ],
            [
              '91369901MA1000002B',
              '乙公司',
              '有限责任公司',
              '甲公司',
              '营业执照',
              '91369901MA1000001A',
              '股东',
              '1',
              '',
              '存续',
              '',
            ],
          ],
          '\t',
        ),
      ),
    ),
  death: () =>
    write(
      'death.txt',
      encodeGb18030(`# 2026-10-20\n${deathLine(LI, '', '20260803')}\n${deathLine(STRANGER, '20260801', '20260802')}\n`),
    ),
  payroll: () =>
    write(
      'payroll.xlsx',
      workbookOf({
        sheets: {
          发放明细: [
            ['单位名称', '姓名', '身份证号码', '人员类别', '职务', '发放月份', '应发金额'],
            ['南沟乡人民政府', ...owner(WANG), '村干部', '委员', '202610', '20000.00'],
          ]
            .map((row, i) => textRow(row, i + 1))
            .join(''),
        },
      }),
    ),
  'housing-fund': () =>
    write(
      'fund.txt',
      encodeGb18030(
        lines(
          [
            ['369900012345', ...owner(LI), '甲公司', '正常', '480.00', '15,230.11', '202610'],
            ['369900012346', ...owner(WANG), '', '封存', '', '12.00', ''],
          ],
          '|',
        ),
      ),
    ),
  prison: () =>
    write(
      'prison.jsonl',
      Buffer.from(
        [
          { xm: WANG.name, gmsfhm: WANG.idNumber, lb: '1', jgmc: '第一监狱', rsrq: '20260610', lsrq: '' },
          { xm: STRANGER.name, gmsfhm: STRANGER.idNumber, lb: '2', jgmc: '戒毒所', rsrq: '20260610' },
        ]
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(''),
      ),
    ),
}

t.test('each file is read by its adapter alone', async (t) => {
  for (const [source, counts] of [
    ['business', { rows: 3, kept: 2, organizations: 1 }],
    ['death', { rows: 2, kept: 2 }],
    ['housing-fund', { rows: 2, kept: 2 }],
    ['payroll', { rows: 1, kept: 1 }],
    ['prison', { rows: 2, kept: 1, dropped: 1 }],
  ] as const) {
    const report = await work.ingest(source, FILES[source](), { asOf: '2026-10-25' })
    t.match(report, { state: 'published', quarantined: 0, unidentified: 0, ...counts }, source)
  }
  // What reads, stores and gathers knows none of them: adapter, record type and rule are all there is.
  const files = globSync('src/{feeds,db,services,jobs}/**/*.ts')
  t.ok(files.length > 80)
  const naming = files.filter((file) =>
    /'(business|death|housing-fund|payroll|prison)'/.test(readFileSync(file, 'utf8')),
  )
  t.same(naming, [])
})

/** The shipped rules with every supplementary one switched on. */
async function switchedOn() {
  const folder = join(work.folder, 'rules')
  cpSync(work.hedui.config.rulesFolder, folder, { recursive: true })
  for (const file of globSync(join(folder, 'supplementary', '*.yaml')))
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^enabled: false$/m, 'enabled: true'))
  return loadRuleSet(folder, work.hedui.adapters)
}

t.test('the rules that read them warn once they are switched on', async (t) => {
  const { delivery } = await work.deliver('tax', [{ ...taxRow(QIAN), 本期收入: '30000.00' }])
  const results = await work.resultsOf('H1', { ruleSet: await switchedOn() })
  const warned = [...results].filter(([, { outcome }]) => outcome === 'warned').map(([rule]) => rule)
  t.same(warned, [
    'supporter-income',
    'duplicate-benefit P2',
    'business-registration',
    'fiscal-payroll',
    'housing-fund P2',
    'death-record P2',
    'custody P1',
  ])
  t.match(results.get('business-registration'), { measure: '100000.01', limit: '100000.00' })
  t.same(
    results.get('business-registration')!.evidence.map(({ source, type, person, row }) => [source, type, person, row]),
    [['business', 'business', 'P1', 2]],
  )
  t.match(results.get('fiscal-payroll'), { measure: '20000.00', limit: '0.00' })
  t.match(results.get('housing-fund P2')!.evidence[0], { key: '****2345', row: 1 })
  t.match(results.get('housing-fund P1'), { outcome: 'clear', evidence: [] })
  t.match(results.get('death-record P2')!.evidence[0], { source: 'death', row: 2 })
  t.match(results.get('death-record P1'), { outcome: 'clear' })
  t.match(results.get('custody P1')!.evidence[0], { source: 'prison', key: 'prison|2026-06-10', row: 1 })
  // (30,000 - 765 x 12) x 50 % and 800 x 12 of two people on 765 x 2 x 12.
  t.match(results.get('supporter-income'), { measure: '20010.00', limit: '18360.00' })
  t.match(results.get('supporter-income')!.evidence, [{ person: 'S1', delivery }])
})

t.test('with the shipped rules neither they nor their sources are there', async (t) => {
  const { results } = await work.check({ scope: { ids: ['H1'] } })
  t.same(
    results[0]!.sources.map(({ source }) => source),
    ['bank', 'property', 'social-insurance', 'tax', 'vehicle'],
  )
  const rules = new Set(results[0]!.results.map(({ rule }) => rule))
  t.equal(rules.size, 9)
})

t.test('a source that has not come makes its rule unverifiable, and no other', async (t) => {
  await work.importLines([householdOf('H3', [memberOf('P1', STRANGER, { authorization })], { region: '369950' })])
  for (const [source, rule] of [
    ['business', 'business-registration'],
    ['death', 'death-record P1'],
    ['housing-fund', 'housing-fund P1'],
    ['payroll', 'fiscal-payroll'],
  ] as const) {
    const results = await work.resultsOf('H3', { ruleSet: await switchedOn(), asOf: '2026-10-24' })
    t.same(results.get(rule)!.missing, [{ why: 'source-missing', source }])
  }
  const results = await work.resultsOf('H3', { ruleSet: await switchedOn() })
  t.match(results.get('death-record P1'), { outcome: 'warned' }, 'a list that keeps everyone knew of the person before')
  t.same(
    results.get('custody P1')!.missing,
    [{ why: 'source-missing', source: 'prison', person: 'P1' }],
    'a list that keeps people of the register only was not asked about somebody who came later',
  )
})

function taxRow({ name, idNumber }: TestPerson) {
  return {
    姓名: name,
    证件类型: '居民身份证',
    证件号码: idNumber,
    税款所属期起: '2026-10-01',
    所得项目: '工资薪金',
    统一社会信用代码: '91369901MA10000571',
  }
}
