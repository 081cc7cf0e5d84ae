const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * How long after a try that failed the next one comes (the schedule that Standard Webhooks recommends): ten tries in all,
 * the last 75 hours 35 minutes after the first. Then the message is parked for a person to look at, and the case goes on.
 */
export const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

/** Up to a tenth more, so that what failed together does not come back together. */
const JITTER = 0.1

/**
 * Milliseconds until the next try after `failed` tries that failed, or null where there is none. `share` is a random
 * number from 0 to 1.
 */
export function retryAfter(failed: number, share: number): number | null {
  const wait = RETRY_AFTER_MS[failed - 1]
  return wait === undefined ? null : Math.round(wait * (1 + JITTER * share))
}
