import { HeduiError } from '../errors.ts'
import { didYouMean } from './closest-word.ts'
import { isDate, isMonth } from './dates.ts'
import type {
  DeliveredHousehold,
  DeliveredPerson,
  Employment,
  IdType,
  NoAbility,
  Role,
  Scheme,
} from './household-schema.ts'
import { HOUSEHOLD_SCHEMA } from './household-schema.ts'
import { birthDateOf, parseIdNumber } from './id-number.ts'
import { parseYuan } from './money.ts'
import { nameState } from './person-name.ts'
import { createAjv, describeSchemaErrors } from './schema-errors.ts'

export interface Authorization {
  readonly signedOn: string
  /** null: open. */
  readonly endsOn: string | null
  readonly sources: readonly string[]
}

/** What a household declares of a supporter's duty; amounts are fen, null where there is none. */
export interface SupportFacts {
  /** Of the supporter's own household. */
  readonly householdSize: number
  /** Of the others in the supporter's household, in the twelve full months before the check. */
  readonly othersIncome12Months: number
  /** How many people the supporter has to support. */
  readonly supported: number
  /** How many children share the duty, the supporter among them. */
  readonly children: number
  /** By judgment, arbitration or agreement. */
  readonly judgedMonthly: number | null
  readonly paidMonthly: number | null
  readonly noAbility: NoAbility | null
}

/** What rules may know of a person: no name, no number, no address. Amounts are fen. */
export interface PersonFacts {
  readonly id: string
  readonly role: Role
  readonly relation: string
  /** From the 18-digit number; null where there is none. */
  readonly birthDate: string | null
  readonly hasNumber: boolean
  readonly employment: Employment
  readonly monthlyIncome: number
  readonly monthlyBenefits: number
  readonly disabled: boolean
  readonly seriousIllness: boolean
  readonly vehicleExempt: boolean
  readonly authorization: Authorization | null
  /** Absent where nothing was declared, and of members. */
  readonly support?: SupportFacts
}

/** What rules may know of a household. Amounts are fen; null where nothing was given. */
export interface HouseholdFacts {
  readonly id: string
  readonly scheme: Scheme
  readonly region: string
  readonly category: string | null
  readonly grantedFrom: string | null
  readonly monthlyBenefit: number | null
  readonly monthlyIncome: number
  readonly savings: number
  readonly vehicles: number
  readonly dwellings: number
}

export interface PersonIdentity {
  readonly name: string
  readonly idType: IdType
  /** The valid 18-digit number, or the text of another document, or null. */
  readonly number: string | null
  readonly hasNumber: boolean
}

export interface Household {
  readonly facts: HouseholdFacts
  readonly address: string | null
  readonly people: readonly { readonly facts: PersonFacts; readonly identity: PersonIdentity }[]
}

const isValid = createAjv().compile<DeliveredHousehold>(HOUSEHOLD_SCHEMA)

/**
 * A household from a value of any kind. `sources` are the adapters there are, which an authorization may name.
 * Throws one HeduiError INPUT_INVALID, INPUT_ID_NUMBER or INPUT_DUPLICATE for all that is wrong, each with the path of
 * its field; messages hold no value of a person.
 */
export function parseHousehold(value: unknown, sources: readonly string[]): Household {
  const problems: HeduiError[] = []
  const problem = (path: string, message: string, code: HeduiError['code'] = 'INPUT_INVALID') =>
    problems.push(new HeduiError(code, message, { path }))
  if (!isValid(value)) {
    for (const { path, message } of describeSchemaErrors(isValid.errors)) problem(path.join('.'), message)
    throw asOne(problems)
  }
  if (value.grantedFrom && !isMonth(value.grantedFrom)) problem('grantedFrom', 'must be a real month')
  const ids = new Set<string>()
  const numbers = new Set<string>()
  const people = value.people.map((delivered, i) => {
    const at = (field: string) => `people.${i}.${field}`
    if (ids.has(delivered.id)) problem(at('id'), 'is the id of two people of the household', 'INPUT_DUPLICATE')
    ids.add(delivered.id)
    if (delivered.support && delivered.role !== 'supporter') problem(at('support'), 'is declared of supporters only')
    checkAuthorization(delivered, sources, (field, message) => problem(at(`authorization.${field}`), message))
    if (nameState(delivered.name) !== 'given') problem(at('name'), 'must be the whole name, not masked or blank')
    const identity = identityOf(delivered)
    if (identity.hasNumber) {
      if (numbers.has(identity.number!))
        problem(at('idNumber'), 'is the number of two people of the household', 'INPUT_DUPLICATE')
      numbers.add(identity.number!)
    } else if (identity.idType === 'resident-id' && identity.number !== null) {
      problem(
        at('idNumber'),
        'is not a valid resident identity number (form, birth date or check digit)',
        'INPUT_ID_NUMBER',
      )
    }
    return { facts: personFacts(delivered, identity), identity }
  })
  if (!value.people.some(({ role }) => role !== 'supporter')) problem('people', 'holds no applicant and no member')
  if (problems.length > 0) throw asOne(problems)
  return { facts: householdFacts(value), address: value.address?.trim() || null, people }
}

function asOne([first, ...others]: readonly HeduiError[]): HeduiError {
  return new HeduiError(first!.code, first!.message, { ...first!.place, others })
}

function checkAuthorization(
  { authorization }: DeliveredPerson,
  sources: readonly string[],
  problem: (field: string, message: string) => void,
): void {
  if (!authorization) return
  if (!isDate(authorization.signedOn)) problem('signedOn', 'must be a real date')
  if (authorization.endsOn && !isDate(authorization.endsOn)) problem('endsOn', 'must be a real date')
  for (const source of authorization.sources) {
    if (sources.includes(source)) continue
    problem('sources', `there is no source "${source}"; allowed: ${sources.join(', ')}${didYouMean(source, sources)}`)
  }
}

function identityOf({ name, idNumber, idType = 'resident-id' }: DeliveredPerson): PersonIdentity {
  const text = idNumber?.trim() || null
  const number = text === null ? null : parseIdNumber(text)
  return { name: name.trim(), idType, number: number ?? text, hasNumber: number !== null }
}

function personFacts(person: DeliveredPerson, identity: PersonIdentity): PersonFacts {
  const { declared, authorization, support } = person
  return {
    id: person.id,
    role: person.role,
    relation: person.relation,
    birthDate: identity.hasNumber ? birthDateOf(identity.number!) : null,
    hasNumber: identity.hasNumber,
    employment: declared.employment,
    monthlyIncome: parseYuan(declared.monthlyIncome)!,
    monthlyBenefits: parseYuan(declared.monthlyBenefits)!,
    // An unknown vulnerability counts as one (lessons): null is true.
    disabled: person.disabled ?? true,
    seriousIllness: person.seriousIllness ?? true,
    vehicleExempt: person.vehicleExempt,
    authorization: authorization
      ? { signedOn: authorization.signedOn, endsOn: authorization.endsOn ?? null, sources: authorization.sources }
      : null,
    ...(support ? { support: supportFacts(support) } : {}),
  }
}

function supportFacts(support: NonNullable<DeliveredPerson['support']>): SupportFacts {
  const { othersIncome12Months, judgedMonthly, paidMonthly, noAbility, ...counts } = support
  return {
    ...counts,
    othersIncome12Months: parseYuan(othersIncome12Months)!,
    judgedMonthly: judgedMonthly ? parseYuan(judgedMonthly) : null,
    paidMonthly: paidMonthly ? parseYuan(paidMonthly) : null,
    noAbility: noAbility ?? null,
  }
}

function householdFacts(household: DeliveredHousehold): HouseholdFacts {
  const { declared, monthlyBenefit } = household
  return {
    id: household.id,
    scheme: household.scheme,
    region: household.region,
    category: household.category ?? null,
    grantedFrom: household.grantedFrom ?? null,
    monthlyBenefit: monthlyBenefit ? parseYuan(monthlyBenefit) : null,
    monthlyIncome: parseYuan(declared.monthlyIncome)!,
    savings: parseYuan(declared.savings)!,
    vehicles: declared.vehicles,
    dwellings: declared.dwellings,
  }
}

/** Whether the person has authorized a query of the source on a date (design §8). */
export function isAuthorized({ authorization }: PersonFacts, source: string, asOf: string): boolean {
  if (!authorization?.sources.includes(source)) return false
  return authorization.signedOn <= asOf && (authorization.endsOn === null || asOf <= authorization.endsOn)
}
