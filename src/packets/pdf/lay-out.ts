import type { Content, ContentTable, TableCell } from 'pdfmake/interfaces.js'
import { SHORT } from './join-headings.ts'
import { PAPER } from './paper.ts'

const SIZE = 8.5
/** The sides of a cell and the line beside it, in points. */
const SIDES = 7

export const paragraph = (text: string, more: object = {}): Content => ({ text, margin: [0, 0, 0, 5], ...more })

/** A paragraph whose first line stands two characters in, as letters are written. */
export const indented = (text: string): Content => paragraph(text, { leadingIndent: 21 })

export const heading = (text: string): Content => ({
  text,
  bold: true,
  fontSize: 12.5,
  margin: [0, 11, 0, 5],
  headlineLevel: 1,
})

export const subheading = (text: string): Content => ({
  text,
  bold: true,
  fontSize: 10.5,
  margin: [0, 7, 0, 3],
  headlineLevel: 2,
})

export const smallHeading = (text: string): Content => ({
  text,
  bold: true,
  fontSize: 9,
  margin: [0, 5, 0, 2],
  headlineLevel: 3,
})

export const title = (text: string): Content => ({
  text,
  bold: true,
  fontSize: 19,
  alignment: 'center',
  margin: [0, 4, 0, 10],
})

/** "1. …", the number hanging. */
export function numbered(items: readonly string[], fontSize = 10.5): Content[] {
  return items.map((text, i) => ({
    columns: [
      { width: 20, text: `${i + 1}.` },
      { width: '*', text },
    ],
    fontSize,
    margin: [0, 0, 0, fontSize < 10 ? 2 : 4],
  }))
}

/** Short names and what they are. */
export function pairs(rows: readonly (readonly [string, string])[], nameWidth = 92): Content {
  if (rows.length === 0) return []
  return {
    table: {
      widths: [nameWidth, PAPER.width - nameWidth - SIDES * 2],
      dontBreakRows: areShort(rows),
      body: rows.map(([name, value]) => [{ text: name, color: '#444444' }, { text: value }]),
    },
    layout: { ...LINES, vLineWidth: () => 0, hLineColor: () => '#dddddd' },
    fontSize: SIZE,
    margin: [0, 1, 0, 5],
  }
}

export interface TableOptions {
  /** Columns whose cells stand to the right. */
  readonly right?: readonly number[]
  readonly size?: number
}

/** A table whose head is repeated on every page that it reaches. No row is cut but one longer than a page. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], size = SIZE }: TableOptions = {},
): Content {
  const cell = (text: string, column: number, more: object = {}): TableCell => ({
    text,
    ...(right.includes(column) ? { alignment: 'right' } : {}),
    ...more,
  })
  const content: ContentTable = {
    table: {
      widths: widthsOf([head, ...rows], size),
      headerRows: 1,
      keepWithHeaderRows: areShort(rows) ? 1 : 0,
      dontBreakRows: areShort(rows),
      body: [
        head.map((text, column) => cell(text, column, { bold: true, fillColor: '#eeeeee' })),
        ...rows.map((row) => row.map((text, column) => cell(text, column))),
      ],
    },
    layout: LINES,
  }
  return { ...content, fontSize: size, margin: [0, 2, 0, 6] }
}

/** Rows that are kept whole must fit a page; a longer one is let go on. */
const areShort = (rows: readonly (readonly string[])[]) => rows.every((row) => row.every((text) => text.length < SHORT))

const LINES = {
  hLineWidth: () => 0.5,
  vLineWidth: () => 0.5,
  hLineColor: () => '#999999',
  vLineColor: () => '#999999',
  paddingLeft: () => 3,
  paddingRight: () => 3,
  paddingTop: () => 2,
  paddingBottom: () => 2,
}

/** A frame around what must not be missed. */
export function framed(stack: Content[], fill = '#f6f6f6'): Content {
  return {
    table: { widths: ['*'], body: [[{ stack, fillColor: fill, margin: [3, 4, 3, 1] }]] },
    layout: { ...LINES, hLineColor: () => '#555555', vLineColor: () => '#555555' },
    margin: [0, 3, 0, 7],
  }
}

/**
 * Widths that fill the page: no column is narrower than its longest word, short texts stay on one line, and the long ones
 * share what is left. pdfmake's own ("auto", "*") let a table run out of the page where words are long.
 */
export function widthsOf(rows: readonly (readonly string[])[], size: number): number[] {
  const count = rows[0]!.length
  const room = PAPER.width - count * SIDES
  const columns = Array.from({ length: count }, (_, column) => {
    const texts = rows.map((row) => row[column] ?? '')
    const least = Math.max(...texts.map((text) => longestWord(text) * size), size * 2) + 1
    const whole = Math.max(...texts.map((text) => widthOf(text) * size + 1), least)
    return { least, whole, width: 0 }
  })
  const least = columns.reduce((sum, each) => sum + each.least, 0)
  if (least >= room) return columns.map((each) => (each.least / least) * room)
  let open = [...columns]
  let left = room
  // The shortest first: what each leaves of its share goes to the others.
  while (open.length > 0) {
    const share = left / open.length
    const fitting = open.filter(({ whole, least }) => whole <= share || least >= share)
    for (const column of fitting.length > 0 ? fitting : open)
      column.width = fitting.length > 0 ? (column.whole <= share ? column.whole : column.least) : share
    open = fitting.length > 0 ? open.filter((column) => !fitting.includes(column)) : []
    left = room - columns.reduce((sum, { width }) => sum + width, 0)
  }
  const used = columns.reduce((sum, { width }) => sum + width, 0)
  return columns.map(({ width }) => width + ((room - used) * width) / used)
}

/** In ems; a wide character is one. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += character < '\u2000' ? 0.62 : 1
  return width
}

/** The widest piece without a place to break, as the typesetter cuts it: no word is longer than 15 letters. */
function longestWord(text: string): number {
  const words = text.match(/[!-~\u00a0-\u1fff]+/g) ?? []
  return Math.max(
    0,
    ...words.map((word) => (/^[-+]?[\d,.]+$/.test(word) ? word.length : word.length < 16 ? word.length : 8) * 0.62),
  )
}
