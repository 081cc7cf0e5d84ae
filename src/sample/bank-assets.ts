import { dateBetween, digits, excess, type Holding, splitSum } from './holding.ts'
import { adultsOf, type Household, membersOf, ownSupportersOf } from './household.ts'
import type { Owner } from './people.ts'
import type { Random } from './prng.ts'

export interface Deposit {
  readonly kind: 'deposit'
  readonly institution: string
  readonly product: string
  readonly account: string
  readonly currency: string
  readonly balanceFen: number
  readonly averageFen: number | null
  readonly status: '正常' | '销户'
  readonly openedOn: string | null
}

export interface Security {
  readonly kind: 'security'
  readonly institution: string
  readonly category: string
  readonly product: string
  readonly valueFen: number
}

export interface Policy {
  readonly kind: 'policy'
  readonly institution: string
  readonly product: string
  readonly premiumFen: number
  readonly cashFen: number | null
  readonly status: '有效' | '失效'
  readonly openedOn: string | null
}

export type BankAsset = Deposit | Security | Policy
type Holdings = Holding<BankAsset>[]

const BANKS = ['云溪农村商业银行', '江右银行云溪支行', '青山村镇银行', '赣源银行股份有限公司', '云溪县城关信用社']
const ACCOUNTS = ['社保卡金融账户', '整存整取', '个人结算账户', '活期存款']
const BROKERS = ['江右证券云溪营业部', '赣源证券有限责任公司', '云岭基金销售有限公司']
const PRODUCTS = {
  理财: ['天天盈', '日日鑫', '安心增利', '月月红'],
  股票: ['青山电力', '江右水泥', '云溪药业', '赣源机械'],
  基金: ['云岭成长混合', '云岭货币A', '青山债券C', '青山沪深指数'],
  债券: ['2024年储蓄国债(二期)', '云溪城投债21', '2025年储蓄国债(五期)'],
} as const
const INSURERS = ['青山养老保险股份有限公司', '江右财产保险云溪支公司', '云岭人寿保险股份有限公司']
const POLICIES = [
  '福安终身寿险',
  '吉祥意外险',
  '惠民保',
  '老年防癌险',
  '少儿成长两全保险',
  '重疾无忧(2023版)',
  '金穗年金保险',
]

/** Above what a household may hold, whatever its size; for accounts that do not count. */
const MUCH = 90_000_00

function deposit(random: Random, asOf: string, balanceFen: number, given: Partial<Deposit> = {}): Deposit {
  return {
    kind: 'deposit',
    institution: random.pick(BANKS),
    product: random.pick(ACCOUNTS),
    account: `99${digits(random, 17)}`,
    currency: 'CNY',
    balanceFen,
    averageFen: random.chance(0.55) ? Math.floor((balanceFen * random.between(60, 110)) / 100) : null,
    status: '正常',
    openedOn: random.chance(0.9) ? dateBetween(random, 2005, asOf) : null,
    ...given,
  }
}

function security(random: Random, valueFen: number): Security {
  const category = random.pick(['理财', '股票', '基金', '债券'] as const)
  return {
    kind: 'security',
    institution: random.pick(BROKERS),
    category,
    product: `${random.pick(PRODUCTS[category])}-${digits(random, 6)}`,
    valueFen,
  }
}

function policy(random: Random, asOf: string, premiumFen: number, status: Policy['status'] = '有效'): Policy {
  return {
    kind: 'policy',
    institution: random.pick(INSURERS),
    product: `${random.pick(POLICIES)}(${digits(random, 6)})`,
    premiumFen,
    cashFen: random.chance(0.6) ? premiumFen * random.between(1, 12) : null,
    status,
    openedOn: random.chance(0.9) ? dateBetween(random, 2010, asOf) : null,
  }
}

/** Now and then with an earlier row of another amount, at most `ceiling`. */
function withHistory(
  random: Random,
  owner: Owner,
  asset: BankAsset,
  ceiling: number,
  exact: boolean,
): Holding<BankAsset> {
  if (!random.chance(0.04)) return { owner, versions: [asset], exact }
  const fen = random.between(1, Math.max(1, ceiling))
  const earlier: BankAsset =
    asset.kind === 'deposit'
      ? { ...asset, balanceFen: fen }
      : asset.kind === 'security'
        ? { ...asset, valueFen: fen }
        : { ...asset, premiumFen: fen }
  return { owner, versions: [earlier, asset], exact }
}

/** Closed accounts and foreign currency, which do not count. */
const distractingDeposit = (random: Random, asOf: string) =>
  random.chance(0.6)
    ? deposit(random, asOf, random.between(0, MUCH), { status: '销户' })
    : deposit(random, asOf, random.between(100, MUCH), { currency: random.pick(['USD', 'HKD', 'JPY', 'EUR']) })

function depositsOf(random: Random, household: Household, asOf: string): Holdings {
  const aim = household.plan.aims.get('deposits')
  const limit = household.limits.depositsFen
  const owners = adultsOf(household).map((person) => person.owner)
  const holdings: Holdings = []
  const add = (owner: Owner, asset: Deposit, ceiling: number) =>
    holdings.push(withHistory(random, owner, asset, ceiling, aim !== undefined))
  if (aim) {
    const total = limit + excess(aim, random.between(10000, limit))
    for (const [i, balance] of splitSum(random, total, random.between(1, 3)).entries()) {
      const account = deposit(random, asOf, balance)
      add(owners[i % owners.length]!, account, limit * 2)
      // The account stands under both holders and counts once.
      if (i === 0 && owners.length > 1 && random.chance(0.4)) add(owners[1]!, account, limit * 2)
    }
  } else {
    const holders = membersOf(household).filter(
      (person) => random.chance(person.age < 18 ? 0.15 : 0.85) && !person.passport,
    )
    const ceiling = Math.floor((limit * 0.6) / Math.max(1, holders.length * 2))
    for (const { owner } of holders) {
      const cap = random.chance(0.3) ? ceiling : Math.min(ceiling, 200_000)
      const balance = () => (random.chance(0.02) ? -random.between(1, 5000) : random.between(0, cap))
      const account = deposit(random, asOf, balance())
      add(owner, account, ceiling)
      if (random.chance(0.1)) add(owner, deposit(random, asOf, balance()), ceiling)
    }
    const [first, second] = holdings
    if (first && second && first.owner !== second.owner && random.chance(0.08))
      holdings[1] = { ...first, owner: second.owner }
  }
  for (const owner of owners) if (random.chance(0.05)) add(owner, distractingDeposit(random, asOf), MUCH)
  return holdings
}

function securitiesOf(random: Random, household: Household): Holdings {
  const aim = household.plan.aims.get('securities')
  const limit = household.limits.securitiesFen
  const owners = adultsOf(household).map((person) => person.owner)
  if (aim) {
    const total = limit + excess(aim, random.between(10000, limit))
    return splitSum(random, total, random.between(1, 3)).map((valueFen, i) =>
      withHistory(random, owners[i % owners.length]!, security(random, valueFen), limit, true),
    )
  }
  const ceiling = Math.floor((limit * 0.6) / owners.length)
  return owners.flatMap((owner) =>
    random.chance(0.07)
      ? [withHistory(random, owner, security(random, random.between(100, ceiling)), ceiling, false)]
      : [],
  )
}

function policiesOf(random: Random, household: Household, asOf: string): Holdings {
  const aim = household.plan.aims.get('insurance')
  const limit = household.limits.premiumFen
  const owners = adultsOf(household).map((person) => person.owner)
  const holdings: Holdings = owners.flatMap((owner) =>
    random.chance(0.015)
      ? [withHistory(random, owner, policy(random, asOf, random.between(10000, MUCH), '失效'), MUCH, aim !== undefined)]
      : [],
  )
  if (aim) {
    const total = limit + excess(aim, random.between(1000, limit))
    for (const [i, premium] of splitSum(random, total, random.between(1, 3)).entries())
      holdings.push(withHistory(random, owners[i % owners.length]!, policy(random, asOf, premium), limit, true))
    return holdings
  }
  const ceiling = Math.floor((limit * 0.6) / owners.length)
  for (const owner of owners)
    if (random.chance(0.08))
      holdings.push(withHistory(random, owner, policy(random, asOf, random.between(1000, ceiling)), ceiling, false))
  return holdings
}

/** Anything, of people whom the rules do not ask. */
function freeAssets(random: Random, owner: Owner, asOf: string, chance: number): Holdings {
  if (!random.chance(chance)) return []
  const asset = random.weighted<BankAsset>([
    [deposit(random, asOf, random.between(0, MUCH * 3)), 70],
    [distractingDeposit(random, asOf), 6],
    [security(random, random.between(100, MUCH)), 12],
    [policy(random, asOf, random.between(10000, 2000000), random.chance(0.9) ? '有效' : '失效'), 12],
  ])
  return [withHistory(random, owner, asset, MUCH, false)]
}

/** What banks, brokers and insurers know of the household's own people. */
export function bankAssetsOf(random: Random, household: Household, asOf: string): Holdings {
  const holdings = [
    ...depositsOf(random, household, asOf),
    ...securitiesOf(random, household),
    ...policiesOf(random, household, asOf),
  ]
  for (const { owner } of ownSupportersOf(household))
    holdings.push(...freeAssets(random, owner, asOf, 0.7), ...freeAssets(random, owner, asOf, 0.3))
  for (const person of membersOf(household))
    if (person.passport) holdings.push(...freeAssets(random, person.owner, asOf, 0.8))
  return holdings
}

/** What they know of somebody of no household. */
export const strangerAssets = (random: Random, owner: Owner, asOf: string) => freeAssets(random, owner, asOf, 0.57)
