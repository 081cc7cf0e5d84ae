import fc from 'fast-check'
import t from 'tap'
import { computeRecovery, type RecoveryInput, requireSoundRecovery } from '../../../src/domain/case/recovery.ts'
import { monthsBefore } from '../../../src/domain/dates.ts'
import { parseYuan } from '../../../src/domain/money.ts'
import { refuses } from './stories.ts'

/** The standard rises on 1 July, a third person comes in June, the payment changes in July. */
const INPUT: RecoveryInput = {
  began: '2026-04',
  grantedFrom: '2024-05',
  until: '2026-08',
  benefits: [
    { from: '2024-05', monthlyFen: 60000 },
    { from: '2026-07', monthlyFen: 70000 },
  ],
  standards: [
    { from: '2025-07-01', until: '2026-06-30', monthlyFen: 74500 },
    { from: '2026-07-01', until: null, monthlyFen: 78000 },
  ],
  sizes: [
    { from: '2024-05', size: 2 },
    { from: '2026-06', size: 3 },
  ],
  entitlement: {
    kind: 'by-income',
    income: [
      { from: '2026-04', until: '2026-06', per: 'month', fen: 100000 },
      { from: '2026-07', until: '2026-07', per: 'month', fen: 200000 },
      { from: '2026-08', until: '2026-08', per: 'month', fen: 240000 },
    ],
  },
}
const NONE: RecoveryInput = { ...INPUT, entitlement: { kind: 'none' } }

t.test('month by month, with the standard’s change', async (t) => {
  // 745 x 2 - 1000 = 490, so of 600 paid 110; 745 x 3 - 1000 = 1235, nothing of 600; 780 x 3 - 2000 = 340, of 700 360;
  // 780 x 3 - 2400 is less than nothing, so all 700. 110 + 110 + 0 + 360 + 700 = 1280. June's 635 too little is not taken off.
  t.same(computeRecovery(INPUT), {
    began: '2026-04',
    months: [
      { month: '2026-04', paid: '600.00', standard: '745.00', size: 2, entitled: '490.00', recover: '110.00' },
      { month: '2026-05', paid: '600.00', standard: '745.00', size: 2, entitled: '490.00', recover: '110.00' },
      { month: '2026-06', paid: '600.00', standard: '745.00', size: 3, entitled: '1235.00', recover: '0.00' },
      { month: '2026-07', paid: '700.00', standard: '780.00', size: 3, entitled: '340.00', recover: '360.00' },
      { month: '2026-08', paid: '700.00', standard: '780.00', size: 3, entitled: '0.00', recover: '700.00' },
    ],
    total: '1280.00',
  })
})

t.test('who was entitled to nothing pays back what was paid', async (t) => {
  // 3 x 600 + 2 x 700.
  t.match(computeRecovery(NONE), { total: '3200.00', months: [{ entitled: '0.00', recover: '600.00' }] })
})

t.test('it begins with the condition, or with the grant where that is later', async (t) => {
  const months = (more: Partial<RecoveryInput>) =>
    computeRecovery({ ...NONE, ...more }).months.map(({ month }) => month)
  t.same(months({ grantedFrom: '2026-07' }), ['2026-07', '2026-08'])
  t.same(months({ grantedFrom: null, began: '2026-08' }), ['2026-08'])
  t.same(
    months({ began: '2025-12', until: '2026-02', standards: [{ from: '2020-01-01', until: null, monthlyFen: 1 }] }),
    ['2025-12', '2026-01', '2026-02'],
  )
  refuses(t, 'INPUT_INVALID', /nothing was paid from 2026-09 on/, () => months({ began: '2026-09' }))
  refuses(t, 'INPUT_INVALID', /must be a month/, () => months({ began: '2026-13' }))
  refuses(t, 'INPUT_INVALID', /within 1200 months/, () => months({ began: '1900-01', grantedFrom: null }))
})

t.test('missing is never zero: the months are named', async (t) => {
  const table: readonly [Partial<RecoveryInput>, RegExp][] = [
    [{ benefits: [{ from: '2026-06', monthlyFen: 60000 }] }, /what was paid is not known of 2026-04, 2026-05$/],
    [
      { benefits: [...INPUT.benefits, { from: '2026-08', monthlyFen: null }] },
      /what was paid is not known of 2026-08$/,
    ],
    [{ standards: INPUT.standards.slice(1) }, /the standard is not known of 2026-04, 2026-05, 2026-06$/],
    [
      { standards: [{ from: '2025-07-01', until: '2026-08-30', monthlyFen: 74500 }] },
      /the standard is not known of 2026-08$/,
    ],
    [{ standards: [{ from: '2026-04-02', until: null, monthlyFen: 74500 }] }, /the standard is not known of 2026-04$/],
    [{ sizes: [{ from: '2026-05', size: 2 }] }, /the size of the household is not known of 2026-04$/],
    [
      { entitlement: { kind: 'by-income', income: [{ from: '2026-05', until: '2026-08', per: 'month', fen: 0 }] } },
      /the income is not known of 2026-04$/,
    ],
  ]
  for (const [more, message] of table)
    refuses(t, 'INPUT_INVALID', message, () => computeRecovery({ ...INPUT, ...more }))
})

t.test('papers for a month go before the register, and a paid zero is a zero', async (t) => {
  const recovery = computeRecovery({
    ...NONE,
    benefits: INPUT.benefits.slice(1),
    paid: { '2026-04': 50000, '2026-05': 0, '2026-06': 1 },
  })
  t.same(
    recovery.months.map(({ paid }) => paid),
    ['500.00', '0.00', '0.01', '700.00', '700.00'],
  )
  t.equal(recovery.total, '1900.01')
})

t.test('an income is never spread: a year’s or a sum’s is refused, and so is a month that stands twice', async (t) => {
  const by = (...income: readonly unknown[]) =>
    computeRecovery({ ...INPUT, entitlement: { kind: 'by-income', income } as RecoveryInput['entitlement'] })
  for (const per of ['year', 'total'])
    refuses(t, 'INPUT_INVALID', /says nothing of its months: state each month’s/, () =>
      by({ from: '2026-01', until: '2026-12', per, fen: 1200000 }),
    )
  const month = { from: '2026-04', until: '2026-08', per: 'month', fen: 1000 }
  refuses(t, 'INPUT_INVALID', /the income of 2026-08 stands twice/, () => by(month, { ...month, from: '2026-08' }))
  refuses(t, 'INPUT_INVALID', /from <= until/, () => by({ ...month, until: '2026-03' }))
})

t.test(
  'of two standards that meet in a month the higher counts, and two histories that begin together are refused',
  async (t) => {
    const standards = [
      { from: '2025-07-01', until: '2026-07-14', monthlyFen: 74500 },
      { from: '2026-07-15', until: null, monthlyFen: 78000 },
    ]
    t.match(computeRecovery({ ...NONE, standards }).months[3], { month: '2026-07', standard: '780.00' })
    const benefits = [...INPUT.benefits, { from: '2026-07', monthlyFen: 1 }]
    refuses(t, 'INPUT_INVALID', /two entries begin in 2026-07/, () => computeRecovery({ ...NONE, benefits }))
  },
)

t.test('amounts are whole fen and people are counted', async (t) => {
  for (const monthlyFen of [-1, 0.5, Number.NaN, 2 ** 53])
    refuses(t, 'INPUT_INVALID', /whole fen/, () =>
      computeRecovery({ ...NONE, benefits: [{ from: '2024-05', monthlyFen }] }),
    )
  for (const size of [0, -1, 1.5])
    refuses(t, 'INPUT_INVALID', /1 or more/, () => computeRecovery({ ...NONE, sizes: [{ from: '2024-05', size }] }))
})

t.test('what is computed is sound, and any line or sum changed is not', async (t) => {
  const recovery = computeRecovery(INPUT)
  requireSoundRecovery(recovery, '2026-09')
  const line = (change: object) => ({
    ...recovery,
    months: recovery.months.map((each, i) => (i === 3 ? { ...each, ...change } : each)),
  })
  for (const [wrong, message] of [
    [{ ...recovery, total: '1280.01' }, /the sum of the months, 1280\.00/],
    [{ ...recovery, months: [] }, /must list the months/],
    [{ ...recovery, began: '2026-05' }, /from when the condition began/],
    [{ ...recovery, months: recovery.months.toReversed() }, /the month after the one before/],
    [{ ...recovery, months: recovery.months.toSpliced(1, 1) }, /the month after the one before/],
    [line({ recover: '360.01' }), /beyond the entitlement/],
    [line({ paid: '-1.00' }), /must have amounts/],
    [line({ entitled: '2340.01', recover: '0.00' }), /more than the standard gives/],
    [line({ size: 0 }), /1 or more/],
  ] as const) {
    refuses(t, 'INPUT_INVALID', message, () => requireSoundRecovery(wrong, '2026-09'))
  }
  refuses(t, 'INPUT_INVALID', /before the benefit ends, 2026-08/, () => requireSoundRecovery(recovery, '2026-08'))
})

t.test('whatever was paid: never more than it, never less than nothing, and the total is the sum', async () => {
  const fen = fc.integer({ min: 0, max: 10_000_000 })
  const months = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(
      months,
      fc.array(fen, { minLength: 40, maxLength: 40 }),
      fc.array(fen, { minLength: 40, maxLength: 40 }),
      fen,
      fc.integer({ min: 1, max: 9 }),
      (count, paid, income, standard, size) => {
        const names = Array.from({ length: count }, (_, i) => monthsBefore('2026-12-01', count - 1 - i))
        const recovery = computeRecovery({
          began: names[0]!,
          grantedFrom: null,
          until: '2026-12',
          benefits: [],
          paid: Object.fromEntries(names.map((month, i) => [month, paid[i]!])),
          standards: [{ from: '2000-01-01', until: null, monthlyFen: standard }],
          sizes: [{ from: '2000-01', size }],
          entitlement: {
            kind: 'by-income',
            income: names.map((month, i) => ({ from: month, until: month, per: 'month', fen: income[i]! })),
          },
        })
        requireSoundRecovery(recovery, '2027-01')
        const recovered = recovery.months.map(({ recover }) => parseYuan(recover)!)
        return (
          recovered.every((each, i) => each >= 0 && each <= paid[i]!) &&
          recovered.reduce((a, b) => a + b) === parseYuan(recovery.total) &&
          recovery.months.map(({ month }) => month).join() === names.join()
        )
      },
    ),
    { numRuns: 300 },
  )
})
