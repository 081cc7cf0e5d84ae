import type { DossierRecord } from '../domain/dossier.ts'
import { joinKey, showKey, splitKey } from '../domain/record-key.ts'
import type { FieldValue } from '../domain/record-types.ts'
import { findIdNumbers, maskIdNumber } from './mask-text.ts'
import type { PacketInputSource } from './packet-input.ts'

/** How values of one packet are masked: the same value always alike, two different ones never alike. */
export interface ValueMasks {
  /** A text in which values that are masked may stand among others. */
  text(text: string): string
  record(record: DossierRecord): DossierRecord
}

/** A shorter value stands in texts that have nothing to do with it; it is masked only where it stands for itself. */
const LEAST_FOUND = 6

/**
 * Masks for the accounts and other sensitive values of records, and for identity numbers that stand in them. `further` are
 * numbers that may stand in texts: those of the people.
 *
 * A mask is the value's place among all of them in their order and, as in `maskSensitive`, its last four characters:
 * "000003****3683". So records sort by their masked keys as by their keys, an account is counted once under its mask, and
 * what a trace shows of a masked value is what it showed of the value.
 */
export function createValueMasks(
  records: readonly DossierRecord[],
  sources: readonly PacketInputSource[],
  further: readonly string[],
): ValueMasks {
  const sensitive = new Map(sources.flatMap((each) => each.records.map((one) => [`${each.source} ${one.type}`, one])))
  const typeOf = ({ source, type }: DossierRecord) => sensitive.get(`${source} ${type}`)
  const values = records.flatMap((record) => sensitiveValues(record, typeOf(record)))
  const numbers = records.flatMap(({ fields, key }) =>
    [...Object.values(fields).flatMap(textsOf), ...splitKey(key)].flatMap(findIdNumbers),
  )
  const masks = new Map(
    [...new Set([...values, ...numbers])].sort(compareText).map((value, i) => [value, mask(value, i)]),
  )
  const pattern = patternOf([...masks.keys(), ...further])

  const text = (shown: string): string => {
    const known = pattern ? shown.replace(pattern, (value) => masks.get(value) ?? maskIdNumber(value)) : shown
    return findIdNumbers(known).reduce((left, number) => left.replaceAll(number, maskIdNumber(number)), known)
  }
  const field = (value: FieldValue, isSensitive: boolean): FieldValue => {
    if (typeof value === 'string') return (isSensitive ? masks.get(value) : undefined) ?? text(value)
    return typeof value === 'object' ? value.map(text) : value
  }
  return {
    text,
    record(record) {
      const type = typeOf(record)
      const flags = (type?.key ?? []).map((name) => type!.sensitive.includes(name))
      const parts = splitKey(record.key).map((part, i) => field(part, flags[i] === true) as string)
      const key = joinKey(parts)
      const fields = Object.entries(record.fields).map(([name, value]) => [
        name,
        field(value, type?.sensitive.includes(name) === true),
      ])
      return { ...record, key, shownKey: showKey(key, flags), fields: Object.fromEntries(fields) }
    },
  }
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const textsOf = (value: FieldValue): readonly string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' ? value : []

function sensitiveValues({ key, fields }: DossierRecord, type: PacketInputSource['records'][number] | undefined) {
  if (!type) return []
  const inKey = splitKey(key).filter((_, i) => type.sensitive.includes(type.key[i] ?? ''))
  const inFields = type.sensitive.flatMap((name) => (fields[name] === undefined ? [] : textsOf(fields[name])))
  return [...inKey, ...inFields].filter((value) => value !== '')
}

/** As long as `maskSensitive` has it: only of a value of eight characters and more the last four are told. */
function mask(value: string, place: number): string {
  const number = String(place + 1).padStart(6, '0')
  return value.length >= 8 ? `${number}****${value.slice(-4)}` : number
}

function patternOf(values: readonly string[]): RegExp | null {
  const long = [...new Set(values)]
    .filter(({ length }) => length >= LEAST_FOUND)
    .sort((a, b) => b.length - a.length || compareText(a, b))
  if (long.length === 0) return null
  // A digest or another account that happens to hold the digits is left alone.
  return new RegExp(`(?<![0-9A-Za-z])(?:${long.map((value) => RegExp.escape(value)).join('|')})(?![0-9A-Za-z])`, 'gu')
}
