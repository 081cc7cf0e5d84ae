import { type Limits, limitsOf, type Scheme } from './assumptions.ts'
import type { HouseholdPlan } from './household-plan.ts'
import type { Owner } from './people.ts'

export type Employment = 'employed' | 'flexible' | 'unemployed' | 'unable' | 'student' | 'retired'

export interface Authorization {
  readonly signedOn: string
  readonly endsOn: string | null
  readonly sources: readonly string[]
}

export interface HouseholdPerson {
  readonly id: string
  readonly role: 'applicant' | 'member' | 'supporter'
  readonly relation: string
  readonly age: number
  readonly owner: Owner
  readonly employment: Employment
  readonly incomeFen: number
  readonly benefitsFen: number
  readonly disabled: boolean
  readonly seriousIllness: boolean
  readonly vehicleExempt: boolean
  readonly authorization: Authorization
  readonly passport: boolean
  /** Already in an earlier household, which has made this person's rows. */
  readonly elsewhere: boolean
}

export interface Household {
  readonly id: string
  readonly scheme: Scheme
  readonly region: string
  readonly category: string
  readonly grantedFrom: string | null
  readonly benefitFen: number
  readonly address: string
  readonly savingsFen: number
  readonly dwellings: number
  readonly people: readonly HouseholdPerson[]
  readonly plan: HouseholdPlan
  readonly limits: Limits
}

/** Applicant and members: those whose holdings count. */
export function membersOf(household: Household): HouseholdPerson[] {
  return household.people.filter((person) => person.role !== 'supporter')
}

/** Members of full age with a number; the applicant is always one of them. */
export function adultsOf(household: Household): HouseholdPerson[] {
  return membersOf(household).filter((person) => person.age >= 18 && !person.passport)
}

/** Supporters whose rows this household makes. */
export function ownSupportersOf(household: Household): HouseholdPerson[] {
  return household.people.filter((person) => person.role === 'supporter' && !person.elsewhere)
}

/** The limits that the rules will use for this household. */
export function householdLimits(scheme: Scheme, people: readonly HouseholdPerson[], asOf: string): Limits {
  return limitsOf(scheme, people.filter((person) => person.role !== 'supporter').length, asOf)
}

/**
 * Whether the authorization lets `source` be read on `asOf`. This repeats design §8 on purpose: the truth is not asked
 * of the engine.
 */
export function authorizes({ signedOn, endsOn, sources }: Authorization, source: string, asOf: string): boolean {
  return signedOn <= asOf && (endsOn === null || asOf <= endsOn) && sources.includes(source)
}
