import t from 'tap'
import { run } from '../support/cli.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { createDatabase } from '../support/hedui.ts'
import { personOf } from '../support/people.ts'

const folder = t.testdir({})
const { connectionString } = await createDatabase(t)
const hedui = (...args: string[]) => run(args, { DATABASE_URL: connectionString }, folder)

const cars = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) => rowOf.vehicle(personOf(from + i, '甲'), { 号牌号码: `赣X${from + i}` }))

async function ingest(name: string, asOf: string, rows: ReturnType<typeof cars>): Promise<string> {
  writeSource(folder, 'vehicle', rows, { name })
  const { stdout } = await hedui('ingest', 'vehicle', name, '--as-of', asOf, '--json')
  return JSON.parse(stdout).delivery
}

t.test('a delivery is shown as a page; superseded ones are listed so, and expire on a person’s word', async (t) => {
  const bad = rowOf.vehicle(personOf(999, '甲'), { 购置价: '面议' })
  const first = await ingest('one.csv', '2026-10-01', [...cars(119, 0), bad])
  const second = await ingest('two.csv', '2026-10-02', cars(120, 100))

  const page = await hedui('deliveries', 'show', second)
  t.equal(page.code, 0)
  t.match(page.stdout, /^vehicle of 2026-10-02: held\n.*held because fewer of the people of the delivery before/s)
  t.match(page.stdout, /\n {2}号牌号码 +120 +0 +0\.0 % +120\n/)
  t.match(page.stdout, `of the people of ${first} of 2026-10-01 here again: 16.0 % (19 of 119 people)`)
  t.match(page.stdout, /what happened\n.*loading by .*\n.*held by .*: overlap\n/)

  await hedui('deliveries', 'release', second, '--actor', '李红')
  t.match(
    (await hedui('deliveries', 'list')).stdout,
    `superseded  vehicle  120 rows, 1 quarantined, superseded by ${second}`,
  )
  const old = await hedui('deliveries', 'show', first)
  t.match(old.stdout, `vehicle of 2026-10-01: superseded by ${second}\n`)
  t.match(old.stdout, /RECORD_UNPARSEABLE +购置价 +1 +121\n/)

  t.match(await hedui('deliveries', 'expire'), { code: 1, stderr: /INPUT_ACTOR/ })
  t.match(await hedui('deliveries', 'expire', '--actor', '李红'), { code: 0, stdout: /superseded for 400 days\n/ })
  const expired = await hedui('deliveries', 'expire', '--days', '0', '--actor', '李红', '--json')
  t.same(JSON.parse(expired.stdout), { days: 0, expired: [first] })
  const gone = JSON.parse((await hedui('deliveries', 'show', first, '--json')).stdout)
  t.match(gone, { state: 'discarded', superseded_by: null, quality: { overlap: null, known: { counted: 119 } } })
  t.match(gone.events.at(-1), { actor: '李红', reason: 'retention' })
})

t.test('a wrong retention stops the program', async (t) => {
  const env = { DATABASE_URL: connectionString, HEDUI_RETENTION_DAYS: 'long' }
  t.match(await run(['deliveries', 'list'], env), { code: 1, stderr: /DEFINITION_SETTING HEDUI_RETENTION_DAYS/ })
})
