import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BYTE_ORDER_MARK, firstCell } from '../domain/csv-line.ts'
import { HeduiError } from '../errors.ts'
import type { CommandInput } from './command.ts'

/** What the lists of this program call the column. */
const HEAD = 'household'

/**
 * The household ids of a file, each once: one a line, or the first column of a CSV such as `spot-check --csv` and
 * `due --csv` write. Throws HeduiError INPUT_FILE where it cannot be read or holds none.
 */
export async function readIdsFile({ config }: CommandInput, name: string): Promise<string[]> {
  const file = resolve(config.callerFolder, name)
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new HeduiError('INPUT_FILE', `cannot be read: ${cause.code}`, { file, cause })
  })
  const cells = text
    .replace(BYTE_ORDER_MARK, '')
    .split(/\r?\n/)
    .map((line) => firstCell(line).trim())
  const ids = cells.filter((cell, i) => cell !== '' && !(i === 0 && cell === HEAD))
  if (ids.length === 0)
    throw new HeduiError('INPUT_FILE', 'holds no household id: one a line, or a CSV whose first column they are', {
      file,
    })
  return [...new Set(ids)]
}
