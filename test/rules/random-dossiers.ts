import fc from 'fast-check'
import type { Dossier, DossierRecord } from '../../src/domain/dossier.ts'
import type { Authorization, PersonFacts } from '../../src/domain/household.ts'
import type { Employment, Role, Scheme } from '../../src/domain/household-schema.ts'
import type { RecordFields } from '../../src/domain/record-types.ts'
import { ALL_SOURCES, dossier, freshSources, person, record } from './dossiers.ts'

/** Amounts in fen from which sums near the limits of design §8 are made: 3, 12 and 24 months of each standard. */
const STANDARDS = [76500, 74500, 65500, 62500]
const amounts = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...STANDARDS.flatMap((std) => [1, 3, 12, 24].map((months) => std * months))),
  },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, -1, 2, -100, 100) },
  { weight: 1, arbitrary: fc.integer({ min: -100000, max: 3000000 }) },
)
/** Months about the edges of the windows of 3, 6 and 12 months before the check dates. */
const months = fc.constantFrom(
  '2025-06',
  '2025-07',
  '2025-10',
  '2025-11',
  '2025-12',
  '2026-01',
  '2026-04',
  '2026-05',
  '2026-06',
  '2026-07',
  '2026-08',
  '2026-09',
  '2026-10',
  '2026-11',
  '2026-12',
  '2027-01',
)
/** The edges of six months before 2026-11. */
const recent = fc.constantFrom('2026-04', '2026-05', '2026-06', '2026-09', '2026-10', '2026-11')
/** Freq is how often the value is there against once that it is not. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 })
const fields = (model: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .record(model)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as RecordFields)

/** What may stand in each type of record; the optional fields that a rule reads are there or not. */
const FIELDS = {
  deposit: fields({
    institution: fc.constantFrom('甲银行', '乙银行'),
    account: fc.constantFrom('1', '2', '3', '4'),
    currency: fc.constantFrom('CNY', 'CNY', 'CNY', 'USD'),
    balance: amounts,
    status: maybe(fc.constantFrom('open', 'open', 'closed')),
  }),
  security: fields({
    institution: fc.constantFrom('甲证券', '乙证券'),
    product: fc.constantFrom('a', 'b', 'c'),
    currency: maybe(fc.constantFrom('CNY', 'CNY', 'HKD')),
    value: amounts,
  }),
  policy: fields({
    institution: fc.constant('甲人寿'),
    product: fc.constantFrom('a', 'b', 'c'),
    annualPremium: amounts,
    status: maybe(fc.constantFrom('in-force', 'lapsed')),
  }),
  property: fields({
    unit: fc.constantFrom('U1', 'U2', 'U3'),
    area: fc.constantFrom(2999, 3000, 3001, 6000, 1500, 12000),
    usage: fc.constantFrom('住宅', '住宅', '住宅', '成套住宅', '商业', '办公', '厂房', '车库', '仓储'),
    share: fc.constantFrom(1, 1, 1, 0.5, 0.1, 0.0999, 0.0625),
    current: maybe(fc.constantFrom(true, true, true, false)),
  }),
  income: fields({
    item: fc.constantFrom('工资薪金', '劳务报酬'),
    month: months,
    amount: amounts,
    payerCode: maybe(fc.constantFrom('X', 'Y')),
  }),
  vehicle: fields({
    plateClass: fc.constantFrom('01', '02', '02', '02', '07', '08', '13', '14', '15', '52'),
    plateNumber: fc.constantFrom('A1', 'A2', 'A3'),
    statuses: fc.subarray(['A', 'B', 'E', 'G', 'P', 'Q'], { maxLength: 2 }),
  }),
  contribution: fc.tuple(recent, fc.option(recent, { nil: undefined, freq: 6 })).chain(([month, paid]) =>
    fields({
      insurance: fc.constantFrom('110', '110', '120', '210', '310', '410', '170', '390'),
      month: fc.constant(month),
      paidMonth: fc.constant(paid ?? month),
      payer: maybe(fc.constantFrom('甲公司', '乙公司')),
      payerKind: maybe(fc.constantFrom(...Array<string>(6).fill('employer'), 'self', 'government')),
    }),
  ),
  benefit: fields({
    kind: fc.constantFrom('pension', 'pension', 'unemployment', 'other'),
    insurance: maybe(fc.constantFrom('110', '210', '170')),
    month: months,
    amount: fc.constantFrom(100000, 300000, 50000, 1, -1, 200000),
  }),
} as const

const authorizations: fc.Arbitrary<Authorization | null> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ signedOn: '2026-01-05', endsOn: null, sources: [...ALL_SOURCES] }) },
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({
      signedOn: fc.constantFrom('2026-01-05', '2026-11-01', '2026-11-02'),
      endsOn: fc.constantFrom(null, '2026-10-31', '2026-11-01'),
      sources: fc.subarray([...ALL_SOURCES]),
    }),
  },
)

const people: fc.Arbitrary<PersonFacts[]> = fc
  .array(
    fc.record({
      role: fc.constantFrom<Role>('member', 'member', 'supporter'),
      employment: fc.constantFrom<Employment>('employed', 'flexible', 'unemployed', 'unable', 'student', 'retired'),
      monthlyIncome: fc.constantFrom(0, 184999, 185000, 199999, 200000, 200001),
      monthlyBenefits: fc.constantFrom(0, 0, 100000, 50000, 99999),
      vehicleExempt: fc.boolean(),
      hasNumber: fc.constantFrom(...Array<boolean>(14).fill(true), false),
      authorization: authorizations,
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map((facts, i) =>
      person({
        ...facts,
        id: `P${i + 1}`,
        role: i === 0 ? 'applicant' : facts.role,
        birthDate: facts.hasNumber ? '1970-03-07' : null,
      }),
    ),
  )

function recordsOf(owners: readonly string[]): fc.Arbitrary<DossierRecord[]> {
  const types = [...Object.keys(FIELDS), 'contribution', 'contribution', 'benefit', 'income'] as (keyof typeof FIELDS)[]
  const one = fc.constantFrom(...types).chain((type) =>
    fc.tuple(
      fc.constant(type),
      fc.constantFrom(...owners),
      FIELDS[type] as fc.Arbitrary<RecordFields>,
      // Now and then of a source that the rules about such records do not name.
      fc.constantFrom(...Array<undefined>(75).fill(undefined), ...ALL_SOURCES),
    ),
  )
  return fc.array(one, { maxLength: 32, size: 'max' }).map((all) => {
    const kept = new Map<string, DossierRecord>()
    // A row replaces the earlier one of its person and key, as on the way in.
    all.forEach(([type, owner, given, source], i) => {
      const usual = record(type, owner, i + 1, given)
      const made = source ? { ...usual, source, delivery: `${source}-1` } : usual
      kept.set(JSON.stringify([type, owner, made.key]), made)
    })
    return [...kept.values()]
  })
}

const states = fc.constantFrom(...Array<'fresh'>(20).fill('fresh'), 'stale' as const, 'missing' as const)

/** Households of one to four people with records near the limits; now and then something is missing. */
export const dossiers: fc.Arbitrary<Dossier> = people.chain((all) =>
  fc
    .record({
      asOf: fc.constantFrom('2026-11-01', '2026-11-01', '2026-06-30', '2026-07-01', '2027-01-31'),
      scheme: fc.constantFrom<Scheme>('urban-dibao', 'urban-dibao', 'rural-dibao', 'low-income', 'extreme-poverty'),
      region: fc.constantFrom('369901003', '369901003', '369901003', '369901003', '990000'),
      records: recordsOf(all.map(({ id }) => id)),
      sourceStates: fc.array(states, { minLength: ALL_SOURCES.length, maxLength: ALL_SOURCES.length }),
      unanswered: fc.oneof(
        { weight: 9, arbitrary: fc.constant([]) },
        {
          weight: 1,
          arbitrary: fc.array(
            fc.record({ source: fc.constantFrom(...ALL_SOURCES), person: fc.constantFrom(...all.map(({ id }) => id)) }),
            { maxLength: 2 },
          ),
        },
      ),
    })
    .map(({ asOf, scheme, region, records, sourceStates, unanswered }) =>
      dossier({
        asOf,
        people: all,
        records,
        unanswered,
        household: { scheme, region },
        sources: freshSources().map((use, i) => ({ ...use, state: sourceStates[i]! })),
      }),
    ),
)
