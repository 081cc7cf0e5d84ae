import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../support/cli.ts'
import { createCliHome } from '../support/cli-home.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'

const ADDRESS = /^http:\/\/127\.0\.0\.1:(\d+)\/$/m

const home = createCliHome(t)

t.test('serve prints its address last, answers, and SIGINT stops it and its server', async (t) => {
  const serving = home.start('serve', '--port', '0')
  const [, port] = await serving.says(ADDRESS)
  t.equal(serving.stdout().trimEnd().split('\n').at(-1), `http://127.0.0.1:${port}/`)
  t.same(await (await fetch(`http://127.0.0.1:${port}/health`)).json(), { status: 'ok' })
  t.ok(home.serverPid())

  const beside = await home.run('deliveries', 'list')
  t.match(beside, { code: 0, stdout: /no delivery yet/ }, 'a second process beside the first')
  t.equal((await fetch(`http://127.0.0.1:${port}/ready`)).status, 200, 'which leaves the server running')

  serving.child.kill('SIGINT')
  t.match(await serving.done, { code: 0, signal: null })
  t.equal(home.serverPid(), undefined)
  t.notOk(existsSync(join(home.home, 'postgres', 'postmaster.pid')))
})

t.test('a server that a kill -9 left behind is used and stopped, and nothing is lost', async (t) => {
  const file = join(home.above, 'households.ndjson')
  writeFileSync(file, `${JSON.stringify(householdOf('H1', [memberOf('P1', WANG)]))}\n`)
  t.equal((await home.run('households', 'import', file)).code, 0)
  const serving = home.start('serve', '--port', '0')
  await serving.says(ADDRESS)
  serving.child.kill('SIGKILL')
  await serving.done
  t.ok(home.serverPid(), 'the server is left over')
  const { code, stderr, stdout } = await home.run('check', '--all', '--as-of', '2026-11-01', '--json')
  t.equal(code, 0, stderr)
  t.equal(JSON.parse(stdout).households, 1)
  t.equal(home.serverPid(), undefined, 'and is stopped by who adopted it')
})

t.test('the secret can be saved, and put back where it was lost', async (t) => {
  const copy = join(home.above, 'copy.key')
  t.match(await home.run('keys', 'backup', copy), { code: 0, stdout: /written to/ })
  t.equal(readFileSync(copy, 'utf8'), readFileSync(join(home.home, 'secret.key'), 'utf8'))
  t.match(await home.run('keys', 'backup', copy), { code: 1, stderr: /INPUT_FILE .*is there already/ })
  t.equal((await home.run('keys', 'restore', copy)).code, 0, 'the same over itself')
  const other = { ...home.env, HEDUI_HOME: join(home.above, 'other') }
  await run(['keys', 'backup', join(home.above, 'own.key')], other)
  t.match(await run(['keys', 'restore', copy], other), { code: 1, stderr: /DEFINITION_SECRET .*another secret/ })
})
