import { formatYuanGrouped, parseYuan } from '../domain/money.ts'
import type { TraceValue } from '../domain/trace.ts'
import type { Language } from '../domain/trace-page.ts'
import { isMoney } from './parameters.ts'
import type { Unit } from './rule-schema.ts'
import { word } from './trace-words.ts'

/** A value as people read it: money as 1,234.50, areas in m², codes in words, "—" for what is not given. */
export function sayValue(value: TraceValue, unit: string | null, language: Language): string {
  if (value === null) return '—'
  if (typeof value === 'boolean') return word('value', String(value), language)
  if (typeof value === 'number') return unit === 'dm2' ? (value / 100).toFixed(2) : String(value)
  if (typeof value === 'string') return sayText(value, unit, language)
  const separator = language === 'zh' ? '、' : ', '
  if (isList(value)) return value.map((each) => sayValue(each, unit, language)).join(separator) || '—'
  if ('record' in value) return sayPlaces([value.record], language)
  if ('records' in value) return sayRecords(value.records, language)
  return 'person' in value ? value.person : value.people.join(separator) || '—'
}

const isList = (value: TraceValue): value is readonly TraceValue[] => Array.isArray(value)

function sayText(text: string, unit: string | null, language: Language): string {
  const fen = unit !== null && isMoney(unit as Unit) ? parseYuan(text) : null
  return fen === null ? word('value', text, language) : formatYuanGrouped(fen)
}

/** "3 records" */
export function sayCount(count: number, language: Language): string {
  if (language === 'zh') return `${count}条记录`
  return `${count} ${count === 1 ? 'record' : 'records'}`
}

const MOST_PLACES = 12

function sayRecords(places: readonly number[], language: Language): string {
  const count = sayCount(places.length, language)
  if (places.length === 0 || places.length > MOST_PLACES) return count
  return language === 'zh' ? `${count}（${sayPlaces(places, language)}）` : `${count} (${sayPlaces(places, language)})`
}

/** "#1, #3": records by their numbers on the page. */
export function sayPlaces(places: readonly number[], language: Language): string {
  return places.map((place) => `#${place + 1}`).join(language === 'zh' ? '、' : ', ')
}

/** A value with its unit: "36,720.00 元", "12 months". */
export function sayAmount(value: TraceValue, unit: string | null, language: Language): string {
  const isOne = value === 1 && unit === 'months' && language === 'en'
  const words = unit === null ? '' : isOne ? 'month' : word('unit', unit, language)
  return [sayValue(value, unit, language), words].filter(Boolean).join(' ')
}
