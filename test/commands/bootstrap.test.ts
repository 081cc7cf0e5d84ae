import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { ROOT } from '../support/hedui.ts'

/** A copy of the project without node_modules, and an npm that only writes down how it was called. */
function freshClone(test: Test, { npmFails = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hedui-clone-'))
  test.teardown(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'scripts'))
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(ROOT, 'scripts', 'bootstrap.mjs'), join(folder, 'scripts', 'bootstrap.mjs'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  writeFileSync(
    join(folder, 'say.mjs'),
    'console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.INIT_CWD, process.version])); process.exitCode = Number(process.argv[2] ?? 0)',
  )
  const npm = join(folder, 'bin', 'npm')
  writeFileSync(
    npm,
    `#!/bin/sh\necho "$@" >> "${folder}/npm.log"\necho noise\n${npmFails ? 'exit 7' : `mkdir -p node_modules && touch node_modules/.package-lock.json`}\n`,
  )
  chmodSync(npm, 0o755)
  return {
    folder,
    /** How often npm was called, and how. */
    npm: () =>
      existsSync(join(folder, 'npm.log')) ? readFileSync(join(folder, 'npm.log'), 'utf8').trimEnd().split('\n') : [],
    run: (...args: string[]) => {
      const PATH = [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter)
      const env = { ...process.env, PATH, NODE_OPTIONS: '', INIT_CWD: '/somewhere' }
      const script = join(folder, 'scripts', 'bootstrap.mjs')
      return spawnSync(process.execPath, [script, 'say.mjs', ...args], { cwd: tmpdir(), env, encoding: 'utf8' })
    },
  }
}

t.test('installs what is missing, once, and keeps stdout clean', async (t) => {
  const clone = freshClone(t)
  const first = clone.run('0', 'a b')
  t.equal(first.status, 0, first.stderr)
  t.match(first.stderr, /npm ci/)
  t.match(clone.npm(), [/^ci\b/])
  const [args, cwd, caller] = JSON.parse(first.stdout)
  t.same(args, ['0', 'a b'])
  t.equal(cwd, clone.folder, 'runs in the project')
  t.equal(caller, '/somewhere', 'and knows where the caller stood')
  t.equal(clone.run('0').status, 0)
  t.equal(clone.npm().length, 1, 'not again')
})

t.test('installs again where the lock file is newer than what was installed', async (t) => {
  const clone = freshClone(t)
  clone.run('0')
  const later = new Date(Date.now() + 60_000)
  utimesSync(join(clone.folder, 'package-lock.json'), later, later)
  clone.run('0')
  t.equal(clone.npm().length, 2)
})

t.test('an install that was broken off is no install', async (t) => {
  const clone = freshClone(t)
  mkdirSync(join(clone.folder, 'node_modules', 'pg'), { recursive: true })
  clone.run('0')
  t.equal(clone.npm().length, 1)
})

t.test('an install that fails is told and ends with 1', async (t) => {
  const clone = freshClone(t, { npmFails: true })
  const { status, stderr, stdout } = clone.run('0')
  t.equal(status, 1)
  t.equal(stdout, '')
  t.match(stderr, /could not be installed: npm ci ended with 7/)
})

t.test('gives the exit code of what it ran', async (t) => {
  const clone = freshClone(t)
  t.equal(clone.run('3').status, 3)
})

t.test('runs the Node that the lock file brought', async (t) => {
  const clone = freshClone(t)
  clone.run('0')
  const folder = join(clone.folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'node'), '#!/bin/sh\necho locked "$PATH" "$@"\n')
  chmodSync(join(folder, 'node'), 0o755)
  const { stdout } = clone.run('0')
  t.ok(stdout.startsWith(`locked ${folder}${delimiter}`), 'and puts it first on PATH')
  t.match(stdout, /say\.mjs 0$/m)
})
