import { checkDigit } from '../src/domain/id-number.ts'
import { createRandom, type Random } from '../src/sample/prng.ts'

/** The date of the check; deliveries, authorizations and versions lie around it. */
export const AS_OF = '2026-11-01'
const SOURCES = ['vehicle', 'property', 'tax', 'social-insurance', 'bank']
const EMPLOYMENTS = [
  ['unemployed', 30],
  ['unable', 20],
  ['retired', 20],
  ['flexible', 15],
  ['student', 10],
  ['employed', 5],
] as const
const SCHEMES = [
  ['urban-dibao', 55],
  ['rural-dibao', 30],
  ['low-income', 12],
  ['extreme-poverty', 3],
] as const
/** About two persons a household. */
const SIZES = [
  [1, 35],
  [2, 37],
  [3, 20],
  [4, 8],
] as const
/** A household that grows by a later import has at most one person more. */
const MOST_PEOPLE = 5
const SURNAMES = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余']
const GIVEN = [...'秀英桂兰芳素珍凤仙玉梅爱华莲金银春燕丽红霞国淑贞玲琴萍艳伟杰浩涛鹏亮磊强军平刚勇']

export interface BenchPerson {
  readonly id: string
  readonly role: 'applicant' | 'member' | 'supporter'
  readonly relation: string
  readonly name: string
  readonly idNumber: string
  readonly declared: { readonly employment: string; readonly monthlyIncome: string; readonly monthlyBenefits: string }
  readonly disabled: boolean
  readonly seriousIllness: boolean
  readonly vehicleExempt: boolean
  readonly authorization: {
    readonly signedOn: string
    readonly endsOn: string | null
    readonly sources: string[]
  } | null
}

/** Of the form of design §5. */
export interface BenchHousehold {
  readonly id: string
  readonly scheme: string
  readonly region: string
  readonly category: string
  readonly grantedFrom: string
  readonly monthlyBenefit: string
  readonly address: string
  readonly declared: { monthlyIncome: string; savings: string; vehicles: number; dwellings: number }
  readonly people: readonly BenchPerson[]
}

/** People of the register live in four counties, strangers in a fifth: their numbers never meet. */
const STRANGERS_FROM = 1_000_000_000

/**
 * A number of its own for each person: the index counts through counties, then through 25,000 days of birth in steps
 * that visit each once, then through sequence numbers.
 */
function idNumberOf(household: number, position: number): string {
  const stranger = household >= STRANGERS_FROM
  const index = (stranger ? household - STRANGERS_FROM : household) * MOST_PEOPLE + position
  const county = stranger ? 5 : 1 + (index % 4)
  const rest = stranger ? index : Math.floor(index / 4)
  const birth = new Date(Date.UTC(1940, 0, 1) + ((rest * 7919) % 25_000) * 86_400_000)
  const sequence = Math.floor(rest / 25_000) + 1
  if (sequence > 995) throw new RangeError('there are no more numbers')
  const day = birth.toISOString().slice(0, 10).replaceAll('-', '')
  const first17 = `36990${county}${day}${String(sequence).padStart(3, '0')}`
  return first17 + checkDigit(first17)
}

const yuan = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

function personOf(random: Random, household: number, position: number): BenchPerson {
  const employment = random.weighted(EMPLOYMENTS)
  // Not all have authorized everything for ever: a few left a source out, or their authorization ran out.
  const authorized = random.weighted([
    ['all', 970],
    ['less', 12],
    ['ended', 10],
    ['none', 8],
  ] as const)
  const role = position === 0 ? 'applicant' : random.chance(0.06) ? 'supporter' : 'member'
  return {
    id: `P${position + 1}`,
    role,
    relation: position === 0 ? 'self' : random.pick(['spouse', 'child', 'parent']),
    name: random.pick(SURNAMES) + random.pick(GIVEN) + (random.chance(0.8) ? random.pick(GIVEN) : ''),
    idNumber: idNumberOf(household, position),
    declared: {
      employment,
      monthlyIncome: employment === 'employed' ? yuan(random.between(20, 26) * 10_000) : '0.00',
      monthlyBenefits: employment === 'retired' ? '260.00' : '0.00',
    },
    disabled: random.chance(0.12),
    seriousIllness: random.chance(0.08),
    vehicleExempt: random.chance(0.02),
    authorization:
      authorized === 'none'
        ? null
        : {
            signedOn: '2026-01-05',
            endsOn: authorized === 'ended' ? '2026-09-30' : null,
            sources: authorized === 'less' ? SOURCES.slice(1) : SOURCES,
          },
  }
}

/** The household of an index as the first import brings it: the same whatever the size of the register. */
export function householdOf(index: number): BenchHousehold {
  const random = createRandom(1, 1, index)
  const size = random.weighted(SIZES)
  return {
    id: `H${String(index).padStart(7, '0')}`,
    scheme: random.weighted(SCHEMES),
    region: `36990${random.between(1, 5)}${String(random.between(1, 18)).padStart(3, '0')}`,
    category: random.pick(['A', 'B', 'C']),
    grantedFrom: `202${random.between(0, 5)}-0${random.between(1, 9)}`,
    monthlyBenefit: yuan(random.between(300, 1400) * 100),
    address: `云溪县第${random.between(1, 99)}村${random.between(1, 400)}号`,
    declared: { monthlyIncome: yuan(random.between(0, 1200) * 100), savings: '3000.00', vehicles: 0, dwellings: 1 },
    people: Array.from({ length: size }, (_, position) => personOf(random, index, position)),
  }
}

/** A household of the same kind that no register knows; its people have rows in the departments' files. */
export const strangersOf = (index: number) => householdOf(STRANGERS_FROM + index)

/** What a later import brings of it: a version that holds at the check, with a person more now and then; or none. */
export function laterVersionOf(index: number): BenchHousehold | null {
  if (index % 20 !== 7) return null
  const household = householdOf(index)
  const declared = { ...household.declared, monthlyIncome: '123.00' }
  if (index % 100 !== 7) return { ...household, declared }
  const added = personOf(createRandom(1, 3, index), index, household.people.length)
  return { ...household, declared, people: [...household.people, { ...added, role: 'member' }] }
}

/** A version that begins after the check and must not be seen by it; or none. */
export function futureVersionOf(index: number): BenchHousehold | null {
  if (index % 50 !== 11) return null
  return { ...householdOf(index), scheme: 'rural-dibao', category: 'D' }
}

/** The household as it stands at the check. */
export const currentVersionOf = (index: number) => laterVersionOf(index) ?? householdOf(index)
