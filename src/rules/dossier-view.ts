import { ageOn } from '../domain/dates.ts'
import type { Dossier, DossierRecord } from '../domain/dossier.ts'
import type { PersonFacts, SupportFacts } from '../domain/household.ts'
import { isAuthorized } from '../domain/household.ts'
import { RECORD_TYPES } from '../domain/record-types.ts'
import { CelHousehold, type CelObject, CelPerson, CelSupport, RECORD_CLASSES } from './cel-environment.ts'
import type { Who } from './rule-schema.ts'

/** A new object of lists without a record, one for each type. */
const NO_RECORDS: Readonly<Record<string, readonly object[]>> = Object.freeze(
  Object.fromEntries(Object.values(RECORD_TYPES).map(({ list }) => [list, Object.freeze([])])),
)

/** Where a record that rules see comes from; a symbol, for expressions cannot name one. */
const ORIGIN = Symbol('origin')

interface CelRecord {
  readonly [ORIGIN]: DossierRecord
}

/** Where an evidence object comes from; evidence is given back as the objects that went in. */
export function originOf(object: object): DossierRecord {
  return (object as CelRecord)[ORIGIN]
}

/** A dossier in the form in which expressions read it: CEL objects, lists sorted by key, then person, source and row. */
export interface DossierView {
  readonly dossier: Dossier
  readonly household: CelHousehold
  readonly people: readonly CelPerson[]
  /** The people of a rule's `who`, in the household's order. */
  inScope(who: Who): readonly { readonly facts: PersonFacts; readonly cel: CelPerson }[]
  /** The eight lists, holding the records of these people from these sources. */
  lists(people: readonly string[], sources: readonly string[]): Readonly<Record<string, readonly object[]>>
}

const isMember = ({ role }: PersonFacts) => role !== 'supporter'

/**
 * A view of a dossier. A run makes one for each household, and half of a check's time once went into it: so records
 * become CEL objects only when a rule reads their list, and lists of the same people and sources are made once.
 */
export function viewDossier(dossier: Dossier): DossierView {
  const people = dossier.people.map((facts) => ({ facts, cel: celPerson(facts, dossier) }))
  const sorted = sortRecords(dossier)
  const roles = new Map(dossier.people.map(({ id, role }) => [id, role]))
  const cels: (CelObject | undefined)[] = []
  const known = new Map<string, Readonly<Record<string, readonly object[]>>>()

  return {
    dossier,
    household: celHousehold(dossier),
    people: people.map(({ cel }) => cel),
    inScope: (who) => people.filter(({ facts }) => who === 'all' || isMember(facts) === (who === 'members')),
    lists: (ids, sources) => {
      const key = `${ids.join('\n')}\n\n${sources.join('\n')}`
      const before = known.get(key)
      if (before) return before
      const lists: Record<string, readonly object[]> = { ...NO_RECORDS }
      for (let i = 0; i < sorted.length; i++) {
        const record = sorted[i]!
        if (!sources.includes(record.source) || !ids.includes(record.person)) continue
        cels[i] ??= celRecord(record, roles.get(record.person)!)
        const { list } = RECORD_TYPES[record.type]
        const found = lists[list] as object[]
        if (found.length === 0) lists[list] = [cels[i]!]
        else found.push(cels[i]!)
      }
      known.set(key, lists)
      return lists
    },
  }
}

/** The records that people have authorized, by key, then person, source and row. */
function sortRecords({ records, people, asOf }: Dossier): DossierRecord[] {
  const position = new Map(people.map(({ id }, i) => [id, i]))
  const authorized = (record: DossierRecord) => {
    const person = people[position.get(record.person) ?? -1]
    return person !== undefined && isAuthorized(person, record.source, asOf)
  }
  return records
    .filter(authorized)
    .sort(
      (a, b) =>
        (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) ||
        position.get(a.person)! - position.get(b.person)! ||
        (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) ||
        a.row - b.row,
    )
}

/** A field that is absent is no field of the object: `has()` is false, and reading it is an error, not a zero. */
function withoutNull(values: Record<string, unknown>): Record<string, unknown> {
  const present: Record<string, unknown> = {}
  for (const name in values) if (values[name] !== null) present[name] = values[name]
  return present
}

function celHousehold({ household, people }: Dossier): CelHousehold {
  return new CelHousehold(
    withoutNull({
      id: household.id,
      scheme: household.scheme,
      region: household.region,
      category: household.category,
      grantedFrom: household.grantedFrom,
      size: BigInt(people.filter(isMember).length),
      monthlyIncome: BigInt(household.monthlyIncome),
      monthlyBenefit: household.monthlyBenefit === null ? null : BigInt(household.monthlyBenefit),
      savings: BigInt(household.savings),
      vehicles: BigInt(household.vehicles),
      dwellings: BigInt(household.dwellings),
    }),
  )
}

function celPerson(facts: PersonFacts, { asOf, otherSchemes }: Dossier): CelPerson {
  return new CelPerson(
    withoutNull({
      id: facts.id,
      role: facts.role,
      relation: facts.relation,
      age: facts.birthDate === null ? null : BigInt(ageOn(facts.birthDate, asOf)),
      employment: facts.employment,
      monthlyIncome: BigInt(facts.monthlyIncome),
      monthlyBenefits: BigInt(facts.monthlyBenefits),
      disabled: facts.disabled,
      seriousIllness: facts.seriousIllness,
      vehicleExempt: facts.vehicleExempt,
      support: facts.support ? celSupport(facts.support) : null,
      otherSchemes: otherSchemes?.filter(({ person }) => person === facts.id).map(({ scheme }) => scheme) ?? null,
    }),
  )
}

function celSupport({ noAbility, ...numbers }: SupportFacts): CelSupport {
  const ints = Object.entries(numbers).map(([name, value]) => [name, value === null ? null : BigInt(value)])
  return new CelSupport(withoutNull({ ...Object.fromEntries(ints), noAbility }))
}

function celRecord(record: DossierRecord, role: string): CelObject {
  const { ctor, ints } = RECORD_CLASSES[record.type]
  const { person, key, asOf, fields } = record
  // The key as stored: shown with "|" between its parts, two keys could look like one.
  const cel = new ctor(fields) as CelObject & Record<PropertyKey, unknown>
  for (const field of ints) if (cel[field] !== undefined) cel[field] = BigInt(cel[field] as number)
  cel.person = person
  cel.role = role
  cel.key = key
  cel.asOf = asOf
  cel[ORIGIN] = record
  return cel
}
