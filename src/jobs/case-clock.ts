import { setTimeout as wait } from 'node:timers/promises'
import { tickCases } from '../services/cases/tick-cases.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { stopRules } from '../services/precision/stop-rules.ts'
import { deliverDue } from '../services/webhooks/deliver-webhooks.ts'

/** How often the time limits of cases and the precision of rules are looked at. */
const TICK_MS = 60_000
/** How often the outbox is. */
const DELIVERY_MS = 1_000
/** After an error, a database that is gone for instance. */
const PAUSE_MS = 30_000

export interface ClockOptions {
  readonly signal: AbortSignal
  /** Told of what a log should hold. */
  readonly onError: (error: unknown, what: string) => void
}

/**
 * What happens in cases by the clock alone, until the signal: deadlines and limits pass, rules that are wrong too often
 * stop, events go out to webhooks. Any number of processes may run it.
 */
export async function runCaseClock(hedui: Hedui, { signal, onError }: ClockOptions): Promise<void> {
  const every = async (ms: number, what: string, work: () => Promise<unknown>) => {
    while (!signal.aborted) {
      const failed = await work().then(
        () => false,
        (error) => {
          if (!signal.aborted) onError(error, what)
          return true
        },
      )
      await wait(failed ? PAUSE_MS : ms, undefined, { signal }).catch(() => {})
    }
  }
  await Promise.all([
    every(TICK_MS, 'the clock of cases', async () => {
      const { failures } = await tickCases(hedui, { signal })
      for (const failure of failures) onError(failure.error, `the clock of the case ${failure.case}`)
    }),
    every(TICK_MS, 'the precision of rules', () => stopRules(hedui)),
    every(DELIVERY_MS, 'the webhooks', () => deliverDue(hedui, { signal })),
  ])
}
