import type { EvidenceItem, RuleOutcome } from '../src/domain/check-result.ts'
import { monthOf, monthsBefore } from '../src/domain/dates.ts'
import type { Dossier, DossierRecord } from '../src/domain/dossier.ts'
import { isAuthorized, type PersonFacts } from '../src/domain/household.ts'

/** What all three programs give for a rule. Money in fen. */
export interface Verdict {
  readonly rule: string
  readonly person: string | null
  readonly outcome: RuleOutcome
  readonly measure: number | null
  readonly limit: number | null
  readonly evidence: readonly EvidenceItem[]
}

/** The monthly standard of the sample county on the day, as rules/parameters/sample-3699.yaml has it. */
export function standardOf({ asOf, household: { region, scheme } }: Dossier): number | null {
  if (!region.startsWith('3699')) return null
  const late = asOf >= '2026-07-01'
  if (scheme === 'urban-dibao') return late ? 76500 : 74500
  if (scheme === 'rural-dibao') return late ? 65500 : 62500
  return 76500
}

/** Records by type, each list by key, then person, then source and row; only of authorized sources. */
export function sortRecords(dossier: Dossier): Map<string, DossierRecord[]> {
  const position = new Map(dossier.people.map(({ id }, i) => [id, i]))
  const lists = new Map<string, DossierRecord[]>()
  for (const record of dossier.records) {
    const owner = dossier.people[position.get(record.person) ?? -1]
    if (!owner || !isAuthorized(owner, record.source, dossier.asOf)) continue
    const list = lists.get(record.type)
    if (list) list.push(record)
    else lists.set(record.type, [record])
  }
  for (const list of lists.values()) {
    list.sort((a, b) => {
      if (a.key !== b.key) return a.key < b.key ? -1 : 1
      if (a.person !== b.person) return position.get(a.person)! - position.get(b.person)!
      if (a.source !== b.source) return a.source < b.source ? -1 : 1
      return a.row - b.row
    })
  }
  return lists
}

/** Whether the records of these people from a source are known. */
export function isKnown(dossier: Dossier, source: string, people: readonly PersonFacts[]): boolean {
  if (dossier.sources.find((use) => use.source === source)?.state !== 'fresh') return false
  return people.every(
    (person) =>
      person.hasNumber &&
      isAuthorized(person, source, dossier.asOf) &&
      !dossier.unanswered.some((gap) => gap.source === source && gap.person === person.id),
  )
}

export const toEvidence = ({ source, type, person, shownKey, asOf, delivery, row }: DossierRecord): EvidenceItem => ({
  source,
  type,
  person,
  key: shownKey,
  asOf,
  delivery,
  row,
})

export const EXEMPT_PLATES = new Set(['07', '08', '13', '14'])
export const DWELLINGS = new Set(['住宅', '成套住宅'])
export const PREMISES = new Set(['商业', '办公', '厂房'])
export const EMPLOYERS_INSURANCES = new Set(['110', '120', '210', '310', '410'])

const NONE: readonly DossierRecord[] = []

/** The eight warnings as a programmer writes them who needs nothing else: the yardstick for the engine's own cost. */
export function checkByHand(dossier: Dossier): Verdict[] {
  const { asOf, people } = dossier
  const members = people.filter(({ role }) => role !== 'supporter')
  const memberIds = new Set(members.map(({ id }) => id))
  const lists = sortRecords(dossier)
  const ofMembers = (type: string) => (lists.get(type) ?? NONE).filter(({ person }) => memberIds.has(person))
  const standard = standardOf(dossier)
  const before = monthOf(asOf)
  const verdicts: Verdict[] = []
  const say = (rule: string, warned: boolean, measure: number, limit: number, evidence: readonly DossierRecord[]) =>
    verdicts.push({
      rule,
      person: null,
      outcome: warned ? 'warned' : 'clear',
      measure,
      limit,
      evidence: evidence.map(toEvidence),
    })
  const unknown = (rule: string, person: string | null = null) =>
    verdicts.push({ rule, person, outcome: 'unverifiable', measure: null, limit: null, evidence: [] })

  const bankIsKnown = standard !== null && isKnown(dossier, 'bank', members)
  if (bankIsKnown) {
    const evidence = ofMembers('deposit').filter(
      ({ fields }) => (fields.status === undefined || fields.status === 'open') && fields.currency === 'CNY',
    )
    const accounts = new Set<string>()
    let total = 0
    for (const { key, fields } of evidence) {
      if (!accounts.has(key)) total += fields.balance as number
      accounts.add(key)
    }
    const limit = 24 * standard * members.length
    say('deposits', total > limit, total, limit, evidence)
  } else unknown('deposits')

  if (bankIsKnown) {
    const evidence = ofMembers('security').filter(
      ({ fields }) => fields.currency === undefined || fields.currency === 'CNY',
    )
    let total = 0
    for (const { fields } of evidence) total += fields.value as number
    const limit = 12 * standard * members.length
    say('securities', total > limit, total, limit, evidence)
  } else unknown('securities')

  if (isKnown(dossier, 'property', members)) {
    const units = new Set<unknown>()
    let area = 0
    let premises = 0
    const evidence: DossierRecord[] = []
    for (const record of ofMembers('property')) {
      const { current, share, usage, unit } = record.fields
      if (current === false || (share as number) < 0.1) continue
      if (DWELLINGS.has(usage as string)) {
        if (!units.has(unit)) area += record.fields.area as number
        units.add(unit)
        evidence.push(record)
      } else if (PREMISES.has(usage as string)) {
        premises++
        evidence.push(record)
      }
    }
    const warned = premises > 0 || (units.size > 1 && area > 3000 * members.length)
    say('property', warned, units.size, 1, evidence)
  } else unknown('property')

  if (bankIsKnown) {
    const evidence = ofMembers('policy').filter(
      ({ fields }) => fields.status === undefined || fields.status === 'in-force',
    )
    let total = 0
    for (const { fields } of evidence) total += fields.annualPremium as number
    const limit = 3 * standard * members.length
    say('insurance', total > limit, total, limit, evidence)
  } else unknown('insurance')

  if (standard !== null && isKnown(dossier, 'tax', members)) {
    const since = monthsBefore(asOf, 12)
    const evidence = ofMembers('income').filter(
      ({ fields }) => (fields.month as string) >= since && (fields.month as string) < before,
    )
    let total = 0
    for (const { fields } of evidence) total += fields.amount as number
    const limit = 12 * standard * members.length
    say('income', total > limit, total, limit, evidence)
  } else unknown('income')

  if (isKnown(dossier, 'vehicle', members)) {
    const exempt = new Set(people.filter(({ vehicleExempt }) => vehicleExempt).map(({ id }) => id))
    const evidence = ofMembers('vehicle').filter(({ person, fields }) => {
      const statuses = fields.statuses as readonly string[]
      if (statuses.includes('B') || statuses.includes('E') || statuses.includes('P')) return false
      return !EXEMPT_PLATES.has(fields.plateClass as string) && !exempt.has(person)
    })
    say('vehicles', evidence.length > 0, evidence.length, 0, evidence)
  } else unknown('vehicles')

  const halfYear = monthsBefore(asOf, 6)
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
    } else if (isKnown(dossier, 'social-insurance', [member])) {
      const evidence = (lists.get('contribution') ?? NONE).filter(
        ({ person, fields }) =>
          person === member.id &&
          EMPLOYERS_INSURANCES.has(fields.insurance as string) &&
          fields.payerKind === 'employer' &&
          fields.paidMonth === fields.month &&
          (fields.month as string) >= halfYear &&
          (fields.month as string) < before,
      )
      const measure = new Set(evidence.map(({ fields }) => fields.month)).size
      const outcome = measure > 1 ? 'warned' : 'clear'
      const shown = evidence.map(toEvidence)
      verdicts.push({ rule: 'contributions', person: member.id, outcome, measure, limit: 1, evidence: shown })
    } else unknown('contributions', member.id)
  }

  const quarter = monthsBefore(asOf, 3)
  for (const member of members) {
    if (isKnown(dossier, 'social-insurance', [member])) {
      const evidence = (lists.get('benefit') ?? NONE).filter(
        ({ person, fields }) =>
          person === member.id &&
          (fields.kind === 'pension' || fields.kind === 'unemployment') &&
          fields.insurance !== '170' &&
          (fields.month as string) >= quarter &&
          (fields.month as string) < before,
      )
      let measure = 0
      for (const { fields } of evidence) measure += fields.amount as number
      const limit = 3 * member.monthlyBenefits
      const outcome = measure > limit ? 'warned' : 'clear'
      const shown = evidence.map(toEvidence)
      verdicts.push({ rule: 'benefits', person: member.id, outcome, measure, limit, evidence: shown })
    } else unknown('benefits', member.id)
  }
  return verdicts
}
