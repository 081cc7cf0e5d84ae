import { HeduiError } from '../../errors.ts'
import { addCalendarDays, isMonth, monthsBefore } from '../dates.ts'
import { formatYuan, parseYuan } from '../money.ts'
import type { Recovery, RecoveryMonth } from './events.ts'

/** From a month on, until the next entry of the same list. Amounts are fen; null: not known. */
export interface BenefitSince {
  readonly from: string
  readonly monthlyFen: number | null
}

export interface SizeSince {
  readonly from: string
  readonly size: number | null
}

/** A monthly standard a person, in fen, with the days on which it is in force; `until` null: open. */
export interface StandardValue {
  readonly from: string
  readonly until: string | null
  readonly monthlyFen: number
}

/** An income that the household had, both months with it. */
export interface IncomeOfMonths {
  readonly from: string
  readonly until: string
  /** What `fen` is the sum of. Only a monthly one is an income of a month: nothing is spread or averaged. */
  readonly per: 'month' | 'year' | 'total'
  readonly fen: number
}

/** What the household was entitled to: to nothing at all (property beyond the limit), or to what its income left. */
export type Entitlement =
  | { readonly kind: 'none' }
  | { readonly kind: 'by-income'; readonly income: readonly IncomeOfMonths[] }

export interface RecoveryInput {
  /** The month in which the condition began. */
  readonly began: string
  /** The first month of the grant; null where it is not known, and then `began` is it. */
  readonly grantedFrom: string | null
  /** The last month that was paid before the benefit ends. */
  readonly until: string
  readonly benefits: readonly BenefitSince[]
  /** What was paid in single months, in fen, by papers: it goes before `benefits`. */
  readonly paid?: Readonly<Record<string, number>>
  readonly standards: readonly StandardValue[]
  readonly sizes: readonly SizeSince[]
  readonly entitlement: Entitlement
}

/** More months than anybody has received the benefit: it began in 1993. */
const MOST_MONTHS = 1200

/**
 * What is to be paid back (649号 art. 68), month by month from the month in which the condition began, or from the grant if
 * that is later, to the last paid one: of each month what was paid beyond the entitlement, which is the standard times the
 * people less the income, and never below zero. A month in which too little was paid takes nothing off another. Integers
 * in fen. Throws HeduiError INPUT_INVALID, naming the months of which something is not known: missing is never zero.
 */
export function computeRecovery(input: RecoveryInput): Recovery {
  const { began } = input
  const months = monthsOf(input)
  const unknown = new Map<string, string[]>()
  const need = <T>(month: string, what: string, value: T | null): T => {
    if (value === null) unknown.set(what, [...(unknown.get(what) ?? []), month])
    return value as T
  }
  const income = incomeByMonth(input.entitlement)
  const facts = months.map((month) => ({
    month,
    paid: need(month, 'what was paid', paidIn(month, input)),
    standard: need(month, 'the standard', standardIn(month, input.standards)),
    size: need(month, 'the size of the household', latest(input.sizes, month)?.size ?? null),
    income: income === null ? null : need(month, 'the income', income.get(month) ?? null),
  }))
  const [first, ...others] = [...unknown].map(
    ([what, of]) => new HeduiError('INPUT_INVALID', `${what} is not known of ${of.join(', ')}`, { path: 'recovery' }),
  )
  if (first) throw new HeduiError('INPUT_INVALID', first.message, { path: 'recovery', others })
  let total = 0
  const lines = facts.map(({ month, paid, standard, size, income: had }): RecoveryMonth => {
    for (const amount of [paid, standard, ...(had === null ? [] : [had])]) requireFen(amount, month)
    if (!Number.isInteger(size) || size < 1) throw invalid(`the size of the household in ${month} must be 1 or more`)
    const entitled = had === null ? 0 : Math.max(0, standard * size - had)
    requireFen(standard * size, month)
    const recover = Math.max(0, paid - entitled)
    total += recover
    return {
      month,
      paid: formatYuan(paid),
      standard: formatYuan(standard),
      size,
      entitled: formatYuan(entitled),
      recover: formatYuan(recover),
    }
  })
  requireFen(total, began)
  return { began, months: lines, total: formatYuan(total) }
}

const invalid = (message: string, path = 'recovery') => new HeduiError('INPUT_INVALID', message, { path })

function requireFen(amount: number, month: string): void {
  if (!Number.isSafeInteger(amount) || amount < 0) throw invalid(`the amounts of ${month} must be whole fen, 0 or more`)
}

function monthsOf({ began, grantedFrom, until }: RecoveryInput): string[] {
  for (const [path, month] of Object.entries({ began, grantedFrom: grantedFrom ?? began, until }))
    if (!isMonth(month)) throw invalid('must be a month such as 2026-03', `recovery.${path}`)
  const first = grantedFrom !== null && grantedFrom > began ? grantedFrom : began
  if (first > until)
    throw invalid(`nothing was paid from ${first} on: the last month paid is ${until}`, 'recovery.began')
  const months: string[] = []
  for (let month = first; month <= until; month = nextMonth(month)) {
    if (months.length === MOST_MONTHS) throw invalid(`must be within ${MOST_MONTHS} months`, 'recovery.began')
    months.push(month)
  }
  return months
}

const nextMonth = (month: string) => monthsBefore(`${month}-01`, -1)

/** The entry in force in a month. Throws HeduiError INPUT_INVALID where two begin in one month. */
function latest<T extends { readonly from: string }>(entries: readonly T[], month: string): T | undefined {
  const begun = entries.filter(({ from }) => from <= month)
  const last = begun.reduce<T | undefined>((best, each) => (best && best.from > each.from ? best : each), undefined)
  if (last && begun.filter(({ from }) => from === last.from).length > 1)
    throw invalid(`two entries begin in ${last.from}: which of them holds is not known`)
  return last
}

function paidIn(month: string, { benefits, paid = {} }: RecoveryInput): number | null {
  return Object.hasOwn(paid, month) ? paid[month]! : (latest(benefits, month)?.monthlyFen ?? null)
}

/** The standard of a month: of two that meet in it the higher, which leaves the household more. null where a day has none. */
function standardIn(month: string, standards: readonly StandardValue[]): number | null {
  const end = `${nextMonth(month)}-01`
  let highest: number | null = null
  for (let day = `${month}-01`; day < end; day = addCalendarDays(day, 1)) {
    const values = standards.filter(({ from, until }) => from <= day && (until === null || day <= until))
    if (values.length === 0) return null
    highest = Math.max(highest ?? 0, ...values.map(({ monthlyFen }) => monthlyFen))
  }
  return highest
}

/** Income by month; null where the household was entitled to nothing whatever it earned. */
function incomeByMonth(entitlement: Entitlement): Map<string, number> | null {
  if (entitlement.kind === 'none') return null
  const months = new Map<string, number>()
  for (const { from, until, per, fen } of entitlement.income) {
    if (per !== 'month')
      throw invalid(`an income of a ${per} says nothing of its months: state each month’s`, 'recovery.monthlyIncome')
    if (!isMonth(from) || !isMonth(until) || from > until)
      throw invalid('must be two months, from <= until', 'recovery.monthlyIncome')
    for (let month = from; month <= until; month = nextMonth(month)) {
      if (months.has(month)) throw invalid(`the income of ${month} stands twice`, 'recovery.monthlyIncome')
      if (months.size === MOST_MONTHS) throw invalid(`must be within ${MOST_MONTHS} months`, 'recovery.monthlyIncome')
      months.set(month, fen)
    }
  }
  return months
}

/**
 * Throws HeduiError INPUT_INVALID unless the lines of a recovery are months one after the other, from when the condition
 * began or later, all before the benefit ends, each right by itself, and the total is their sum.
 */
export function requireSoundRecovery({ began, months, total }: Recovery, effectiveFrom: string): void {
  if (!isMonth(began)) throw invalid('must be a month such as 2026-03', 'recovery.began')
  if (months.length === 0) throw invalid('must list the months', 'recovery.months')
  let sum = 0
  for (const [i, line] of months.entries()) {
    const problem = lineProblem(line, { after: months[i - 1]?.month ?? null, began, effectiveFrom })
    if (problem) throw invalid(problem, `recovery.months.${i}`)
    sum += parseYuan(line.recover)!
  }
  if (parseYuan(total) !== sum) throw invalid(`must be the sum of the months, ${formatYuan(sum)}`, 'recovery.total')
}

function lineProblem(
  { month, paid, standard, size, entitled, recover }: RecoveryMonth,
  { after, began, effectiveFrom }: { after: string | null; began: string; effectiveFrom: string },
): string | null {
  if (!isMonth(month) || month < began || (after !== null && month !== nextMonth(after)))
    return 'must be the month after the one before, from when the condition began'
  if (month >= effectiveFrom) return `must be before the benefit ends, ${effectiveFrom}`
  const [paidFen, standardFen, entitledFen, recoverFen] = [paid, standard, entitled, recover].map(parseYuan)
  if ([paidFen, standardFen, entitledFen, recoverFen].some((fen) => fen === null || fen! < 0))
    return 'must have amounts such as "745.00"'
  if (!Number.isInteger(size) || size < 1) return 'must have a household of 1 or more'
  if (entitledFen! > standardFen! * size) return 'entitles to more than the standard gives'
  return recoverFen === Math.max(0, paidFen! - entitledFen!)
    ? null
    : 'must recover what was paid beyond the entitlement'
}
