import type { Unit } from '../rule-schema.ts'

/**
 * What a number may be. `over` is the number of months that an amount adds up: "3", "param.incomeMonths", or "*" where it
 * is not known. CNY without it has no stated period and goes with every amount of money.
 */
export interface Quantity {
  readonly unit: Unit | 'number' | 'years'
  readonly over?: string
}

/** All that a number may be; none: it cannot be anything. null where units are not known. */
export type Units = readonly Quantity[]

export const NUMBER: Units = [{ unit: 'number' }]

export function unitsOf(...units: readonly Quantity['unit'][]): Units {
  return units.map((unit) => ({ unit }))
}

/** An amount that adds up so many months. */
export function totalOver(months: string): Quantity {
  return { unit: 'CNY', over: months }
}

const isMoney = ({ unit }: Quantity) => unit.startsWith('CNY')
const isLiteral = (months: string) => /^\d+$/.test(months)

function canMeet(a: Quantity, b: Quantity): boolean {
  if (a.unit === 'number' || b.unit === 'number') return true
  if (isMoney(a) && isMoney(b)) {
    if (a.over === undefined && b.over === undefined) return a.unit === b.unit || a.unit === 'CNY' || b.unit === 'CNY'
    if (a.over !== undefined && b.over !== undefined)
      return !isLiteral(a.over) || !isLiteral(b.over) || a.over === b.over
    const [total, other] = a.over === undefined ? [b, a] : [a, b]
    if (other.unit === 'CNY/month') return total.over === '1'
    return other.unit === 'CNY' || total.over === '12' || !isLiteral(total.over!)
  }
  return a.unit === b.unit
}

/** What two quantities are that are added or compared: the one that says more, but money without a period stays so. */
function meetOf(a: Quantity, b: Quantity): Quantity {
  if (a.unit === 'number') return b
  if (b.unit === 'number') return a
  if (a.unit === 'CNY' && a.over === undefined) return a
  if (b.unit === 'CNY' && b.over === undefined) return b
  return a.over !== undefined && !isLiteral(a.over) ? b : a
}

const unique = (units: readonly Quantity[]): Units => [
  ...new Map(units.map((quantity) => [`${quantity.unit} ${quantity.over ?? ''}`, quantity])).values(),
]

function combine(a: Units | null, b: Units | null, rule: (a: Quantity, b: Quantity) => Units | null): Units | null {
  if (a === null || b === null) return null
  const all = a.flatMap((one) => b.map((other) => rule(one, other)))
  return all.includes(null) ? null : unique(all.flatMap((units) => units!))
}

/** What is left of two sides of a sum or a comparison; empty where they are unlike. */
export function meet(a: Units | null, b: Units | null): Units | null {
  return combine(a, b, (one, other) => (canMeet(one, other) ? [meetOf(one, other)] : []))
}

/** Both, for values of which one or the other is taken. */
export function either(a: Units | null, b: Units | null): Units | null {
  return a === null || b === null ? null : unique([...a, ...b])
}

/** The units of a product; empty where it makes no sense (money times money). `by` spells a factor, for periods. */
export function multiply(a: Units | null, b: Units | null, by: { a?: string; b?: string } = {}): Units | null {
  return combine(a, b, (one, other) => product(one, other, by.a) ?? product(other, one, by.b) ?? null)
}

const PLAIN_FACTORS: readonly Quantity['unit'][] = ['count', 'percent']

/** A factor times a quantity; null where the first is no factor, or nothing is known of the product. */
function product(factor: Quantity, of: Quantity, spelled = '*'): Units | null {
  const isTotal = of.over !== undefined
  switch (factor.unit) {
    case 'number':
      if (of.unit === 'CNY/month') return [of, totalOver(spelled), ...(spelled === '12' ? unitsOf('CNY/year') : [])]
      if (of.unit === 'CNY/year') return [of, ...unitsOf('CNY')]
      if (of.unit === 'years') return unitsOf('years', 'months')
      return [of]
    case 'months':
      if (of.unit === 'CNY/month') return [totalOver(spelled)]
      if (of.unit === 'CNY') return isTotal ? null : [of]
      if (of.unit === 'CNY/year') return []
      return of.unit === 'count' || of.unit === 'percent' ? [factor] : null
    case 'years':
      return of.unit === 'CNY/year' ? unitsOf('CNY') : null
    default:
      if (PLAIN_FACTORS.includes(factor.unit)) return [of.unit === 'number' ? factor : of]
      return isMoney(factor) && isMoney(of) ? [] : null
  }
}

/** The units of a quotient; nothing is known of most quotients, and none is refused. */
export function divide(a: Units | null, b: Units | null): Units | null {
  return combine(a, b, (one, other) => {
    if (other.unit === 'number') return quotient(one)
    if (other.unit === 'count' && one.unit !== 'count') return [one]
    if (other.unit === 'percent' && one.unit !== 'percent') return [one]
    if (other.unit === 'months' && isMoney(one))
      return one.over === undefined ? [one, ...unitsOf('CNY/month')] : unitsOf('CNY/month')
    return (isMoney(one) && isMoney(other)) || one.unit === other.unit ? NUMBER : null
  })
}

/** By a bare number: a twelfth of a year is a month, a third of three months is one. */
function quotient(of: Quantity): Units {
  if (of.over !== undefined) return [of, ...unitsOf('CNY', 'CNY/month')]
  return of.unit === 'CNY/year' ? [of, ...unitsOf('CNY', 'CNY/month')] : [of]
}

/** Units as a message says them: "CNY/month or CNY over 3 months". */
export function describeUnits(units: Units): string {
  const told = units.map(({ unit, over }) => {
    if (over !== undefined) return over === '*' ? 'CNY added up over months' : `CNY added up over ${over} months`
    return unit === 'number' ? 'a bare number' : unit
  })
  return [...new Set(told)].join(' or ')
}

export function isMoneyOnly(units: Units | null): boolean {
  return units !== null && units.length > 0 && units.every(isMoney)
}
