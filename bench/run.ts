import { parseArgs } from 'node:util'
import { benchIngest } from './ingest.ts'

const USAGE = 'npm run bench -- ingest [--rows 1000000,5000000] [--repeats 3] [--profile DIR]\n'

function wrong(message: string): never {
  process.stderr.write(`${message}\nusage: ${USAGE}`)
  process.exit(2)
}

/** "1000000,5000000" in ascending order. */
function rowsOf(text: string): number[] {
  const rows = text.split(',').map(Number)
  if (rows.some((count) => !Number.isSafeInteger(count) || count < 1)) wrong('--rows must be whole numbers from 1')
  return [...new Set(rows)].sort((a, b) => a - b)
}

const { values, positionals } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000,5000000' },
    repeats: { type: 'string', default: '3' },
    profile: { type: 'string' },
  },
  allowPositionals: true,
})
if (positionals.length !== 1 || positionals[0] !== 'ingest') wrong('say which: ingest')
const repeats = Number(values.repeats)
if (!Number.isSafeInteger(repeats) || repeats < 1) wrong('--repeats must be a whole number from 1')
await benchIngest({ rows: rowsOf(values.rows), repeats, ...(values.profile ? { profile: values.profile } : {}) })
