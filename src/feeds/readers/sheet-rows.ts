import { HeduiError } from '../../errors.ts'
import { type Cell, NumberCell } from '../delivered-row.ts'
import { decodeExcelText, LONGEST_TEXT } from './excel-text.ts'
import type { XmlHandler } from './xml-events.ts'

/** The limits of the format (Excel specifications and limits). */
const MOST_ROWS = 1_048_576
const MOST_COLUMNS = 16_384

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

/** An error value such as #N/A: something stands in the cell, but no value. */
export const ERROR_CELL = Symbol('error value')

export type SheetCell = Cell | typeof ERROR_CELL

/** A row of a sheet: the cells from column A on, with gaps where there are none. */
export interface SheetRow {
  readonly line: number
  readonly cells: SheetCell[]
}

/** Column of a reference such as "AB12", from 0; -1 where it is none. */
function columnOf(reference: string): number {
  let column = 0
  let at = 0
  for (; at < reference.length; at += 1) {
    const letter = reference.charCodeAt(at) & 0xdf
    if (letter < 65 || letter > 90) break
    column = column * 26 + letter - 64
  }
  return column - 1
}

/** Makes rows of the XML of a sheet; `rows` is emptied by whoever takes them on. */
export class SheetRows implements XmlHandler {
  rows: SheetRow[] = []
  readonly #strings: readonly string[]
  readonly #file: string
  #line = 0
  #cells: SheetCell[] = []
  #column = -1
  #type = 'n'
  #text = ''
  #inData = false
  #inHint = false
  #reading = false

  constructor(strings: readonly string[], file: string) {
    this.#strings = strings
    this.#file = file
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'sheetData') this.#inData = true
    if (!this.#inData) return
    if (name === 'c') this.#openCell(attributes)
    else if (name === 'v') this.#reading = true
    else if (name === 't') this.#reading = !this.#inHint
    else if (name === 'rPh') this.#inHint = true
    else if (name === 'row') this.#openRow(attributes)
  }

  text(text: string): void {
    if (!this.#reading) return
    this.#text += text
    if (this.#text.length > LONGEST_TEXT) throw this.#broken('a text is longer than 1 MB')
  }

  close(name: string): void {
    if (!this.#inData) return
    if (name === 'v' || name === 't') this.#reading = false
    else if (name === 'c') this.#cells[this.#column] = this.#value()
    else if (name === 'row') this.rows.push({ line: this.#line, cells: this.#cells })
    else if (name === 'rPh') this.#inHint = false
    else if (name === 'sheetData') this.#inData = false
  }

  #openRow({ r }: Readonly<Record<string, string>>): void {
    const before = this.#line
    this.#line = r === undefined ? this.#line + 1 : Number(r)
    if (!Number.isInteger(this.#line) || this.#line < 1 || this.#line > MOST_ROWS) {
      throw this.#broken(`a row has a number that is not from 1 to ${MOST_ROWS}`)
    }
    // A later row replaces an earlier one of its key, so which one is later must be sure.
    if (this.#line <= before) throw this.#broken('its rows are not in the order of their numbers')
    this.#cells = []
    this.#column = -1
  }

  #openCell({ r, t = 'n' }: Readonly<Record<string, string>>): void {
    const column = r === undefined ? this.#column + 1 : columnOf(r)
    if (column < 0 || column >= MOST_COLUMNS) throw this.#broken('a cell has no column')
    // Gaps are filled, for sparse arrays are slow and behave unlike others.
    while (this.#cells.length < column) this.#cells.push(undefined)
    this.#column = column
    this.#type = t
    this.#text = ''
  }

  #value(): SheetCell {
    const text = this.#text
    switch (this.#type) {
      case 's':
        return text.trim() === '' ? undefined : this.#sharedString(text)
      case 'n':
        if (text.trim() === '') return undefined
        return NUMBER.test(text.trim()) ? new NumberCell(text.trim()) : text
      case 'b':
        return text.trim() === '1' ? 'true' : 'false'
      case 'e':
        return ERROR_CELL
      default:
        return decodeExcelText(text)
    }
  }

  #sharedString(index: string): string {
    const string = this.#strings[Number(index)]
    if (string === undefined) throw this.#broken('a cell refers to a text that the workbook does not hold')
    return string
  }

  #broken(reason: string): HeduiError {
    const message = `the sheet cannot be read: ${reason}`
    return new HeduiError('SOURCE_FILE', message, { file: this.#file, line: this.#line || undefined })
  }
}
