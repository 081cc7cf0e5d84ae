import { formatYuan } from '../domain/money.ts'
import { maskSensitive, showKey, splitKey } from '../domain/record-key.ts'
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
  let masks: Masks | null = null
  const show = (value: unknown, unit: Unit | null, type?: string): TraceValue => {
    if (typeof value === 'bigint') {
      if (unit !== null || value < LEAST_CODE) return showInt(value, unit)
      masks ??= findMasks(records)
      return masks.whole.get(value.toString()) ?? showInt(value, unit)
    }
    if (typeof value === 'string') {
      masks ??= findMasks(records)
      return maskText(value, masks)
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

/** The id of the person that a variable of an expression holds. */
export const personId = (value: unknown): string => idOf(value as CelPerson)

function showInt(value: bigint, unit: Unit | null): string | number {
  if (unit !== null && isMoney(unit)) return formatYuan(value)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

/** A text that what is masked stands in, alone or put together with others. */
function maskText(text: string, { whole, parts }: Masks): string {
  const known = whole.get(text)
  if (known !== undefined) return known
  let shown = text
  for (const [part, mask] of parts) if (shown.includes(part)) shown = shown.replaceAll(part, mask)
  return shown === text ? text : showKey(shown)
}

/** An account that a rule has made a number of; below it a number that looks like one is a count or a sum. */
const LEAST_CODE = 10n ** 11n

/** A shorter part of a key stands in texts that have nothing to do with it. */
const LEAST_MASKED = 6

interface Masks {
  /** Keys, and the parts of keys that are masked in them, and how each is shown. */
  readonly whole: ReadonlyMap<string, string>
  /** Of these the parts that are long enough to be looked for within texts. */
  readonly parts: readonly (readonly [part: string, mask: string])[]
}

/** What may not be shown as it is. */
function findMasks(records: readonly object[]): Masks {
  const whole = new Map<string, string>()
  const hidden = new Map<string, string>()
  for (const record of records) {
    const { key, shownKey } = originOf(record)
    whole.set(key, shownKey)
    for (const part of splitKey(key)) if (part !== '' && !shownKey.includes(part)) hidden.set(part, maskSensitive(part))
  }
  for (const [part, mask] of hidden) whole.set(part, mask)
  return { whole, parts: [...hidden].filter(([part]) => part.length >= LEAST_MASKED) }
}
