/** Columns that a text takes on a terminal: Chinese characters and full-width forms take two. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    const isWide =
      (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3)
    const isFullWidth =
      (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60)
    width += isWide || isFullWidth || code >= 0x20000 ? 2 : 1
  }
  return width
}

/** Lines of a table, indented; numbers stand to the right and so do "12.3" and cells that end in "%". The first row is the head. */
export function textTable(rows: readonly (readonly (string | number)[])[]): string[] {
  const [head = []] = rows
  const isRight = (column: number) =>
    rows.slice(1).some((row) => typeof row[column] === 'number' || / %$|^-?\d+\.\d+$/.test(String(row[column])))
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)))
  const widths = head.map((_, column) => Math.max(...texts.map((row) => widthOf(row[column]!))))
  return texts.map((row) => {
    const cells = row.map((cell, column) => {
      const space = ' '.repeat(widths[column]! - widthOf(cell))
      return isRight(column) ? space + cell : cell + space
    })
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

/** "12.3 %"; a dash where there is no share. */
export function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`
}
