import { parseIdNumber } from '../domain/id-number.ts'
import { recordSchema } from '../domain/record-schema.ts'
import { type FieldValue, type RecordFields, type RecordTypeName, recordType } from '../domain/record-types.ts'
import { createAjv } from '../domain/schema-errors.ts'
import type { Cell, DeliveredRow, NumberCell, RowDefect } from './delivered-row.ts'
import type { FieldMapping, Manifest, RecordMapping } from './manifest.ts'
import { numberAsText, type ParseOptions, UNPARSEABLE, VALUE_PARSERS, type ValueParser } from './parse-value.ts'

/** Who a row says its owner is, as delivered and as understood. */
export interface RowIdentity {
  readonly name: string
  readonly number: string
  readonly address: string
  /** The valid 18-digit number, or null: then `unidentified` says why. */
  readonly idNumber: string | null
  readonly unidentified: 'missing' | 'masked' | 'invalid' | null
}

/** A sound row. */
export interface MappedRow {
  readonly kind: 'record'
  readonly line: number
  readonly type: RecordTypeName
  readonly fields: RecordFields
  /** Values of the key's fields; a blank part is "". */
  readonly key: readonly string[]
  /** By the mapping's preferences: among rows of one key the lowest rank wins, then the later row. */
  readonly rank: number
  /** Whether the row removes the earlier one of its key, and is no record itself. */
  readonly void: boolean
  readonly identity: RowIdentity
}

/** What becomes of a delivered row. */
export type RowOutcome =
  | MappedRow
  | (RowDefect & { readonly kind: 'quarantined'; readonly line: number })
  | { readonly kind: 'organization' | 'dropped'; readonly line: number }

export interface RowMapper {
  /** The columns that the reader must deliver, in the order in which `map` takes cells. */
  readonly columns: readonly string[]
  /** The columns that the rows of each record type need. */
  readonly columnsOf: ReadonlyMap<RecordTypeName, readonly string[]>
  /**
   * Maps one row. `isKept` says whether rows of a valid number are kept (`retain: known` keeps those of the register);
   * it is asked before the row's values are parsed.
   */
  map(row: DeliveredRow, options?: ParseOptions, isKept?: (idNumber: string) => boolean): RowOutcome
}

/** Stars, or a run of x where digits belong; one X alone is a check digit. */
const MASKED = /[*＊]|[xX]{2}/

/** Nearly every cell begins with a unit of which no white space is made: that spares it the search for some. */
const isInk = (unit: number) => (unit > 0x20 && unit < 0x7f) || (unit >= 0x4e00 && unit <= 0x9fff)

export const isBlank = (cell: Cell): cell is undefined =>
  cell === undefined || (typeof cell === 'string' && !isInk(cell.charCodeAt(0)) && cell.trim() === '')

function textOf(cell: Cell): string {
  if (cell === undefined) return ''
  return (typeof cell === 'string' ? cell : (numberAsText(cell) ?? cell.text)).trim()
}

/** Words of a manifest and codes of a file are compared in this form. */
const tidy = (text: string) => text.normalize('NFKC').trim()
const codeOf = (cell: Cell) => tidy(textOf(cell))

/** Compiles an adapter into a function from rows to records. Pure: no clock, no database, no state. */
export function compileManifest(manifest: Manifest): RowMapper {
  const columns: string[] = []
  const at = (column: string) => {
    const known = columns.indexOf(column)
    return known >= 0 ? known : columns.push(column) - 1
  }
  const readIdentity = compileIdentity(manifest, at)
  const organizations = new Set(manifest.identity.organizations.map(tidy))
  const idTypeAt = manifest.identity.idType === undefined ? -1 : at(manifest.identity.idType)
  const numberAt = at(manifest.identity.idNumber)
  // One kind of document after the other: the answer for the cell before nearly always serves.
  let before: { readonly cell: Cell; readonly answer: boolean } = { cell: undefined, answer: false }
  const isOrganization = (cells: readonly Cell[]) => {
    if (idTypeAt < 0 || organizations.size === 0) return false
    const cell = cells[idTypeAt]
    if (cell !== before.cell) before = { cell, answer: organizations.has(codeOf(cell)) }
    return before.answer
  }
  const records = manifest.records.map((record) => compileRecord(record, at))
  const [firstWhen] = manifest.records.flatMap(({ when }) => when ?? [])

  const columnsOf = new Map(
    manifest.records.map(({ type, fields }) => [type, Object.values(fields).flatMap(({ from }) => from ?? [])]),
  )

  return Object.freeze({
    columns,
    columnsOf,
    map(
      row: DeliveredRow,
      options: ParseOptions = { date1904: false },
      isKept?: (idNumber: string) => boolean,
    ): RowOutcome {
      const { line, cells } = row
      if (row.defect) {
        // A stranger's bad row is dropped where its number can be read for sure.
        const legible = isKept ? parseIdNumber(textOf(cells[numberAt])) : null
        if (legible && !isKept!(legible)) return { kind: 'dropped', line }
        return { kind: 'quarantined', line, ...row.defect }
      }
      if (isOrganization(cells)) return { kind: 'organization', line }
      const identity = readIdentity(cells)
      if (identity.name === '' && identity.number === '') {
        const column = manifest.identity.idNumber
        return {
          kind: 'quarantined',
          line,
          code: 'RECORD_NO_IDENTITY',
          column,
          reason: 'name and number are both blank',
        }
      }
      if (isKept && identity.idNumber && !isKept(identity.idNumber)) return { kind: 'dropped', line }
      for (const record of records) if (record.takes(cells)) return record.read(line, cells, identity, options)
      const { column } = firstWhen!
      return isBlank(cells[at(column)])
        ? { kind: 'quarantined', line, code: 'RECORD_MISSING', column, reason: 'is missing' }
        : {
            kind: 'quarantined',
            line,
            code: 'RECORD_UNKNOWN_CODE',
            column,
            reason: 'no record type takes rows of this code',
          }
    },
  })
}

function compileIdentity(
  { identity }: Manifest,
  at: (column: string) => number,
): (cells: readonly Cell[]) => RowIdentity {
  const nameAt = at(identity.name)
  const numberAt = at(identity.idNumber)
  const addressAt = identity.address === undefined ? -1 : at(identity.address)
  return (cells) => {
    const name = textOf(cells[nameAt])
    const number = textOf(cells[numberAt])
    const address = addressAt < 0 ? '' : textOf(cells[addressAt])
    const idNumber = number === '' ? null : parseIdNumber(number)
    const unidentified = idNumber ? null : number === '' ? 'missing' : MASKED.test(number) ? 'masked' : 'invalid'
    return { name, number, address, idNumber, unidentified }
  }
}

function compileRecord(mapping: RecordMapping, at: (column: string) => number) {
  const { type, key, prefer } = mapping
  const allFields = Object.entries(recordType(type)!.fields)
    .filter(([name, field]) => mapping.fields[name] || field.default !== undefined)
    .map(([name, field]) => {
      const from = mapping.fields[name]
      return compileField(name, from ?? { parse: 'text' }, from?.from === undefined ? -1 : at(from.from), {
        required:
          from?.required === true || (!field.optional && from?.default === undefined && field.default === undefined),
        fallback: from?.default ?? field.default,
      })
    })
  const keyFields = allFields.filter(({ name }) => key.includes(name))
  const isValid = createAjv().compile(recordSchema(type))
  const columnOf = (field: string) => mapping.fields[field]?.from ?? null
  const whenAt = mapping.when ? at(mapping.when.column) : -1
  const codes = new Set(mapping.when?.in.map(tidy))
  const voidWord = mapping.void && tidy(mapping.void.equals)
  const voidAt = mapping.void ? at(mapping.void.column) : -1

  /** The preferences in turn as the digits of one number, the first the highest. */
  const rankOf = (values: RecordFields) => {
    let rank = 0
    for (const { field, order } of prefer) {
      const index = order.indexOf(values[field] as string | boolean)
      rank = rank * (order.length + 1) + (index < 0 ? order.length : index)
    }
    return rank
  }

  return {
    takes(cells: readonly Cell[]): boolean {
      if (whenAt < 0) return true
      const cell = cells[whenAt]
      return (typeof cell === 'string' && codes.has(cell)) || codes.has(codeOf(cell))
    },
    read(line: number, cells: readonly Cell[], identity: RowIdentity, options: ParseOptions): RowOutcome {
      const isVoid = voidAt >= 0 && codeOf(cells[voidAt]) === voidWord
      const fields: Record<string, FieldValue> = {}
      // A void row is no record: it needs to say which one it removes, and nothing else of it matters.
      for (const field of isVoid ? keyFields : allFields) {
        const value = field.read(cells, options)
        if (value === undefined) continue
        if (typeof value === 'object' && 'code' in value) return { kind: 'quarantined', line, ...value }
        fields[field.name] = value as FieldValue
      }
      if (!isVoid && !isValid(fields)) {
        const name = isValid.errors?.[0]?.instancePath.split('/')[1] ?? ''
        const reason = `is not what ${type}.${name} may hold`
        return { kind: 'quarantined', line, code: 'RECORD_OUT_OF_RANGE', column: columnOf(name), reason }
      }
      const keyParts = key.map((name) => String(fields[name] ?? ''))
      return { kind: 'record', line, type, fields, key: keyParts, rank: rankOf(fields), void: isVoid, identity }
    },
  }
}

function compileField(
  name: string,
  mapping: FieldMapping,
  index: number,
  { required, fallback }: { required: boolean; fallback: FieldValue | undefined },
) {
  const parse: ValueParser = VALUE_PARSERS[mapping.parse]
  const words = mapping.map && new Map(Object.entries(mapping.map).map(([code, word]) => [tidy(code), word]))
  const column = mapping.from ?? null
  return {
    name,
    read(cells: readonly Cell[], options: ParseOptions): FieldValue | RowDefect | undefined {
      const cell = index < 0 ? undefined : cells[index]
      if (isBlank(cell)) {
        return required && fallback === undefined ? { code: 'RECORD_MISSING', column, reason: 'is missing' } : fallback
      }
      const value = parse(cell as string | NumberCell, options)
      if (value === UNPARSEABLE) return { code: 'RECORD_UNPARSEABLE', column, reason: `is not ${mapping.parse}` }
      if (!words) return value
      const code = String(value)
      const word = words.get(code) ?? words.get(tidy(code)) ?? mapping.otherwise
      return word ?? { code: 'RECORD_UNKNOWN_CODE', column, reason: 'is not a code that the adapter knows' }
    },
  }
}
