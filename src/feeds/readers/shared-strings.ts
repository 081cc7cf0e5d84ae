import { HeduiError } from '../../errors.ts'
import { decodeExcelText, LONGEST_TEXT } from './excel-text.ts'
import { type XmlHandler, xmlEvents } from './xml-events.ts'
import type { ZipParts } from './zip-parts.ts'

/** The table is held in memory as a whole. */
const MOST_BYTES = 2 ** 30

/** Gathers the text of each `si`: its runs one after the other, without the phonetic hints (rPh) beside them. */
class StringTable implements XmlHandler {
  readonly strings: string[] = []
  #text = ''
  #inText = false
  #inHint = false
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  open(name: string): void {
    if (name === 'si') this.#text = ''
    else if (name === 'rPh') this.#inHint = true
    else if (name === 't') this.#inText = !this.#inHint
  }

  text(text: string): void {
    if (!this.#inText) return
    this.#text += text
    if (this.#text.length > LONGEST_TEXT) {
      throw new HeduiError('SOURCE_FILE', 'a text of the workbook is longer than 1 MB', { file: this.#file })
    }
  }

  close(name: string): void {
    if (name === 'si') this.strings.push(decodeExcelText(this.#text))
    else if (name === 'rPh') this.#inHint = false
    else if (name === 't') this.#inText = false
  }
}

/**
 * The shared strings of a workbook, in order; none where it has no such part.
 * Throws HeduiError SOURCE_FILE where the table is broken or larger than 1 GB.
 */
export async function readSharedStrings(
  parts: ZipParts,
  part: string,
  chunkBytes?: number,
): Promise<readonly string[]> {
  const size = parts.sizeOf(part)
  if (size === null) return []
  if (size > MOST_BYTES) {
    throw new HeduiError(
      'SOURCE_FILE',
      'the texts of the workbook are larger than 1 GB; deliver it in parts or as CSV',
      {
        file: parts.path,
      },
    )
  }
  const table = new StringTable(parts.path)
  for await (const _ of xmlEvents(parts.read(part, chunkBytes), table, parts.path));
  return table.strings
}
