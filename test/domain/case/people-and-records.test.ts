import t from 'tap'
import { protectionsOf } from '../../../src/domain/case/protections.ts'
import { fingerprintOf } from '../../../src/domain/case/warning-fingerprint.ts'

const ADULT = { birthDate: '1970-03-07', disabled: false, seriousIllness: false }

t.test('who is protected, and why', async (t) => {
  for (const [more, on, why] of [
    [{}, '2026-03-02', []],
    [{ birthDate: null }, '2026-03-02', ['age-unknown']],
    [{ birthDate: '2008-03-03' }, '2026-03-02', ['under-age']],
    [{ birthDate: '2008-03-03' }, '2026-03-03', []],
    // Born on 29 February: a year is complete on 1 March of common years.
    [{ birthDate: '2008-02-29' }, '2026-02-28', ['under-age']],
    [{ birthDate: '2008-02-29' }, '2026-03-01', []],
    [{ birthDate: '2027-01-01' }, '2026-03-02', ['under-age']],
    [{ disabled: true }, '2026-03-02', ['disabled-or-unknown']],
    [{ seriousIllness: true }, '2026-03-02', ['seriously-ill-or-unknown']],
    [
      { birthDate: null, disabled: true, seriousIllness: true },
      '2026-03-02',
      ['age-unknown', 'disabled-or-unknown', 'seriously-ill-or-unknown'],
    ],
  ] as const)
    t.same(protectionsOf({ ...ADULT, ...more }, on), why, JSON.stringify(more))
})

const RECORDS = [
  { source: 'bank', type: 'account', person: 'P1', key: '农行|****1234' },
  { source: 'bank', type: 'account', person: 'P2', key: '工行|****9876' },
]
const RESULT = { rule: 'deposits', person: null, evidence: RECORDS }

t.test('a fingerprint is of the rule, the person and the records', async (t) => {
  // printf '%s' '["deposits",null,["[\"bank\",\"account\",\"P1\",\"农行|****1234\"]"]]' | sha256sum
  t.equal(
    fingerprintOf({ ...RESULT, evidence: RECORDS.slice(0, 1) }),
    '9e6934b6c937908c5051585aa8a7f59903b6df094bb68c6a4a87a309fbccf3d6',
  )
  t.equal(fingerprintOf({ ...RESULT, evidence: RECORDS.toReversed() }), fingerprintOf(RESULT), 'whatever their order')
  t.equal(fingerprintOf({ ...RESULT, evidence: [...RECORDS, ...RECORDS] }), fingerprintOf(RESULT), 'once each')
  const later = RECORDS.map((record) => ({ ...record, asOf: '2026-06-30', delivery: 'D2', row: 9 }))
  t.equal(fingerprintOf({ ...RESULT, evidence: later }), fingerprintOf(RESULT), 'in a later delivery')
})

t.test('another rule, person or record is another fingerprint', async (t) => {
  const [first, second] = RECORDS as [(typeof RECORDS)[0], (typeof RECORDS)[0]]
  const others = [
    RESULT,
    { ...RESULT, rule: 'securities' },
    { ...RESULT, person: 'P1' },
    { ...RESULT, person: 'null' },
    { ...RESULT, evidence: [first] },
    { ...RESULT, evidence: [] },
    ...(['source', 'type', 'person', 'key'] as const).map((field) => ({
      ...RESULT,
      evidence: [first, { ...second, [field]: 'x' }],
    })),
    // Parts that meet are told apart.
    { ...RESULT, evidence: [{ source: 'a', type: 'bc', person: '', key: '' }] },
    { ...RESULT, evidence: [{ source: 'ab', type: 'c', person: '', key: '' }] },
  ]
  t.equal(new Set(others.map(fingerprintOf)).size, others.length)
})
