import { strToU8, Zip, ZipDeflate } from 'fflate'
import { HeduiError } from '../errors.ts'
import type { FileSink } from './file-sink.ts'
import type { Cell } from './layout.ts'

/** Rows that a sheet can hold (ECMA-376, Excel's own limit). */
export const SHEET_ROWS = 1_048_576

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const CHUNK = 1 << 18
/** Local time on purpose: the zip format stores what the clock on the wall says, so every zone gives the same bytes. */
const WRITTEN = new Date(2020, 0, 1)

const escaped = (text: string) => text.replace(/[&<>]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : '&gt;'))
const columnName = (index: number) => String.fromCharCode(65 + index)

function parts(sheet: string, words: readonly string[]): Record<string, string> {
  const override = (part: string, kind: string) =>
    `<Override PartName="/xl/${part}" ContentType="${KIND}.${kind}+xml"/>`
  const relation = (id: number, kind: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${RELATIONS}/${kind}" Target="${target}"/>`
  const relations = (...list: string[]) =>
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`
  return {
    '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('workbook.xml', 'sheet.main')}${override('worksheets/sheet1.xml', 'worksheet')}${override('styles.xml', 'styles')}${override('sharedStrings.xml', 'sharedStrings')}</Types>`,
    '_rels/.rels': relations(relation(1, 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      relation(1, 'worksheet', 'worksheets/sheet1.xml'),
      relation(2, 'styles', 'styles.xml'),
      relation(3, 'sharedStrings', 'sharedStrings.xml'),
    ),
    'xl/styles.xml': `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${XML}<sst xmlns="${MAIN}" uniqueCount="${words.length}">${words.map((word) => `<si><t>${escaped(word)}</t></si>`).join('')}</sst>`,
  }
}

export interface WorkbookWriter {
  /** Writes a row; its number in the sheet. Throws HeduiError INPUT_USAGE where the sheet is full. */
  add(cells: readonly Cell[]): number
  /** Leaves a row empty. */
  skip(): void
  close(): void
}

export interface WorkbookShape {
  readonly sheet: string
  /** Texts that stand once in the shared strings; all others stand in their cells. */
  readonly shared: readonly string[]
  /** Columns whose numbers are dates. */
  readonly dates: readonly number[]
}

/**
 * A workbook of one sheet, written row by row into a sink: memory is that of one chunk. Numbers of 15 digits and more
 * are written as Excel does ("3.69901196909137E+17").
 */
export function createWorkbookWriter(
  sink: Pick<FileSink, 'write'>,
  { sheet, shared, dates }: WorkbookShape,
): WorkbookWriter {
  const zip = new Zip((error, bytes) => {
    if (error) throw error
    sink.write(bytes)
  })
  const entry = (name: string, level: 1 | 6) => {
    const file = new ZipDeflate(name, { level })
    file.mtime = WRITTEN
    zip.add(file)
    return file
  }
  for (const [name, text] of Object.entries(parts(sheet, shared))) entry(name, 6).push(strToU8(text), true)
  const index = new Map(shared.map((word, i) => [word, i]))
  const file = entry('xl/worksheets/sheet1.xml', 1)
  let text = `${XML}<worksheet xmlns="${MAIN}"><sheetData>`
  let row = 0

  const cellXml = (cell: Cell, column: number) => {
    if (cell === null) return ''
    const at = `<c r="${columnName(column)}${row}"`
    if (typeof cell === 'number') {
      const number = Math.abs(cell) >= 1e15 ? cell.toExponential().toUpperCase() : String(cell)
      return `${at}${dates.includes(column) ? ' s="1"' : ''}><v>${number}</v></c>`
    }
    const word = index.get(cell)
    if (word !== undefined) return `${at} t="s"><v>${word}</v></c>`
    const space = cell !== cell.trim() ? ' xml:space="preserve"' : ''
    return `${at} t="inlineStr"><is><t${space}>${escaped(cell)}</t></is></c>`
  }
  const push = (last: boolean) => {
    file.push(Buffer.from(text, 'utf8'), last)
    text = ''
  }
  return {
    add(cells) {
      row++
      if (row > SHEET_ROWS)
        throw new HeduiError(
          'INPUT_USAGE',
          `a sheet of a workbook holds ${SHEET_ROWS} rows, and bank.xlsx would need more; ask for fewer households`,
        )
      text += `<row r="${row}">${cells.map(cellXml).join('')}</row>`
      if (text.length >= CHUNK) push(false)
      return row
    },
    skip() {
      row++
    },
    close() {
      text += '</sheetData></worksheet>'
      push(true)
      zip.end()
    },
  }
}
