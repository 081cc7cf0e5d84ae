import t from 'tap'
import type { HouseholdFacts, PersonFacts } from '../../../src/domain/household.ts'
import { hideSmallCells } from '../../../src/services/precision/hide-small-cells.ts'
import { reportSubgroups } from '../../../src/services/precision/report-subgroups.ts'
import { subgroupsOf } from '../../../src/services/precision/subgroups-of.ts'
import { found, STORIES } from '../../domain/case/stories.ts'
import { personAt } from '../../support/many-households.ts'
import { householdOf, memberOf } from '../../support/people.ts'
import { storeStories } from '../../support/stored-cases.ts'
import { createWork, errorOf } from '../../support/work.ts'

const WHO = { actor: '陈主任', role: 'auditor', reason: '2026年度审计' }

t.test('people are told apart by name, age and area', (t) => {
  const groupsOf = (name: string, birthDate: string | null, scheme: HouseholdFacts['scheme'] = 'urban-dibao') =>
    subgroupsOf(
      { name, person: { birthDate } as PersonFacts, household: { scheme } as HouseholdFacts },
      '2026-03-01',
    ).join(' ')
  const table: readonly (readonly [string, string | null, HouseholdFacts['scheme'], string])[] = [
    ['王守仁', '1970-01-01', 'urban-dibao', 'name:common age:18-59 area:urban'],
    ['陳建国', '1966-03-02', 'rural-dibao', 'name:common age:18-59 area:rural'],
    ['陈建国', '1966-03-01', 'rural-dibao', 'name:common age:60-79 area:rural'],
    ['覃秀英', '1946-03-01', 'rural-dibao', 'name:common age:80-up area:rural'],
    ['䶮小明', '2008-03-02', 'low-income', 'name:rare age:under-18 area:other'],
    ['欧阳娜娜', '2008-03-01', 'urban-dibao', 'name:rare age:18-59 area:urban'],
    ['𬭎立', null, 'urban-dibao', 'name:rare age:unknown area:urban'],
    ['古丽娜尔·买买提', '1980-05-05', 'urban-dibao', 'name:dot-or-latin age:18-59 area:urban'],
    ['Nguyen Thi Lan', '1980-05-05', 'urban-dibao', 'name:dot-or-latin age:18-59 area:urban'],
  ]
  for (const [name, birthDate, scheme, groups] of table) t.equal(groupsOf(name, birthDate, scheme), groups)
  t.end()
})

t.test('cells that could point at somebody are hidden, and with them what would give them away', (t) => {
  const table: readonly (readonly [Record<string, number>, string[]])[] = [
    [{ a: 10, b: 200 }, []],
    [{ a: 9, b: 200, c: 50 }, ['a', 'c']],
    [{ a: 1, b: 2, c: 50, d: 60 }, ['a', 'b', 'c']],
    [{ a: 6, b: 5, c: 50 }, ['a', 'b']],
    [{ a: 3, b: 0, c: 200 }, ['a', 'c']],
    [{ a: 4 }, ['a']],
    [{ a: 0, b: 30 }, []],
    [{}, []],
  ]
  for (const [sizes, hidden] of table) t.same([...hideSmallCells(sizes)].sort(), hidden, JSON.stringify(sizes))
  t.end()
})

t.test('wrong warnings are counted by subgroup without naming anybody', async (t) => {
  const { hedui, importLines } = await createWork(t)
  const names = (i: number) => (i < 12 ? '古丽·买买提' : i < 16 ? '䶮小明' : `王${String.fromCharCode(0x5000 + i)}`)
  const lines = Array.from({ length: 40 }, (_, i) =>
    householdOf(`H${i}`, [memberOf('P1', { name: names(i), idNumber: personAt(i).idNumber })], {
      scheme: i % 2 === 0 ? 'urban-dibao' : 'rural-dibao',
    }),
  )
  t.equal((await importLines(lines, { asOf: '2026-01-01' })).imported, 40)
  const begun = (i: number) => ({ warnings: [found('deposits')], opened: { householdId: `H${i}` } })
  const stories = lines.map((_, i) => (i < 6 ? STORIES.dismissed(begun(i)) : STORIES.decided(begun(i))))
  await storeStories(hedui, stories)
  const report = await reportSubgroups(hedui, WHO)
  t.equal(report.warnings, 40)
  const { name, area, age } = report.subgroups
  t.match(
    name,
    { 'dot-or-latin': 'hidden', rare: 'hidden', common: { decided: 24, wrong: 24 } },
    'four rare ones take twelve others with them',
  )
  t.match(area, { urban: { decided: 20, dismissed: 3, wrong: 17 }, rural: { decided: 20, dismissed: 3 } })
  t.match(age, { '60-79': { decided: 40 } })
  t.notMatch(JSON.stringify(report), /H\d|P1|买买提|小明|3699/)
  const audit = await hedui.database.pool.query(
    `select actor, role, reason, subject from audit where action = 'report subgroups'`,
  )
  t.same(audit.rows, [{ ...WHO, subject: { region: '', rule: null } }])
  t.equal((await reportSubgroups(hedui, { ...WHO, rule: 'vehicles' })).warnings, 0)
  t.equal((await errorOf(reportSubgroups(hedui, { ...WHO, reason: ' ' }))).code, 'INPUT_REASON')
  t.equal((await errorOf(reportSubgroups(hedui, { ...WHO, actor: '' }))).code, 'INPUT_ACTOR')
})
