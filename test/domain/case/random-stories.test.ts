import fc from 'fast-check'
import t from 'tap'
import { SYSTEM } from '../../../src/domain/case/act-context.ts'
import { type Act, ALLOWED, personsActs } from '../../../src/domain/case/allowed-acts.ts'
import { foldCase } from '../../../src/domain/case/case-state.ts'
import { planClosing } from '../../../src/domain/case/decisions.ts'
import { findChainFault } from '../../../src/domain/case/event-chain.ts'
import type { AnyCaseEvent, EventPayloads } from '../../../src/domain/case/events.ts'
import { planLimits } from '../../../src/domain/case/limits.ts'
import { planExpiry, planSettledDeadlines } from '../../../src/domain/case/serving.ts'
import { ADVERSE, ENDED, isOpen } from '../../../src/domain/case/words.ts'
import { addCalendarDays, monthOf } from '../../../src/domain/dates.ts'
import { visibleLetters } from '../../../src/domain/rule-set-life.ts'
import { HeduiError } from '../../../src/errors.ts'
import { calendarOf, madeUpYear } from '../calendars.ts'
import { begin, type Step, type Tried, tryStep, type World } from './random-stories.ts'
import * as story from './stories.ts'

/** Fixed, so that a failure comes again and what is reached stays reached. */
const SEED = 20261122
const STEPS = fc.array(
  fc.tuple(...([0, 0, 0, 0, 0, 0] as const).map(() => fc.noBias(fc.nat(1_000_000)))) as unknown as fc.Arbitrary<Step>,
  { minLength: 10, maxLength: 60, size: 'max' },
)

/** What the program may write by itself. */
const PROGRAM: readonly string[] = [
  'opened',
  'warnings-added',
  'warning-withdrawn',
  'tip-off-linked',
  'deadline-settled',
  'expired',
  'escalated',
  'lapsed',
]

const fail = (message: string): never => {
  throw new Error(message)
}

/** Makes sure that a decision against the household was a person's, and that the household was heard; by the events alone. */
function checkAdverse(earlier: readonly AnyCaseEvent[], decided: AnyCaseEvent & { kind: 'decided' }): void {
  const is = (name: string) => visibleLetters(decided.actor) === visibleLetters(name)
  if (decided.role === 'system' || is('hedui') || is('')) fail('nobody decided')
  const opened = earlier[0]!.payload as EventPayloads['opened']
  if (opened.kin.some(is)) fail('near kin decided')
  const isReported = opened.tipOff !== null || earlier.some(({ kind }) => kind === 'tip-off-linked')
  const isVisited = earlier.some((event) => event.kind === 'visit-recorded' && event.payload.by === 'county')
  if ((isReported || opened.kin.length > 0) && !isVisited) fail('the county has not been there')
  // The warnings as the events leave them; a renewal undoes a confirmation.
  const confirmedBy = new Map<string, string>()
  const packetOf = new Map<string, number>()
  const live = new Set<string>()
  for (const event of earlier) {
    if (event.kind === 'warnings-added')
      for (const { id } of event.payload.warnings) {
        packetOf.set(id, event.payload.packet)
        confirmedBy.delete(id)
        live.delete(id)
      }
    if (event.kind === 'warning-confirmed') {
      confirmedBy.set(event.payload.warning, event.actor)
      live.add(event.payload.warning)
    }
    if (event.kind === 'warning-withdrawn' || event.kind === 'warning-dismissed') live.delete(event.payload.warning)
    if (event.kind === 'rebuttal-assessed') {
      if (event.payload.verdict === 'accepted') live.delete(event.payload.warning)
      else live.add(event.payload.warning)
    }
    if (event.kind === 'decided' && event.payload.outcome === 'no-issue') live.clear()
  }
  if (live.size === 0) fail('no warning stands')
  for (const [, by] of confirmedBy) if (is(by)) fail('who confirmed decided')
  const on = decided.at.slice(0, 10)
  for (const id of live) {
    const packet = packetOf.get(id)!
    const own = earlier.filter((event) => 'packet' in event.payload && event.payload.packet === packet)
    const issued = own.find((event) => event.kind === 'packet-issued')
    if (!issued || issued.role === 'system') fail(`${id}: packet ${packet} was not issued by a person`)
    const last = own.findLast((event) => event.kind === 'served' || event.kind === 'service-failed')
    if (last?.kind !== 'served' || !last.payload.proof.reference)
      throw new Error(`${id}: packet ${packet} was not served`)
    // The last day that was told, by whatever event.
    const told = earlier.flatMap((event) => {
      if (event.number < last.number) return []
      if (event.kind === 'resumed') return event.payload.deadlines.filter((each) => each.packet === packet)
      const isTold = event.kind === 'served' || event.kind === 'deadline-extended' || event.kind === 'deadline-settled'
      return isTold && event.payload.packet === packet ? [event.payload] : []
    })
    if (told.some(({ deadline }) => deadline.date >= on)) fail(`${id}: the household may still answer`)
    const answers = earlier.filter(
      (e) => e.kind === 'rebutted' && e.payload.answers.some((each) => each.warning === id),
    )
    const contact = earlier.some((e) => e.kind === 'contacted-again' && e.payload.on > told[0]!.deadline.date)
    if (answers.length === 0 && !contact) fail(`${id}: nobody tried a second time`)
    const verdict = earlier.findLast((e) => e.kind === 'rebuttal-assessed' && e.payload.warning === id)
    if (answers.length > 0 && (verdict?.number ?? 0) < answers.at(-1)!.number)
      fail(`${id}: its answer was not assessed`)
  }
  const { recovery, outcome, effectiveFrom } = decided.payload
  if (recovery && outcome !== 'cancel-and-recover') fail('recovery of something else')
  if (recovery && !earlier.some((e) => e.kind === 'rebuttal-assessed' && e.payload.verdict === 'untrue'))
    fail('nothing untrue')
  if (!effectiveFrom || effectiveFrom <= monthOf(on)) fail('for a month that has begun')
}

/** What holds after every step, whatever it was. */
function checkStep({ act, context, before, after, error }: Tried): void {
  if (error) {
    if (!(error instanceof HeduiError)) throw error
    if (error.code === 'STATE_CASE') {
      const own = personsActs(before.state.state)
      const list = own.length > 0 ? `allowed: ${own.join(', ')}` : 'nothing is allowed any more'
      if (!error.message.endsWith(list)) fail(`does not say what is allowed: ${error.message}`)
    }
    return
  }
  const added = after.events.slice(before.events.length)
  if (added.length > 0 && ENDED.includes(before.state.state)) fail('something happened in a case that has ended')
  if (added.length > 0 && !ALLOWED[before.state.state].includes(act)) fail(`${act} happened in ${before.state.state}`)
  for (const [i, event] of added.entries()) {
    if (event.role === 'system' && !PROGRAM.includes(event.kind)) fail(`the program wrote ${event.kind}`)
    if (event.kind === 'decided' && ADVERSE.includes(event.payload.outcome))
      checkAdverse([...before.events, ...added.slice(0, i)], event)
    const told =
      event.kind === 'served' || event.kind === 'deadline-extended' || event.kind === 'deadline-settled'
        ? [event.payload]
        : event.kind === 'resumed'
          ? event.payload.deadlines
          : []
    for (const { packet, deadline } of told) {
      if (!context.calendar.isWorkday(deadline.date)) fail(`${deadline.date} is a day off`)
      const earlier = before.state.packets.find(({ number }) => number === packet)
      if (event.kind !== 'served' && deadline.date < earlier!.told!) fail(`${event.kind} shortens to ${deadline.date}`)
      if (event.kind === 'served' && deadline.date <= event.payload.on) fail('no time to answer')
      if (event.kind === 'served' && !event.payload.proof.reference.trim()) fail('no proof')
    }
  }
  for (const { service, deadline, expired, number } of after.state.packets) {
    if (!service && (deadline || expired)) fail(`the clock of packet ${number} runs before service`)
    if (expired && deadline!.date >= context.today) fail(`packet ${number} expired before its time`)
  }
  const { decision, state } = after.state
  if (decision && ADVERSE.includes(decision.outcome) && !['decided', 'closed'].includes(state)) fail('a decision stays')
}

/** What holds of the whole of a story. */
function checkStory({ events, state }: World): void {
  if (findChainFault('C1', events, state.head)) fail('the chain does not verify')
  if (JSON.stringify(foldCase(JSON.parse(JSON.stringify(events)))) !== JSON.stringify(state))
    fail('folds to another state')
}

function run(
  seed: number,
  steps: readonly Step[],
  without: Parameters<typeof tryStep>[2],
  see: (tried: Tried) => void,
): World {
  let world = begin(seed)
  for (const step of steps) {
    const tried = tryStep(world, step, without)
    see(tried)
    world = tried.after
  }
  return world
}

t.test(
  'whatever people and the program do: nothing is taken without a person, proof, time and an answer looked at',
  async (t) => {
    const reached = new Map<string, number>()
    const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1)
    fc.assert(
      fc.property(fc.nat(10_000), STEPS, (seed, steps) => {
        const world = run(seed, steps, [], (tried) => {
          checkStep(tried)
          const { before, after } = tried
          if (after.state.state !== before.state.state) count(after.state.state)
          const { decision } = after.state
          if (decision && decision !== before.state.decision) count(decision.outcome)
          if (before.state.decision && !decision) count('set aside')
          if (after.state.packets.filter(({ service }) => service).length > 1) count('two packets')
          if (tried.error instanceof HeduiError) count(tried.error.code)
        })
        checkStory(world)
      }),
      { numRuns: 4000, seed: SEED },
    )
    t.comment(JSON.stringify([...reached].sort()))
    for (const what of [
      ...['confirmed', 'served', 'undeliverable', 'rebutted', 'unanswered', 'paused', 'decided', 'closed'],
      ...['dismissed', 'lapsed', 'set aside', 'two packets'],
      ...['continue', 'adjust', 'deemed-withdrawal', 'cancel-and-recover', 'arbitration', 'no-issue'],
      ...['STATE_CASE', 'STATE_SAME_PERSON', 'STATE_NEAR_KIN', 'STATE_PROTECTED', 'STATE_RECOVERY', 'INPUT_PROOF'],
      ...['INPUT_ACTOR', 'INPUT_REASON', 'INPUT_INVALID'],
    ])
      t.ok((reached.get(what) ?? 0) >= 5, `${what} is reached: ${reached.get(what) ?? 0} times`)
  },
)

t.test('where nobody decides, no sequence changes a benefit', async () => {
  fc.assert(
    fc.property(fc.nat(10_000), STEPS, (seed, steps) => {
      const { state } = run(seed, steps, ['decide'], () => {})
      return state.decision === null && state.state !== 'decided' && state.state !== 'closed'
    }),
    { numRuns: 2000, seed: SEED + 1 },
  )
})

t.test('the program alone brings a case to an end in the household’s favor, or nowhere', async () => {
  const alone = (steps: readonly Step[]) => steps.map(([act, days, , ...rest]) => [act, days, 23, ...rest] as const)
  fc.assert(
    fc.property(fc.nat(10_000), STEPS, (seed, steps) => {
      const { state } = run(seed, alone(steps), [], ({ context, after, before, error }) => {
        if (context.role !== 'system' && !error && after.events.length > before.events.length) fail('a person acted')
      })
      return state.decision === null && ['drafted', 'dismissed', 'lapsed'].includes(state.state)
    }),
    { numRuns: 500, seed: SEED + 2 },
  )
})

/** A calendar in which every year is known: what waits for one is not held up for ever. */
const ALL_KNOWN = calendarOf(
  [2026],
  Array.from({ length: 60 }, (_, i) => madeUpYear(2027 + i, [['01-01', '01-01']])),
)

/** What the clock alone makes of a case, a year at a time; where it is a person's to close, one does. */
function endOf({ events, state: before, today: start }: World): string {
  let of: story.Story = { events, state: before }
  let today = start
  for (let year = 0; year < 5 && isOpen(of.state.state); year++) {
    today = addCalendarDays(today, 365)
    const act = { on: today, by: SYSTEM.actor, role: SYSTEM.role }
    const context = { ...story.contextOf(act), calendar: ALL_KNOWN }
    const allows = (name: Act) => ALLOWED[of.state.state].includes(name)
    if (allows('settle-deadline')) of = story.add(of, act, planSettledDeadlines(of.state, context))
    if (allows('expire')) of = story.add(of, act, planExpiry(of.state, context))
    of = story.add(of, act, planLimits(of.state, context))
    if (of.state.state === 'decided' && of.state.outcomeService) {
      const person = { ...context, actor: '己', role: 'reviewer' }
      of = story.add(of, { on: today, by: '己' }, planClosing(of.state, { reason: '结案' }, person))
    }
  }
  return of.state.state
}

t.test('an open case never hangs: its limit ends it, or once its outcome was served a person can', async () => {
  fc.assert(
    fc.property(fc.nat(10_000), STEPS, (seed, steps) => {
      const world = run(seed, steps, [], () => {})
      return ['lapsed', 'closed', 'dismissed'].includes(endOf(world))
    }),
    { numRuns: 1500, seed: SEED + 3 },
  )
})
