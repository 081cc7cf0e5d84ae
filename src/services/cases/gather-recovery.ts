import { type BenefitVersion, listBenefitVersions } from '../../db/queries/benefit-history.ts'
import type { CaseState } from '../../domain/case/case-state.ts'
import type { Recovery } from '../../domain/case/events.ts'
import {
  computeRecovery,
  type Entitlement,
  type RecoveryInput,
  type StandardValue,
} from '../../domain/case/recovery.ts'
import { addCalendarDays, dateInChina, isMonth, monthsBefore } from '../../domain/dates.ts'
import type { Scheme } from '../../domain/household-schema.ts'
import { parseYuan } from '../../domain/money.ts'
import { HeduiError } from '../../errors.ts'
import { type Parameter, resolveParameter } from '../../rules/parameters.ts'
import type { RuleSet } from '../../rules/rule-set.ts'
import { openRuleBook } from '../choose-rule-set.ts'
import { loadStoredRuleSet } from '../load-stored-rule-set.ts'
import type { CaseContext } from './case-context.ts'

/** What a person says of what is to be paid back; the register and the parameters give the rest. */
export interface RecoveryForm {
  readonly began: string
  readonly entitlement: 'none' | 'by-income'
  readonly monthlyIncome?: readonly { readonly from: string; readonly until: string; readonly amount: string }[]
  /** Of months of which the register has nothing, with where it stands. */
  readonly paid?: readonly StatedMonth[]
  /** The last month that was paid; the one before `effectiveFrom` unless given. */
  readonly until?: string
}

export interface StatedMonth {
  readonly month: string
  readonly amount: string
  /** People in the household, where the register does not know. */
  readonly size?: number
  /** Where it stands. */
  readonly source: string
}

/** The parameter that holds the monthly standard a person. */
const STANDARD = 'standardMonthly'

/**
 * Computes what is to be paid back, month by month, of what the register holds of the household's benefit and size and of
 * the standards that were in force in each month. Throws HeduiError INPUT_INVALID, naming the months of which something is
 * not known, or of which both the register and the form say what was paid.
 */
export async function gatherRecovery(
  context: CaseContext,
  { opened, warnings }: Pick<CaseState, 'opened' | 'warnings'>,
  { form, effectiveFrom }: { readonly form: RecoveryForm; readonly effectiveFrom: string },
): Promise<Recovery> {
  const versions = await listBenefitVersions(context.database.pool, opened.householdId)
  const last = versions.at(-1)
  if (!last) throw new HeduiError('INPUT_NOT_FOUND', `the register has no household ${opened.householdId}`)
  const until = form.until ?? monthsBefore(`${effectiveFrom}-01`, 1)
  if (until >= effectiveFrom)
    throw new HeduiError('INPUT_INVALID', `must be before ${effectiveFrom}`, { path: 'recovery.until' })
  const months = listMonths(form.began, until)
  const known = months.map((month) => ({ month, ...monthOf(versions, month) }))
  const ruleSet = await rulesOf(context, warnings.at(-1)!.ruleSet)
  return computeRecovery({
    began: form.began,
    grantedFrom: last.grantedFrom,
    until,
    benefits: known.map(({ month, monthlyFen }) => ({ from: month, monthlyFen })),
    sizes: known.map(({ month, size }) => ({ from: month, size: size ?? sizeStated(form, month) })),
    paid: paidOf(form, known),
    standards: standardsOf(ruleSet.parameters.get(STANDARD), { region: last.region, scheme: last.scheme as Scheme }),
    entitlement: entitlementOf(form),
  })
}

const MOST_MONTHS = 1200

function listMonths(from: string, until: string): string[] {
  if (!isMonth(from)) throw new HeduiError('INPUT_INVALID', 'must be a month', { path: 'recovery.began' })
  if (!isMonth(until)) throw new HeduiError('INPUT_INVALID', 'must be a month', { path: 'recovery.until' })
  const months: string[] = []
  for (let month = from; month <= until && months.length <= MOST_MONTHS; month = monthsBefore(`${month}-01`, -1))
    months.push(month)
  return months
}

/**
 * What the register says of a month. Where versions of the month differ, what was paid is not known, and the size is the
 * largest, which leaves the household more.
 */
function monthOf(versions: readonly BenefitVersion[], month: string) {
  const before = versions.findLast(({ validFrom }) => validFrom <= `${month}-01`)
  const within = versions.filter(({ validFrom }) => validFrom > `${month}-01` && validFrom.startsWith(month))
  const holding = [...(before ? [before] : []), ...within]
  const benefits = new Set(holding.map(({ monthlyBenefit }) => monthlyBenefit))
  const [monthlyFen = null] = benefits.size === 1 ? benefits : []
  return { monthlyFen, size: holding.length > 0 ? Math.max(...holding.map(({ size }) => size)) : null }
}

const sizeStated = ({ paid }: RecoveryForm, month: string) => paid?.find((each) => each.month === month)?.size ?? null

interface KnownMonth {
  readonly month: string
  readonly monthlyFen: number | null
  readonly size: number | null
}

/** What the form says was paid, which does not gainsay the register. */
function paidOf({ paid = [] }: RecoveryForm, known: readonly KnownMonth[]): Record<string, number> {
  const stated: Record<string, number> = {}
  for (const [i, { month, amount, size, source }] of paid.entries()) {
    const problem = (message: string) => new HeduiError('INPUT_INVALID', message, { path: `recovery.paid.${i}` })
    if (!source.trim()) throw problem('must say where it stands')
    if (Object.hasOwn(stated, month)) throw problem(`states ${month} twice`)
    const register = known.find((each) => each.month === month)
    if (!register) throw problem(`${month} is not among the months of the recovery`)
    const fen = parseYuan(amount)!
    if (register.monthlyFen !== null && register.monthlyFen !== fen)
      throw problem(`the register holds another amount for ${month}`)
    if (size !== undefined && register.size !== null && register.size !== size)
      throw problem(`the register holds another size of the household for ${month}`)
    stated[month] = fen
  }
  return stated
}

function entitlementOf({ entitlement, monthlyIncome = [] }: RecoveryForm): Entitlement {
  if (entitlement === 'by-income') {
    const income = monthlyIncome.map(({ amount, ...months }) => ({
      ...months,
      per: 'month' as const,
      fen: parseYuan(amount)!,
    }))
    return { kind: 'by-income', income }
  }
  if (monthlyIncome.length === 0) return { kind: 'none' }
  throw new HeduiError('INPUT_INVALID', 'is for an entitlement by income', { path: 'recovery.monthlyIncome' })
}

/** The rules in force today, whose parameters know the standards up to now; where there are none, those of the case. */
async function rulesOf(context: CaseContext, version: string): Promise<RuleSet> {
  const { ruleSet, trial } = await (await openRuleBook(context)).inForceOn(dateInChina(context.now()))
  return trial ? loadStoredRuleSet(context.database, version, context.adapters) : ruleSet
}

/** The values of a parameter for one region and scheme, one after the other: between two of its days nothing changes. */
function standardsOf(
  parameter: Parameter | undefined,
  place: { readonly region: string; readonly scheme: Scheme },
): RecoveryInput['standards'] {
  const days =
    parameter?.values.flatMap(({ from, until }) => [from, ...(until ? [addCalendarDays(until, 1)] : [])]) ?? []
  const sorted = [...new Set(days)].sort()
  return sorted.flatMap((from, i): StandardValue[] => {
    const next = sorted[i + 1]
    const value = resolveParameter(parameter, place, from)
    if (!value) return []
    return [{ from, until: next ? addCalendarDays(next, -1) : null, monthlyFen: Number(value.value) }]
  })
}
