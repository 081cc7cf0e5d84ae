import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../support/cli.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { createDatabase } from '../support/hedui.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'

const { connectionString } = await createDatabase(t)
const folder = t.testdir({})
const env = { DATABASE_URL: connectionString, INIT_CWD: folder, LC_ALL: undefined, LANG: 'en_US.UTF-8' }
const hedui = (args: string[], more: Record<string, string> = {}) => run(args, { ...env, ...more })
const explain = (...args: string[]) => hedui(['explain', '--household', 'H1', '--as-of', '2026-11-01', ...args])

const people = [memberOf('P1', WANG), memberOf('P2', LI)]
writeFileSync(join(folder, 'h.ndjson'), `${JSON.stringify(householdOf('H1', people))}\n`)
await hedui(['households', 'import', 'h.ndjson', '--as-of', '2026-10-01'])
writeSource(folder, 'bank', [rowOf.deposit(WANG, { 余额: 30000 }), rowOf.deposit(LI, { 账号: '2', 余额: 6720.01 })])
await hedui(['ingest', 'bank', 'bank.xlsx', '--as-of', '2026-10-31'])

t.test('prints the calculation in the language of the terminal, or in the one asked for', async (t) => {
  const english = await explain('--rule', 'deposits')
  t.equal(english.code, 0, english.stderr)
  for (const line of [
    /^Household deposits · deposits$/m,
    /^ {2}limit +24 × 765\.00 × 2 = 36,720\.00 CNY$/m,
    /^ {2}comparison +36,720\.01 > 36,720\.00: holds → warned/m,
    /^ {2}#2 +bank +P1 +江右银行\|\*\*\*\*0001 +2026-10-31 +\d+ +30,000\.00$/m,
    /^Checked now, nothing kept; rules sha256:/m,
  ])
    t.match(english.stdout, line)
  t.notMatch(english.stdout, new RegExp(`${WANG.name}|${WANG.idNumber}|62170000`))
  const chinese = [
    await explain('--rule', 'deposits', '--lang', 'zh'),
    await hedui(['explain', '--household', 'H1', '--rule', 'deposits', '--as-of', '2026-11-01'], {
      LANG: 'zh_CN.UTF-8',
    }),
  ]
  for (const { stdout } of chinese) t.match(stdout, /^ {2}限额 +24 × 765\.00 × 2 = 36,720\.00 元$/m)
  t.equal(chinese[0]!.stdout, chinese[1]!.stdout)
  for (const line of chinese[0]!.stdout.split('\n')) t.notMatch(line, / $/, 'no blanks at the end of a line')
})

t.test('--json gives the traces, each person of a rule that is asked of persons', async (t) => {
  const all = JSON.parse((await explain('--rule', 'contributions', '--json')).stdout)
  t.match(all, { run: null, asOf: '2026-11-01', stored: null, traces: [{ person: 'P1' }, { person: 'P2' }] })
  const one = JSON.parse((await explain('--rule', 'contributions', '--person', 'P2', '--json')).stdout)
  t.match(one, { traces: [{ person: 'P2', outcome: 'unverifiable', missing: [{ why: 'source-missing' }] }] })
  t.equal(one.traces.length, 1)
  const pages = await explain('--rule', 'contributions')
  t.match(pages.stdout, /household H1 · P1 (.|\n)*─────(.|\n)*household H1 · P2 /)
})

t.test('--run explains what a run kept, and says that it is the same', async (t) => {
  const { run: id } = JSON.parse((await hedui(['check', '--all', '--as-of', '2026-11-01', '--json'])).stdout)
  const past = await hedui(['explain', '--household', 'H1', '--rule', 'deposits', '--run', id])
  t.equal(past.code, 0, past.stderr)
  t.match(
    past.stdout,
    new RegExp(`36,720\\.01 > 36,720\\.00(.|\n)*Run ${id}(.|\n)*The result is the one that the run kept`),
  )
})

t.test('refuses what it cannot answer, saying what is allowed', async (t) => {
  for (const [args, code, says] of [
    [['--rule', 'cars'], 1, /INPUT_NOT_FOUND there is no rule "cars"; allowed: deposits/],
    [['--rule', 'deposits', '--run', 'x'], 2, /INPUT_USAGE a run has its own date/],
    [['--rule', 'deposits', '--lang', 'fr'], 2, /INPUT_USAGE --lang must be zh or en/],
    [[], 2, /INPUT_USAGE say which: --household ID --rule ID/],
  ] as const) {
    const outcome = await explain(...args)
    t.equal(outcome.code, code, args.join(' '))
    t.match(outcome.stderr, says)
    t.equal(outcome.stdout, '')
  }
})
