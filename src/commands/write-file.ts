import { createHash } from 'node:crypto'
import type { CommandInput } from './command.ts'
import { say } from './list-page.ts'
import { openReportFile, withReports } from './report-file.ts'

/** Writes a file with people's names in it: to --out, else under its own name in the caller's folder. */
export async function writeFileOf(
  input: CommandInput,
  { name, bytes, ...more }: { readonly name: string; readonly bytes: Buffer; readonly code?: string },
): Promise<number> {
  const out = String(input.values.out ?? name)
  const file = await openReportFile({ ...input, values: { ...input.values, out } }, 'out')
  await withReports([file], () => file!.write(bytes))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const code = more.code === undefined ? {} : { code: more.code }
  return say(input, { file: out, bytes: bytes.length, sha256, ...code }, [
    `${out}: ${bytes.length} bytes${more.code === undefined ? '' : `, verification code ${more.code}`}`,
  ])
}
