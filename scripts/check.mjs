// npm run check: types, linter and formatter, and the rules. (The import rule of the layout is a test: test/layout.test.ts.)
import { spawnSync } from 'node:child_process'

const STEPS = [
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  [
    'lint and format',
    [
      'node_modules/@biomejs/biome/bin/biome',
      'ci',
      '--error-on-warnings',
      ...(process.stdout.isTTY ? [] : ['--colors=off']),
      '.',
    ],
  ],
  ['who imports whom', ['test/layout.test.ts']],
  ['rules', ['src/main.ts', 'rules', 'check']],
]

let failed = 0
for (const [name, args] of STEPS) {
  process.stdout.write(`# ${name}\n`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) failed++
}
process.stdout.write(failed === 0 ? 'all checks passed\n' : `${failed} of ${STEPS.length} checks failed\n`)
process.exit(failed === 0 ? 0 : 1)
