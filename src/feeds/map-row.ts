import { parseIdNumber } from '../domain/id-number.ts'
import { recordSchema } from '../domain/record-schema.ts'
import { type FieldValue, type RecordFields, type RecordTypeName, recordType } from '../domain/record-types.ts'
import { createAjv } from '../domain/schema-errors.ts'
import { type Cell, type DeliveredRow, NumberCell, type RowDefect } from './delivered-row.ts'
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

export const isBlank = (cell: Cell): cell is undefined =>
  cell === undefined || (typeof cell === 'string' && cell.trim() === '')
const textOf = (cell: Cell) =>
  cell === undefined ? '' : (cell instanceof NumberCell ? (numberAsText(cell) ?? cell.text) : cell).trim()
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
      const refuse = (code: RowDefect['code'], column: string | null, reason: string): RowOutcome => ({
        kind: 'quarantined',
        line,
        code,
        column,
        reason,
      })
      if (row.defect) {
        // A stranger's bad row is dropped where its number can be read for sure.
        const legible = isKept ? parseIdNumber(textOf(cells[numberAt])) : null
        if (legible && !isKept!(legible)) return { kind: 'dropped', line }
        return { kind: 'quarantined', line, ...row.defect }
      }
      if (isOrganization(cells)) return { kind: 'organization', line }
      const identity = readIdentity(cells)
      if (identity.name === '' && identity.number === '') {
        return refuse('RECORD_NO_IDENTITY', manifest.identity.idNumber, 'name and number are both blank')
      }
      if (isKept && identity.idNumber && !isKept(identity.idNumber)) return { kind: 'dropped', line }
      const record = records.find(({ takes }) => takes(cells))
      if (!record) {
        const blank = isBlank(cells[at(firstWhen!.column)])
        return blank
          ? refuse('RECORD_MISSING', firstWhen!.column, 'is missing')
          : refuse('RECORD_UNKNOWN_CODE', firstWhen!.column, 'no record type takes rows of this code')
      }
      const mapped = record.read(cells, options)
      if ('code' in mapped) return { kind: 'quarantined', line, ...mapped }
      return { kind: 'record', line, identity, ...mapped }
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

type ReadRecord = Omit<MappedRow, 'kind' | 'line' | 'identity'>

function compileRecord(mapping: RecordMapping, at: (column: string) => number) {
  const { type, key, prefer } = mapping
  const fields = Object.entries(recordType(type)!.fields)
    .filter(([name, field]) => mapping.fields[name] || field.default !== undefined)
    .map(([name, field]) => {
      const from = mapping.fields[name]
      return compileField(name, from ?? { parse: 'text' }, from?.from === undefined ? -1 : at(from.from), {
        required:
          from?.required === true || (!field.optional && from?.default === undefined && field.default === undefined),
        fallback: from?.default ?? field.default,
      })
    })
  const keyFields = fields.filter(({ name }) => key.includes(name))
  const isValid = createAjv().compile(recordSchema(type))
  const columnOf = (field: string) => mapping.fields[field]?.from ?? null
  const whenAt = mapping.when ? at(mapping.when.column) : -1
  const codes = new Set(mapping.when?.in.map(tidy))
  const voidWord = mapping.void && tidy(mapping.void.equals)
  const voidAt = mapping.void ? at(mapping.void.column) : -1

  return {
    takes: (cells: readonly Cell[]) => whenAt < 0 || codes.has(codeOf(cells[whenAt])),
    read(cells: readonly Cell[], options: ParseOptions): ReadRecord | RowDefect {
      const isVoid = voidAt >= 0 && codeOf(cells[voidAt]) === voidWord
      const values: Record<string, FieldValue> = {}
      // A void row is no record: it needs to say which one it removes, and nothing else of it matters.
      for (const field of isVoid ? keyFields : fields) {
        const value = field.read(cells, options)
        if (value === undefined) continue
        if (value !== null && typeof value === 'object' && 'code' in value) return value
        values[field.name] = value as FieldValue
      }
      if (!isVoid && !isValid(values)) {
        const name = isValid.errors?.[0]?.instancePath.split('/')[1] ?? ''
        return { code: 'RECORD_OUT_OF_RANGE', column: columnOf(name), reason: `is not what ${type}.${name} may hold` }
      }
      return {
        type,
        fields: values,
        key: key.map((name) => String(values[name] ?? '')),
        // The preferences in turn as the digits of one number, the first the highest.
        rank: prefer.reduce((rank, { field, order }) => {
          const index = order.indexOf(values[field] as string | boolean)
          return rank * (order.length + 1) + (index < 0 ? order.length : index)
        }, 0),
        void: isVoid,
      }
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
      const word = words.get(tidy(String(value))) ?? mapping.otherwise
      return word ?? { code: 'RECORD_UNKNOWN_CODE', column, reason: 'is not a code that the adapter knows' }
    },
  }
}
