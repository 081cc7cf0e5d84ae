import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Dossier } from '../../src/domain/dossier.ts'
import { parseYuan } from '../../src/domain/money.ts'
import {
  RECORD_TYPES,
  type RecordField,
  type RecordFields,
  type RecordTypeName,
} from '../../src/domain/record-types.ts'
import { dossier, person, record } from './dossiers.ts'
import { ROOT } from './rule-sets.ts'

export const README = readFileSync(join(ROOT, 'rules', 'README.md'), 'utf8')

/** Each line "expression // what it gives" of the blocks marked cel. */
export function celExamples(): { readonly expression: string; readonly gives: string }[] {
  const blocks = [...README.matchAll(/^```cel\n([\s\S]*?)^```$/gm)].map(([, text]) => text!)
  return blocks.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => {
        const at = line.lastIndexOf(' // ')
        if (at < 0) throw new Error(`the example "${line}" does not say what it gives`)
        return { expression: line.slice(0, at).trim(), gives: line.slice(at + 4).trim() }
      }),
  )
}

/** The cells of the tables under a heading of README, without heads, as far as the next heading. */
export function tableUnder(heading: string): string[][] {
  const from = README.split('\n').findIndex((line) => line.replaceAll('`', '').startsWith(`${heading}`))
  if (from < 0) throw new Error(`README has no heading "${heading}"`)
  const lines = README.split('\n').slice(from + 1)
  const to = lines.findIndex((line) => line.startsWith('#'))
  return lines
    .slice(0, to < 0 ? undefined : to)
    .filter((line) => line.startsWith('| ') && !/^\| (word|field|variable|folder or file) \|/.test(line))
    .map((line) =>
      line
        .replace(/^\| | \|$/g, '')
        .split(' | ')
        .map((cell) => cell.trim()),
    )
}

interface Given {
  readonly asOf: string
  readonly household: Readonly<Record<string, unknown>>
  readonly people: readonly Readonly<Record<string, unknown>>[]
  readonly params: Readonly<Record<string, string | number | null>>
  readonly records: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
}

/** The household that README's examples read. */
export function exampleHousehold(): { readonly given: Given; readonly dossier: Dossier } {
  const [, text] = /^```yaml\n(asOf:[\s\S]*?)^```$/m.exec(README)!
  const given = parse(text!) as Given
  const records = Object.entries(given.records).flatMap(([list, rows]) => {
    const type = (Object.keys(RECORD_TYPES) as RecordTypeName[]).find((name) => RECORD_TYPES[name].list === list)!
    return rows.map(({ person: owner, ...fields }, i) => record(type, String(owner), i + 1, fenOf(type, fields)))
  })
  return {
    given,
    dossier: dossier({
      asOf: given.asOf,
      household: inFen(given.household),
      people: given.people.map((facts) => person(inFen(facts))),
      records,
    }),
  }
}

const inFen = (facts: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      ['monthlyIncome', 'savings'].includes(name) ? parseYuan(String(value)) : value,
    ]),
  )

function fenOf(type: RecordTypeName, fields: Readonly<Record<string, unknown>>): RecordFields {
  const kinds: Readonly<Record<string, RecordField>> = RECORD_TYPES[type].fields
  // As the adapter has it: an account without a currency is in CNY here, so that the example stays short.
  const filled = type === 'deposit' ? { currency: 'CNY', ...fields } : fields
  return Object.fromEntries(
    Object.entries(filled).map(([name, value]) => {
      if (!kinds[name]) throw new Error(`README gives a ${type} an unknown ${name}`)
      return [name, kinds[name].kind === 'money' ? parseYuan(String(value)) : value]
    }),
  ) as RecordFields
}
