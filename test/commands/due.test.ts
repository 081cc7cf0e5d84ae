import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openHedui } from '../../src/services/open-hedui.ts'
import { run } from '../support/cli.ts'
import { createDatabase, TODAY, testConfig } from '../support/hedui.ts'
import { householdOf, LI, memberOf, QIAN, WANG, ZHAO } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const folder = t.testdir({})
const { connectionString } = await createDatabase(t)
const hedui = await openHedui(testConfig(connectionString), { now: () => TODAY })
t.teardown(() => hedui.close())
const work = await createWork(t, hedui)
await work.importLines([
  householdOf('H1', [memberOf('P1', WANG)], { category: 'A', grantedFrom: '2025-10' }),
  householdOf('=H2', [memberOf('P1', LI)], { category: 'C', grantedFrom: '2026-07', scheme: 'extreme-poverty' }),
  householdOf('H3', [memberOf('P1', ZHAO)], { category: null }),
  householdOf('H4', [memberOf('P1', QIAN)], { category: 'B', grantedFrom: '2026-08', region: '369902001' }),
])
const cli = (...args: string[]) => run(args, { DATABASE_URL: connectionString }, folder)

t.test('lists those due with the days overdue, those not known, and the totals', async (t) => {
  const { code, stdout } = await cli('due', '--as-of', '2026-10-11')
  t.equal(code, 0)
  t.equal(
    stdout,
    [
      '  due on         overdue  category  scheme           region        last check  household',
      '  2026-10-01     10 days  C         extreme-poverty  369901003     never       =H2',
      '  2026-10-01     10 days  A         urban-dibao      369901003     never       H1',
      '',
      'not known when they are due',
      '  category-missing                  urban-dibao      369901003     H3',
      '',
      '2 of 4 granted households are due by 2026-10-11, 1 not known',
      '  category  granted  due  not known',
      '  A               1    1          0',
      '  B               1    0          0',
      '  C               1    1          0',
      '  none            1    0          1',
      '',
    ].join('\n'),
  )
})

t.test('--json is one object, --csv a sheet', async (t) => {
  const { stdout } = await cli('due', '--as-of', '2026-10-11', '--json', '--csv', 'due.csv')
  const report = JSON.parse(stdout)
  t.match(report, { asOf: '2026-10-11', households: 4, due: 2, unknown: 1, region: null })
  t.match(report.dueHouseholds, [
    { household: '=H2', months: 3 },
    { household: 'H1', dueOn: '2026-10-01', months: 12 },
  ])
  t.match(report.unknownHouseholds, [{ household: 'H3', why: 'category-missing' }])
  const lines = readFileSync(join(folder, 'due.csv'), 'utf8').split('\r\n')
  t.equal(lines[0]![0], '\uFEFF')
  t.same(lines.slice(1), [
    "'=H2,369901003,extreme-poverty,C,due,2026-10-01,10,,2026-07,3,",
    'H1,369901003,urban-dibao,A,due,2026-10-01,10,,2025-10,12,',
    'H3,369901003,urban-dibao,,unknown,,,,,,category-missing',
    '',
  ])
  const none = JSON.parse((await cli('due', '--region', '369902', '--as-of', '2026-10-11', '--json')).stdout)
  t.match(none, { region: '369902', households: 1, due: 0, dueHouseholds: [], unknownHouseholds: [] })
})

t.test('check --due checks just those, and says of how many it is not known', async (t) => {
  const { code, stdout, stderr } = await cli('check', '--due', '--as-of', '2026-10-11', '--out', '-')
  t.equal(code, 0)
  t.same(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).householdId),
    ['=H2', 'H1'],
  )
  t.match(stderr, /of 1 granted households it is not known when they are due; hedui due says which and why/)
  t.match(await cli('check', '--due', '--all'), { code: 2, stderr: /say which households/ })
})
