import { parseArgs } from 'node:util'
import { benchChecks } from './checks.ts'
import { benchIngest } from './ingest.ts'
import { benchRules } from './rules.ts'

const USAGES = {
  checks: 'npm run bench -- checks [--households 2000,20000] [--repeats 3] [--profile DIR]',
  ingest: 'npm run bench -- ingest [--rows 1000000,5000000] [--repeats 3] [--profile DIR]',
  rules: 'npm run bench -- rules [--households 20000] [--repeats 3]',
}

function wrong(message: string): never {
  process.stderr.write(`${message}\nusage: ${Object.values(USAGES).join('\n       ')}\n`)
  process.exit(2)
}

/** A whole number from 1 of an option. */
function countOf(name: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) wrong(`--${name} must be a whole number from 1`)
  return count
}

/** "1000000,5000000" in ascending order. */
function countsOf(name: string, text: string): number[] {
  return [...new Set(text.split(',').map((count) => countOf(name, count)))].sort((a, b) => a - b)
}

const { values, positionals } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000,5000000' },
    households: { type: 'string' },
    repeats: { type: 'string' },
    profile: { type: 'string' },
  },
  allowPositionals: true,
})
const [name, ...further] = positionals
if (further.length > 0) wrong(`say one: ${Object.keys(USAGES).join(', ')}`)
switch (name) {
  case 'checks':
    await benchChecks({
      households: countsOf('households', values.households ?? '2000,20000'),
      repeats: countOf('repeats', values.repeats ?? '3'),
      ...(values.profile ? { profile: values.profile } : {}),
    })
    break
  case 'ingest':
    await benchIngest({
      rows: countsOf('rows', values.rows),
      repeats: countOf('repeats', values.repeats ?? '3'),
      ...(values.profile ? { profile: values.profile } : {}),
    })
    break
  case 'rules':
    await benchRules({
      households: countOf('households', values.households ?? '20000'),
      repeats: countOf('repeats', values.repeats ?? '3'),
    })
    break
  default:
    wrong(`say which: ${Object.keys(USAGES).join(', ')}`)
}
