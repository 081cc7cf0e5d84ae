import t from 'tap'
import {
  isSameActor,
  lifeOf,
  type RuleSetAction,
  type RuleSetEvent,
  shadowsOn,
  versionInForce,
} from '../../src/domain/rule-set-life.ts'

/** "A drafted", "A approved 07-01": acts of 2026, in their order. */
function actsOf(...acts: readonly string[]): RuleSetEvent[] {
  return acts.map((text, i) => {
    const [version, action, day] = text.split(' ') as [string, RuleSetAction, string?]
    const actor = action === 'drafted' ? '张三' : '李四'
    return { version, action, actor, at: new Date(i), effectiveFrom: day ? `2026-${day}` : null, reason: 'a reason' }
  })
}

const A = ['A drafted', 'A approved 03-01']
const B = ['B drafted', 'B approved 07-01']

/** What is in force on days of 2026; null: the shipped set. */
const IN_FORCE: readonly (readonly [
  what: string,
  acts: readonly string[],
  days: Readonly<Record<string, string | null>>,
])[] = [
  ['nothing approved', ['A drafted'], { '03-01': null, '12-31': null }],
  ['from its first day on', A, { '02-28': null, '03-01': 'A', '12-31': 'A' }],
  ['the one that begins last', [...A, ...B], { '02-28': null, '06-30': 'A', '07-01': 'B' }],
  ['whatever was approved last', [...B, ...A], { '06-30': 'A', '07-01': 'B' }],
  ['of two on one day the later approval', [...A, 'B drafted', 'B approved 03-01'], { '02-28': null, '03-01': 'B' }],
  [
    'the one before, where one is retired',
    [...A, ...B, 'B retired 09-01'],
    { '07-01': 'B', '08-31': 'B', '09-01': 'A' },
  ],
  ['the shipped one, where none is left', [...A, 'A retired 05-01'], { '04-30': 'A', '05-01': null }],
  ['never, where it is retired before its day', [...A, 'A retired 02-01'], { '03-01': null, '12-31': null }],
  [
    'again from its second approval',
    [...A, 'A retired 05-01', 'A drafted', 'A approved 06-01'],
    { '04-30': 'A', '05-31': null, '06-01': 'A' },
  ],
  ['not from a draft that was withdrawn', ['A drafted', 'A retired 02-01'], { '03-01': null }],
]
for (const [what, acts, days] of IN_FORCE) {
  t.test(`in force is ${what}`, async (t) => {
    for (const [day, version] of Object.entries(days))
      t.equal(versionInForce(actsOf(...acts), `2026-${day}`), version, day)
  })
}

/** The state of A on days of 2026. S ships. */
const STATES: readonly (readonly [acts: readonly string[], days: Readonly<Record<string, string | null>>])[] = [
  [[], { '03-01': null }],
  [['B drafted'], { '03-01': null }],
  [['A drafted'], { '03-01': 'draft' }],
  [A, { '02-28': 'approved', '03-01': 'in-force', '12-31': 'in-force' }],
  [[...A, ...B], { '02-28': 'approved', '06-30': 'in-force', '07-01': 'retired' }],
  [[...A, 'A retired 05-01'], { '02-28': 'approved', '04-30': 'in-force', '05-01': 'retired' }],
  [['A drafted', 'A retired 02-01'], { '01-01': 'retired', '03-01': 'retired' }],
  [[...A, 'A retired 05-01', 'A drafted'], { '06-01': 'draft' }],
  [['A shipped'], { '03-01': 'retired' }],
]
for (const [acts, days] of STATES) {
  t.test(`after ${acts.join(', ') || 'nothing'} A is ${JSON.stringify(days)}`, async (t) => {
    for (const [day, state] of Object.entries(days)) {
      t.equal(lifeOf('A', actsOf(...acts), { on: `2026-${day}`, shipped: 'S' }).state, state, day)
    }
  })
}

t.test('the set that ships is in force where no approved one is', async (t) => {
  const life = (acts: readonly string[], on: string) => lifeOf('S', actsOf(...acts), { on, shipped: 'S' })
  t.match(life([], '2026-01-01'), { state: 'in-force', shipped: true, author: null, approver: null, inForceFrom: null })
  t.match(life(A, '2026-02-28'), { state: 'in-force', supersededBy: null })
  t.match(life(A, '2026-03-01'), { state: 'retired', supersededBy: 'A' })
  t.match(lifeOf('A', actsOf('A shipped'), { on: '2026-01-01', shipped: 'S' }), { shipped: true, supersededBy: 'S' })
  t.equal(lifeOf('A', [], { on: '2026-01-01', shipped: null }).state, null, 'nothing ships')
})

t.test('a life names its people and days', async (t) => {
  const on = '2026-08-01'
  t.match(lifeOf('B', actsOf(...A, ...B), { on, shipped: 'S' }), {
    author: '张三',
    approver: '李四',
    inForceFrom: '2026-07-01',
    retiredFrom: null,
  })
  t.match(lifeOf('A', actsOf(...A, ...B), { on, shipped: 'S' }), { supersededBy: 'B', inForceFrom: '2026-03-01' })
  const retired = lifeOf('B', actsOf(...A, ...B, 'B retired 08-01'), { on, shipped: 'S' })
  t.match(retired, { retiredFrom: '2026-08-01', supersededBy: null })
  const withdrawn = lifeOf('B', actsOf(...A, 'B drafted', 'B retired 09-01'), { on, shipped: 'S' })
  t.match(withdrawn, { state: 'retired', supersededBy: null }, 'a draft stood in nobody’s place')
  const again = lifeOf('A', actsOf(...A, 'A retired 05-01', 'A drafted'), { on, shipped: 'S' })
  t.match(
    again,
    { state: 'draft', approver: null, inForceFrom: null },
    'a new draft is not approved by an old approval',
  )
})

t.test('a shadow runs while it is a draft, or approved for a later day', async (t) => {
  const shadows = (day: string, ...acts: string[]) => shadowsOn(actsOf(...acts), { on: `2026-${day}`, shipped: 'S' })
  t.same(shadows('01-01', 'A drafted', 'A shadowed', 'B drafted', 'B shadowed'), ['A', 'B'])
  t.same(shadows('01-01', 'A drafted', 'A shadowed', 'A unshadowed'), [])
  t.same(shadows('01-01', 'A drafted', 'A shadowed', 'A unshadowed', 'A shadowed'), ['A'])
  t.same(shadows('02-28', 'A drafted', 'A shadowed', 'A approved 03-01'), ['A'])
  t.same(shadows('03-01', 'A drafted', 'A shadowed', 'A approved 03-01'), [], 'it is in force')
  t.same(shadows('08-01', 'A drafted', 'A shadowed', 'A approved 03-01', ...B), [], 'it is superseded')
  t.same(shadows('01-01', 'A drafted', 'A shadowed', 'A retired 01-01'), [])
})

t.test('two names are the same person’s whatever their case, width, spaces and script', async (t) => {
  for (const [a, b] of [
    ['张三', ' 张三 '],
    ['张三', '张 三'],
    ['张三', '張三'],
    ['Zhang San', 'ZHANG SAN'],
    ['Zhang San', 'ｚｈａｎｇ　ｓａｎ'],
    ['Zhang San', 'Zhāng-Sān'],
    // What nobody sees: zero width, word joiner, control, Hangul filler, variation selector, direction mark.
    ...['张\u200b三', '张三\u2060', '\u0000张三', '张三\u3164', '张三\ufe0f', '\u202e张三', '张三\u0301'].map(
      (name) => ['张三', name] as const,
    ),
    ['张三', '张三。'],
  ] as const) {
    t.ok(isSameActor(a, b), `${escape(a)} = ${escape(b)}`)
  }
  t.notOk(isSameActor('张三', '张三丰'))
  t.notOk(isSameActor('张三', '李四'))
})
