import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { importHouseholds } from '../../src/services/import-households.ts'
import { authorizationOf, householdOf, LI, memberOf, personOf, WANG, ZHAO } from '../support/people.ts'
import { createWork, errorOf } from '../support/work.ts'

const work = await createWork(t)
const folder = mkdtempSync(join(work.folder, 'import-'))

/** A sound household of one person whom no other test has. */
let people = 100
const nobodyElse = () => personOf(people++, '郑成德')
const sound = (id: string) => householdOf(id, [memberOf('P1', nobodyElse())])
type Change = (household: Record<string, unknown>, person: Record<string, unknown>) => void

const REFUSALS: readonly (readonly [title: string, change: Change, code: string, field: string | null])[] = [
  ['an unknown field', (h) => Object.assign(h, { note: 'x' }), 'INPUT_INVALID', 'note'],
  ['an unknown field of a person', (_, p) => Object.assign(p, { phone: '1' }), 'INPUT_INVALID', 'people.0.phone'],
  ['a missing field', (h) => delete h.scheme, 'INPUT_INVALID', null],
  ['a missing field of a person', (_, p) => delete p.name, 'INPUT_INVALID', 'people.0'],
  ['an unknown scheme', (h) => Object.assign(h, { scheme: 'dibao' }), 'INPUT_INVALID', 'scheme'],
  ['an unknown role', (_, p) => Object.assign(p, { role: 'child' }), 'INPUT_INVALID', 'people.0.role'],
  ['a region of letters', (h) => Object.assign(h, { region: 'yunxi' }), 'INPUT_INVALID', 'region'],
  ['money as a number', (h) => Object.assign(h, { monthlyBenefit: 745 }), 'INPUT_INVALID', 'monthlyBenefit'],
  ['money of three decimals', (h) => Object.assign(h, { monthlyBenefit: '7.455' }), 'INPUT_INVALID', 'monthlyBenefit'],
  ['a month that is none', (h) => Object.assign(h, { grantedFrom: '2024-13' }), 'INPUT_INVALID', 'grantedFrom'],
  [
    'an employment that is none',
    (_, p) => Object.assign(p.declared as object, { employment: 'idle' }),
    'INPUT_INVALID',
    'people.0.declared.employment',
  ],
  ['nobody', (h) => Object.assign(h, { people: [] }), 'INPUT_INVALID', 'people'],
  ['only supporters', (_, p) => Object.assign(p, { role: 'supporter' }), 'INPUT_INVALID', 'people'],
  [
    'a number with a wrong check digit',
    (_, p) => Object.assign(p, { idNumber: `${WANG.idNumber.slice(0, 17)}${WANG.idNumber.endsWith('0') ? 1 : 0}` }),
    'INPUT_ID_NUMBER',
    'people.0.idNumber',
  ],
  [
    'a number of no real birth date',
    (_, p) => Object.assign(p, { idNumber: '369901197002300018' }),
    'INPUT_ID_NUMBER',
    'people.0.idNumber',
  ],
  [
    'an authorization for a source that there is not',
    (_, p) => Object.assign(p, authorizationOf({ sources: ['vehicle', 'police'] })),
    'INPUT_INVALID',
    'people.0.authorization.sources',
  ],
  [
    'a day that is none',
    (_, p) => Object.assign(p, authorizationOf({ signedOn: '2026-02-30' })),
    'INPUT_INVALID',
    'people.0.authorization.signedOn',
  ],
  [
    'two people of one id',
    (h, p) => Object.assign(h, { people: [p, memberOf('P1', nobodyElse())] }),
    'INPUT_DUPLICATE',
    'people.1.id',
  ],
  [
    'one number for two people',
    (h, p) => Object.assign(h, { people: [p, { ...p, id: 'P2', role: 'member' }] }),
    'INPUT_DUPLICATE',
    'people.1.idNumber',
  ],
]

t.test('refuses with line and field, and takes the good lines', async (t) => {
  const lines = REFUSALS.flatMap(([, change], i) => {
    const bad = sound(`BAD${i}`)
    change(bad, (bad.people as Record<string, unknown>[])[0]!)
    return [sound(`GOOD${i}`), bad]
  })
  const report = await work.importLines(lines)
  t.match(report, { lines: lines.length, imported: REFUSALS.length, refused: REFUSALS.length })
  for (const [i, [title, , code, field]] of REFUSALS.entries()) {
    const refusal = report.refusals.find(({ line }) => line === 2 * (i + 1))
    t.match(refusal, { code, field }, title)
    t.notMatch(refusal?.message, /3699011970|郑成德/, `${title}: says nothing of the person`)
  }
})

t.test('tells every wrong field of a line', async (t) => {
  const bad = { ...sound('MANY'), scheme: 'x', region: 'y', note: 1 }
  const { refusals, refused } = await work.importLines([bad])
  t.equal(refused, 1)
  t.same(refusals.map(({ field }) => field).toSorted(), ['note', 'region', 'scheme'])
})

t.test('refuses the second of two lines of one household', async (t) => {
  const { refusals, imported } = await work.importLines([sound('TWICE'), sound('TWICE')])
  t.match(refusals, [{ line: 2, code: 'INPUT_DUPLICATE', field: 'id' }])
  t.equal(imported, 1)
})

t.test('the same again changes nothing, a change is a new version', async (t) => {
  const [a, b] = [sound('SAME1'), sound('SAME2')]
  t.match(await work.importLines([a, b]), { imported: 2, updated: 0, unchanged: 0 })
  t.match(await work.importLines([a, { ...b, address: '新址' }]), { imported: 0, updated: 1, unchanged: 1 })
  t.match(await work.importLines([b]), { updated: 1 }, 'back again is a change too')
  const versions = await work.query(`select count(*)::int as n from household_version where household_id like 'SAME%'`)
  t.same(versions, [{ n: 4 }])
})

t.test('households that are not in the file stay', async (t) => {
  await work.importLines([sound('STAYS')])
  await work.importLines([sound('OTHER')])
  t.equal((await work.check({ scope: { ids: ['STAYS'] } })).results.length, 1)
})

t.test('refuses a number that the register knows under another name, unless someone allows it', async (t) => {
  await work.importLines([householdOf('N1', [memberOf('P1', ZHAO)])])
  const renamed = householdOf('N2', [memberOf('P1', LI), memberOf('P2', { ...ZHAO, name: '赵清杨' })])
  const { refusals, refused } = await work.importLines([renamed])
  t.equal(refused, 1)
  t.match(refusals, [{ line: 1, code: 'INPUT_NAME_CONFLICT', field: 'people.1.idNumber' }])
  t.notMatch(refusals[0]!.message, /赵/)
  t.same(await work.query(`select 1 from household_version where household_id = 'N2'`), [])
  t.match(await work.importLines([renamed], { allowRenames: true, actor: '张三' }), { imported: 1, refused: 0 })
  t.same(await work.query(`select actor from household_import where actor <> 'test'`), [{ actor: '张三' }])
  const { refusals: now } = await work.importLines([householdOf('N3', [memberOf('P1', ZHAO)])])
  t.match(now, [{ code: 'INPUT_NAME_CONFLICT' }], 'the register has the new name')
})

t.test('two names for one number in one file are a conflict as well', async (t) => {
  const person = nobodyElse()
  const { refusals, imported } = await work.importLines([
    householdOf('C1', [memberOf('P1', person)]),
    householdOf('C2', [memberOf('P1', { ...person, name: '另一人' })]),
  ])
  t.match(refusals, [{ line: 2, code: 'INPUT_NAME_CONFLICT' }])
  t.equal(imported, 1)
})

t.test('a name written otherwise is the same name', async (t) => {
  const person = { ...nobodyElse(), name: '阿米娜·依明' }
  const report = await work.importLines([
    householdOf('F1', [memberOf('P1', person)]),
    householdOf('F2', [memberOf('P1', { ...person, name: ' 阿米娜・依明' })]),
  ])
  t.match(report, { imported: 2, refused: 0 })
})

t.test('a person may be in several households, and have no number', async (t) => {
  const foreigner = memberOf('P2', { name: 'Ivan', idNumber: 'P765' }, { idType: 'passport' })
  const none = memberOf('P3', { name: '无号', idNumber: null as never })
  const report = await work.importLines([
    householdOf('S1', [memberOf('P1', WANG), foreigner, none]),
    householdOf('S2', [memberOf('P1', nobodyElse()), memberOf('P2', WANG, { role: 'supporter' })]),
  ])
  t.match(report, { imported: 2, refused: 0 })
})

/** Imports bytes as a file. */
function importBytes(name: string, bytes: Uint8Array) {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return importHouseholds(
    { ...work.hedui, sources: [...work.hedui.adapters.keys()] },
    { file, asOf: '2026-10-01', actor: 'test' },
  )
}

t.test('reads a byte-order mark, CRLF and blank lines', async (t) => {
  const lines = ['R1', 'R2', 'R3'].map((id) => JSON.stringify(sound(id)))
  const report = await importBytes('bom.ndjson', Buffer.from(`\uFEFF${lines[0]}\r\n\r\n  \n${lines[1]}\n${lines[2]}`))
  t.match(report, { lines: 3, imported: 3, refused: 0 })
})

t.test('a bad byte, a line that is no JSON and one that is no object refuse only themselves', async (t) => {
  const bad = Buffer.from(JSON.stringify(sound('B1')))
  bad[bad.indexOf('云溪')] = 0xff
  const parts = [JSON.stringify(sound('B0')), bad, '{"id":"B2",', '[1]', 'null', JSON.stringify(sound('B3'))]
  const report = await importBytes(
    'bad.ndjson',
    Buffer.concat(parts.map((part) => Buffer.from([...Buffer.from(part), 10]))),
  )
  t.match(report, { lines: 6, imported: 2, refused: 4 })
  t.match(
    report.refusals.map(({ line, code }) => [line, code]),
    [
      [2, 'INPUT_INVALID'],
      [3, 'INPUT_JSON'],
      [4, 'INPUT_INVALID'],
      [5, 'INPUT_INVALID'],
    ],
  )
  t.notMatch(JSON.stringify(report.refusals), /B2|郑/, 'nothing of the line is told')
})

t.test('a file that is not there is a clear error', async (t) => {
  const context = { ...work.hedui, sources: [] }
  const error = await errorOf(importHouseholds(context, { file: join(folder, 'none'), asOf: '2026-10-01', actor: 'x' }))
  t.equal(error.code, 'INPUT_FILE')
})
