import { asSourceError } from '../services/as-source-error.ts'
import { type Hedui, openHedui } from '../services/open-hedui.ts'
import type { CommandInput } from './command.ts'

/** Thrown where Ctrl-C or SIGTERM ended a command before its end. */
export class Interrupted extends Error {}

/** What a command knows of Ctrl-C and SIGTERM. */
export interface Interruption {
  /**
   * Waits for the signal and goes on as if nothing were wrong: for a service, which ends so. Anything else is broken off
   * by it with Interrupted.
   */
  wait(): Promise<void>
  /** Does something first where the signal breaks the command off. */
  before(act: () => Promise<void>): void
}

/**
 * Opens what the use cases need, runs one, and closes it again whatever comes of it: also on Ctrl-C, so that no embedded
 * server stays behind. A second Ctrl-C ends the process at once.
 */
export async function withHedui<T>(
  { config, terminal }: CommandInput,
  use: (hedui: Hedui, interruption: Interruption) => Promise<T>,
): Promise<T> {
  const hedui = await openHedui(config, { notice: (text) => terminal.say(text) })
  const signals = listenForSignals()
  let waited = false
  let first = async () => {}
  const interruption = {
    wait: () => {
      waited = true
      return signals.received
    },
    before: (act: () => Promise<void>) => {
      first = act
    },
  }
  const broken = signals.received.then(() => {
    if (!waited) throw new Interrupted()
    return new Promise<never>(() => {})
  })
  try {
    const result = await Promise.race([use(hedui, interruption), broken])
    await hedui.close()
    return result
  } catch (error) {
    const failure = asSourceError(error)
    if (error instanceof Interrupted) await first().catch(() => {})
    // With the database gone there is nothing to wait for.
    await (failure || error instanceof Interrupted ? hedui.abandon() : hedui.close()).catch(() => {})
    throw failure ?? error
  } finally {
    signals.stop()
  }
}

function listenForSignals(): { received: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = () => process.off('SIGINT', hear).off('SIGTERM', hear)
  const hear = () => {
    stop()
    resolve()
  }
  process.on('SIGINT', hear).on('SIGTERM', hear)
  return { received: promise, stop }
}
