import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../support/cli.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { createDatabase } from '../support/hedui.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { emptyFolder, rulesFolder, vehicleRule, writeRules } from '../support/rule-folders.ts'

const { connectionString } = await createDatabase(t)
const folder = emptyFolder(t)
const mine = rulesFolder(t, { limit: 0 })
const env = { DATABASE_URL: connectionString, INIT_CWD: folder, HEDUI_RULES: mine }
const hedui = (...args: string[]) => run(args, env)
const json = async (...args: string[]) => JSON.parse((await hedui(...args, '--json')).stdout)
const check = (...args: string[]) => hedui('check', '--all', '--as-of', '2026-11-01', ...args)

writeFileSync(join(folder, 'h.ndjson'), `${JSON.stringify(householdOf('H1', [memberOf('P1', WANG)]))}\n`)
await hedui('households', 'import', 'h.ndjson', '--as-of', '2026-10-01')
writeSource(folder, 'vehicle', [rowOf.vehicle(WANG)])
await hedui('ingest', 'vehicle', 'vehicle.csv', '--as-of', '2026-10-25')

const MAKER = ['--actor', '张三', '--reason', '调标']
const CHIEF = ['--actor', '李四', '--reason', '同意']
let version = ''

t.test('rules of a folder that nobody approved are a trial, and say so', async (t) => {
  const tried = await check('--out', '-')
  t.equal(tried.code, 0)
  t.match(JSON.parse(tried.stdout), { householdId: 'H1', outcome: 'warned' }, 'the lines have their usual form')
  t.match(tried.stderr, /not approved: this is a trial.*no case comes of them.*hedui rules draft .*hedui rules approve/)
  t.match(tried.stderr, /^trial run [0-9a-f-]+, rules sha256:/m)
  const summary = await check('--json')
  t.match(JSON.parse(summary.stdout), { trial: true, warned: 1, shadows: [] })
  t.match(summary.stderr, /this is a trial/)
})

t.test('one drafts, another approves, and the rules are in force', async (t) => {
  const drafted = await json('rules', 'draft', mine, ...MAKER)
  t.match(drafted, { state: 'draft', author: '张三', rules: 1, parameters: 3, examples: 3 })
  version = drafted.version
  const short = version.slice(0, 19)
  t.match(await check('--json'), { stdout: /"trial":true/, stderr: /a draft by 张三/ })
  const own = await hedui('rules', 'approve', short, '--from', '2199-01-01', ...MAKER)
  t.match(own, { code: 1, stdout: '', stderr: /STATE_SAME_PERSON 张三 drafted the rule set sha256:.*another person/ })
  const past = await hedui('rules', 'approve', short, '--from', '2026-01-01', ...CHIEF)
  t.match(past, { code: 1, stderr: /INPUT_BACKDATED .*--backdated/ })
  const approved = await hedui('rules', 'approve', short, '--from', '2026-01-01', '--backdated', ...CHIEF)
  t.match(approved, { code: 0, stdout: /is in force since 2026-01-01/ })
  const live = await check('--json')
  t.match(JSON.parse(live.stdout), { trial: false, ruleSet: version })
  t.notMatch(live.stderr, /trial/)
})

t.test('an edited folder does not touch what is in force; a draft of it runs as a shadow', async (t) => {
  writeRules(mine, { limit: 1 })
  const live = await check('--json')
  t.match(JSON.parse(live.stdout), { trial: false, ruleSet: version, warned: 1 })
  t.match(live.stderr, /not approved and not used/)
  t.match(JSON.parse((await check('--rules', mine, '--json')).stdout), { trial: true, warned: 0 })
  const draft = await json('rules', 'draft', mine, ...MAKER)
  t.match(await json('rules', 'shadow', draft.version, ...MAKER), { state: 'draft', shadow: true })
  const beside = await check()
  t.match(beside, { code: 0, stdout: '', stderr: /1 warned, 0 unverifiable, 0 clear/ })
  t.match(
    beside.stderr,
    new RegExp(`shadow ${draft.version.slice(0, 19)}… beside it: 0 warned, 0 unverifiable, 1 clear`),
  )
  const lines = await check('--out', '-')
  t.equal(lines.stdout.trimEnd().split('\n').length, 1, 'the shadow’s results are never among the lines')
  t.match(JSON.parse(lines.stdout), { ruleSet: version, outcome: 'warned' })
  t.match(await json('rules', 'unshadow', draft.version, ...MAKER), { shadow: false })
  t.match(await json('rules', 'retire', draft.version, ...MAKER), { state: 'retired', inForceInstead: version })
  t.match((await hedui('rules', 'retire', draft.version, ...MAKER)).stderr, /STATE_RULE_SET .*nothing to retire/)
})

t.test('any version ever run can be run, shown and written back', async (t) => {
  const live = JSON.parse((await check('--rule-set', version.slice(7, 19), '--json')).stdout)
  t.match(live, { trial: false, ruleSet: version })
  const history = await json('rules', 'history')
  const retired = history.find(({ state }: { state: string }) => state === 'retired')
  const tried = await check('--rule-set', retired.version, '--json')
  t.match(JSON.parse(tried.stdout), { trial: true, ruleSet: retired.version, warned: 0 })
  t.match(tried.stderr, /retired from .*trial/)
  t.match(await hedui('rules', 'history', version), {
    stdout: /in force since 2026-01-01 .*\n.*drafted by 张三: 调标\n.*approved from 2026-01-01 by 李四: 同意\n$/,
  })
  t.match(await hedui('rules', 'show', version), {
    stdout: /^# supplementary\/vehicle-count\.yaml\n.*^# parameters\/all\.yaml\n.*value: 0,/ms,
  })
  t.match(await hedui('rules', 'show', version, '--out', 'back'), { code: 0, stdout: /2 files of sha256:/ })
  const written = readFileSync(join(folder, 'back', 'supplementary', 'vehicle-count.yaml'), 'utf8')
  t.equal(written, vehicleRule({ limit: 0 }))
  t.match(await hedui('rules', 'check', 'back'), { code: 0, stdout: new RegExp(version) })
  t.match(await hedui('rules', 'show', version, '--out', 'back'), { code: 1, stderr: /INPUT_FILE/ })
  t.match(await hedui('rules', 'show', '0000'), { code: 1, stderr: /INPUT_NOT_FOUND/ })
})

t.test('serve says when its rules are a trial', async (t) => {
  const { connectionString: other } = await createDatabase(t)
  const { start } = await import('../support/cli.ts')
  const serving = start(['serve', '--port', '0'], { ...env, DATABASE_URL: other })
  await serving.says(/^http:\/\/127/m)
  t.match(serving.stderr(), /this is a trial/)
  serving.child.kill('SIGTERM')
  t.equal((await serving.done).code, 0)
})

t.test('an act without its person, reason or day is refused before anything is opened', async (t) => {
  const nowhere = { ...env, DATABASE_URL: 'postgres://x@127.0.0.1:1/none' }
  for (const [args, code, says] of [
    [['draft', mine, '--reason', 'x'], 1, /INPUT_ACTOR/],
    [['draft', mine, '--actor', 'x'], 1, /INPUT_REASON .*--reason/],
    [['approve', 'x', '--from', '2026-11-01', '--actor', 'x', '--reason', ' '], 1, /INPUT_REASON/],
    [['approve', 'x', ...CHIEF], 2, /--from is missing/],
    [['approve', 'x', '--from', '2026-02-30', ...CHIEF], 2, /real date/],
    [['retire', 'x', '--actor', 'x'], 1, /INPUT_REASON/],
    [['shadow', 'x', '--reason', 'x'], 1, /INPUT_ACTOR/],
    [['unshadow', ...CHIEF], 2, /VERSION is missing/],
  ] as const) {
    t.match(await run(['rules', ...args], nowhere), { code, stdout: '', stderr: says }, args.join(' '))
  }
  const both = await run(['check', '--all', '--rules', mine, '--rule-set', 'x'], nowhere)
  t.match(both, { code: 2, stderr: /not both/ })
})
