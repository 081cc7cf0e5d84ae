import type { Dossier, DossierRecord } from '../../src/domain/dossier.ts'
import type { PersonFacts } from '../../src/domain/household.ts'

/**
 * Small rules for the words that the eight warnings do not use: requires, known, material, enabled, region, who, two
 * sources, parameters by region, scheme and date. Beside them what they mean, in plain TypeScript.
 */
export const RULES = {
  assets: `id: assets
order: 10
title: { zh: 资产, en: Assets }
basis: supplementary
authority: none
scope: household
who: all
sources: [bank, tax]
unit: CNY
applies: household.scheme != 'extreme-poverty'
requires: has(household.grantedFrom)
let:
  lately: incomes.filter(i, i.month >= monthsBefore(asOf, param.window) && i.month < month(asOf))
  open: deposits.filter(d, has(d.status) && d.status == 'open')
evidence: open
measure: sum(open.map(d, d.balance)) + sum(lately.map(i, i.amount))
limit: percentOf(param.standard, 150) * size(people)
# A difference that is smaller than what the household receives changes nothing.
material: "!has(household.monthlyBenefit) || measure - limit > household.monthlyBenefit"
reason: { zh: "合计{measure}", en: "{measure}" }
`,
  assetsIn3699: `id: assets
region: "3699"
order: 10
title: { zh: 资产, en: Assets }
basis: supplementary
authority: none
scope: household
sources: [bank]
unit: CNY
evidence: deposits
measure: "size(deposits) == 0 ? 0 : max(deposits.map(d, d.balance))"
limit: param.standard
warn: measure >= limit
reason: { zh: "合计{measure}", en: "{measure}" }
`,
  assetsIn369902: `id: assets
region: "369902"
enabled: false
order: 10
title: { zh: 资产, en: Assets }
basis: supplementary
authority: none
scope: household
sources: []
unit: CNY
measure: 0
limit: 0
reason: { zh: "合计{measure}", en: "{measure}" }
`,
  paid: `id: paid
enabled: false
order: 20
title: { zh: 赡养, en: Paid }
basis: supplementary
authority: none
scope: person
who: supporters
sources: [tax]
unit: CNY/month
applies: has(person.support)
requires: has(person.support.paidMonthly)
evidence: incomes
measure: person.support.paidMonthly
limit: "person.support.children > 2 ? param.standard / person.support.children : param.standard"
known: "!incomes.exists(i, !has(i.payerCode)) || has(param.bonus)"
warn: measure < limit
reason: { zh: "每月{measure}", en: "{measure}" }
`,
  paidIn3699: `id: paid
region: "3699"
enabled: true
order: 5
title: { zh: 赡养, en: Paid }
basis: supplementary
authority: none
scope: person
who: supporters
sources: [tax]
unit: CNY/month
applies: has(person.support)
requires: has(person.support.paidMonthly)
evidence: incomes
measure: person.support.paidMonthly
limit: "person.support.children > 2 ? param.standard / person.support.children : param.standard"
known: "!incomes.exists(i, !has(i.payerCode)) || has(param.bonus)"
warn: measure < limit
reason: { zh: "每月{measure}", en: "{measure}" }
`,
} as const

export const PARAMETERS = `standard:
  unit: CNY
  values:
    - { region: "", from: 2000-01-01, value: "510.00", authority: none }
    - { region: "", scheme: low-income, from: 2000-01-01, value: "900.00", authority: none }
    - { region: "3699", from: 2000-01-01, until: 2026-06-30, value: "745.00", authority: none }
    - { region: "3699", from: 2026-07-01, value: "765.00", authority: none }
    - { region: "3699", scheme: rural-dibao, from: 2026-07-01, value: "655.00", authority: none }
    - { region: "99", from: 2026-11-01, until: 2026-11-30, value: "10.00", authority: none }
window:
  unit: months
  values:
    - { region: "", from: 2026-07-01, value: 6, authority: none }
bonus:
  unit: CNY
  values:
    - { region: "3699", scheme: urban-dibao, from: 2026-07-01, value: "1.00", authority: none }
`

export interface WordsVerdict {
  readonly rule: string
  readonly person: string | null
  readonly outcome: string
  readonly measure: number | null
  readonly limit: number | null
  readonly note: string | null
  /** Whys, sorted, once each. */
  readonly missing: readonly string[]
  readonly evidence: readonly DossierRecord[]
}

const unknown = (rule: string, person: string | null, outcome: string, missing: readonly string[]): WordsVerdict => ({
  rule,
  person,
  outcome,
  measure: null,
  limit: null,
  note: null,
  missing: [...new Set(missing)].sort(),
  evidence: [],
})

/** What PARAMETERS say, place by place. */
function figures({ asOf, household: { region, scheme } }: Dossier) {
  const late = asOf >= '2026-07-01'
  const county = region.startsWith('3699')
  const countyStandard = !late ? 74500 : scheme === 'rural-dibao' ? 65500 : 76500
  const elsewhere = scheme === 'low-income' ? 90000 : 51000
  const special = region.startsWith('99') && asOf.startsWith('2026-11')
  return {
    standard: county ? countyStandard : special ? 1000 : elsewhere,
    window: late ? 6 : null,
    bonus: county && late && scheme === 'urban-dibao',
  }
}

function gaps({ asOf, sources, unanswered }: Dossier, names: readonly string[], people: readonly PersonFacts[]) {
  const found: string[] = []
  for (const name of names) {
    const state = sources.find(({ source }) => source === name)?.state ?? 'missing'
    if (state !== 'fresh') found.push(state === 'stale' ? 'source-stale' : 'source-missing')
    for (const { id, authorization: a } of people) {
      const live = a?.sources.includes(name) && a.signedOn <= asOf && (a.endsOn ?? '9999') >= asOf
      if (!live) found.push('not-authorized')
      else if (unanswered.some((gap) => gap.source === name && gap.person === id)) found.push('source-missing')
    }
  }
  if (people.some(({ hasNumber }) => !hasNumber)) found.push('no-id-number')
  return found
}

export function plainWords(dossier: Dossier): WordsVerdict[] {
  const { household, people } = dossier
  const { region } = household
  if (region.startsWith('369902')) return paid(dossier)
  if (region.startsWith('3699')) return [...paid(dossier), assetsInCounty(dossier)]
  return [assets(dossier, people)]
}

/** Of whichever of a rule's sources delivered them. */
function recordsOf(
  dossier: Dossier,
  type: string,
  sources: readonly string[],
  people: readonly PersonFacts[],
): DossierRecord[] {
  const position = (id: string) => dossier.people.findIndex((person) => person.id === id)
  return dossier.records
    .filter((r) => r.type === type && sources.includes(r.source) && people.some(({ id }) => id === r.person))
    .sort((a, b) =>
      a.key < b.key
        ? -1
        : a.key > b.key
          ? 1
          : position(a.person) - position(b.person) ||
            (a.source < b.source ? -1 : a.source > b.source ? 1 : a.row - b.row),
    )
}

const total = (records: readonly DossierRecord[], field: string) =>
  records.reduce((sum, { fields }) => sum + Number(fields[field]), 0)

/** "2026-11" -> 24323, so that months can be counted. */
const count = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7))

function assets(dossier: Dossier, everybody: readonly PersonFacts[]): WordsVerdict {
  const { household, asOf } = dossier
  if (household.scheme === 'extreme-poverty') return unknown('assets', null, 'not-applicable', [])
  const { standard, window } = figures(dossier)
  const missing = [
    ...gaps(dossier, ['bank', 'tax'], everybody),
    ...(window === null ? ['parameter-missing'] : []),
    ...(household.grantedFrom === null ? ['declaration-missing'] : []),
  ]
  if (missing.length > 0) return unknown('assets', null, 'unverifiable', missing)
  const open = recordsOf(dossier, 'deposit', ['bank', 'tax'], everybody).filter(
    ({ fields }) => fields.status === 'open',
  )
  const lately = recordsOf(dossier, 'income', ['bank', 'tax'], everybody).filter(({ fields }) => {
    const ago = count(asOf) - count(fields.month as string)
    return ago >= 1 && ago <= window!
  })
  const measure = total(open, 'balance') + total(lately, 'amount')
  // Half up; every standard of the parameters is above zero.
  const limit = Math.floor((standard * 150 + 50) / 100) * everybody.length
  const differs = measure > limit
  const matters = household.monthlyBenefit === null || measure - limit > household.monthlyBenefit
  const outcome = differs && matters ? 'warned' : 'clear'
  const note = differs && !matters ? 'immaterial' : null
  return { rule: 'assets', person: null, outcome, measure, limit, note, missing: [], evidence: open }
}

function assetsInCounty(dossier: Dossier): WordsVerdict {
  const members = dossier.people.filter(({ role }) => role !== 'supporter')
  const missing = gaps(dossier, ['bank'], members)
  if (missing.length > 0) return unknown('assets', null, 'unverifiable', missing)
  const evidence = recordsOf(dossier, 'deposit', ['bank'], members)
  const measure = evidence.length === 0 ? 0 : Math.max(...evidence.map(({ fields }) => fields.balance as number))
  const { standard: limit } = figures(dossier)
  const outcome = measure >= limit ? 'warned' : 'clear'
  return { rule: 'assets', person: null, outcome, measure, limit, note: null, missing: [], evidence }
}

function paid(dossier: Dossier): WordsVerdict[] {
  const { standard, bonus } = figures(dossier)
  return dossier.people
    .filter(({ role }) => role === 'supporter')
    .map((supporter) => {
      const { id, support } = supporter
      if (!support) return unknown('paid', id, 'not-applicable', [])
      const missing = gaps(dossier, ['tax'], [supporter])
      if (support.paidMonthly === null) missing.push('declaration-missing')
      if (missing.length > 0) return unknown('paid', id, 'unverifiable', missing)
      const evidence = recordsOf(dossier, 'income', ['tax'], [supporter])
      if (!bonus && evidence.some(({ fields }) => fields.payerCode === undefined))
        return unknown('paid', id, 'unverifiable', ['parameter-missing'])
      const measure = support.paidMonthly!
      const limit = support.children > 2 ? Math.trunc(standard / support.children) : standard
      const outcome = measure < limit ? 'warned' : 'clear'
      return { rule: 'paid', person: id, outcome, measure, limit, note: null, missing: [], evidence }
    })
}
