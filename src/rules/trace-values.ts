import { formatYuan } from '../domain/money.ts'
import { maskSensitive, splitKey } from '../domain/record-key.ts'
import type { TraceValue } from '../domain/trace.ts'
import { CelPerson, listedRecordType } from './cel-environment.ts'
import { originOf } from './dossier-view.ts'
import { isMoney } from './parameters.ts'
import type { Unit } from './rule-schema.ts'

/** The values of one evaluation in the form of traces. */
export interface TraceValues {
  /** The records that the rule could read, in the order in which traces name them. */
  readonly records: readonly object[]
  placeOf(record: object): number
  /** `type` is the CEL type, which tells what an empty list is a list of. */
  show(value: unknown, unit: Unit | null, type?: string): TraceValue
}

/** Numbers as JSON, money as a decimal string of yuan, records by their place, and what keys mask masked here too. */
export function createTraceValues(records: readonly object[]): TraceValues {
  const places = new Map(records.map((record, i) => [record, i]))
  let masks: ReadonlyMap<string, string> | null = null
  const show = (value: unknown, unit: Unit | null, type?: string): TraceValue => {
    if (typeof value === 'bigint') return showInt(value, unit)
    if (typeof value === 'string') {
      masks ??= findMasks(records)
      return masks.get(value) ?? value
    }
    if (typeof value === 'boolean' || typeof value === 'number') return value
    if (Array.isArray(value)) return showList(value, unit, type)
    if (value instanceof CelPerson) return { person: idOf(value) }
    const place = typeof value === 'object' && value !== null ? places.get(value) : undefined
    return place === undefined ? null : { record: place }
  }
  const showList = (list: readonly unknown[], unit: Unit | null, type = ''): TraceValue => {
    const isRecords = list.length > 0 ? places.has(list[0] as object) : listedRecordType(type) !== null
    if (isRecords) return { records: list.map((record) => places.get(record as object)!) }
    if (list[0] instanceof CelPerson) return { people: list.map((person) => idOf(person as CelPerson)) }
    return list.map((each) => show(each, unit))
  }
  return { records, placeOf: (record) => places.get(record)!, show }
}

const idOf = (person: CelPerson) => (person as CelPerson & { readonly id: string }).id

function showInt(value: bigint, unit: Unit | null): string | number {
  if (unit !== null && isMoney(unit)) return formatYuan(value)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

/** What may not be shown as it is, the parts of keys that are masked in them, and how it is shown. */
function findMasks(records: readonly object[]): Map<string, string> {
  const masks = new Map<string, string>()
  for (const record of records) {
    const { key, shownKey } = originOf(record)
    masks.set(key, shownKey)
    for (const part of splitKey(key)) if (part !== '' && !shownKey.includes(part)) masks.set(part, maskSensitive(part))
  }
  return masks
}
