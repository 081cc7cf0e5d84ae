import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { CHAIN_START, chainEvents, findChainFault, hashEvent } from '../../../src/domain/case/event-chain.ts'
import type { AnyCaseEvent } from '../../../src/domain/case/events.ts'
import * as story from './stories.ts'

const { events, state } = story.decide(story.assessed('untrue'), { on: '2026-03-23' }, 'cancel-and-recover')

t.test('an event’s hash is of its RFC 8785 JSON', async (t) => {
  const event = {
    caseId: 'C1',
    number: 1,
    at: '2026-03-02T01:00:00.000Z',
    actor: '甲',
    role: 'reviewer',
    kind: 'closed',
    reason: null,
    payload: { on: '2026-03-02' },
    previous: CHAIN_START,
  } as const
  const text = `{"actor":"甲","at":"2026-03-02T01:00:00.000Z","caseId":"C1","kind":"closed","number":1,"payload":{"on":"2026-03-02"},"previous":"${CHAIN_START}","reason":null,"role":"reviewer"}`
  t.equal(hashEvent(event), createHash('sha256').update(text).digest('hex'))
})

t.test('a chain that was written and read again verifies', async (t) => {
  t.ok(events.length > 8)
  t.equal(findChainFault('C1', events, state.head), null)
  t.equal(findChainFault('C1', JSON.parse(JSON.stringify(events)), state.head), null)
  t.equal(findChainFault('C1', []), null)
})

const faultOf = (changed: readonly unknown[]) => findChainFault('C1', changed as AnyCaseEvent[], state.head)

t.test('any event removed, repeated, or swapped with another is found, with its place', async (t) => {
  for (let i = 0; i < events.length; i++) {
    const isLast = i === events.length - 1
    t.match(faultOf(events.toSpliced(i, 1)), { number: i + 1, what: isLast ? 'cut-off' : 'gap' })
    t.match(faultOf(events.toSpliced(i, 0, events[i]!)), { number: i + 2, what: 'reordered' })
    for (let j = i + 1; j < events.length; j++) {
      const swapped = events.with(i, events[j]!).with(j, events[i]!)
      t.match(faultOf(swapped), { number: i + 1, what: 'reordered' })
      const renumbered = swapped.map((event, place) => ({ ...event, number: place + 1 }))
      t.match(faultOf(renumbered), { number: i + 1, what: 'changed' })
    }
  }
  for (let keep = 0; keep < events.length; keep++)
    t.match(faultOf(events.slice(0, keep)), { number: keep + 1, what: 'cut-off' })
  t.match(findChainFault('C2', events), { number: 1, what: 'changed' }, 'another case’s')
})

t.test('events that somebody chained anew from the middle do not link, or end in another head', async (t) => {
  for (let i = 1; i < events.length; i++) {
    const { hash: _, ...event } = events[i]!
    const forged = { ...event, reason: '改过的理由' }
    const relinked = { ...forged, hash: hashEvent(forged as AnyCaseEvent) }
    const last = i === events.length - 1
    t.match(faultOf(events.with(i, relinked as AnyCaseEvent)), { number: last ? i + 2 : i + 2, what: 'unlinked' })
  }
})

/** Every place in an event that holds a value. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path]
  const entries = Object.entries(value)
  return entries.length === 0 ? [path] : entries.flatMap(([key, each]) => placesOf(each, [...path, key]))
}

function changeAt(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...(value as object) }
  copy[key] = changeAt((value as Record<string, unknown>)[key], rest, to)
  return copy
}

t.test('any single value changed is found', async (t) => {
  let count = 0
  for (const [i, event] of events.entries()) {
    for (const path of placesOf(event)) {
      count++
      const changed = events.with(i, changeAt(event, path, 'x') as AnyCaseEvent)
      if (!faultOf(changed)) t.fail(`event ${i + 1}: ${path.join('.')} changed is not found`)
    }
  }
  t.ok(count > 150, `${count} values were changed`)
  const added = events.with(2, {
    ...events[2]!,
    payload: { ...events[2]!.payload, more: 1 },
  } as unknown as AnyCaseEvent)
  t.match(faultOf(added), { number: 3, what: 'changed' })
})

t.test('what cannot be given back as it was hashed is refused, and found where it stands', async (t) => {
  const stamp = { caseId: 'C1', at: '2026-03-02T01:00:00.000Z', actor: '甲', role: 'reviewer' }
  const close = (reason: string, on = '2026-03-02') => [{ kind: 'closed' as const, reason, payload: { on } }]
  for (const text of ['\ud800', 'a\udfffb', '\0', 'a\\\ud83d'])
    for (const [news, by] of [
      [close(text), stamp],
      [close('理由', text), stamp],
      [close('理由'), { ...stamp, actor: text }],
    ] as const)
      story.refuses(t, 'INPUT_INVALID', /half a character or a zero byte/, () => chainEvents(news, by, null))
  for (const text of ['\\u0000', '\\\\ud800', '\\', '𠮷野家😀', '\n\t\u2028'])
    t.equal(findChainFault('C1', JSON.parse(JSON.stringify(chainEvents(close(text), stamp, null)))), null, text)
  const broken = events.with(3, { ...events[3]!, reason: '\ud800' } as AnyCaseEvent)
  t.match(faultOf(broken), { number: 4, what: 'changed' })
})

t.test('any text that is taken verifies after it was stored', async () => {
  const stamp = { caseId: 'C1', at: '2026-03-02T01:00:00.000Z', actor: '甲', role: 'reviewer' }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (reason, on) => {
      try {
        const chained = chainEvents([{ kind: 'closed', reason, payload: { on } }], stamp, null)
        return findChainFault('C1', JSON.parse(JSON.stringify(chained))) === null && reason.isWellFormed()
      } catch {
        return /\0/.test(reason + on) || !(reason + on).isWellFormed()
      }
    }),
    { numRuns: 2000 },
  )
})
