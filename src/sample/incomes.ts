import { monthsBefore } from '../domain/dates.ts'
import { INCOME_MONTHS } from './assumptions.ts'
import { excess, type Holding, splitSum } from './holding.ts'
import { adultsOf, type Household, type HouseholdPerson, ownSupportersOf } from './household.ts'
import { inventPayer, type Payer } from './payers.ts'
import type { Owner } from './people.ts'
import type { Random } from './prng.ts'

export interface Income {
  readonly month: string
  readonly item: string
  readonly amountFen: number
  readonly payer: Payer
  readonly mark: '' | '更正' | '作废'
}

const WAGES = '工资薪金'
const OTHER_ITEMS = ['劳务报酬', '劳务报酬', '劳务报酬', '经营所得', '财产租赁', '偶然所得']

/** Wages of one payer, one row a month, from `ago` months before the check date on. */
const monthsFrom = (asOf: string, ago: number, count: number) =>
  Array.from({ length: count }, (_, i) => monthsBefore(asOf, ago - i))

/**
 * The rows of one month: as paid, corrected, voided, voided and paid again. No version is above `ceilingFen`, so that a
 * household stays within its limit whichever of them stands; with `exact` the last one is the amount.
 */
function withHistory(
  random: Random,
  owner: Owner,
  income: Income,
  ceilingFen: number,
  exact: boolean,
): Holding<Income> {
  const other = Math.min(ceilingFen, Math.max(100, Math.floor((income.amountFen * random.between(70, 130)) / 100)))
  const corrected: Income = { ...income, amountFen: other }
  const versions = random.weighted<readonly Income[]>([
    [[income], 925],
    [[corrected, { ...income, mark: '更正' }], 45],
    [[corrected, { ...corrected, mark: '作废' }, income], 8],
    [exact ? [income] : [income, { ...income, mark: '作废' }], 18],
    [exact ? [income] : [corrected, { ...income, mark: '更正' }, { ...income, mark: '作废' }], 4],
  ])
  return { owner, versions, exact }
}

const wholeYuan = (fen: number) => Math.floor(fen / 100) * 100

/** Wages and other income of a household that stays within 70 % of its limit. */
function plainIncomes(random: Random, household: Household, asOf: string): Holding<Income>[] {
  const holdings: Holding<Income>[] = []
  let budget = Math.floor(household.limits.incomeFen * 0.7)
  const earn = (owner: Owner, income: Income) => {
    const ceiling = Math.min(budget, Math.floor(income.amountFen * 1.3))
    holdings.push(withHistory(random, owner, income, ceiling, false))
    budget -= Math.max(ceiling, income.amountFen)
  }
  for (const person of adultsOf(household)) {
    const payer = inventPayer(random)
    if (person.employment === 'employed' || random.chance(0.07)) {
      const wage = wholeYuan(random.between(80000, 260000))
      const count = person.employment === 'employed' && random.chance(0.5) ? 12 : random.between(1, 5)
      for (const month of monthsFrom(asOf, count, count))
        if (budget > wage * 1.4) earn(person.owner, { month, item: WAGES, amountFen: wage, payer, mark: '' })
    }
    if (person.employment === 'flexible' && random.chance(0.5)) {
      const amountFen = wholeYuan(random.between(10000, 120000))
      const month = monthsBefore(asOf, random.between(1, INCOME_MONTHS))
      if (budget > amountFen * 1.4)
        earn(person.owner, { month, item: random.pick(OTHER_ITEMS), amountFen, payer: inventPayer(random), mark: '' })
    }
    if (random.chance(0.07)) holdings.push(...outside(random, person, asOf, false))
  }
  return holdings
}

/** Income of months that the rule does not read: before the twelve, or the month of the check date itself. */
function outside(random: Random, { owner }: HouseholdPerson, asOf: string, exact: boolean): Holding<Income>[] {
  const payer = inventPayer(random)
  return [INCOME_MONTHS + 1, random.pick([0, INCOME_MONTHS + 2])].map((ago) => {
    const amountFen = wholeYuan(random.between(150000, 900000))
    return withHistory(
      random,
      owner,
      { month: monthsBefore(asOf, ago), item: WAGES, amountFen, payer, mark: '' },
      amountFen * 2,
      exact,
    )
  })
}

/** Income that sums to the limit of the household, or to more as the plan says. */
function aimedIncomes(random: Random, household: Household, asOf: string): Holding<Income>[] {
  const aim = household.plan.aims.get('income')!
  const total = household.limits.incomeFen + excess(aim, random.between(10000, household.limits.incomeFen))
  const people = random.shuffled(adultsOf(household)).slice(0, random.between(1, 2))
  const holdings: Holding<Income>[] = []
  for (const [i, part] of splitSum(random, total, people.length).entries()) {
    const { owner } = people[i]!
    const payer = inventPayer(random)
    for (const [ago, amountFen] of splitSum(random, part, INCOME_MONTHS).entries()) {
      const income: Income = { month: monthsBefore(asOf, ago + 1), item: WAGES, amountFen, payer, mark: '' }
      holdings.push(withHistory(random, owner, income, amountFen * 2, true))
    }
  }
  // A voided row that would lift an at-limit household over, and months outside.
  const void_: Income = {
    month: monthsBefore(asOf, 3),
    item: '偶然所得',
    amountFen: 500000,
    payer: inventPayer(random),
    mark: '',
  }
  holdings.push({ owner: people[0]!.owner, versions: [void_, { ...void_, mark: '作废' }], exact: true })
  if (random.chance(0.6)) holdings.push(...outside(random, people[0]!, asOf, true))
  return holdings
}

/** Wages of people whom the rule does not ask: one to three months, now and then more than a year. */
function freeIncomes(random: Random, owner: Owner, asOf: string, always: number): Holding<Income>[] {
  if (!random.chance(always)) return []
  const payer = inventPayer(random)
  const count = random.chance(0.06) ? random.between(12, 15) : random.between(1, 3)
  const amountFen = wholeYuan(random.between(180000, 1500000))
  const item = random.chance(0.88) ? WAGES : random.pick(OTHER_ITEMS)
  return monthsFrom(asOf, count, count).map((month) =>
    withHistory(random, owner, { month, item, amountFen, payer, mark: '' }, amountFen * 2, false),
  )
}

/** What the withheld income tax knows of the household's own people. */
export function incomesOf(random: Random, household: Household, asOf: string): Holding<Income>[] {
  const holdings = household.plan.aims.has('income')
    ? aimedIncomes(random, household, asOf)
    : plainIncomes(random, household, asOf)
  for (const person of ownSupportersOf(household))
    holdings.push(...freeIncomes(random, person.owner, asOf, person.employment === 'employed' ? 0.5 : 0.1))
  return holdings
}

/** What it knows of somebody of no household. */
export const strangerIncomes = (random: Random, owner: Owner, asOf: string) => freeIncomes(random, owner, asOf, 0.21)
