import type { Readable } from 'node:stream'
import { HeduiError } from '../errors.ts'

const LONGEST_LINE = 16 * 1024 * 1024

/**
 * The lines of a UTF-8 text, streamed; a byte-order mark and the CR of CRLF are dropped, what is not UTF-8 becomes U+FFFD
 * in its line. Throws HeduiError INPUT_FILE where the file cannot be read, and INPUT_INVALID where a line has no end.
 */
export async function* readLines(stream: Readable, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let line = 0
  try {
    for await (const bytes of stream) {
      const lines = (rest + decoder.decode(bytes as Buffer, { stream: true })).split('\n')
      rest = lines.pop()!
      if (rest.length > LONGEST_LINE)
        throw new HeduiError('INPUT_INVALID', 'the line is longer than 16 MB', { file: name, line: line + 1 })
      for (const text of lines) {
        line++
        yield text.endsWith('\r') ? text.slice(0, -1) : text
      }
    }
  } catch (error) {
    if (error instanceof HeduiError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new HeduiError('INPUT_FILE', `cannot be read: ${code ?? message}`, { file: name, cause: error })
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
