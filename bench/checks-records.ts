import { joinKey } from '../src/domain/record-key.ts'
import { createRandom, type Random } from '../src/sample/prng.ts'
import type { BenchHousehold, BenchPerson } from './checks-households.ts'

/** A row of a department as an adapter maps it. */
export interface BenchRecord {
  readonly source: string
  readonly type: string
  readonly idNumber: string
  readonly name: string
  readonly key: string
  readonly rank: number
  /** Of several rows of a key the later stands, and none where a void row follows them. */
  readonly fate: 'record' | 'replaced' | 'voided' | 'void'
  readonly fields: Readonly<Record<string, unknown>>
  /** Months before the check for what departments deliver month by month, else 0: rows of a file lie in this order. */
  readonly monthsAgo: number
}

type Row = Pick<BenchRecord, 'source' | 'type' | 'fields'> & {
  readonly key: readonly string[]
  readonly monthsAgo?: number
}

const PAYERS = Array.from({ length: 96 }, (_, i) => ({
  payer: `${'江右赣源青山云岭'.slice((i % 4) * 2, (i % 4) * 2 + 2)}第${i}服装有限公司`,
  payerCode: `9136990${1 + (i % 5)}MA1${String(i).padStart(6, '0')}X`,
}))
const BANKS = ['云溪农村商业银行', '江右银行云溪支行', '青山村镇银行', '赣源银行股份有限公司', '云溪县城关信用社']

const digits = (random: Random, count: number) => Array.from({ length: count }, () => random.int(10)).join('')
/** "2026-10" is one month before the check of November 2026. */
const month = (ago: number) => new Date(Date.UTC(2026, 10 - ago, 1)).toISOString().slice(0, 7)
const date = (random: Random) => `20${random.between(10, 25)}-${String(random.between(1, 12)).padStart(2, '0')}-15`

/** About ten rows a person over the five sources; a few percent of the households are above one limit. */
export function recordsOf(index: number, household: BenchHousehold): BenchRecord[] {
  const random = createRandom(1, 2, index)
  const records: BenchRecord[] = []
  const size = household.people.filter(({ role }) => role !== 'supporter').length
  for (const person of household.people) {
    for (const row of rowsOf(random, person, size)) {
      const { name } = person
      const record = {
        ...row,
        idNumber: person.idNumber,
        // A lead now and then: the number with another name, a masked one or none.
        name: random.chance(0.004) ? random.pick([`${name}某`, `${name[0]}*`, '']) : name,
        key: joinKey(row.key),
        rank: row.type === 'property' && row.fields.kind === 'contract' ? 2 : 0,
        monthsAgo: row.monthsAgo ?? 0,
      }
      // A row of the same key replaces the one before; a void row takes it away.
      const voided = row.type === 'income' && random.chance(0.006)
      if (random.chance(0.006)) records.push({ ...record, fate: voided ? 'voided' : 'replaced' })
      records.push({ ...record, fate: voided ? 'voided' : 'record' })
      if (voided) records.push({ ...record, fate: 'void' })
    }
  }
  // A flat that two own is delivered for each, and so is an account that two hold.
  const [first, second] = household.people
  const standing = records.filter(({ fate }) => fate === 'record')
  const shared = standing.find(({ type }) => type === 'property') ?? standing.find(({ type }) => type === 'deposit')
  if (first && second && shared?.idNumber === first.idNumber && random.chance(0.3))
    records.push({ ...shared, idNumber: second.idNumber, name: second.name })
  return records
}

function rowsOf(random: Random, person: BenchPerson, size: number): Row[] {
  return [
    ...vehiclesOf(random),
    ...propertiesOf(random, person),
    ...incomesOf(random, person, size),
    ...socialInsuranceOf(random, person),
    ...bankOf(random, size),
  ]
}

function vehiclesOf(random: Random): Row[] {
  if (!random.chance(0.12)) return []
  const plateClass = random.chance(0.07) ? '02' : '07'
  const plateNumber = `赣J${digits(random, 5)}`
  const fields = {
    plateClass,
    plateNumber,
    brand: '五菱',
    vehicleType: plateClass === '02' ? 'K33' : 'M21',
    use: '非营运',
    firstRegistered: date(random),
    statuses: random.weighted<string[]>([
      [['A'], 90],
      [['E'], 6],
      [['G', 'Q'], 4],
    ]),
    price: random.between(2000, 90_000) * 100,
  }
  return [{ source: 'vehicle', type: 'vehicle', key: [plateClass, plateNumber], fields }]
}

function propertiesOf(random: Random, { role }: BenchPerson): Row[] {
  const first = role === 'applicant'
  const count = random.weighted([
    [0, first ? 300 : 960],
    [1, first ? 680 : 40],
    [2, first ? 20 : 0],
  ] as const)
  return Array.from({ length: count }, () => {
    const unit = `3699${digits(random, 15)}F${digits(random, 8)}`
    const fields = {
      unit,
      certificate: `赣(2019)云溪县不动产权第${digits(random, 7)}号`,
      address: `云溪县第${random.between(1, 99)}村${random.between(1, 400)}号`,
      area: random.between(4500, 12_500),
      usage: random.weighted([
        ['住宅', 90],
        ['成套住宅', 6],
        ['车库', 3],
        ['商业', 1],
      ] as const),
      nature: '自建房',
      coOwnership: 'sole',
      share: random.chance(0.04) ? 0.05 : 1,
      registeredOn: date(random),
      kind: random.chance(0.05) ? 'contract' : 'certificate',
      current: random.chance(0.93),
    }
    return { source: 'property', type: 'property', key: [unit], fields }
  })
}

/** Wages of a small job, over the twelve months of the rule and two more; some are above the standard. */
function incomesOf(random: Random, { declared }: BenchPerson, size: number): Row[] {
  const works = declared.employment === 'employed' || declared.employment === 'flexible'
  if (!random.chance(works ? 0.95 : 0.12)) return []
  const { payer, payerCode } = random.pick(PAYERS)
  const above = random.chance(0.04)
  const amount = above ? random.between(1000, 3500) * 100 * size : random.between(150, 600) * 100
  return Array.from({ length: random.between(7, 13) }, (_, i) => ({
    source: 'tax',
    type: 'income',
    key: [payerCode, '工资薪金', month(i)],
    fields: { item: '工资薪金', month: month(i), amount: amount + random.int(5000), tax: 0, payer, payerCode },
    monthsAgo: i,
  }))
}

function socialInsuranceOf(random: Random, { declared }: BenchPerson): Row[] {
  const rows: Row[] = []
  const { employment } = declared
  const employed = employment === 'employed' || random.chance(0.015)
  if (employed || random.chance(0.34)) {
    const insurance = employed ? '110' : '170'
    const payerKind = employed ? 'employer' : random.pick(['self', 'government'])
    const { payer } = random.pick(PAYERS)
    const base = 399_700
    for (let ago = 0; ago < random.between(4, 12); ago++) {
      const late = random.chance(0.03)
      const paidMonth = month(late && ago > 0 ? ago - 1 : ago)
      const fields = { insurance, month: month(ago), paidMonth, base, ...(employed ? { payer } : {}), payerKind }
      const key = [insurance, month(ago), paidMonth, employed ? payer : '']
      rows.push({ source: 'social-insurance', type: 'contribution', key, fields, monthsAgo: ago })
    }
  }
  if (employment === 'retired' || random.chance(0.02)) {
    const residents = random.chance(0.7)
    const kind = employment === 'retired' ? 'pension' : 'unemployment'
    const insurance = residents ? '170' : '110'
    const amount = random.chance(0.05) ? random.between(900, 2600) * 100 : random.between(150, 259) * 100
    for (let ago = 0; ago < 12; ago++) {
      const fields = { kind, insurance, month: month(ago), amount }
      rows.push({
        source: 'social-insurance',
        type: 'benefit',
        key: [kind, insurance, month(ago)],
        fields,
        monthsAgo: ago,
      })
    }
  }
  return rows
}

function bankOf(random: Random, size: number): Row[] {
  const rows: Row[] = []
  const accounts = random.weighted([
    [0, 10],
    [1, 45],
    [2, 35],
    [3, 10],
  ] as const)
  for (let i = 0; i < accounts; i++) {
    const institution = random.pick(BANKS)
    const account = `99${digits(random, 17)}`
    const balance = random.chance(0.008) ? random.between(20_000, 60_000) * 100 * size : random.between(0, 400_000)
    const fields = {
      institution,
      account,
      currency: random.chance(0.98) ? 'CNY' : 'USD',
      balance,
      ...(random.chance(0.5) ? { averageBalance: Math.floor(balance / 2) } : {}),
      ...(random.chance(0.9) ? { status: random.chance(0.95) ? 'open' : 'closed' } : {}),
      openedOn: date(random),
    }
    rows.push({ source: 'bank', type: 'deposit', key: [institution, account], fields })
  }
  if (random.chance(0.06)) {
    const product = `天天盈-${digits(random, 6)}`
    const value = random.chance(0.1) ? random.between(10_000, 40_000) * 100 * size : random.between(100, 3000) * 100
    const fields = { institution: '江右证券云溪营业部', product, currency: 'CNY', value }
    rows.push({ source: 'bank', type: 'security', key: [fields.institution, product], fields })
  }
  if (random.chance(0.12)) {
    const product = `惠民保(${digits(random, 6)})`
    const annualPremium = random.chance(0.05) ? random.between(2500, 9000) * 100 * size : random.between(60, 700) * 100
    const status = random.chance(0.9) ? 'in-force' : 'lapsed'
    const fields = { institution: '云岭人寿保险股份有限公司', product, annualPremium, status }
    rows.push({ source: 'bank', type: 'policy', key: [fields.institution, product], fields })
  }
  return rows
}
