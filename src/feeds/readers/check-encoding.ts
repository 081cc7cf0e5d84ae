import { HeduiError } from '../../errors.ts'
import type { Encoding } from '../file-format.ts'
import { takeUtf8Census } from './utf8-census.ts'

/** So many sound UTF-8 sequences, and nothing else, do not stand in GB18030 text by chance. */
const TELLING_SEQUENCES = 8
/** Fewer stray bytes than this are broken rows, which are quarantined one by one. */
const TOLERATED_BYTES = 20

const startsWith = (bytes: Uint8Array, ...mark: number[]) => mark.every((byte, at) => bytes[at] === byte)

function decodes(bytes: Uint8Array, encoding: Encoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** What the bytes look like where that is not the declared encoding; null where nothing speaks against it. */
function otherEncoding(start: Uint8Array, declared: Encoding): string | null {
  if (startsWith(start, 0xff, 0xfe) || startsWith(start, 0xfe, 0xff)) return 'begins with the byte-order mark of utf-16'
  const census = takeUtf8Census(start)
  if (declared === 'utf-8') {
    if (census.nonAscii <= TOLERATED_BYTES || census.undecodable * 2 <= census.nonAscii) return null
    return decodes(start, 'gb18030') ? 'looks like gb18030' : 'is not that'
  }
  if (startsWith(start, 0xef, 0xbb, 0xbf)) return 'begins with the byte-order mark of utf-8'
  return census.undecodable === 0 && census.sequences >= TELLING_SEQUENCES ? 'looks like utf-8' : null
}

/** A NUL here and there spoils its row; in a file that is no text they are everywhere. An archive may have few. */
function looksBinary(start: Uint8Array): boolean {
  let count = 0
  for (let at = start.indexOf(0); at !== -1; at = start.indexOf(0, at + 1)) count += 1
  return count * 100 > start.length || (count > 0 && startsWith(start, 0x50, 0x4b))
}

/**
 * Checks that the first bytes of a file are text, and can be of the declared encoding.
 * Throws HeduiError SOURCE_ENCODING or SOURCE_FILE.
 */
export function checkEncoding(start: Uint8Array, declared: Encoding, file: string): void {
  const other = otherEncoding(start, declared)
  if (other !== null) {
    throw new HeduiError(
      'SOURCE_ENCODING',
      `the adapter declares ${declared}, but the file ${other}; correct file.encoding or ask for the file again`,
      { file },
    )
  }
  if (looksBinary(start)) {
    const hint = startsWith(start, 0x50, 0x4b) ? '; it looks like a workbook or another zip archive' : ''
    throw new HeduiError('SOURCE_FILE', `the file is not a text file: it is full of NUL bytes${hint}`, { file })
  }
}
