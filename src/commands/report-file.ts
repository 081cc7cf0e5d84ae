import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { HeduiError } from '../errors.ts'
import { type CommandInput, textOf } from './command.ts'

/** A file that is there when the report is whole, and not before. */
export interface ReportFile {
  write(piece: string | Uint8Array): Promise<void>
  /** Gives the file its name. */
  finish(): Promise<void>
  /** Removes what was written. */
  abandon(): Promise<void>
}

/** Text is gathered up to so many characters before it is written. */
const BLOCK = 1 << 16

/** Opens the file that an option names, or gives null where it is not given. Throws HeduiError INPUT_FILE. */
export async function openReportFile(input: CommandInput, option: string): Promise<ReportFile | null> {
  const name = textOf(input, option)
  if (name === undefined) return null
  const path = resolve(input.config.callerFolder, name)
  const part = `${path}.part`
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw new HeduiError('INPUT_FILE', `cannot be written: ${(cause as NodeJS.ErrnoException).code}`, {
        file: path,
        cause,
      })
    }
  }
  const file: FileHandle = await attempt(() => open(part, 'w'))
  let waiting = ''
  const flush = async () => {
    const text = waiting
    waiting = ''
    await attempt(() => file.writeFile(text))
  }
  return {
    async write(piece) {
      if (typeof piece === 'string') waiting += piece
      else {
        await flush()
        await attempt(() => file.writeFile(piece))
      }
      if (waiting.length >= BLOCK) await flush()
    },
    async finish() {
      await flush()
      await attempt(async () => {
        await file.close()
        await rename(part, path)
      })
    },
    async abandon() {
      await file.close().catch(() => {})
      await rm(part, { force: true })
    },
  }
}

/** Runs `work` with the files, which are finished where it ends well and removed where it does not. */
export async function withReports<T>(files: readonly (ReportFile | null)[], work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    for (const file of files) await file?.finish()
    return result
  } catch (error) {
    for (const file of files) await file?.abandon()
    throw error
  }
}
