import type { SourceUse } from '../src/domain/check-result.ts'
import type { Dossier, DossierRecord } from '../src/domain/dossier.ts'
import type { PersonFacts } from '../src/domain/household.ts'
import { joinKey, showKey } from '../src/domain/record-key.ts'
import type { RecordFields, RecordTypeName } from '../src/domain/record-types.ts'
import { createRandom, type Random } from '../src/sample/prng.ts'

const AS_OF = '2026-11-01'
const MONTHS = Array.from(
  { length: 14 },
  (_, i) => `${i < 5 ? 2025 : 2026}-${String(((i + 7) % 12) + 1).padStart(2, '0')}`,
)
const SOURCES = ['bank', 'property', 'social-insurance', 'tax', 'vehicle'] as const
const SOURCE_OF = {
  deposit: 'bank',
  security: 'bank',
  policy: 'bank',
  property: 'property',
  contribution: 'social-insurance',
  benefit: 'social-insurance',
  income: 'tax',
  vehicle: 'vehicle',
} as const satisfies Partial<Record<RecordTypeName, (typeof SOURCES)[number]>>
type Kind = keyof typeof SOURCE_OF

const USES: readonly SourceUse[] = SOURCES.map((source) => ({
  source,
  delivery: `0199aaaa-${source}`,
  asOf: '2026-10-31',
  state: 'fresh',
}))

/**
 * Invented dossiers as a run of the sample county gathers them: some two people a household and ten records a person,
 * most of them months of income, contributions and pensions; a few percent of the households above a limit, a few
 * percent without an authorization. The same seed gives the same dossiers. Every dossier is made of objects of its own,
 * as rows from the database are.
 */
export function makeDossiers(count: number, seed = 1): Dossier[] {
  return Array.from({ length: count }, (_, i) => makeDossier(createRandom(seed, i), i))
}

function makeDossier(random: Random, index: number): Dossier {
  const size = random.weighted([[1, 34], [2, 36], [3, 20], [4, 10]]) // biome-ignore format: a table
  const supporters = random.weighted([[0, 80], [1, 20]]) // biome-ignore format: a table
  const people = Array.from({ length: size + supporters }, (_, i) => makePerson(random, i, i >= size))
  const records: DossierRecord[] = []
  for (const person of people) if (person.authorization && person.hasNumber) addRecords(random, person, size, records)
  return {
    asOf: AS_OF,
    household: {
      id: `H${String(index + 1).padStart(6, '0')}`,
      scheme: random.chance(0.4) ? 'urban-dibao' : 'rural-dibao',
      region: `3699${String(random.between(1, 6)).padStart(2, '0')}${String(random.between(1, 12)).padStart(3, '0')}`,
      category: random.pick(['A', 'B', 'C']),
      grantedFrom: '2024-05',
      monthlyBenefit: 74500,
      monthlyIncome: random.between(0, 100000),
      savings: random.between(0, 500000),
      vehicles: 0,
      dwellings: 1,
    },
    people,
    // As the database gives them: in no order of keys.
    records: random.shuffled(records),
    sources: USES.map((use) => ({ ...use })),
    unanswered: [],
    leads: [],
  }
}

function makePerson(random: Random, i: number, supporter: boolean): PersonFacts {
  const adult = i === 0 || supporter || random.chance(0.65)
  const hasNumber = !random.chance(0.004)
  const born = adult ? random.between(1940, 2003) : random.between(2009, 2024)
  return {
    id: `P${i + 1}`,
    role: supporter ? 'supporter' : i === 0 ? 'applicant' : 'member',
    relation: i === 0 ? 'self' : 'child',
    birthDate: hasNumber ? `${born}-03-07` : null,
    hasNumber,
    employment: !adult
      ? 'student'
      : born < 1963
        ? 'retired'
        : random.weighted([['employed', 20], ['flexible', 35], ['unemployed', 25], ['unable', 20]]), // biome-ignore format: a table
    monthlyIncome: random.between(0, 300000),
    monthlyBenefits: born < 1963 ? 150000 : 0,
    disabled: random.chance(0.2),
    seriousIllness: random.chance(0.15),
    vehicleExempt: random.chance(0.02),
    authorization: random.chance(0.01) ? null : { signedOn: '2026-01-05', endsOn: null, sources: [...SOURCES] },
  }
}

/** What one person has: some ten records, those of the working and the retired mostly months. */
function addRecords(random: Random, person: PersonFacts, size: number, records: DossierRecord[]): void {
  const add = (type: Kind, key: readonly string[], fields: RecordFields) => {
    const stored = joinKey(key)
    const source = SOURCE_OF[type]
    records.push({
      type,
      person: person.id,
      source,
      delivery: `0199aaaa-${source}`,
      row: records.length + random.between(2, 900_000),
      asOf: '2026-10-31',
      key: stored,
      shownKey: showKey(stored),
      fields,
    })
  }
  const text = (below: number) => String(random.int(below)).padStart(6, '0')
  const { employment } = person
  const much = random.chance(0.003)
  const accounts = random.between(1, employment === 'student' ? 1 : 3)
  for (let i = 0; i < accounts; i++) {
    const account = `99${text(1_000_000)}${text(1_000_000)}`
    const status = random.weighted([['open', 90], ['closed', 10]]) // biome-ignore format: a table
    const balance = much ? 24 * 76500 * size : random.between(0, 300_000)
    add('deposit', ['甲银行', account], { institution: '甲银行', account, currency: 'CNY', balance, status })
  }
  if (employment === 'student') return
  if (random.chance(0.08)) {
    const product = `基金-${text(1_000_000)}`
    const value = random.chance(0.01) ? 2_000_000 * size : random.between(1000, 300_000)
    add('security', ['甲证券', product], { institution: '甲证券', product, currency: 'CNY', value })
  }
  if (random.chance(0.2)) {
    const product = `寿险-${text(1_000_000)}`
    const annualPremium = random.chance(0.02) ? 400_000 * size : random.between(5000, 60_000)
    add('policy', ['甲人寿', product], { institution: '甲人寿', product, annualPremium, status: 'in-force' })
  }
  if (random.chance(0.3)) {
    const unit = `369901${text(1_000_000)}GB00001F0001${text(10_000)}`
    const usage = random.weighted([['住宅', 960], ['车库', 38], ['商业', 2]]) // biome-ignore format: a table
    add('property', [unit], {
      unit,
      area: random.between(3000, 9000),
      usage,
      share: random.pick([1, 1, 0.5]),
      current: true,
    })
  }
  if (random.chance(0.08)) {
    const plateNumber = `赣Z${text(100_000)}`
    const plateClass = random.weighted([['07', 85], ['13', 12], ['02', 3]]) // biome-ignore format: a table
    add('vehicle', [plateClass, plateNumber], { plateClass, plateNumber, statuses: ['A'], brand: '甲牌' })
  }
  if (employment === 'employed' || employment === 'flexible') {
    const amount = random.chance(0.004) ? 900_000 : random.between(1000, 35_000)
    for (const month of MONTHS.slice(random.between(0, 6), employment === 'employed' ? 13 : 9)) {
      add('income', ['9136000000', '工资薪金', month], {
        item: '工资薪金',
        month,
        amount,
        payerCode: '9136000000',
        payer: '甲公司',
      })
    }
  }
  const insured = employment === 'employed' || (employment === 'unemployed' && random.chance(0.01))
  if (insured || random.chance(0.5)) {
    const payerKind = insured ? 'employer' : 'self'
    for (const month of MONTHS.slice(random.between(4, 8), 13)) {
      for (const insurance of insured ? ['110', '310'] : ['390'])
        add('contribution', [insurance, month, month, '甲'], {
          insurance,
          month,
          paidMonth: month,
          payer: '甲',
          payerKind,
        })
    }
  }
  if (employment === 'retired') {
    const amount = random.chance(0.01) ? 160_000 : random.between(12_000, 150_000)
    for (const month of MONTHS.slice(random.between(2, 6), 13)) {
      const insurance = random.pick(['110', '170'])
      add('benefit', ['pension', insurance, month], { kind: 'pension', insurance, month, amount })
    }
  }
}
