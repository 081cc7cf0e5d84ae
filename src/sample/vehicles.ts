import { dateBetween, type Holding, plateLetters } from './holding.ts'
import { adultsOf, type Household, membersOf, ownSupportersOf } from './household.ts'
import type { Owner } from './people.ts'
import type { Random } from './prng.ts'

export interface Vehicle {
  readonly plateClass: string
  readonly plateNumber: string
  readonly brand: string
  readonly vehicleType: string
  readonly use: string
  readonly registered: string | null
  readonly statuses: string
  readonly priceFen: number | null
}

const CARS = ['大众汽车牌', '五菱牌', '长安牌', '比亚迪牌', '哈弗牌', '奇瑞牌', '吉利美日牌']
const TRUCKS = ['解放牌', '东风牌', '福田牌']
const FARM = ['五征牌', '时风牌', '东方红牌']
const BIKES = ['豪爵牌', '宗申牌', '钱江牌', '新大洲本田牌']

/** Plate class, type in words, brands, yuan from and to. */
const COUNTED_CLASSES = [
  ['02', '小型轿车', CARS, 30000, 160000],
  ['52', '小型纯电动轿车', CARS, 40000, 170000],
  ['16', '小型教练车', CARS, 35000, 90000],
  ['01', '重型普通货车', TRUCKS, 90000, 300000],
  ['51', '大型纯电动货车', TRUCKS, 120000, 350000],
  ['15', '重型仓栅式半挂车', TRUCKS, 50000, 120000],
] as const
const FREE_CLASSES = [
  ['07', '普通二轮摩托车', BIKES, 3000, 12000],
  ['08', '轻便二轮摩托车', BIKES, 2000, 6000],
  ['13', '三轮汽车', FARM, 8000, 40000],
  ['14', '轮式拖拉机', FARM, 15000, 80000],
] as const

/** None of B (moved away), E (cancelled), P (plates void): the vehicle counts. An empty text counts too. */
const COUNTED_STATUSES = ['A', 'A', 'A', 'A', 'A', 'Q', 'GQ', 'G', 'M', 'K', 'LO', 'C', 'H', 'AG', '']
const FREE_STATUSES = ['B', 'E', 'P', 'BG', 'EQ', 'PQ', 'GE', 'MP', 'BQ']

function invent(
  random: Random,
  classes: typeof COUNTED_CLASSES | typeof FREE_CLASSES,
  statuses: string,
  asOf: string,
): Vehicle {
  const [plateClass, vehicleType, brands, from, to] = random.weighted(
    classes.map((entry, i) => [entry, i === 0 ? 5 : 1] as const),
  )
  const electric = plateClass === '52' || plateClass === '51'
  return {
    plateClass,
    plateNumber: `赣X${plateLetters(random, electric ? 6 : 5)}`,
    brand: random.pick<string>(brands),
    vehicleType,
    use: vehicleType.includes('货') && random.chance(0.6) ? '货运' : '非营运',
    registered: random.chance(0.94) ? dateBetween(random, 2012, asOf) : null,
    statuses,
    priceFen: random.chance(0.85) ? random.between(from, to) * 100 : null,
  }
}

/** Counts against the household. */
const counted = (random: Random, asOf: string) => invent(random, COUNTED_CLASSES, random.pick(COUNTED_STATUSES), asOf)

/** Counts for nobody: a class or a status that the rule leaves out. */
const free = (random: Random, asOf: string) =>
  random.chance(0.4)
    ? invent(random, FREE_CLASSES, random.pick([...COUNTED_STATUSES, ...FREE_STATUSES]), asOf)
    : invent(random, COUNTED_CLASSES, random.pick(FREE_STATUSES), asOf)

const any = (random: Random, asOf: string) => (random.chance(0.75) ? counted(random, asOf) : free(random, asOf))

/** Now and then with an earlier row that a change of price or brand has replaced. */
function withHistory(random: Random, owner: Owner, vehicle: Vehicle, exact: boolean): Holding<Vehicle> {
  const versions = random.chance(0.06)
    ? [{ ...vehicle, priceFen: random.between(1000, 90000) * 100 }, vehicle]
    : [vehicle]
  return { owner, versions, exact }
}

/** What the household's own people have: none that counts, but where the plan says so. */
export function vehiclesOf(random: Random, household: Household, asOf: string): Holding<Vehicle>[] {
  const aim = household.plan.aims.get('vehicles')
  const exact = aim !== undefined
  const holdings: Holding<Vehicle>[] = []
  for (const person of membersOf(household)) {
    if (person.age < 18 || !random.chance(0.17)) continue
    const vehicle = person.vehicleExempt ? any(random, asOf) : free(random, asOf)
    holdings.push(withHistory(random, person.owner, vehicle, exact))
  }
  for (const { owner } of ownSupportersOf(household))
    if (random.chance(0.25)) holdings.push(withHistory(random, owner, any(random, asOf), false))
  if (aim === undefined) return holdings

  const owners = adultsOf(household).map((person) => person.owner)
  if (aim === 'at') {
    // A car that was the household's: the later row says moved away, cancelled or plates void.
    const car = counted(random, asOf)
    const gone = { ...car, statuses: random.pick(FREE_STATUSES) }
    holdings.push({ owner: random.pick(owners), versions: random.chance(0.5) ? [car, gone] : [gone], exact })
  }
  const cars = aim === 'at' ? 0 : aim === 'just-over' ? 1 : 2
  for (let i = 0; i < cars; i++) holdings.push(withHistory(random, random.pick(owners), counted(random, asOf), exact))
  return holdings
}

/** What somebody of no household has. */
export function strangerVehicles(random: Random, owner: Owner, asOf: string): Holding<Vehicle>[] {
  return random.chance(0.21) ? [withHistory(random, owner, any(random, asOf), false)] : []
}
