import type { PageBlock, TracePage } from '../domain/trace-page.ts'
import { widthOf } from './text-table.ts'

/** Lines of at most so many columns where words allow it. */
const WIDTH = 110

/** A page as lines for a terminal. */
export function layOutPage({ title, subtitle, sections, footer }: TracePage): string[] {
  const parts = sections.flatMap(({ heading, blocks }) => ['', heading, ...blocks.flatMap(layOutBlock)])
  return [title, subtitle, ...parts, '', footer]
}

function layOutBlock(block: PageBlock): string[] {
  if (block.kind === 'text') return wrap(block.text, WIDTH - 2).map((line) => `  ${line}`)
  if (block.kind === 'pairs') return layOutPairs(block.rows)
  return layOutTable(block.rows, block.right)
}

function layOutPairs(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => widthOf(first)))
  return rows.flatMap(([first, second]) =>
    wrap(second, Math.max(WIDTH - width - 4, 30)).map((line, i) => `  ${pad(i === 0 ? first : '', width)}  ${line}`),
  )
}

function layOutTable(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const columns = rows[0]!.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!))))
  return rows.map((row) => {
    const cells = row.map((cell, i) => (right.includes(i) ? padLeft(cell, columns[i]!) : pad(cell, columns[i]!)))
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

const pad = (text: string, width: number) => text + ' '.repeat(Math.max(width - widthOf(text), 0))
const padLeft = (text: string, width: number) => ' '.repeat(Math.max(width - widthOf(text), 0)) + text

/** Lines of a text: broken at blanks, and between Chinese characters but not before a closing mark. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(/[\u2e80-\uffef][，。；：、）〕】？]*|[^\s\u2e80-\uffef]+|\s+/gu) ?? []) {
    if (line !== '' && widthOf(line) + widthOf(piece.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else line += piece
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line.trimEnd()]
}
