import { monthsBefore } from '../domain/dates.ts'
import { BENEFIT_WINDOW, CONTRIBUTION_WINDOW } from './assumptions.ts'
import { excess, type Holding, splitSum } from './holding.ts'
import { type Household, type HouseholdPerson, membersOf } from './household.ts'
import { inventPayer, type Payer } from './payers.ts'
import type { Owner } from './people.ts'
import type { Random } from './prng.ts'

export interface Contribution {
  readonly kind: 'JF'
  readonly insurance: string
  readonly month: string
  readonly paidMonth: string
  readonly baseFen: number
  readonly payer: Payer | null
  readonly paidBy: '101' | '102' | '103'
}

export interface Benefit {
  readonly kind: 'DY'
  readonly type: '01' | '02' | '09'
  readonly insurance: string
  readonly month: string
  readonly amountFen: number
}

export type SocialInsurance = Contribution | Benefit
type Holdings = Holding<SocialInsurance>[]

const BASES = [399700, 420000, 449400, 520000, 610000]
/** Those of employees; the first are by far the most frequent. */
const EMPLOYEE = ['110', '310', '410', '210', '120']

interface Paid {
  readonly paidBy: Contribution['paidBy']
  readonly insurance: readonly string[]
  /** Months before the check date. */
  readonly ago: readonly number[]
  /** Paid so many months later (back-pay); 0 = in time. */
  readonly late?: number
  readonly exact?: boolean
}

function contributions(random: Random, owner: Owner, asOf: string, paid: Paid): Holdings {
  const payer = paid.paidBy === '101' ? inventPayer(random) : null
  const baseFen = random.pick(BASES)
  return paid.ago.flatMap((ago) =>
    paid.insurance.map((insurance) => {
      const month = monthsBefore(asOf, ago)
      const paidMonth = monthsBefore(asOf, Math.max(0, ago - (paid.late ?? 0)))
      const row: Contribution = { kind: 'JF', insurance, month, paidMonth, baseFen, payer, paidBy: paid.paidBy }
      const versions = random.chance(0.02) ? [{ ...row, baseFen: random.pick(BASES) }, row] : [row]
      return { owner, versions, exact: paid.exact ?? false }
    }),
  )
}

const lastMonths = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i)

/** What a member pays or has paid that the rule does not count: by itself, by the government, late, long ago, once. */
function plainContributions(random: Random, person: HouseholdPerson, asOf: string, exact: boolean): Holdings {
  const { owner, employment } = person
  const pay = (paid: Omit<Paid, 'exact'>) => contributions(random, owner, asOf, { ...paid, exact })
  const watched = employment === 'unemployed' || employment === 'unable'
  if (employment === 'employed')
    return pay({
      paidBy: '101',
      insurance: EMPLOYEE.slice(0, random.between(1, 3)),
      ago: lastMonths(random.between(1, 4)),
    })
  if (employment === 'flexible' && random.chance(0.4))
    return pay({ paidBy: '102', insurance: ['110'], ago: lastMonths(random.between(1, 3)) })
  if (person.age < 16)
    return random.chance(0.2) ? pay({ paidBy: '103', insurance: ['390'], ago: [random.between(1, 9)] }) : []
  const holdings: Holdings = []
  if (random.chance(0.25))
    holdings.push(
      ...pay({
        paidBy: random.pick(['102', '103'] as const),
        insurance: [random.pick(['170', '390'])],
        ago: [random.between(1, 10)],
      }),
    )
  if (!watched) return holdings
  if (random.chance(0.08))
    holdings.push(...pay({ paidBy: '101', insurance: ['110', '310'], ago: lastMonths(2, CONTRIBUTION_WINDOW + 1) }))
  if (random.chance(0.05)) holdings.push(...pay({ paidBy: '101', insurance: ['110'], ago: lastMonths(3, 2), late: 1 }))
  if (!exact && random.chance(0.05))
    holdings.push(...pay({ paidBy: '101', insurance: ['110', '410'], ago: [random.between(1, CONTRIBUTION_WINDOW)] }))
  return holdings
}

/** Months in which an employer paid for somebody who says to have no work: one is allowed. */
function aimedContributions(random: Random, household: Household, owner: Owner, asOf: string): Holdings {
  const aim = household.plan.aims.get('contributions')
  if (!aim) return []
  const count = aim === 'at' ? 1 : aim === 'just-over' ? 2 : random.between(3, CONTRIBUTION_WINDOW)
  const ago = random
    .shuffled(lastMonths(CONTRIBUTION_WINDOW))
    .slice(0, count)
    .sort((a, b) => a - b)
  return contributions(random, owner, asOf, {
    paidBy: '101',
    insurance: EMPLOYEE.slice(0, random.between(1, 4)),
    ago,
    exact: true,
  })
}

const benefit = (asOf: string, ago: number, type: Benefit['type'], insurance: string, amountFen: number): Benefit => ({
  kind: 'DY',
  type,
  insurance,
  month: monthsBefore(asOf, ago),
  amountFen,
})

/** Pension or unemployment benefit at most as declared, in each month; residents' pensions besides, which count for nothing. */
function plainBenefits(random: Random, person: HouseholdPerson, asOf: string, exact: boolean): Holdings {
  const { owner, benefitsFen, employment } = person
  const holdings: Holdings = []
  const add = (...versions: Benefit[]) => holdings.push({ owner, versions, exact })
  if (benefitsFen > 0 && !exact) {
    const [type, insurance] =
      employment === 'unemployed' ? (['02', '210'] as const) : (['01', random.chance(0.05) ? '' : '110'] as const)
    for (const ago of lastMonths(random.between(1, 4), 0)) {
      const row = benefit(asOf, ago, type, insurance, benefitsFen - random.int(2) * random.int(2000))
      if (random.chance(0.03)) add({ ...row, amountFen: row.amountFen - 1000 }, row)
      else add(row)
    }
  }
  if (person.age >= 60 && employment !== 'retired' && random.chance(0.6))
    for (const ago of lastMonths(random.between(1, 4)))
      add(benefit(asOf, ago, '01', '170', random.between(18000, 26000)))
  if (random.chance(0.01))
    add(benefit(asOf, random.between(1, 4), '09', random.pick(['', '110']), random.between(5000, 90000)))
  return holdings
}

/** Benefits of three months that sum to three times what is declared, or to more; the months around do not count. */
function aimedBenefits(random: Random, household: Household, person: HouseholdPerson, asOf: string): Holdings {
  const aim = household.plan.aims.get('benefits')
  if (!aim) return []
  const total = person.benefitsFen * BENEFIT_WINDOW + excess(aim, random.between(1000, 300000))
  const amounts = splitSum(random, total, BENEFIT_WINDOW)
  const rows = [person.benefitsFen + 99, ...amounts, person.benefitsFen + 99].map((amountFen, ago) =>
    benefit(asOf, ago, '02', '210', amountFen),
  )
  return rows.map((row) => ({
    owner: person.owner,
    versions: random.chance(0.1) ? [{ ...row, amountFen: row.amountFen + 777 }, row] : [row],
    exact: true,
  }))
}

/** Contributions and pensions of people whom the rules do not ask. */
function freeRows(random: Random, owner: Owner, age: number, asOf: string): Holdings {
  if (age >= 60) {
    if (!random.chance(0.4)) return []
    const insurance = random.pick(['110', '170'])
    const amountFen = insurance === '170' ? random.between(18000, 26000) : random.between(180000, 520000)
    return lastMonths(random.between(1, 4)).map((ago) => ({
      owner,
      versions: [benefit(asOf, ago, '01', insurance, amountFen)],
      exact: false,
    }))
  }
  if (!random.chance(0.24)) return []
  const paidBy = random.weighted([['101', 8], ['102', 1], ['103', 1]] as const) // biome-ignore format: a table
  const late = random.chance(0.06) ? random.between(1, 4) : 0
  const insurance = paidBy === '101' ? random.shuffled(EMPLOYEE.slice(0, 4)).slice(0, random.between(1, 2)) : ['110']
  return contributions(random, owner, asOf, { paidBy, insurance, ago: lastMonths(random.between(1, 3)), late })
}

/** What social insurance knows of the household's own people. */
export function socialInsuranceOf(random: Random, household: Household, asOf: string): Holdings {
  const { aims } = household.plan
  const members = membersOf(household).filter((person) => !person.passport)
  const holdings = members.flatMap((person) => {
    const aimed = person.role === 'applicant'
    return [
      ...plainContributions(random, person, asOf, aimed && aims.has('contributions')),
      ...plainBenefits(random, person, asOf, aimed && aims.has('benefits')),
      ...(aimed ? aimedContributions(random, household, person.owner, asOf) : []),
      ...(aimed ? aimedBenefits(random, household, person, asOf) : []),
    ]
  })
  for (const person of household.people)
    if (person.role === 'supporter' && !person.elsewhere)
      holdings.push(...freeRows(random, person.owner, person.age, asOf))
  return holdings
}

/** What it knows of somebody of no household. */
export function strangerSocialInsurance(random: Random, owner: Owner, asOf: string): Holdings {
  return freeRows(random, owner, Number(asOf.slice(0, 4)) - owner.birthYear, asOf)
}
