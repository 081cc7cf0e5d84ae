import { HeduiError } from '../errors.ts'
import type { HouseholdFacts, PersonFacts } from './household.ts'
import { EMPLOYMENTS, NO_ABILITY, ROLES, SCHEMES } from './household-schema.ts'
import { createAjv, describeSchemaErrors } from './schema-errors.ts'

/** Facts as the register keeps them (household.ts). Fields of a newer program are let through. */
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
})

const fen = { type: 'integer' }
const maybeFen = { type: ['integer', 'null'] }
const count = { type: 'integer', minimum: 0 }
const flag = { type: 'boolean' }
const word = { type: 'string', minLength: 1 }
const maybeWord = { type: ['string', 'null'] }
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a date' }
const maybeDate = { ...date, type: ['string', 'null'] }

const PERSON = object(
  {
    id: word,
    role: { enum: ROLES },
    relation: word,
    birthDate: maybeDate,
    hasNumber: flag,
    employment: { enum: EMPLOYMENTS },
    monthlyIncome: fen,
    monthlyBenefits: fen,
    disabled: flag,
    seriousIllness: flag,
    vehicleExempt: flag,
    authorization: {
      ...object({ signedOn: date, endsOn: maybeDate, sources: { type: 'array', items: word } }),
      type: ['object', 'null'],
    },
    support: object({
      householdSize: count,
      othersIncome12Months: fen,
      supported: count,
      children: count,
      judgedMonthly: maybeFen,
      paidMonthly: maybeFen,
      noAbility: { enum: [...NO_ABILITY, null] },
    }),
  },
  ['support'],
)

const HOUSEHOLD = object({
  id: word,
  scheme: { enum: SCHEMES },
  region: { type: 'string', pattern: '^\\d+$', description: 'an administrative code' },
  category: maybeWord,
  grantedFrom: maybeWord,
  monthlyBenefit: maybeFen,
  monthlyIncome: fen,
  savings: fen,
  vehicles: count,
  dwellings: count,
})

const isSound = createAjv().compile<{ household: HouseholdFacts; people: readonly PersonFacts[] }>(
  object({ household: HOUSEHOLD, people: { type: 'array', minItems: 1, items: PERSON } }),
)

/**
 * Makes sure that what the register keeps of a household is whole: a fact that is missing or of another type must not
 * become an answer. Throws HeduiError RECORD_MALFORMED, which names the fields and no value.
 */
export function requireSoundFacts(id: string, household: unknown, people: readonly unknown[]): void {
  const facts = { household, people }
  if (!isSound(facts)) {
    const said = describeSchemaErrors(isSound.errors).map(({ path, message }) => `${path.join('.')} ${message}`)
    throw new HeduiError('RECORD_MALFORMED', `what is kept of the household is not whole: ${said.join('; ')}`)
  }
  if (facts.household.id === id) return
  throw new HeduiError('RECORD_MALFORMED', 'what is kept of the household is of another one')
}
