import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { run } from '../support/cli.ts'

/** No database answers here. */
const NOWHERE = { DATABASE_URL: 'postgres://x:x@127.0.0.1:1/none' }
const BROKEN = join(import.meta.dirname, '..', 'rules', 'broken')

/** A rule folder of one of the broken files. */
function folderOf(t: Test, name: string): string {
  const folder = t.testdir({ 'eight-warnings': {}, parameters: {} })
  cpSync(join(BROKEN, `${name}.yaml`), join(folder, 'eight-warnings', 'rule.yaml'))
  cpSync(join(BROKEN, 'parameters.yaml'), join(folder, 'parameters', 'parameters.yaml'))
  return folder
}

t.test('a sound folder is sound, with --strict too', async (t) => {
  const folder = folderOf(t, 'sound')
  for (const options of [[], ['--strict']]) {
    const { code, stdout, stderr } = await run(['rules', 'check', folder, ...options], NOWHERE)
    t.equal(code, 0, stderr)
    t.match(stdout, /^1 rules, 2 parameters, 3 examples: sound\nversion sha256:/)
    t.equal(stderr, '')
  }
})

t.test('an error fails, with file, line and column', async (t) => {
  const folder = folderOf(t, 'window-too-long')
  const { code, stdout, stderr } = await run(['rules', 'check', folder], NOWHERE)
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(
    stderr,
    /^hedui: DEFINITION_RULE \S+rule\.yaml:10:\d+ \(evidence\): a window of 24 months.*\[window-too-long\]$/m,
  )
  t.match(stderr, /^hedui: errors: 1, warnings: 0$/m)
  // Loading asks for less.
  t.equal((await run(['rules', 'list', folder], NOWHERE)).code, 0)
})

t.test('a warning is told and fails with --strict only', async (t) => {
  const folder = folderOf(t, 'rebuttal-kinds')
  const plain = await run(['rules', 'check', folder], NOWHERE)
  t.match(plain, {
    code: 0,
    stdout: /sound/,
    stderr: /^hedui: warning \S+rule\.yaml:16:1 \(rebuttal\): .*\[rebuttal-kinds\]$/m,
  })
  const strict = await run(['rules', 'check', folder, '--strict'], NOWHERE)
  t.match(strict, { code: 1, stdout: '', stderr: /DEFINITION_RULE .*rule\.yaml:16:1/ })
})

t.test('--json gives all findings', async (t) => {
  const folder = folderOf(t, 'rebuttal-kinds')
  mkdirSync(join(folder, 'supplementary'))
  const other = readFileSync(join(BROKEN, 'load.yaml'), 'utf8').replace('id: trial', 'id: other')
  writeFileSync(join(folder, 'supplementary', 'other.yaml'), other)
  writeFileSync(join(folder, 'forbidden.yaml'), '- { name: tax, texts: ["x"], reason: none is }\n')
  const { code, stdout } = await run(['rules', 'check', folder, '--json'], NOWHERE)
  t.equal(code, 1)
  const { errors, warnings, findings } = JSON.parse(stdout)
  t.same([errors, warnings], [1, 1])
  t.match(findings, [
    { severity: 'warning', check: 'rebuttal-kinds', code: 'DEFINITION_RULE', line: 16, column: 1, path: 'rebuttal' },
    {
      severity: 'error',
      check: 'load',
      code: 'DEFINITION_RULE',
      line: 11,
      path: 'measure',
      message: /did you mean amount/,
    },
  ])
  t.match(findings[1].file, /supplementary.other\.yaml$/)
})
