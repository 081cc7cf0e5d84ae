import { monthsBefore } from '../domain/dates.ts'
import { minimumWageFen, type Scheme, SOURCES, standardFen } from './assumptions.ts'
import {
  type Authorization,
  type Employment,
  type Household,
  type HouseholdPerson,
  householdLimits,
} from './household.ts'
import type { HouseholdPlan } from './household-plan.ts'
import { COUNTIES } from './id-numbers.ts'
import { inventStyle, type PersonName, type Sex } from './names.ts'
import { type BornPerson, inventAddress, type PeopleMaker } from './people.ts'
import type { Random } from './prng.ts'

interface Role {
  readonly role: HouseholdPerson['role']
  readonly relation: string
  readonly age: number
  readonly sex?: Sex
  readonly kin: boolean
}

/** Who lives together and who must support them: ages and relations. */
function invent(random: Random, ofWorkingAge: boolean): Role[] {
  const age = random.weighted([
    [random.between(22, 45), 30],
    [random.between(46, 64), 42],
    [random.between(65, 88), ofWorkingAge ? 0 : 28],
  ])
  const sex: Sex = random.chance(0.55) ? 'm' : 'f'
  const roles: Role[] = [{ role: 'applicant', relation: 'self', age, sex, kin: false }]
  const member = (relation: string, years: number, kin: boolean, other: Partial<Role> = {}) =>
    roles.push({ role: 'member', relation, age: years, kin, ...other })
  const married = random.chance(0.45)
  if (married) member('spouse', Math.max(20, age + random.between(-4, 4)), false, { sex: sex === 'm' ? 'f' : 'm' })
  const children = age < 60 ? random.weighted([[0, 40], [1, 34], [2, 20], [3, 6]]) : random.weighted([[0, 84], [1, 16]]) // biome-ignore format: a table
  for (let i = 0; i < children; i++) member('child', Math.max(1, age - random.between(21, 33)), true)
  if (age < 62 && random.chance(0.16)) member('parent', Math.min(96, age + random.between(21, 32)), true)
  if (age > 50 && random.chance(0.07)) member('grandchild', random.between(2, 19), true)
  if (random.chance(0.04)) member('sibling', Math.max(18, age + random.between(-9, 9)), true)
  if (random.chance(0.015)) member('other', random.between(18, 70), false)

  const supporters = random.weighted([[0, 34], [1, 36], [2, 20], [3, 10]]) // biome-ignore format: a table
  for (let i = 0; i < supporters; i++) {
    const relation = age > 48 && random.chance(0.75) ? 'child' : random.chance(0.5) && age < 60 ? 'parent' : 'sibling'
    const years =
      relation === 'child'
        ? age - random.between(21, 30)
        : relation === 'parent'
          ? age + random.between(21, 30)
          : age + random.between(-9, 9)
    roles.push({ role: 'supporter', relation, age: Math.max(18, Math.min(92, years)), kin: true })
  }
  return roles
}

function employmentOf(random: Random, age: number, supporter: boolean): Employment {
  if (age < 6) return 'unable'
  if (age < 19) return 'student'
  if (age >= 60) return random.weighted([['unable', 6], ['retired', 4], ['flexible', 1]]) // biome-ignore format: a table
  if (supporter) return random.weighted([['employed', 6], ['flexible', 3], ['unemployed', 1]]) // biome-ignore format: a table
  return random.weighted([['unable', 35], ['unemployed', 26], ['flexible', 26], ['employed', 13]]) // biome-ignore format: a table
}

const dateIn = (random: Random, month: string) => `${month}-${String(random.between(1, 28)).padStart(2, '0')}`

/** Signed within the last year, open or ending later, for all sources. */
function authorize(random: Random, asOf: string): Authorization {
  return {
    signedOn: dateIn(random, monthsBefore(asOf, random.between(1, 11))),
    endsOn: random.chance(0.3) ? dateIn(random, monthsBefore(asOf, -random.between(1, 24))) : null,
    sources: SOURCES,
  }
}

/** The same with a gap. `withhold` is left out in any case. */
function authorizeWithGap(random: Random, asOf: string, gap: HouseholdPlan['gap'], withhold: string): Authorization {
  const whole = authorize(random, asOf)
  if (gap === 'ended')
    return {
      ...whole,
      signedOn: dateIn(random, monthsBefore(asOf, 20)),
      endsOn: dateIn(random, monthsBefore(asOf, random.between(1, 6))),
    }
  if (gap === 'not-yet-signed')
    return { ...whole, signedOn: dateIn(random, monthsBefore(asOf, -random.between(1, 2))), endsOn: null }
  if (gap === 'source-not-named')
    return { ...whole, sources: SOURCES.filter((source) => source !== withhold && random.chance(0.85)) }
  return whole
}

/** What the plan asks of the applicant, who carries the person rules. */
function employmentForPlan({ aims }: HouseholdPlan): Employment | undefined {
  if (aims.has('wage-below-minimum')) return 'employed'
  return aims.has('contributions') || aims.has('benefits') ? 'unemployed' : undefined
}

function incomeFor(random: Random, employment: Employment, aim: string | undefined, asOf: string): number {
  const minimum = minimumWageFen(asOf)
  if (aim === 'at') return minimum
  if (aim === 'just-over') return minimum - 1
  if (aim === 'over') return minimum - random.between(20, 1200) * 100
  if (employment === 'employed') return minimum + random.between(1, 8) * 10000
  return employment === 'flexible' ? random.between(3, 16) * 10000 : 0
}

/** Makes the households of a county, one after the other; remembers a few people who may support a later household. */
export function createHouseholdMaker(people: PeopleMaker, asOf: string) {
  const known: HouseholdPerson[] = []

  function describe(
    random: Random,
    role: Role,
    born: BornPerson,
    index: number,
    plan: HouseholdPlan,
    address: string,
  ): HouseholdPerson {
    const applicant = role.role === 'applicant'
    const passport = plan.gap === 'passport' && index === 1 && role.role === 'member'
    const supporter = role.role === 'supporter'
    const wageAim = applicant ? plan.aims.get('wage-below-minimum') : undefined
    const employment = passport
      ? 'flexible'
      : ((applicant ? employmentForPlan(plan) : undefined) ?? employmentOf(random, role.age, supporter))
    // A person with pension or unemployment benefit who declares it; the plan for `benefits` needs a declared amount.
    const draws =
      employment === 'retired' ||
      (employment === 'unemployed' && (random.chance(0.15) || (applicant && plan.aims.has('benefits'))))
    const gapHere = plan.gap !== null && (applicant || (!supporter && random.chance(0.3)))
    return {
      id: `P${index + 1}`,
      role: role.role,
      relation: role.relation,
      age: role.age,
      owner: {
        name: born.name.full,
        idNumber: passport ? `E${random.between(10000000, 99999999)}` : born.idNumber,
        standing: passport ? 'without-number' : 'household',
        sex: born.sex,
        birthYear: Number(born.birthDate.slice(0, 4)),
        address,
      },
      employment,
      incomeFen: incomeFor(random, employment, wageAim, asOf),
      benefitsFen: draws ? random.between(30, 160) * 1000 + random.int(100) : 0,
      disabled: employment === 'unable' && random.chance(0.4),
      seriousIllness: random.chance(0.05),
      vehicleExempt: !plan.aims.has('vehicles') && role.age >= 18 && random.chance(0.03),
      authorization: gapHere ? authorizeWithGap(random, asOf, plan.gap, 'bank') : authorize(random, asOf),
      passport,
      elsewhere: false,
    }
  }

  return function make(random: Random, index: number, plan: HouseholdPlan): Household {
    const county = random.weighted([[0, 40], [1, 20], [2, 15], [3, 15], [4, 10]]) // biome-ignore format: a table
    const scheme: Scheme = random.weighted([['rural-dibao', 52], ['urban-dibao', 26], ['low-income', 14], ['extreme-poverty', 8]]) // biome-ignore format: a table
    const township = scheme === 'urban-dibao' ? random.int(4) : 4 + random.int(8)
    const address = inventAddress(random, county, township)
    const style = inventStyle(random)
    const roles = invent(random, employmentForPlan(plan) !== undefined)
    if (plan.gap === 'passport' && roles[1]?.role !== 'member')
      roles.splice(1, 0, { role: 'member', relation: 'spouse', age: Math.max(20, roles[0]!.age - 3), kin: false })
    let head: PersonName | undefined
    const members: HouseholdPerson[] = []
    for (const [place, role] of roles.entries()) {
      const candidate =
        role.role === 'supporter' && known.length > 0 && random.chance(0.05) ? random.pick(known) : undefined
      if (candidate) {
        if (members.some((person) => person.owner.idNumber === candidate.owner.idNumber)) continue
        const authorization = authorize(random, asOf)
        members.push({
          ...candidate,
          id: `P${members.length + 1}`,
          role: 'supporter',
          relation: role.relation,
          authorization,
          elsewhere: true,
        })
        continue
      }
      const home = random.chance(0.9) ? county : random.int(COUNTIES.length)
      const foreign = plan.gap === 'passport' && place === 1
      const born = people.born(random, {
        age: role.age,
        county: home,
        style: foreign ? 'latin' : style,
        ...(role.sex && { sex: role.sex }),
        ...(role.kin && head && { parent: head }),
      })
      head ??= born.name
      members.push(describe(random, role, born, members.length, plan, address))
    }
    if (plan.aims.size === 0 && plan.gap === null) {
      const adult = members.find((person) => person.age >= 18 && !person.elsewhere)
      if (adult) known[known.length < 200 ? known.length : random.int(200)] = adult
    }
    const application = random.chance(0.13)
    return {
      id: `H${String(index + 1).padStart(6, '0')}`,
      scheme,
      region: `${COUNTIES[county]!.code}${String(township + 1).padStart(3, '0')}`,
      category: random.pick(['A', 'B', 'C']),
      grantedFrom: application ? null : monthsBefore(asOf, random.between(1, 120)),
      benefitFen: application ? 0 : Math.floor((standardFen(scheme, asOf) * random.between(1, 10)) / 1000) * 100,
      address,
      savingsFen: random.between(0, 12) * 50000,
      dwellings: random.weighted([[0, 25], [1, 70], [2, 5]]), // biome-ignore format: a table
      people: members,
      plan,
      limits: householdLimits(scheme, members, asOf),
    }
  }
}
