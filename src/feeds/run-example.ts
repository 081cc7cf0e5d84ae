import { isDeepStrictEqual } from 'node:util'
import { NumberCell } from './delivered-row.ts'
import type { AdapterExample } from './manifest.ts'
import type { RowMapper } from './map-row.ts'

/** What is wrong with an adapter's example, or null where the row gives what the example says. Names fields, no values. */
export function runAdapterExample(mapper: RowMapper, example: AdapterExample): string | null {
  const unknown = Object.keys(example.row).find((column) => !mapper.columns.includes(column))
  const cells = mapper.columns.map((column) => {
    const value = example.row[column]
    if (value === undefined || value === null) return undefined
    return typeof value === 'number' ? new NumberCell(String(value)) : value
  })
  const got = mapper.map({ line: 1, cells })
  if (unknown !== undefined && !example.organization) return `the adapter maps no column ${unknown}`
  if (example.organization) return got.kind === 'organization' ? null : `gives ${got.kind}, not an organization's row`
  if (example.refused) {
    if (got.kind !== 'quarantined') return `gives ${got.kind}, expected the refusal ${example.refused}`
    if (got.code !== example.refused) return `gives the refusal ${got.code}, expected ${example.refused}`
    const same = example.column === undefined || got.column === example.column
    return same ? null : `refuses column ${got.column}, expected ${example.column}`
  }
  if (got.kind === 'quarantined') return `gives the refusal ${got.code} of column ${got.column}: ${got.reason}`
  if (got.kind !== 'record') return `gives ${got.kind}`
  if (example.unidentified && got.identity.unidentified !== example.unidentified) {
    return `gives ${got.identity.unidentified ?? 'an identified row'}, expected unidentified: ${example.unidentified}`
  }
  if (example.void !== undefined && got.void !== example.void) return 'is no void row'
  if (example.type && got.type !== example.type) return `gives ${got.type}, expected ${example.type}`
  if (!example.record || isDeepStrictEqual(got.fields, example.record)) return null
  const names = new Set([...Object.keys(got.fields), ...Object.keys(example.record)])
  const differing = [...names].filter((name) => !isDeepStrictEqual(got.fields[name], example.record![name]))
  return `differs in ${differing.join(', ')}`
}
