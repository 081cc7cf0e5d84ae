import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { RULE_COMPARISON_SCHEMA } from '../../src/domain/rule-comparison-schema.ts'
import { createAjv } from '../../src/domain/schema-errors.ts'
import { openHedui } from '../../src/services/open-hedui.ts'
import { PARAMETERS, ruleWith, textWith } from '../rules/rule-sets.ts'
import { run } from '../support/cli.ts'
import { addCompared, CARS, OLD } from '../support/compared.ts'
import { createDatabase, TODAY, testConfig } from '../support/hedui.ts'
import { createWork } from '../support/work.ts'

const folder = t.testdir({})
const { connectionString } = await createDatabase(t)
const hedui = await openHedui(testConfig(connectionString), { now: () => TODAY })
t.teardown(() => hedui.close())
const work = await createWork(t, hedui)
await addCompared(work)
const past = (await work.check({ ruleSet: OLD })).summary.run

const files = {
  'eight-warnings/deposits.yaml': ruleWith(),
  'supplementary/cars.yaml': CARS,
  'parameters/all.yaml': textWith(PARAMETERS, ['value: 3,', 'value: 2,']),
}
for (const [name, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, 'next', name)), { recursive: true })
  writeFileSync(join(folder, 'next', name), text)
}
const compare = (...args: string[]) => compareWith({}, ...args)
const compareWith = (env: Record<string, string>, ...args: string[]) =>
  run(['rules', 'compare', ...args], { DATABASE_URL: connectionString, ...env }, folder)
const short = OLD.version.slice(7, 19)

t.test('a version and a folder are compared on a past run, as a table', async (t) => {
  const { code, stdout } = await compare(short, 'next', '--run', past, '--max-share', '50')
  t.equal(code, 0, 'also where a rule is flagged')
  t.match(stdout, `run ${past} as of 2026-11-01: 5 of 5 households change\n`)
  t.match(stdout, /\n {2}warned +3 +4\n {2}unverifiable +1 +1\n {2}clear +1 +0\n/)
  t.match(stdout, /\n {2}rule +title +newly warned +no longer +other amount .*warned before +after +applies to\n/)
  t.match(stdout, /\n {2}trial +试 +2 +0 +2 .* 2 +4 +5\n/)
  t.match(stdout, /\n {2}cars +车辆 +1 +0 +0 .* - +1 +5\n/)
  t.match(stdout, /\n {2}369901003 +2 +1 +0 .* 1 +2 +2\n/)
  t.match(stdout, /\n {2}rural-dibao +1 +2 +1 .* 2 +2 +2\n/)
  t.match(stdout, /\nwarning: the rule trial warns 80 % of the 5 households that it applies to \(4\), above 50 %\n/)
  t.match(stdout, /\n {2}H2 trial: clear 300\.00 \(limit 300\.00\) -> warned 300\.00 \(limit 200\.00\)\n/)
})

t.test('--json, --out and --csv give the households behind the numbers', async (t) => {
  const args = ['--run', past, '--json', '--out', 'report.json', '--csv', 'report.csv', '--actor', '张三']
  const { code, stdout, stderr } = await compare(OLD.version, 'next', ...args)
  t.equal(code, 0)
  const report = JSON.parse(stdout)
  t.same(report, JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')))
  const validate = createAjv().compile(RULE_COMPARISON_SCHEMA)
  t.ok(validate(report), JSON.stringify(validate.errors))
  t.match(report, { households: 5, changed: 5, maxSharePercent: 10 })
  t.match(stderr, /warning: the rule cars warns 20 %/)
  const csv = readFileSync(join(folder, 'report.csv'), 'utf8')
  t.equal(csv[0], '\uFEFF')
  const lines = csv.slice(1).split('\r\n')
  t.equal(lines.length, 1 + report.changes.length + 1)
  t.equal(
    lines[3],
    'H1,369901003001,369901003,urban-dibao,trial,试,,newly-warned,clear,250.00,300.00,warned,250.00,200.00,CNY',
  )
  t.match(await work.query('select actor from audit order by at desc limit 1'), [{ actor: '张三' }])
})

t.test('the share is a setting', async (t) => {
  const withShare = (share: string) => compareWith({ HEDUI_MAX_WARNED_SHARE: share }, short, 'next', '--run', past)
  t.notMatch((await withShare('80')).stdout, /warning: the rule/)
  t.match((await withShare('79.5')).stdout, /warning: the rule trial warns 80 % .* above 79\.5 %/)
  t.match(await withShare('many'), { code: 1, stderr: /DEFINITION_SETTING HEDUI_MAX_WARNED_SHARE/ })
})

t.test('what is refused leaves no report', async (t) => {
  const live = await compare('live', 'live', '--run', past, '--json')
  t.match(JSON.parse(live.stdout), { changes: [], old: work.ruleSet.version, new: work.ruleSet.version })
  for (const [args, code, says] of [
    [[short, 'next'], 2, /say which run: --run RUN/],
    [[short, '--run', past], 2, /NEW is missing/],
    [[short, 'next', '--run', past, '--max-share', '101'], 2, /--max-share must be a share/],
    [[short, 'nowhere', '--run', past], 1, /INPUT_NOT_FOUND there is no folder nowhere/],
    [['ffffffffffff', 'next', '--run', past], 1, /INPUT_NOT_FOUND/],
    [[short, 'next', '--run', 'x', '--out', 'none.json'], 1, /INPUT_NOT_FOUND there is no finished run x/],
    [[short, 'next', '--run', past, '--csv', 'no/such/folder.csv'], 1, /INPUT_FILE .*cannot be written/],
  ] as const) {
    const outcome = await compare(...args)
    t.equal(outcome.code, code, args.join(' '))
    t.match(outcome.stderr, says, args.join(' '))
  }
  t.notOk(existsSync(join(folder, 'none.json')) || existsSync(join(folder, 'none.json.part')))
})
