import { join } from 'node:path'
import t from 'tap'
import { run, start } from '../support/cli.ts'
import { createDatabase } from '../support/hedui.ts'

/** No database answers here. */
const NOWHERE = { DATABASE_URL: 'postgres://x:open-sesame@127.0.0.1:1/none' }

t.test('a database that cannot be used is told, without its password', async (t) => {
  const { code, stdout, stderr } = await run(['check', '--all'], NOWHERE)
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /hedui: SOURCE_DATABASE .*127\.0\.0\.1:1.*nothing answers/)
  t.notMatch(stderr, /open-sesame| {4}at /)
  const { connectionString } = await createDatabase(t)
  const url = new URL(connectionString)
  url.password = 'open-sesame'
  const wrong = await run(['check', '--all'], { DATABASE_URL: url.toString() })
  t.match(wrong, { code: 1, stderr: /SOURCE_DATABASE .*password was refused/ })
  t.notMatch(wrong.stderr, /open-sesame/)
})

t.test('rules check and rules list need no database', async (t) => {
  const checked = await run(['rules', 'check'], NOWHERE)
  t.match(checked, {
    code: 0,
    stdout: /^\d+ rules, \d+ parameters, \d+ examples: sound\nversion sha256:[0-9a-f]{64}\n$/,
  })
  const { rules, version } = JSON.parse((await run(['rules', 'list', '--json'], NOWHERE)).stdout)
  t.ok(checked.stdout.includes(version))
  t.same(
    rules.map(({ id }: { id: string }) => id),
    [
      ...['deposits', 'securities', 'property', 'insurance', 'income', 'vehicles', 'contributions', 'benefits'],
      'wage-below-minimum',
    ],
  )
  const folder = t.testdir({ 'eight-warnings': { '1.yaml': 'id: x\norder: one\n' }, parameters: {} })
  const broken = await run(['rules', 'check', folder], NOWHERE)
  t.match(broken, { code: 1, stdout: '', stderr: /DEFINITION_RULE .*1\.yaml:\d+:\d+/ })
})

t.test('a wrong setting stops the program', async (t) => {
  t.match(await run(['doctor'], { HEDUI_PORT: 'x' }), { code: 1, stderr: /DEFINITION_SETTING HEDUI_PORT/ })
  const adapters = t.testdir({ 'vehicle.yaml': 'id: vehicle\ncolour: red\n' })
  const wrong = await run(['check', '--all'], { ...NOWHERE, HEDUI_ADAPTERS: adapters })
  t.match(wrong, { code: 1, stderr: /DEFINITION_ADAPTER .*vehicle\.yaml.*colour/s })
})

t.test('relative paths start where the caller stood', async (t) => {
  const folder = t.testdir({})
  const env = { ...NOWHERE, INIT_CWD: folder }
  const made = await run(['sample', '--households', '3', '--seed', '1', '--out', 'county', '--json'], env)
  t.equal(made.code, 0, made.stderr)
  t.equal(JSON.parse(made.stdout).households, 3)
  const rules = join(folder, 'mine')
  t.match(await run(['rules', 'check', 'mine'], env), { code: 1, stderr: new RegExp(rules) })
})

t.test('a reader that has seen enough is no failure', async (t) => {
  const running = start(['rules', 'list'], NOWHERE)
  running.child.stdout!.destroy()
  t.equal((await running.done).code, 0)
})
