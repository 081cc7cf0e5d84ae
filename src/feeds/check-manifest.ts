import { didYouMean } from '../domain/closest-word.ts'
import { isDate, isMonth } from '../domain/dates.ts'
import type { LocatedYaml, YamlPath } from '../domain/located-yaml.ts'
import { type FieldKind, type RecordField, recordType } from '../domain/record-types.ts'
import { HeduiError, throwIfAny } from '../errors.ts'
import type { FieldMapping, Manifest, RecordMapping } from './manifest.ts'
import type { ParseName } from './parse-value.ts'

/** What each parse gives; `map` may turn a text into any of the words it lists. */
const GIVES: Readonly<Record<ParseName, readonly FieldKind[]>> = {
  text: ['string'],
  code: ['string'],
  money: ['money'],
  area: ['area'],
  integer: ['int'],
  decimal: ['decimal'],
  share: ['decimal'],
  date: ['date'],
  month: ['month'],
  letters: ['string[]'],
  flag: ['bool'],
}

/** What the schema of an adapter cannot say: that fields, keys, words and defaults fit the record type. */
export function checkManifest(manifest: Manifest, yaml: LocatedYaml): void {
  const problems: HeduiError[] = []
  const problem = (path: YamlPath, message: string) =>
    problems.push(new HeduiError('DEFINITION_ADAPTER', message, { ...yaml.placeOf(path), path: path.join('.') }))

  const { file } = manifest
  if (file.format === 'delimited' && !file.header && !file.columns) {
    problem(['file'], 'a file without a header needs "columns", the names of its columns in order')
  }
  if (file.format === 'delimited' && file.header && file.columns) {
    problem(['file', 'columns'], '"columns" is for files without a header (header: false)')
  }
  if (file.format === 'delimited' && ['"', '\n', '\r', file.comment].includes(file.delimiter)) {
    problem(
      ['file', 'delimiter'],
      'the delimiter must be a character of its own: no quote, no line end, not the comment mark',
    )
  }
  if ('columns' in file && file.columns) {
    const names = file.columns.map((column) => (typeof column === 'string' ? column : column.name))
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) problem(['file', 'columns'], `the column "${twice}" stands there twice`)
    const absent = mappedColumns(manifest).filter((name) => !names.includes(name))
    if (absent.length > 0) problem(['file', 'columns'], `lacks columns that are mapped: ${absent.join(', ')}`)
  }
  if (manifest.identity.organizations.length > 0 && !manifest.identity.idType) {
    problem(['identity', 'organizations'], '"organizations" needs "idType", the column that says so')
  }
  manifest.records.forEach((record, i) => {
    checkRecord(record, (path, message) => problem(['records', i, ...path], message))
  })
  throwIfAny(problems)
}

/** Every column of the file that the adapter reads. */
function mappedColumns({ identity, records }: Manifest): string[] {
  const { name, idNumber, idType, address } = identity
  const ofRecords = records.flatMap(({ when, void: voids, fields }) => [
    when?.column,
    voids?.column,
    ...Object.values(fields).map(({ from }) => from),
  ])
  return [...new Set([name, idNumber, idType, address, ...ofRecords].filter((column) => column !== undefined))]
}

function checkRecord(record: RecordMapping, problem: (path: YamlPath, message: string) => void): void {
  const fields = recordType(record.type)!.fields
  const names = Object.keys(fields)
  const known = (name: string, path: YamlPath) => {
    if (fields[name]) return true
    const hint = didYouMean(name, names)
    problem(path, `${record.type} has no field "${name}"; allowed: ${names.join(', ')}${hint}`)
    return false
  }
  for (const [name, mapping] of Object.entries(record.fields)) {
    if (known(name, ['fields', name])) {
      checkField(name, mapping, fields[name]!, (message) => problem(['fields', name], message))
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!field.optional && field.default === undefined && !record.fields[name]) {
      problem(['fields'], `${record.type} needs the field "${name}"`)
    }
  }
  record.key.forEach((name, i) => {
    if (known(name, ['key', i]) && !record.fields[name])
      problem(['key', i], `the key names "${name}", which is not mapped`)
  })
  record.prefer.forEach(({ field, order }, i) => {
    if (!known(field, ['prefer', i])) return
    if (!record.fields[field]) problem(['prefer', i], `"prefer" names "${field}", which is not mapped`)
    for (const word of order) {
      if (fits(word, fields[field]!)) continue
      problem(['prefer', i], `"${word}" is not what "${field}" holds: ${wordsOf(fields[field]!)}`)
    }
  })
}

/** Whether a word or a default of a manifest is what a field holds. */
function fits(value: unknown, field: RecordField): boolean {
  switch (field.kind) {
    case 'string':
      return typeof value === 'string' && (!field.oneOf || field.oneOf.includes(value))
    case 'bool':
      return typeof value === 'boolean'
    case 'date':
      return typeof value === 'string' && isDate(value)
    case 'month':
      return typeof value === 'string' && isMonth(value)
    case 'string[]':
      return false
    case 'decimal':
      return typeof value === 'number' && isWithin(value, field)
    case 'int':
    case 'money':
    case 'area':
      return Number.isSafeInteger(value) && isWithin(value as number, field)
  }
}

const isWithin = (value: number, { minimum = -Infinity, maximum = Infinity }: RecordField) =>
  value >= minimum && value <= maximum

/** What a field holds, in words: money is in fen and area in square decimetres. */
const WORDS: Readonly<Record<FieldKind, string>> = {
  string: 'a text',
  'string[]': 'nothing (it has no default)',
  int: 'an integer',
  money: 'an integer of fen',
  area: 'an integer of square decimetres',
  decimal: 'a number',
  date: 'a date such as "2026-01-03"',
  month: 'a month such as "2026-10"',
  bool: 'true or false',
}

const wordsOf = (field: RecordField) => field.oneOf?.join(', ') ?? WORDS[field.kind]

function checkField(name: string, mapping: FieldMapping, field: RecordField, problem: (message: string) => void): void {
  if (mapping.from === undefined && mapping.default === undefined) problem(`"${name}" needs "from" or a default`)
  if (mapping.otherwise !== undefined && !mapping.map) problem('"otherwise" goes with "map"')
  const allowed = wordsOf(field)
  if (mapping.map) {
    if (mapping.parse !== 'text' && mapping.parse !== 'code') problem('"map" goes with parse text or code')
    for (const value of [...Object.values(mapping.map), mapping.otherwise ?? []].flat()) {
      if (!fits(value, field)) problem(`"${String(value)}" is not what "${name}" holds: ${allowed}`)
    }
  } else if (!GIVES[mapping.parse].includes(field.kind)) {
    const parses = Object.keys(GIVES).filter((parse) => GIVES[parse as ParseName].includes(field.kind))
    problem(`"${name}" holds ${field.kind}; parse must be ${parses.join(' or ')}, not ${mapping.parse}`)
  }
  if (mapping.default !== undefined && !fits(mapping.default, field)) {
    problem(`the default of "${name}" must be ${allowed}`)
  }
}
