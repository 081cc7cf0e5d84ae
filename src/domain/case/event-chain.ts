import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { HeduiError } from '../../errors.ts'
import type { AnyCaseEvent, NewEvent } from './events.ts'

/** The `previous` of a case's first event. */
export const CHAIN_START = '0'.repeat(64)

export interface EventStamp {
  readonly caseId: string
  readonly at: string
  readonly actor: string
  readonly role: string
}

/** sha256 in hexadecimal of the RFC 8785 JSON of an event without its hash. */
export function hashEvent(event: Omit<AnyCaseEvent, 'hash'>): string {
  const { caseId, number, at, actor, role, kind, reason, payload, previous } = event
  const text = canonicalize({ caseId, number, at, actor, role, kind, reason, payload, previous })!
  return createHash('sha256').update(text).digest('hex')
}

/**
 * New events with their places in the chain, after `last` (null: the case has none yet). Throws HeduiError INPUT_INVALID
 * where a text holds half a character or U+0000: no database gives it back as it was hashed.
 */
export function chainEvents(
  news: readonly NewEvent[],
  stamp: EventStamp,
  last: Pick<AnyCaseEvent, 'number' | 'hash'> | null,
): AnyCaseEvent[] {
  let { number, hash: previous } = last ?? { number: 0, hash: CHAIN_START }
  return news.map((event) => {
    requireStorable([stamp.actor, stamp.role, event.reason, event.payload])
    number += 1
    const unhashed = { ...stamp, ...event, number, previous } as Omit<AnyCaseEvent, 'hash'>
    const hash = hashEvent(unhashed)
    previous = hash
    return { ...unhashed, hash } as AnyCaseEvent
  })
}

/** The escapes of U+0000 and of half a character in JSON text; a backslash that is escaped itself begins none. */
const UNSTORABLE = /(?<!\\)(\\\\)*\\u(0000|d[89a-f])/

function requireStorable(texts: unknown): void {
  if (!UNSTORABLE.test(JSON.stringify(texts))) return
  throw new HeduiError('INPUT_INVALID', 'a text holds half a character or a zero byte; remove it')
}

/** What is wrong with a chain. */
export interface ChainFault {
  readonly caseId: string
  /** The place in the chain where it shows, from 1. */
  readonly number: number
  readonly what: 'changed' | 'gap' | 'reordered' | 'unlinked' | 'cut-off'
}

function hasOwnHash(event: AnyCaseEvent): boolean {
  try {
    return hashEvent(event) === event.hash
  } catch {
    // What no event can hold (half a character, say) was put there by somebody.
    return false
  }
}

/**
 * The first fault in the events of one case, in the order in which they are stored, or null. `head` is what else knows of
 * the last event: without it, missing events at the end cannot be seen.
 */
export function findChainFault(
  caseId: string,
  events: readonly AnyCaseEvent[],
  head?: { readonly number: number; readonly hash: string },
): ChainFault | null {
  let previous = CHAIN_START
  for (const [i, event] of events.entries()) {
    const fault = (what: ChainFault['what']) => ({ caseId, number: i + 1, what })
    if (event.number > i + 1) return fault(events.some(({ number }) => number === i + 1) ? 'reordered' : 'gap')
    if (event.number < i + 1) return fault('reordered')
    if (event.caseId !== caseId || !hasOwnHash(event)) return fault('changed')
    if (event.previous !== previous) return fault('unlinked')
    previous = event.hash
  }
  if (head && (head.number !== events.length || head.hash !== previous)) {
    return { caseId, number: events.length + 1, what: head.number > events.length ? 'cut-off' : 'unlinked' }
  }
  return null
}
