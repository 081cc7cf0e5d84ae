import { readFileSync, writeFileSync } from 'node:fs'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { openFile } from '../../src/feeds/readers/open-file.ts'
import type { Adapter } from '../../src/services/load-adapters.ts'

/** A small generator (mulberry32), so that a shuffle that fails can be had again. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A permutation of 0 … n-1 in which the members of each group keep their order. */
function permute(groups: readonly string[], random: () => number): number[] {
  const order = groups.map((_, i) => i)
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  const members = new Map<string, number[]>()
  for (const [i, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), i])
  const next = new Map<string, number>()
  return order.map((i) => {
    const group = groups[i]!
    const at = next.get(group) ?? 0
    next.set(group, at + 1)
    return members.get(group)![at]!
  })
}

/**
 * Writes `from` to `to` with its rows in another order: rows of one key within one number keep theirs, head, header and
 * tail stay where they are. Gives the number of rows that moved.
 */
export async function shuffleRows(
  from: string,
  to: string,
  { manifest, mapper }: Adapter,
  random: () => number,
): Promise<number> {
  const file = await openFile(from, manifest.file, mapper.columns)
  const lines: number[] = []
  const groups: string[] = []
  for await (const batch of file.rows()) {
    for (const row of batch) {
      const outcome = mapper.map(row, { date1904: file.date1904 ?? false })
      lines.push(row.line)
      groups.push(
        outcome.kind === 'record' && outcome.identity.idNumber
          ? [outcome.identity.idNumber, outcome.type, ...outcome.key].join('\u0001')
          : `row ${row.line}`,
      )
    }
  }
  await file.close()
  const order = permute(groups, random)
  if (manifest.file.format === 'xlsx') writeFileSync(to, shuffleSheet(readFileSync(from), lines, order))
  else writeFileSync(to, shuffleText(readFileSync(from), lines, order))
  return order.filter((place, i) => place !== i).length
}

/** Bytes of a text file are kept as they are: latin1 gives each byte a character. */
function shuffleText(bytes: Buffer, lines: readonly number[], order: readonly number[]): Buffer {
  const texts = bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g)!
  const tail = texts.findLastIndex((text) => !text.startsWith('#')) + 1
  const rows = lines.map((line, i) => {
    const text = texts.slice(line - 1, i + 1 < lines.length ? lines[i + 1]! - 1 : tail).join('')
    return text.endsWith('\n') ? text : `${text}\n`
  })
  const parts = [...texts.slice(0, lines[0]! - 1), ...order.map((place) => rows[place]!), ...texts.slice(tail)]
  return Buffer.from(parts.join(''), 'latin1')
}

const SHEET = 'xl/worksheets/sheet1.xml'

function shuffleSheet(bytes: Uint8Array, lines: readonly number[], order: readonly number[]): Uint8Array {
  const parts = unzipSync(bytes)
  const xml = strFromU8(parts[SHEET]!)
  const rows = new Map<number, string>()
  for (const [text, number] of xml.matchAll(/<row r="(\d+)"[^>]*>.*?<\/row>/gs)) rows.set(Number(number), text)
  const moved = order.map((place, i) => {
    const [was, is] = [lines[place]!, lines[i]!]
    return rows
      .get(was)!
      .replace(`<row r="${was}"`, `<row r="${is}"`)
      .replaceAll(new RegExp(`(<c r="[A-Z]+)${was}"`, 'g'), `$1${is}"`)
  })
  const head = [...rows].filter(([number]) => number < lines[0]!).map(([, text]) => text)
  const [begin, end] = [xml.indexOf('<sheetData>') + '<sheetData>'.length, xml.indexOf('</sheetData>')]
  const text = xml.slice(0, begin) + [...head, ...moved].join('') + xml.slice(end)
  return zipSync({ ...parts, [SHEET]: strToU8(text) }, { level: 1 })
}

/** A result line without what may differ between two runs over the same facts: run, deliveries and row numbers. */
export function withoutOrigin(line: string): string {
  return JSON.stringify(JSON.parse(line), (key, value) =>
    (key === 'run' || key === 'delivery' || key === 'row') && value !== null ? '-' : value,
  )
}
