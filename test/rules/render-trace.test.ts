import fc from 'fast-check'
import t from 'tap'
import type { Dossier } from '../../src/domain/dossier.ts'
import type { Language, TracePage } from '../../src/domain/trace-page.ts'
import { renderTrace } from '../../src/rules/render-trace.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { checkDossierWithTraces } from '../../src/rules/trace-dossier.ts'
import { dossier, freshSources, person, record } from './dossiers.ts'
import { dossiers } from './random-dossiers.ts'
import { ruleSetOf, ruleWith, shippedRules } from './rule-sets.ts'

const rules = await shippedRules()

function pageOf(rule: string, given: Dossier, language: Language, ruleSet: RuleSet = rules): TracePage {
  const { traces } = checkDossierWithTraces(ruleSet, given, null, { of: 'all' })
  return renderTrace(traces.find((trace) => trace.rule === rule)!, language)
}

/** A page as text: one line a row, cells between bars. */
function textOf({ title, subtitle, sections, footer }: TracePage): string {
  const blocks = sections.flatMap(({ heading, blocks }) => [
    heading,
    ...blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : block.rows.map((row) => row.join(' | ')))),
  ])
  return [title, subtitle, ...blocks, footer].join('\n')
}

const linesOf = (...args: Parameters<typeof pageOf>) => textOf(pageOf(...args)).split('\n')

const TWO = [person(), person({ id: 'P2', role: 'member' })]
const DEPOSIT = { institution: '甲', currency: 'CNY', status: 'open' } as const
const deposits = dossier({
  people: TWO,
  records: [
    record('deposit', 'P1', 11, { ...DEPOSIT, account: '1', balance: 3000000 }),
    record('deposit', 'P2', 12, { ...DEPOSIT, account: '1', balance: 3000000 }),
    record('deposit', 'P2', 13, { ...DEPOSIT, account: '2', balance: 672001 }),
    record('deposit', 'P1', 14, { ...DEPOSIT, account: '3', currency: 'USD', balance: 50000 }),
  ],
})

/** Says which of these lines the page lacks. */
function lacks(lines: readonly string[], wanted: readonly (string | RegExp)[]): string[] {
  return wanted
    .filter((line) => !lines.some((each) => (typeof line === 'string' ? each === line : line.test(each))))
    .map(String)
}

t.test('a warning is shown as a sum that a stranger can follow, in both languages', async (t) => {
  for (const [language, wanted] of [
    [
      'zh',
      [
        '家庭存款预警 · deposits',
        '家庭 H1 · 核对日期 2026-11-01 · 预警，须予说明',
        /^规则依据 \| 参照广东省粤民规字〔2019〕9号：人均不超过24个月低保标准/,
        '金额或数量 | 30,000.00 + 6,720.01 = 36,720.01 元',
        '限额 | 24 × 765.00 × 2 = 36,720.00 元',
        '比较 | 36,720.01 > 36,720.00：成立 → 预警，须予说明',
        /^24 个月 \| 存款限额（月标准的倍数），各地，2000-01-01 起，参照广东省粤民规字〔2019〕9号/,
        /^765\.00 元 \| 月保障标准（元\/人），地区 3699，城市低保，2026-07-01 起，/,
        '2 | 家庭人数',
        '号 | 来源 | 人员 | 记录 | 数据日期 | 行 | 说明 | 计入（元）',
        '#1 | 银行 | P1 | 甲|1 | 2026-10-31 | 11 |  | 30,000.00',
        '#2 | 银行 | P2 | 甲|1 | 2026-10-31 | 12 | 与 #1 相同（编号 甲|1），只计一次 | —',
        ' |  |  |  |  |  | 合计 | 36,720.01',
        '#4 | 银行 | P1 | 甲|3 | 2026-10-31 | 14 | 币种为 USD，规则只计 CNY',
        '银行 | 有效，数据日期 2026-10-31，批次 bank-1，读到4条记录',
        '预警只表示数据之间不一致、须由家庭说明，不是结论。',
      ],
    ],
    [
      'en',
      [
        'Household deposits · deposits',
        'household H1 · as of 2026-11-01 · warned: an explanation is asked for',
        /^rule \| 粤民规字〔2019〕9号 \(24 months of the standard a person\)/,
        'measure | 30,000.00 + 6,720.01 = 36,720.01 CNY',
        'limit | 24 × 765.00 × 2 = 36,720.00 CNY',
        'comparison | 36,720.01 > 36,720.00: holds → warned: an explanation is asked for',
        /^24 months \| Deposit limit in months of the standard \(param\.depositMonths\), everywhere, since 2000-01-01, /,
        /^765\.00 CNY \| Monthly standard per person \(param\.standardMonthly\), region 3699, urban dibao, since 2026-07-01, /,
        '2 | members of the household (household.size)',
        '#1 | bank | P1 | 甲|1 | 2026-10-31 | 11 |  | 30,000.00',
        '#2 | bank | P2 | 甲|1 | 2026-10-31 | 12 | the same as #1 (key 甲|1): counted once already | —',
        ' |  |  |  |  |  | total | 36,720.01',
        '#4 | bank | P1 | 甲|3 | 2026-10-31 | 14 | currency USD; only CNY counts',
        'bank | fresh, as of 2026-10-31, delivery bank-1, 4 records read',
        'A warning is an inconsistency to be explained, never a finding.',
      ],
    ],
  ] as const) {
    t.same(lacks(linesOf('deposits', deposits, language), wanted), [], language)
  }
})

t.test('areas are square metres, and a sum is shown to the part that decided', async (t) => {
  const given = dossier({
    people: TWO,
    records: [
      record('property', 'P1', 1, { unit: 'U1', area: 9000, usage: '住宅', share: 0.5 }),
      record('property', 'P1', 2, { unit: 'U2', area: 3001, usage: '住宅', share: 1 }),
      record('property', 'P1', 3, { unit: 'U3', area: 9000, usage: '住宅', share: 0.05 }),
    ],
  })
  t.same(
    lacks(linesOf('property', given, 'en'), [
      'held | 2 records (#1, #2)',
      'dwellingArea | 90.00 + 30.01 = 120.01 m²',
      'limit | 1',
      /^comparison \| 0 > 0 or \(2 > 1 and 120\.01 > 30\.00 × 2\): holds \(size\(premises\) > 0 \|\| .*\) → warned/,
      /^30\.00 m² \| Dwelling area limit per person \(param\.dwellingAreaPerPerson\), everywhere, since 2000-01-01/,
      '#1 | property | P1 | U1 | 2026-10-31 | 1 | share 0.5, area 90.00 m² | 1',
      '#3 | property | P1 | U3 | 2026-10-31 | 3 | share 0.05; must be at least 0.1',
    ]),
    [],
  )
})

t.test('months that count are named, and those counted already', async (t) => {
  const contribution = (row: number, insurance: string, month: string) =>
    record('contribution', 'P1', row, { insurance, month, paidMonth: month, payerKind: 'employer', payer: '甲' })
  const given = dossier({
    people: [person({ employment: 'unable' })],
    records: [
      contribution(1, '110', '2026-10'),
      contribution(2, '310', '2026-10'),
      contribution(3, '110', '2026-09'),
      contribution(4, '110', '2026-01'),
    ],
  })
  t.same(
    lacks(linesOf('contributions', given, 'zh'), [
      '家庭 H1 · P1 · 核对日期 2026-11-01 · 预警，须予说明',
      '适用条件 | 无劳动能力 属于 无业、无劳动能力：成立',
      '金额或数量 | 2026-09、2026-10 = 2 个月',
      '限额 | 1 个月',
      '#4 | 社保 | P1 | 310|2026-10|2026-10|甲 | 2026-10-31 | 2 | 与 #3 相同（所属月份 2026-10），只计一次 | —',
      ' |  |  |  |  |  | 合计 | 2',
      '#1 | 社保 | P1 | 110|2026-01|2026-01|甲 | 2026-10-31 | 4 | 所属月份为 2026-01，须不早于 2026-05',
    ]),
    [],
  )
})

t.test('what is missing is said in words', async (t) => {
  const over = { signedOn: '2025-01-01', endsOn: '2026-10-31', sources: ['bank'] }
  const stale = freshSources().map((use) =>
    use.source === 'bank' ? { ...use, asOf: '2026-01-01', state: 'stale' as const } : use,
  )
  const given = dossier({
    people: [person({ authorization: over }), person({ id: 'P2', role: 'member', hasNumber: false, birthDate: null })],
    sources: stale,
    household: { region: '990000' },
  })
  t.same(
    lacks(linesOf('deposits', given, 'zh'), [
      '缺少什么',
      '银行：数据日期 2026-01-01，已超过有效期',
      '银行：P1 没有有效授权（已于 2026-10-31 到期），其记录未读取',
      'P2 没有有效的身份证件号码，无法确认哪些记录是其本人的',
      '参数 standardMonthly（月保障标准（元/人））在该地区当日没有有效值',
    ]),
    [],
  )
  t.same(
    lacks(linesOf('deposits', given, 'en'), [
      'household H1 · as of 2026-11-01 · unverifiable',
      'bank: the data of 2026-01-01 are too old',
      'bank: P1 has no live authorization (it ended on 2026-10-31); the records are not read',
      'P2 has no valid number, so no record can be told to be theirs',
      'the parameter standardMonthly (Monthly standard per person) has no value in force there on that day',
    ]),
    [],
  )
  const nothing = linesOf('deposits', given, 'en')
  t.notOk(nothing.includes('The sum') || nothing.includes('Records taken'))
})

t.test('a rule that does not apply says why, and a difference that does not matter too', async (t) => {
  const given = dossier({ people: [person({ employment: 'flexible' })] })
  t.same(
    lacks(linesOf('contributions', given, 'en'), ['applies | flexible is one of unemployed, unable: does not hold']),
    [],
  )
  const ruleSet = ruleSetOf([ruleWith(['reason:', 'material: measure > 2 * limit\nreason:'])])
  const records = [record('deposit', 'P1', 1, { ...DEPOSIT, account: '1', balance: 40000 })]
  t.same(
    lacks(linesOf('trial', dossier({ records }), 'en', ruleSet), [
      'household H1 · as of 2026-11-01 · clear: a difference that cannot change entitlement',
      'comparison | 400.00 > 300.00: holds → clear: a difference that cannot change entitlement',
      'matters | 400.00 > 2 × 300.00: does not hold',
    ]),
    [],
  )
})

t.test('every form of expression is said', async (t) => {
  const records = [
    record('deposit', 'P1', 1, { ...DEPOSIT, account: '1', balance: 10000 }),
    record('deposit', 'P1', 2, { ...DEPOSIT, account: '2', balance: 5000 }),
  ]
  const given = dossier({ records, household: { savings: 20000 } })
  for (const [limit, said] of [
    ['param.standard - (param.months - 1)', '100.00 − (3 − 1) = 99.98 CNY'],
    ['(param.standard + measure) * 2', '(100.00 + 150.00) × 2 = 500.00 CNY'],
    ['percentOf(param.standard, 50)', '100.00 × 50% = 50.00 CNY'],
    ['max([param.standard, household.savings])', 'max(100.00, 200.00) = 200.00 CNY'],
    ['"household.savings > 0 ? param.standard : measure"', '100.00 CNY'],
    ['-param.standard', '−100.00 = -100.00 CNY'],
    ['param.standard / 3 % 1000', '100.00 ÷ 3 mod 1000 = 3.33 CNY'],
    ['sum(evidence.map(d, d.balance)) * 2', '(100.00 + 50.00) × 2 = 300.00 CNY'],
    ['size(evidence) * param.standard', '2 × 100.00 = 200.00 CNY'],
  ] as const) {
    const ruleSet = ruleSetOf([ruleWith(['limit: param.months * param.standard', `limit: ${limit}`])])
    t.same(lacks(linesOf('trial', given, 'en', ruleSet), [`limit | ${said}`]), [], limit)
  }
  const many = Array.from({ length: 9 }, (_, i) =>
    record('deposit', 'P1', i, { ...DEPOSIT, account: `${i}`, balance: 100 }),
  )
  const ruleSet = ruleSetOf([ruleWith()])
  t.same(
    lacks(linesOf('trial', dossier({ records: many }), 'en', ruleSet), ['measure | sum of 9 records = 9.00 CNY']),
    [],
  )
})

/** Words that judge (lessons 1). */
const JUDGING = /欺诈|违规|骗保|诈骗|骗取|冒领|瞒报|fraud|cheat|undefined|NaN|\[object/i

t.test('no page judges, breaks, or is silent about a record', async () => {
  fc.assert(
    fc.property(dossiers, (given) => {
      for (const trace of checkDossierWithTraces(rules, given, null, { of: 'all' }).traces)
        for (const language of ['zh', 'en'] as const) {
          const text = textOf(renderTrace(trace, language))
          const found = JUDGING.exec(text)
          if (found) throw new Error(`${trace.rule} ${found[0]}\n${text}`)
          trace.records.forEach((_, i) => {
            if (!text.includes(`\n#${i + 1} | `)) throw new Error(`${trace.rule} #${i + 1}`)
          })
        }
    }),
    { numRuns: 150, seed: 7 },
  )
})
