import type { Dossier, DossierRecord } from '../../src/domain/dossier.ts'
import type { PersonFacts } from '../../src/domain/household.ts'

/**
 * The eight warnings and the wage rule in plain TypeScript, written from the table of design §8 and nothing else. Where
 * the table is silent (an optional field that a row lacks) they follow the comments and expressions of the YAML files:
 * a deposit without a status is open, a security without a currency is in CNY, a policy without a status is in force, a
 * property without `current` is current, a benefit without an insurance counts, a contribution without a payer's kind
 * does not.
 */

/** What the table fixes of a result. Money in fen. */
export interface Verdict {
  readonly rule: string
  readonly person: string | null
  readonly outcome: string
  readonly measure: number | null
  readonly limit: number | null
  readonly evidence: readonly DossierRecord[]
}

/** The fields that the rules read; which of them a record has is its type's. */
interface Fields {
  readonly currency?: string
  readonly status?: string
  readonly current?: boolean
  readonly insurance?: string
  readonly payerKind?: string
  readonly institution: string
  readonly account: string
  readonly share: number
  readonly usage: string
  readonly unit: string
  readonly month: string
  readonly paidMonth: string
  readonly kind: string
  readonly plateClass: string
  readonly statuses: readonly string[]
  readonly balance: number
  readonly value: number
  readonly area: number
  readonly annualPremium: number
  readonly amount: number
}
const F = (record: DossierRecord) => record.fields as unknown as Fields

/** The figures of the sample county (rules/parameters/sample-3699.yaml) and of the default profile. */
function figures({ asOf, household }: Dossier) {
  const inCounty = household.region.startsWith('3699')
  const late = asOf >= '2026-07-01'
  const urban = late ? 76500 : 74500
  const rural = late ? 65500 : 62500
  return {
    std: inCounty
      ? { 'urban-dibao': urban, 'rural-dibao': rural, 'low-income': 76500, 'extreme-poverty': 76500 }[household.scheme]
      : null,
    wage: inCounty ? (asOf >= '2026-04-01' ? 200000 : 185000) : null,
  }
}

/** "YYYY-MM" of the month n before that of a date. */
function back(asOf: string, n: number): string {
  const date = new Date(Date.UTC(Number(asOf.slice(0, 4)), Number(asOf.slice(5, 7)) - 1 - n, 1))
  return date.toISOString().slice(0, 7)
}
const inLast = (asOf: string, n: number, month: string) => month >= back(asOf, n) && month <= back(asOf, 1)
const total = (records: readonly DossierRecord[], field: 'balance' | 'value' | 'area' | 'annualPremium' | 'amount') =>
  records.reduce((sum, record) => sum + F(record)[field], 0)
function firstOfEach(records: readonly DossierRecord[], by: (record: DossierRecord) => string): DossierRecord[] {
  const first = new Map<string, DossierRecord>()
  for (const record of records) if (!first.has(by(record))) first.set(by(record), record)
  return [...first.values()]
}

const SOURCE_OF: Readonly<Record<string, string>> = {
  deposit: 'bank',
  security: 'bank',
  policy: 'bank',
  property: 'property',
  income: 'tax',
  vehicle: 'vehicle',
  contribution: 'social-insurance',
  benefit: 'social-insurance',
}
const DWELLINGS = ['住宅', '成套住宅']
const PREMISES = ['商业', '办公', '厂房']

export function plainVerdicts(dossier: Dossier): Verdict[] {
  const { asOf, people } = dossier
  const members = people.filter(({ role }) => role !== 'supporter')
  const n = members.length
  const { std, wage } = figures(dossier)

  const position = (id: string) => people.findIndex((person) => person.id === id)
  const order = (a: DossierRecord, b: DossierRecord) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : position(a.person) - position(b.person) || a.row - b.row
  // A rule reads the sources that it names and no other, whatever types of record those deliver.
  const of = (type: string, owners: readonly PersonFacts[]) =>
    dossier.records
      .filter((r) => r.type === type && r.source === SOURCE_OF[type] && owners.some(({ id }) => id === r.person))
      .sort(order)

  const known = (source: string, owners: readonly PersonFacts[]) =>
    dossier.sources.find((use) => use.source === source)?.state === 'fresh' &&
    owners.every(({ id, hasNumber, authorization: a }) => {
      const live = a !== null && a.signedOn <= asOf && (a.endsOn === null || a.endsOn >= asOf)
      const asked = !dossier.unanswered.some((gap) => gap.source === source && gap.person === id)
      return hasNumber && live && a.sources.includes(source) && asked
    })

  const verdicts: Verdict[] = []
  const say = (
    rule: string,
    who: string | null,
    value: { warned: boolean; measure: number; limit: number; evidence: readonly DossierRecord[] } | null,
  ) =>
    verdicts.push(
      value
        ? {
            rule,
            person: who,
            outcome: value.warned ? 'warned' : 'clear',
            measure: value.measure,
            limit: value.limit,
            evidence: value.evidence,
          }
        : { rule, person: who, outcome: 'unverifiable', measure: null, limit: null, evidence: [] },
    )
  const over = (measure: number, limit: number, evidence: readonly DossierRecord[]) => ({
    warned: measure > limit,
    measure,
    limit,
    evidence,
  })

  const bank = std !== null && known('bank', members)
  const open = of('deposit', members).filter((r) => F(r).currency === 'CNY' && (F(r).status ?? 'open') === 'open')
  say(
    'deposits',
    null,
    bank
      ? over(
          total(
            firstOfEach(open, (r) => JSON.stringify([F(r).institution, F(r).account])),
            'balance',
          ),
          24 * std * n,
          open,
        )
      : null,
  )

  const securities = of('security', members).filter((r) => (F(r).currency ?? 'CNY') === 'CNY')
  say('securities', null, bank ? over(total(securities, 'value'), 12 * std * n, securities) : null)

  const held = of('property', members).filter((r) => (F(r).current ?? true) && F(r).share >= 0.1)
  const homes = firstOfEach(
    held.filter((r) => DWELLINGS.includes(F(r).usage)),
    (r) => F(r).unit,
  )
  const premises = held.filter((r) => PREMISES.includes(F(r).usage))
  say(
    'property',
    null,
    known('property', members)
      ? {
          warned: (homes.length > 1 && total(homes, 'area') > 3000 * n) || premises.length > 0,
          measure: homes.length,
          limit: 1,
          evidence: held.filter((r) => [...DWELLINGS, ...PREMISES].includes(F(r).usage)),
        }
      : null,
  )

  const policies = of('policy', members).filter((r) => F(r).status !== 'lapsed')
  say('insurance', null, bank ? over(total(policies, 'annualPremium'), 3 * std * n, policies) : null)

  const incomes = of('income', members).filter((r) => inLast(asOf, 12, F(r).month))
  say(
    'income',
    null,
    std !== null && known('tax', members) ? over(total(incomes, 'amount'), std * n * 12, incomes) : null,
  )

  const exempt = new Set(members.filter(({ vehicleExempt }) => vehicleExempt).map(({ id }) => id))
  const cars = of('vehicle', members).filter(
    (r) =>
      !F(r).statuses.some((s) => 'BEP'.includes(s)) &&
      !['07', '08', '13', '14'].includes(F(r).plateClass) &&
      !exempt.has(r.person),
  )
  say('vehicles', null, known('vehicle', members) ? over(cars.length, 0, cars) : null)

  for (const member of members) {
    if (member.employment !== 'unemployed' && member.employment !== 'unable') {
      verdicts.push({
        rule: 'contributions',
        person: member.id,
        outcome: 'not-applicable',
        measure: null,
        limit: null,
        evidence: [],
      })
      continue
    }
    const paid = of('contribution', [member]).filter(
      (r) =>
        ['110', '120', '210', '310', '410'].includes(F(r).insurance ?? '') &&
        F(r).payerKind === 'employer' &&
        F(r).paidMonth === F(r).month &&
        inLast(asOf, 6, F(r).month),
    )
    say(
      'contributions',
      member.id,
      known('social-insurance', [member]) ? over(new Set(paid.map((r) => F(r).month)).size, 1, paid) : null,
    )
  }
  for (const member of members) {
    const drawn = of('benefit', [member]).filter(
      (r) => ['pension', 'unemployment'].includes(F(r).kind) && F(r).insurance !== '170' && inLast(asOf, 3, F(r).month),
    )
    say(
      'benefits',
      member.id,
      known('social-insurance', [member]) ? over(total(drawn, 'amount'), 3 * member.monthlyBenefits, drawn) : null,
    )
  }
  for (const { id, employment, monthlyIncome, hasNumber } of members) {
    if (employment !== 'employed')
      verdicts.push({
        rule: 'wage-below-minimum',
        person: id,
        outcome: 'not-applicable',
        measure: null,
        limit: null,
        evidence: [],
      })
    else
      say(
        'wage-below-minimum',
        id,
        wage === null || !hasNumber
          ? null
          : { warned: monthlyIncome < wage, measure: monthlyIncome, limit: wage, evidence: [] },
      )
  }
  return verdicts
}
