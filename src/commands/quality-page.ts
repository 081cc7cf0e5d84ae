import type { ColumnQuality, QualityReport } from '../domain/quality-report.ts'
import { percent, textTable } from './text-table.ts'

const OUTCOMES: Readonly<Record<string, string>> = {
  dropped: 'dropped, of people of no household',
  leads: 'leads, of another name',
  voids: 'that void others',
  organizations: 'of organizations',
}

/** Rows by outcome, each with its share of all. */
export function describeRows(rows: number, outcomes: Readonly<Record<string, number>>): string[] {
  const lines = Object.entries(outcomes).map(([name, count]) => [
    OUTCOMES[name] ?? name,
    count,
    percent(rows === 0 ? null : count / rows),
  ])
  return textTable([['rows', 'number', 'share'], ['all', rows, ''], ...lines])
}

/** A quality report for people: what was quarantined, the columns, the people. Parts of which nothing is known are left out. */
export function describeQuality(quality: QualityReport): string[] {
  const { columns, quarantine, absentColumns, known, overlap } = quality
  const before = overlap && `of the people of ${overlap.delivery} of ${overlap.asOf} here again`
  return [
    ...(quarantine.length > 0 ? ['', 'quarantined, with the first lines', ...textTable(quarantineTable(quality))] : []),
    ...(columns.some(({ rows }) => rows > 0)
      ? ['', 'columns, over the sound rows that have them', ...columnTable(columns)]
      : []),
    ...(absentColumns.length > 0 ? [`  in none of the rows: ${absentColumns.join(', ')}`] : []),
    ...(known || overlap ? ['', 'people'] : []),
    ...(known ? [`  known to the register: ${describeShare(known, known.of)}`] : []),
    ...(overlap ? [`  ${before}: ${describeShare(overlap, 'people')}`] : []),
  ]
}

function quarantineTable({ quarantine }: QualityReport): (string | number)[][] {
  const rows = quarantine.map(({ code, column, count, lines }) => [code, column ?? '', count, lines.join(', ')])
  return [['code', 'column', 'rows', 'lines'], ...rows]
}

function columnTable(columns: readonly ColumnQuality[]): string[] {
  const isSampled = columns.some(({ rows, empty, looked }) => looked < rows - empty)
  const rows = columns.map(({ column, rows, empty, emptyShare, looked, distinct, exact }) => [
    column,
    rows,
    empty,
    percent(emptyShare),
    exact ? distinct : `about ${distinct.toLocaleString('en-US')}`,
    ...(isSampled ? [looked] : []),
  ])
  return textTable([['column', 'rows', 'empty', 'empty share', 'different', ...(isSampled ? ['among'] : [])], ...rows])
}

interface Sampled {
  readonly counted: number
  readonly found: number
  readonly share: number | null
  readonly sample: number
}

function describeShare({ counted, found, share, sample }: Sampled, of: string): string {
  const drawn = sample < 1 ? `, a sample of ${percent(sample)}` : ''
  return `${percent(share)} (${found.toLocaleString('en-US')} of ${counted.toLocaleString('en-US')} ${of}${drawn})`
}
