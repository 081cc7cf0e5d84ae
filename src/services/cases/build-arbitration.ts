import type { CaseState, CaseWarning } from '../../domain/case/case-state.ts'
import { ARBITRATION_RULE } from '../../domain/case/decisions.ts'
import { chinaDate } from '../../domain/case/serving.ts'
import type { Household } from '../../domain/household.ts'
import { HeduiError } from '../../errors.ts'
import type { ArbitrationForm } from '../../packets/arbitration-form.ts'
import type { Packet } from '../../packets/packet.ts'
import { resolveParameter } from '../../rules/parameters.ts'
import type { RuleSet } from '../../rules/rule-set.ts'

/** What a person says of an arbitration. */
export interface ArbitrationInput {
  /** Whose wage it is, where the case asks of several. */
  readonly person?: string
  /** The months worked for less. */
  readonly from?: string
  readonly until?: string
}

/** The parameter that holds the minimum wage a month. */
const MINIMUM_WAGE = 'minimumWage'

interface FormInput {
  readonly id: string
  readonly at: string
  readonly state: CaseState
  readonly packets: readonly Packet[]
  readonly household: Household
  /** Of the run whose warning it is. */
  readonly ruleSet: RuleSet
  readonly input: ArbitrationInput
}

/** The warning that an arbitration is about. Throws HeduiError INPUT_INVALID where the case asks of several people. */
export function wageWarning({ warnings }: Pick<CaseState, 'warnings'>, { person }: ArbitrationInput): CaseWarning {
  const own = warnings.filter(
    ({ result, state }) => result.rule === ARBITRATION_RULE && state !== 'dismissed' && state !== 'withdrawn',
  )
  const people = own.map(({ result }) => result.person).join(', ')
  const chosen = person === undefined ? own : own.filter(({ result }) => result.person === person)
  if (chosen.length === 1) return chosen[0]!
  throw new HeduiError('INPUT_INVALID', `must be the person whose wage it is: ${people}`, {
    path: 'arbitration.person',
  })
}

/** The application for arbitration, of what the case and the register know. */
export function buildArbitration({ id, at, state, packets, household, ruleSet, input }: FormInput): ArbitrationForm {
  const warning = wageWarning(state, input)
  const { measure, limit, person: whose } = warning.result
  const person = household.people.find(({ facts }) => facts.id === whose)!
  const { region, scheme } = household.facts
  const minimum = resolveParameter(ruleSet.parameters.get(MINIMUM_WAGE), { region, scheme }, warning.asOf)
  const { from, until } = input
  const packet = packets.find(({ number }) => number === warning.packet)
  return {
    id,
    caseId: state.id,
    issued: { at, on: chinaDate(at) },
    applicant: {
      name: person.identity.name,
      sex: person.identity.hasNumber ? sexOf(person.identity.number!) : null,
      birthDate: person.facts.birthDate,
      address: household.address,
    },
    wage: {
      declaredMonthly: String(measure),
      declaredAsOf: warning.asOf,
      minimumMonthly: String(limit),
      region: minimum?.region ?? null,
      authority: minimum?.authority.zh ?? null,
      inForceFrom: minimum?.from ?? null,
    },
    months: from !== undefined && until !== undefined ? { from, until } : null,
    evidence: packet
      ? [{ name: `家庭经济状况核对预警告知书（${packet.title}）`, source: packet.answer.office.name }]
      : [],
    commission: null,
  }
}

/** The last digit but one of the 18 is odd of men and even of women (GB 11643-1999). */
const sexOf = (idNumber: string) => (Number(idNumber[16]) % 2 === 1 ? 'male' : 'female')
