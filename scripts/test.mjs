// npm test [-- tap's arguments]: builds tap's class for the configured plugins, then runs every test.
import { spawnSync } from 'node:child_process'

const tap = 'node_modules/tap/dist/esm/run.mjs'
const args = process.argv.slice(2)
for (const step of [['build'], args]) {
  const { status, signal } = spawnSync(process.execPath, [tap, ...step], { stdio: 'inherit' })
  if (status !== 0) {
    process.stderr.write(`tap ${step.join(' ')} ended with ${status ?? signal}\n`)
    process.exit(status ?? 1)
  }
}
