/** The words of cases (design §10), for types, schemas and pages. */

export const CASE_STATES = [
  'drafted',
  'confirmed',
  'served',
  'undeliverable',
  'rebutted',
  'unanswered',
  'paused',
  'decided',
  'closed',
  'dismissed',
  'lapsed',
] as const
export type CaseStateName = (typeof CASE_STATES)[number]

/** States in which nothing more can happen. */
export const ENDED: readonly CaseStateName[] = ['closed', 'dismissed', 'lapsed']

export const isOpen = (state: CaseStateName): boolean => !ENDED.includes(state)

export const WARNING_STATES = [
  'proposed',
  'confirmed',
  'dismissed',
  'withdrawn',
  'rebutted-accepted',
  'rebutted-refused',
  'upheld',
] as const
export type WarningState = (typeof WARNING_STATES)[number]

/** Warnings that still ask something of the household: confirmed, or answered and not accepted. */
export const LIVE: readonly WarningState[] = ['confirmed', 'rebutted-refused', 'upheld']

/** How a notice may be served (民事诉讼法 ch. 7 §2, which administrative procedure follows). */
export const SERVICE_METHODS = ['in-person', 'left', 'post', 'electronic', 'public-notice'] as const
export type ServiceMethod = (typeof SERVICE_METHODS)[number]

export const OUTCOMES = [
  'continue',
  'adjust',
  'deemed-withdrawal',
  'cancel-and-recover',
  'arbitration',
  'no-issue',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Outcomes that leave a household with less. Only a named person's decision reaches one. */
export const ADVERSE: readonly Outcome[] = ['adjust', 'deemed-withdrawal', 'cancel-and-recover']

export const PAUSE_REASONS = ['source', 'arbitration'] as const
export type PauseReason = (typeof PAUSE_REASONS)[number]

/** What an assessor found of a rebuttal: it explains the warning; it does not; it states what is untrue. */
export const VERDICTS = ['accepted', 'refused', 'untrue'] as const
export type Verdict = (typeof VERDICTS)[number]

/** Why somebody is protected: the notice goes to the guardian, or a visit comes first. Unknown counts. */
export const PROTECTIONS = ['under-age', 'age-unknown', 'disabled-or-unknown', 'seriously-ill-or-unknown'] as const
export type Protection = (typeof PROTECTIONS)[number]

/** How a case began; precision is told by it. */
export const ORIGINS = ['batch', 'application', 'review', 'tip-off', 'spot-check'] as const
export type Origin = (typeof ORIGINS)[number]
