import type { Content } from 'pdfmake/interfaces.js'

type Block = Record<string, unknown> & { readonly pageBreak?: string; readonly margin?: number[] }

/**
 * The same blocks without the space below those that end a page on purpose: where it does not fit, pdfmake begins a page
 * for it, and the break then leaves that page empty.
 */
export function trimEnds(content: readonly Content[]): Content[] {
  return content.map((block, i) => {
    const next = content[i + 1] as Block | undefined
    return i === content.length - 1 || next?.pageBreak === 'before' ? trimEnd(block) : block
  })
}

function trimEnd(content: Content): Content {
  const block = content as unknown as Block
  const margin = block.margin ? [...block.margin.slice(0, 3), 0] : undefined
  const stack = Array.isArray(block.stack)
    ? block.stack.map((each: Content, i, all) => (i === all.length - 1 ? trimEnd(each) : each))
    : undefined
  return { ...block, ...(margin ? { margin } : {}), ...(stack ? { stack } : {}) } as unknown as Content
}
