import { ageOn } from '../domain/dates.ts'
import type { Dossier, DossierRecord } from '../domain/dossier.ts'
import type { PersonFacts, SupportFacts } from '../domain/household.ts'
import { isAuthorized } from '../domain/household.ts'
import { RECORD_TYPES, type RecordTypeName } from '../domain/record-types.ts'
import { CelHousehold, type CelObject, CelPerson, CelSupport, RECORD_CLASSES } from './cel-environment.ts'
import type { Who } from './rule-schema.ts'

const NAMES = Object.keys(RECORD_TYPES) as RecordTypeName[]

/** The origin of each record that rules see; evidence is given back as the objects that went in. */
const origins = new WeakMap<object, DossierRecord>()

/** Where an evidence object comes from. */
export function originOf(object: object): DossierRecord {
  return origins.get(object)!
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

export function viewDossier(dossier: Dossier): DossierView {
  const { household, asOf } = dossier
  const people = dossier.people.map((facts) => ({ facts, cel: celPerson(facts, dossier) }))
  const position = new Map(dossier.people.map(({ id }, i) => [id, i]))
  const roles = new Map(dossier.people.map(({ id, role }) => [id, role]))
  const authorized = (record: DossierRecord) => {
    const person = dossier.people[position.get(record.person) ?? -1]
    return person !== undefined && isAuthorized(person, record.source, asOf)
  }
  const byType = new Map<RecordTypeName, { record: DossierRecord; cel: object }[]>(NAMES.map((name) => [name, []]))
  const sorted = dossier.records
    .filter(authorized)
    .sort(
      (a, b) =>
        (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) ||
        position.get(a.person)! - position.get(b.person)! ||
        (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) ||
        a.row - b.row,
    )
  for (const record of sorted)
    byType.get(record.type)!.push({ record, cel: celRecord(record, roles.get(record.person)!) })

  return {
    dossier,
    household: new CelHousehold(
      withoutNull({
        id: household.id,
        scheme: household.scheme,
        region: household.region,
        category: household.category,
        grantedFrom: household.grantedFrom,
        size: BigInt(dossier.people.filter(isMember).length),
        monthlyIncome: BigInt(household.monthlyIncome),
        monthlyBenefit: household.monthlyBenefit === null ? null : BigInt(household.monthlyBenefit),
        savings: BigInt(household.savings),
        vehicles: BigInt(household.vehicles),
        dwellings: BigInt(household.dwellings),
      }),
    ),
    people: people.map(({ cel }) => cel),
    inScope: (who) => people.filter(({ facts }) => who === 'all' || isMember(facts) === (who === 'members')),
    lists: (ids, sources) =>
      Object.fromEntries(
        NAMES.map((name) => [
          RECORD_TYPES[name].list,
          byType
            .get(name)!
            .filter(({ record }) => ids.includes(record.person) && sources.includes(record.source))
            .map(({ cel }) => cel),
        ]),
      ),
  }
}

/** A field that is absent is no field of the object: `has()` is false, and reading it is an error, not a zero. */
function withoutNull(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
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
  const values: Record<string, unknown> = { ...fields, person, role, key, asOf }
  for (const field of ints) if (values[field] !== undefined) values[field] = BigInt(values[field] as number)
  const cel = new ctor(values)
  origins.set(cel, record)
  return cel
}
