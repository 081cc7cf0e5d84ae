import type { Content, ContentTable, TableCell } from 'pdfmake/interfaces.js'

/** Characters that fit a part of a page in any column of a paper. */
export const SHORT = 300

type Block = Record<string, unknown> & { readonly headlineLevel?: number; readonly table?: ContentTable['table'] }

/**
 * The same blocks, each heading bound to what follows it: to a table as a row above its head, which is repeated where the
 * table goes on; to anything else in a stack that no page cuts. pdfmake's own way, to lay the document out anew for each
 * heading that stands alone, takes as many times as long.
 */
export function joinHeadings(content: readonly Content[]): Content[] {
  const joined: Content[] = []
  let waiting: Block[] = []
  for (const content_ of content.flat(5) as Content[]) {
    const block = content_ as unknown as Block
    if (block.headlineLevel !== undefined) {
      waiting.push(block)
      continue
    }
    joined.push(waiting.length === 0 ? content_ : join(waiting, block))
    waiting = []
  }
  return [...joined, ...(waiting as unknown as Content[])]
}

function join(headings: readonly Block[], block: Block): Content {
  // What is kept whole must fit a page: a long text goes on over the next.
  const isShort = typeof block.text !== 'string' || block.text.length < SHORT
  if (!block.table) return { unbreakable: isShort, stack: [...headings, block] as unknown as Content[] }
  const { body, headerRows = 0, dontBreakRows } = block.table
  const columns = body[0]!.length
  const none: [boolean, boolean, boolean, boolean] = [false, false, false, false]
  const row = [
    { stack: headings, colSpan: columns, border: none, margin: [-3, 0, 0, 0] },
    ...Array.from({ length: columns - 1 }, () => ({ text: '', border: none })),
  ] as unknown as TableCell[]
  // The lines of a spanned cell are drawn whatever its border says.
  const lines = block.layout as { hLineWidth: (row: number) => number }
  return {
    ...block,
    layout: { ...lines, hLineWidth: (line: number) => (line === 0 ? 0 : lines.hLineWidth(line)) },
    table: {
      ...block.table,
      headerRows: headerRows + 1,
      keepWithHeaderRows: dontBreakRows ? 1 : 0,
      body: [row, ...body],
    },
  } as unknown as Content
}
