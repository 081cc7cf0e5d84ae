import { dateBetween, digits, type Holding, splitSum } from './holding.ts'
import { adultsOf, type Household, ownSupportersOf } from './household.ts'
import type { Aim } from './household-plan.ts'
import { inventAddress, type Owner } from './people.ts'
import type { Random } from './prng.ts'

export interface Property {
  readonly unit: string
  readonly certificate: string
  readonly address: string
  readonly areaDm2: number
  readonly usage: string
  readonly nature: string
  readonly coOwnership: string
  /** As written; empty = 1. */
  readonly share: string
  readonly registered: string | null
  readonly registration: string
  readonly state: '现势' | '历史'
}

const NATURES = ['商品房', '商品房', '安置房', '自建房', '经济适用房', '房改房']
const PREMISES = ['商业', '办公', '厂房']
const SHARES = ['1/2', '1/3', '2/3', '1/4', '2/5', '50%', '40%', '60%', '0.5', '0.4', '1/1', '100%']
/** Below 0.1, the share from which a unit counts. */
const SMALL_SHARES = ['1/12', '1/16', '9%', '5%', '0.09', '0.05']
const TENTH = ['1/10', '10%', '0.1']

const dwellingUsage = (random: Random) => random.pick(['住宅', '成套住宅'])

function invent(random: Random, asOf: string, given: Partial<Property>): Property {
  const county = random.int(5)
  const registered = random.chance(0.95) ? dateBetween(random, 2000, asOf) : null
  const year = registered?.slice(0, 4) ?? '2009'
  const byShares = random.chance(0.18)
  return {
    unit: `36990${county + 1}${digits(random, 6)}GB${digits(random, 5)}F${digits(random, 8)}`,
    certificate: `赣(${year})${['云溪', '江右', '青山', '赣源', '云岭'][county]}县不动产权第${digits(random, 7)}号`,
    address: inventAddress(random, county, random.int(12)),
    areaDm2: random.between(4000, 14000),
    usage: dwellingUsage(random),
    nature: random.pick(NATURES),
    coOwnership: byShares ? '2' : random.pick(['0', '0', '0', '1', '3']),
    share: byShares ? random.pick(SHARES) : '',
    registered,
    registration: random.pick(['转移登记', '转移登记', '变更登记', '首次登记']),
    state: '现势',
    ...given,
  }
}

const asContract = (property: Property): Property => ({ ...property, certificate: '', registration: '网签备案' })

/** The unit as certificate, as contract, as both in either order, or with an earlier state. */
function withHistory(random: Random, owner: Owner, property: Property, exact: boolean): Holding<Property> {
  const versions = random.weighted<readonly Property[]>([
    [[property], 78],
    [[asContract(property)], 8],
    [[asContract(property), property], 6],
    [[property, asContract(property)], 5],
    [[{ ...property, nature: random.pick(NATURES) }, property], 3],
  ])
  return { owner, versions, exact }
}

const withShare = (share: string) => ({ share, coOwnership: share === '' ? '0' : '2' })

/** Units that count for nobody: historic, garages, small shares of premises. */
function distractor(random: Random, asOf: string): Property {
  return random.weighted([
    [invent(random, asOf, { usage: '车库', areaDm2: random.between(1000, 3000) }), 4],
    [invent(random, asOf, { state: '历史' }), 4],
    [invent(random, asOf, { state: '历史', usage: random.pick(PREMISES) }), 2],
    [invent(random, asOf, { ...withShare(random.pick(SMALL_SHARES)), usage: random.pick(PREMISES) }), 2],
    [invent(random, asOf, withShare(random.pick(SMALL_SHARES))), 2],
  ])
}

/** The dwelling areas of a household that stays within the rule: one of any size, or several small ones. */
function plainAreas(random: Random, limitDm2: number): number[] {
  const units = random.weighted([[0, 20], [1, 66], [2, 14]]) // biome-ignore format: a table
  return units === 2
    ? splitSum(random, Math.floor(limitDm2 * random.pick([0.6, 0.75, 0.9])), 2)
    : units === 1
      ? [random.between(4000, 14000)]
      : []
}

/** Just over: one square decimetre too much, or premises with a share of exactly a tenth. At: the same from below. */
function aimedAreas(random: Random, aim: Aim, limitDm2: number): { areas: number[]; premises: string | null } {
  if (random.chance(0.35)) {
    const share = aim === 'at' ? random.pick(SMALL_SHARES) : aim === 'just-over' ? random.pick(TENTH) : ''
    return { areas: [random.between(4000, 14000)], premises: share }
  }
  const total = aim === 'at' ? limitDm2 : aim === 'just-over' ? limitDm2 + 1 : limitDm2 + random.between(500, 12000)
  if (aim === 'at' && random.chance(0.3)) return { areas: [limitDm2 + random.between(1, 9000)], premises: null }
  return { areas: splitSum(random, total, random.pick([2, 2, 3])), premises: null }
}

/** What the household's own people own. */
export function propertiesOf(random: Random, household: Household, asOf: string): Holding<Property>[] {
  const aim = household.plan.aims.get('property')
  const exact = aim !== undefined
  const owners = adultsOf(household).map((person) => person.owner)
  const holdings: Holding<Property>[] = []
  const { areas, premises } = aim
    ? aimedAreas(random, aim, household.limits.areaDm2)
    : { areas: plainAreas(random, household.limits.areaDm2), premises: null }
  for (const areaDm2 of areas) {
    const [first, second] = random.shuffled(owners)
    const unit = invent(random, asOf, { areaDm2 })
    const joint = second !== undefined && random.chance(0.3)
    const shared = joint ? { ...unit, coOwnership: '1', share: random.pick(['', '1/2', '50%', '0.5']) } : unit
    // One unit in the hands of two members is one unit.
    for (const owner of joint ? [first!, second] : [first!]) holdings.push(withHistory(random, owner, shared, exact))
  }
  if (premises !== null) {
    const unit = invent(random, asOf, { ...withShare(premises), usage: random.pick(PREMISES) })
    holdings.push(withHistory(random, random.pick(owners), unit, exact))
  }
  for (const owner of owners)
    if (random.chance(0.12)) holdings.push(withHistory(random, owner, distractor(random, asOf), exact))
  for (const { owner } of ownSupportersOf(household))
    if (random.chance(0.4)) holdings.push(withHistory(random, owner, anyUnit(random, asOf), false))
  return holdings
}

const anyUnit = (random: Random, asOf: string) =>
  random.chance(0.75)
    ? invent(random, asOf, {})
    : random.chance(0.5)
      ? invent(random, asOf, { usage: random.pick(PREMISES) })
      : distractor(random, asOf)

/** What somebody of no household owns. */
export function strangerProperties(random: Random, owner: Owner, asOf: string): Holding<Property>[] {
  if (!random.chance(0.29)) return []
  return [withHistory(random, owner, anyUnit(random, asOf), false)]
}
