import type { ValidateFunction } from 'ajv'
import type { Act } from '../../domain/case/allowed-acts.ts'
import { planAward, planClosing } from '../../domain/case/decisions.ts'
import { planLeadAnswer, planSourceConfirmation, planVisit } from '../../domain/case/prepare.ts'
import {
  planExtension,
  planFailedService,
  planPause,
  planResume,
  planSecondContact,
} from '../../domain/case/serving.ts'
import { createAjv, describeSchemaErrors } from '../../domain/schema-errors.ts'
import { HeduiError, throwIfAny } from '../../errors.ts'
import * as forms from './act-forms.ts'
import { actOnCase, type CasePlan } from './act-on-case.ts'
import { assessRebuttal } from './assess-rebuttal.ts'
import type { CaseActor, CaseContext } from './case-context.ts'
import type { CaseView } from './case-view.ts'
import { confirmWarnings, dismissWarnings, withdrawWarning } from './confirm-warnings.ts'
import { decideCase } from './decide-case.ts'
import { serveOutcome, servePacket } from './serve-packet.ts'
import { viewCase } from './show-case.ts'
import { takeRebuttal } from './take-rebuttal.ts'

/** What a person can do in a case, as HTTP and commands offer it. */
export interface CaseAct {
  readonly name: Act
  /** One line of what it does. */
  readonly summary: string
  /** JSON Schema of `input`. */
  readonly schema: forms.FormSchema
  /**
   * Does it and gives the case as it is then. Throws HeduiError INPUT_INVALID for an input of another form, and what the
   * act refuses.
   */
  run(context: CaseContext, request: CaseActor & { readonly input: unknown }): Promise<CaseView>
}

type Doer<I> = (context: CaseContext, who: CaseActor, input: I) => Promise<unknown>

function act<I>(name: Act, summary: string, schema: forms.FormSchema, work: Doer<I>): CaseAct {
  // Compiled at the first act: every command loads this file, and few act.
  let isOfForm: ValidateFunction<I> | undefined
  return Object.freeze({
    name,
    summary,
    schema,
    async run(context, { input, ...who }) {
      isOfForm ??= createAjv().compile<I>(schema)
      if (!isOfForm(input)) {
        const problems = describeSchemaErrors(isOfForm.errors)
        throwIfAny(
          problems.map(({ path, message }) => new HeduiError('INPUT_INVALID', message, { path: path.join('.') })),
        )
      }
      await work(context, who, input as I)
      return viewCase(context, who.case)
    },
  } satisfies CaseAct)
}

/** An act that is nothing but its plan. */
function plain<I>(
  name: Act,
  summary: string,
  schema: forms.FormSchema,
  plan: (state: Parameters<CasePlan>[0], input: I, act: Parameters<CasePlan>[1]) => ReturnType<CasePlan>,
): CaseAct {
  return act<I>(name, summary, schema, (context, who, input) =>
    actOnCase(context, who, (state, acting) => plan(state, input, acting)),
  )
}

/** Every act of a person, in the order of a case's life. */
export const CASE_ACTS: readonly CaseAct[] = [
  plain(
    'confirm-source',
    'Keep what a source states of a warning: amount, access, period',
    forms.CONFIRM_SOURCE,
    planSourceConfirmation,
  ),
  plain('settle-lead', 'Answer a lead: is the row this person’s?', forms.SETTLE_LEAD, planLeadAnswer),
  act('confirm', 'Confirm warnings; the last one issues the packet', forms.CONFIRM, confirmWarnings),
  act('dismiss', 'Dismiss warnings; the last one issues the packet of those confirmed', forms.CONFIRM, dismissWarnings),
  act('withdraw', 'Take a warning back, in the household’s favor', forms.WITHDRAW, withdrawWarning),
  plain('visit', 'Keep a visit to the household', forms.VISIT, planVisit),
  act(
    'serve',
    'Keep that a packet reached the household, with proof; the time to answer begins',
    forms.SERVE,
    servePacket,
  ),
  plain('fail-service', 'Keep that a packet could not be delivered', forms.FAIL_SERVICE, planFailedService),
  plain('extend', 'Give more time to answer', forms.EXTEND, planExtension),
  plain('pause', 'Stop the clocks while a source verifies anew', forms.PAUSE, planPause),
  plain('resume', 'Go on after a pause', forms.RESUME, planResume),
  act('rebut', 'Keep the household’s answer with its attachments', forms.REBUT, takeRebuttal),
  act('assess', 'Keep what was found of an answer', forms.ASSESS, assessRebuttal),
  plain(
    'contact-again',
    'Keep a second attempt to reach the household, by another way',
    forms.CONTACT_AGAIN,
    planSecondContact,
  ),
  act('decide', 'Decide; the notice is made. By somebody who confirmed none of the warnings', forms.DECIDE, decideCase),
  plain<Parameters<typeof planAward>[1]>(
    'record-award',
    'Keep the award of the labor arbitration',
    forms.RECORD_AWARD,
    (state, award, acting) => planAward(state, { ...award, wage: award.wage ?? null }, acting),
  ),
  act('serve-outcome', 'Keep that the notice of the outcome reached the household', forms.SERVE_OUTCOME, serveOutcome),
  plain('close', 'Close the case', forms.CLOSE, planClosing),
]

/** The act of a name. Throws HeduiError INPUT_NOT_FOUND with those there are. */
export function requireAct(name: string): CaseAct {
  const found = CASE_ACTS.find((each) => each.name === name)
  if (found) return found
  throw new HeduiError(
    'INPUT_NOT_FOUND',
    `there is no act "${name}"; allowed: ${CASE_ACTS.map((each) => each.name).join(', ')}`,
  )
}
