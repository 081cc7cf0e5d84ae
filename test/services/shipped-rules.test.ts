import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadAdapters } from '../../src/services/load-adapters.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import { lockFile, readShippedVersion } from '../../src/services/shipped-rules.ts'
import { ROOT } from '../support/hedui.ts'
import { emptyFolder } from '../support/rule-folders.ts'
import { errorOf } from '../support/work.ts'

t.test('the rules that ship are those in the folder', async (t) => {
  const { version } = await loadRuleSet(join(ROOT, 'rules'), await loadAdapters(join(ROOT, 'adapters')))
  const shipped = await readShippedVersion({ root: ROOT })
  t.equal(shipped, version, 'where a change is meant to ship: node scripts/bootstrap.mjs scripts/lock-rules.mjs')
})

t.test('a lock file of another form is refused, and none ships nothing', async (t) => {
  const root = emptyFolder(t)
  t.equal(await readShippedVersion({ root }), null)
  mkdirSync(join(root, 'rules'))
  for (const text of ['', '{}', '{"version":"1"}', `{"version":"sha256:${'0'.repeat(63)}"}`, 'version: 1']) {
    writeFileSync(lockFile(root), text)
    t.match(
      await errorOf(readShippedVersion({ root })),
      { code: 'DEFINITION_RULE', place: { file: lockFile(root) } },
      text,
    )
  }
  const version = `sha256:${'0'.repeat(64)}`
  for (const text of [JSON.stringify({ version }), `{\n  "version": "${version}"\n}\n`]) {
    writeFileSync(lockFile(root), text)
    t.equal(await readShippedVersion({ root }), version)
  }
})
