import { type Almanac, Engine, type RuleProperties, type RuleResult } from 'json-rules-engine'
import type { EvidenceItem } from '../src/domain/check-result.ts'
import { monthOf, monthsBefore } from '../src/domain/dates.ts'
import type { Dossier, DossierRecord } from '../src/domain/dossier.ts'
import type { PersonFacts } from '../src/domain/household.ts'
import {
  DWELLINGS,
  EMPLOYERS_INSURANCES,
  EXEMPT_PLATES,
  isKnown,
  PREMISES,
  sortRecords,
  standardOf,
  toEvidence,
  type Verdict,
} from './rules-by-hand.ts'

/**
 * The same eight warnings in json-rules-engine, as its documentation has one write them: rules are JSON, what they
 * compare are facts, computed once a run and kept by the almanac; a limit is a fact that a condition names as its value;
 * what is to be shown stands in the event's params (`replaceFactsInEventParams`). The engines are made once. `path` is
 * one property, so JSONPath, which costs more, is replaced by the documented `pathResolver`. Rules over persons are an
 * engine of their own, run once a person.
 */
const OPTIONS = {
  replaceFactsInEventParams: true,
  pathResolver: (value: object, path: string) => (value as Record<string, unknown>)[path],
}

/** The condition that comes first: without an answer there is nothing to compare. */
const known = (source: string, needsStandard = false) => ({
  fact: 'known',
  params: { source, needsStandard },
  operator: 'equal',
  value: true,
  priority: 2,
})

/** A rule whose evidence, measure and limit are the facts "NAME evidence", "NAME measure" and "NAME limit". */
function rule(
  name: string,
  first: ReturnType<typeof known>,
  warn: RuleProperties['conditions'] | null = null,
): RuleProperties {
  const [measure, limit] = [{ fact: `${name} measure` }, { fact: `${name} limit` }]
  const above = { ...measure, operator: 'greaterThan', value: limit }
  return {
    name,
    conditions: { all: [first, warn ?? above] },
    event: {
      type: 'warning',
      params: {
        known: { fact: 'known', params: first.params },
        measure,
        limit,
        evidence: { fact: `${name} evidence` },
      },
    },
  }
}

const HOUSEHOLD_RULES: RuleProperties[] = [
  rule('deposits', known('bank', true)),
  rule('securities', known('bank', true)),
  rule('property', known('property'), {
    any: [
      { fact: 'premises', operator: 'greaterThan', value: 0 },
      {
        all: [
          { fact: 'property measure', operator: 'greaterThan', value: { fact: 'property limit' } },
          { fact: 'dwellings', path: 'area', operator: 'greaterThan', value: { fact: 'area limit' } },
        ],
      },
    ],
  }),
  rule('insurance', known('bank', true)),
  rule('income', known('tax', true)),
  rule('vehicles', known('vehicle')),
]

const WITHOUT_WORK = { fact: 'person', path: 'employment', operator: 'in', value: ['unemployed', 'unable'] }
const PERSON_RULES: RuleProperties[] = [
  rule('contributions', known('social-insurance'), {
    all: [
      { ...WITHOUT_WORK, priority: 2 },
      { fact: 'contributions measure', operator: 'greaterThan', value: { fact: 'contributions limit' } },
    ],
  }),
  rule('benefits', known('social-insurance')),
]

type Rows = readonly DossierRecord[]

/** The fact that is given at run time: the dossier, the people whom the rules are about, and their records. */
interface Scope {
  readonly dossier: Dossier
  readonly people: readonly PersonFacts[]
  of(type: string): Rows
}

function scopeOf(dossier: Dossier, people: readonly PersonFacts[], lists: ReadonlyMap<string, Rows>): Scope {
  const ids = people.map(({ id }) => id)
  return { dossier, people, of: (type) => (lists.get(type) ?? []).filter(({ person }) => ids.includes(person)) }
}

const given = (almanac: Almanac): Promise<Scope> => almanac.factValue<Scope>('scope')

const sumOf = (rows: Rows, field: string) => rows.reduce((total, { fields }) => total + (fields[field] as number), 0)

const inWindow = (asOf: string, months: number) => {
  const [since, before] = [monthsBefore(asOf, months), monthOf(asOf)]
  return ({ fields }: DossierRecord) => (fields.month as string) >= since && (fields.month as string) < before
}

/** Adds the rows of a rule, and its evidence as it is shown. */
function addEvidence(engine: Engine, name: string, select: (scope: Scope) => Rows): void {
  engine.addFact(`${name} rows`, async (_params, almanac) => select(await given(almanac)))
  engine.addFact(`${name} evidence`, async (_params, almanac) =>
    (await almanac.factValue<Rows>(`${name} rows`)).map(toEvidence),
  )
}

function addMeasure(engine: Engine, name: string, measure: (rows: Rows) => number): void {
  engine.addFact(`${name} measure`, async (_params, almanac) => measure(await almanac.factValue<Rows>(`${name} rows`)))
}

/** A limit of so many months of the standard for each member. */
function addMonths(engine: Engine, name: string, months: number): void {
  engine.addFact(`${name} limit`, async (_params, almanac) => {
    const { dossier, people } = await given(almanac)
    return months * (standardOf(dossier) ?? 0) * people.length
  })
}

function addKnown(engine: Engine): void {
  engine.addFact('known', async ({ source, needsStandard }, almanac) => {
    const { dossier, people } = await given(almanac)
    return isKnown(dossier, source, people) && (!needsStandard || standardOf(dossier) !== null)
  })
}

function createHouseholdEngine(): Engine {
  const engine = new Engine(HOUSEHOLD_RULES, OPTIONS)
  addKnown(engine)
  addEvidence(engine, 'deposits', ({ of }) =>
    of('deposit').filter(({ fields }) => (fields.status ?? 'open') === 'open' && fields.currency === 'CNY'),
  )
  addMeasure(engine, 'deposits', (rows) => {
    const accounts = new Map(rows.toReversed().map((row) => [row.key, row]))
    return sumOf([...accounts.values()], 'balance')
  })
  addMonths(engine, 'deposits', 24)

  addEvidence(engine, 'securities', ({ of }) =>
    of('security').filter(({ fields }) => (fields.currency ?? 'CNY') === 'CNY'),
  )
  addMeasure(engine, 'securities', (rows) => sumOf(rows, 'value'))
  addMonths(engine, 'securities', 12)

  addEvidence(engine, 'property', ({ of }) =>
    of('property').filter(
      ({ fields: { current, share, usage } }) =>
        current !== false &&
        (share as number) >= 0.1 &&
        (DWELLINGS.has(usage as string) || PREMISES.has(usage as string)),
    ),
  )
  engine.addFact('dwellings', async (_params, almanac) => {
    const rows = (await almanac.factValue<Rows>('property rows')).filter(({ fields }) =>
      DWELLINGS.has(fields.usage as string),
    )
    const units = new Map(rows.toReversed().map((row) => [row.fields.unit, row]))
    return { count: units.size, area: sumOf([...units.values()], 'area') }
  })
  engine.addFact('premises', async (_params, almanac) => {
    const rows = await almanac.factValue<Rows>('property rows')
    return rows.filter(({ fields }) => PREMISES.has(fields.usage as string)).length
  })
  engine.addFact('area limit', async (_params, almanac) => 3000 * (await given(almanac)).people.length)
  engine.addFact('property measure', async (_params, almanac) => almanac.factValue<number>('dwellings', {}, 'count'))
  engine.addFact('property limit', 1)

  addEvidence(engine, 'insurance', ({ of }) =>
    of('policy').filter(({ fields }) => (fields.status ?? 'in-force') === 'in-force'),
  )
  addMeasure(engine, 'insurance', (rows) => sumOf(rows, 'annualPremium'))
  addMonths(engine, 'insurance', 3)

  addEvidence(engine, 'income', ({ of, dossier }) => of('income').filter(inWindow(dossier.asOf, 12)))
  addMeasure(engine, 'income', (rows) => sumOf(rows, 'amount'))
  addMonths(engine, 'income', 12)

  addEvidence(engine, 'vehicles', ({ of, dossier }) => {
    const exempt = new Set(dossier.people.filter(({ vehicleExempt }) => vehicleExempt).map(({ id }) => id))
    return of('vehicle').filter(
      ({ person, fields }) =>
        !(fields.statuses as string[]).some((status) => 'BEP'.includes(status)) &&
        !EXEMPT_PLATES.has(fields.plateClass as string) &&
        !exempt.has(person),
    )
  })
  addMeasure(engine, 'vehicles', (rows) => rows.length)
  engine.addFact('vehicles limit', 0)
  return engine
}

function createPersonEngine(): Engine {
  const engine = new Engine(PERSON_RULES, OPTIONS)
  addKnown(engine)
  addEvidence(engine, 'contributions', ({ of, dossier }) => {
    const recent = inWindow(dossier.asOf, 6)
    return of('contribution').filter(
      (row) =>
        EMPLOYERS_INSURANCES.has(row.fields.insurance as string) &&
        row.fields.payerKind === 'employer' &&
        row.fields.paidMonth === row.fields.month &&
        recent(row),
    )
  })
  addMeasure(engine, 'contributions', (rows) => new Set(rows.map(({ fields }) => fields.month)).size)
  engine.addFact('contributions limit', 1)
  addEvidence(engine, 'benefits', ({ of, dossier }) => {
    const recent = inWindow(dossier.asOf, 3)
    return of('benefit').filter(
      (row) =>
        ['pension', 'unemployment'].includes(row.fields.kind as string) &&
        row.fields.insurance !== '170' &&
        recent(row),
    )
  })
  addMeasure(engine, 'benefits', (rows) => sumOf(rows, 'amount'))
  engine.addFact(
    'benefits limit',
    async (_params, almanac) => 3 * (await almanac.factValue<number>('person', {}, 'monthlyBenefits')),
  )
  return engine
}

const order = (rules: readonly RuleProperties[]) => new Map(rules.map(({ name }, i) => [name, i]))
const [HOUSEHOLD_ORDER, PERSON_ORDER] = [order(HOUSEHOLD_RULES), order(PERSON_RULES)]

/** The library gives results in the order in which rules ended. */
function verdicts(results: readonly RuleResult[], person: PersonFacts | null): Verdict[] {
  return results.map(({ name, result, event }) => {
    const {
      known: isKnown,
      measure,
      limit,
      evidence,
    } = event!.params as {
      known: boolean
      measure: number
      limit: number
      evidence: EvidenceItem[]
    }
    const subject = { rule: name, person: person?.id ?? null }
    const nothing = { measure: null, limit: null, evidence: [] }
    if (name === 'contributions' && !WITHOUT_WORK.value.includes(person!.employment))
      return { ...subject, outcome: 'not-applicable', ...nothing }
    if (!isKnown) return { ...subject, outcome: 'unverifiable', ...nothing }
    return { ...subject, outcome: result ? 'warned' : 'clear', measure, limit, evidence }
  })
}

/** Makes the engines once; the function that is given checks one dossier after another. */
export function createJsonEngineCheck(): (dossier: Dossier) => Promise<Verdict[]> {
  const [household, person] = [createHouseholdEngine(), createPersonEngine()]
  return async (dossier) => {
    const members = dossier.people.filter(({ role }) => role !== 'supporter')
    const lists = sortRecords(dossier)
    const all = await household.run({ scope: scopeOf(dossier, members, lists) })
    const found = verdicts([...all.results, ...all.failureResults], null).sort(
      (a, b) => HOUSEHOLD_ORDER.get(a.rule)! - HOUSEHOLD_ORDER.get(b.rule)!,
    )
    const ofPersons: Verdict[] = []
    for (const member of members) {
      const one = await person.run({ scope: scopeOf(dossier, [member], lists), person: member })
      ofPersons.push(...verdicts([...one.results, ...one.failureResults], member))
    }
    // By rule, then person; sorting is stable.
    ofPersons.sort((a, b) => PERSON_ORDER.get(a.rule)! - PERSON_ORDER.get(b.rule)!)
    return [...found, ...ofPersons]
  }
}
