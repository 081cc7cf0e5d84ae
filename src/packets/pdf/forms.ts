import type { Content } from 'pdfmake/interfaces.js'
import { PAPER } from './paper.ts'

/** Lines of a sheet that is filled by hand. */
export const GRID = {
  hLineWidth: () => 0.6,
  vLineWidth: () => 0.6,
  paddingLeft: () => 5,
  paddingRight: () => 5,
  paddingTop: () => 5,
  paddingBottom: () => 5,
}

export type FormRow = readonly [name: string, value: string, height: number]

/** Names on the left, room to write on the right; heights in points. */
export function form(rows: readonly FormRow[], nameWidth = 112): Content {
  return {
    table: {
      widths: [nameWidth, PAPER.width - nameWidth - 22],
      heights: rows.map(([, , height]) => height),
      dontBreakRows: true,
      body: rows.map(([name, value]) => [{ text: name }, { text: value }]),
    },
    layout: GRID,
    fontSize: 10,
  }
}

export const BLANK_DATE = '＿＿＿＿年＿＿月＿＿日'
export const line = (length: number): string => '＿'.repeat(length)
