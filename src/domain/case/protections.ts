import { ageOn } from '../dates.ts'
import type { PersonFacts } from '../household.ts'
import type { Protection } from './words.ts'

/** Under this age somebody is a minor (民法典 art. 17). */
const FULL_AGE = 18

/**
 * Why somebody is protected on a date, in the order of PROTECTIONS; empty where nothing speaks for it. What is not known
 * counts: a person without a birth date may be a child, and PersonFacts holds true where a disability or an illness is
 * unknown.
 */
export function protectionsOf(
  { birthDate, disabled, seriousIllness }: Pick<PersonFacts, 'birthDate' | 'disabled' | 'seriousIllness'>,
  asOf: string,
): Protection[] {
  const protections: Protection[] = []
  if (birthDate === null) protections.push('age-unknown')
  else if (ageOn(birthDate, asOf) < FULL_AGE) protections.push('under-age')
  if (disabled) protections.push('disabled-or-unknown')
  if (seriousIllness) protections.push('seriously-ill-or-unknown')
  return protections
}

/** Everybody of a household who is protected on a date, in the order given. */
export const protectedPeople = (
  people: readonly PersonFacts[],
  asOf: string,
): { readonly person: string; readonly why: readonly Protection[] }[] =>
  people.map((person) => ({ person: person.id, why: protectionsOf(person, asOf) })).filter(({ why }) => why.length > 0)
