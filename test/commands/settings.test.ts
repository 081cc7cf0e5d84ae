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
  t.equal(Number(checked.stdout.match(/^\d+/)![0]), rules.length)
  const folder = t.testdir({ 'eight-warnings': { '1.yaml': 'id: x\norder: one\n' }, parameters: {} })
  const broken = await run(['rules', 'check', folder], NOWHERE)
  t.match(broken, { code: 1, stdout: '', stderr: /DEFINITION_RULE .*1\.yaml:\d+:\d+/ })
})

t.test(
  'nine rules come switched on, in this order; the others are listed as off, and those of a region with its code',
  async (t) => {
    const { stdout } = await run(['rules', 'list'], NOWHERE)
    const [head, ...lines] = stdout.trimEnd().split('\n')
    t.match(head, /^ {2}rule +where +switched +scope +basis +sources +title$/)
    const rows = lines.map((line) => line.trim().split(/ {2,}/))
    const idsOf = (state: string) =>
      rows.filter(([, where, switched]) => where === 'everywhere' && switched === state).map(([id]) => id)
    t.same(idsOf('on'), [
      ...['deposits', 'securities', 'property', 'insurance', 'income', 'vehicles', 'contributions', 'benefits'],
      'wage-below-minimum',
    ])
    const off = idsOf('off')
    t.equal(off.length, 10)
    for (const id of ['supporter-income', 'duplicate-benefit', 'deposit-movement', 'death-record', 'custody'])
      t.ok(off.includes(id), id)
    for (const [id, where, switched] of rows.filter(([, where]) => where !== 'everywhere')) {
      t.match(where, /^\d{2,6}$/, `${id}`)
      t.match(switched, /^(on|off)$/, `${id}`)
    }
    t.ok(rows.some(([id, where, switched]) => id === 'housing-bought' && where === '32' && switched === 'on'))
  },
)

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
