import { daysInMonth, formatDate } from '../domain/dates.ts'
import { createIdNumbers } from './id-numbers.ts'
import { inventName, inventStyle, type NameStyle, type PersonName, type Sex } from './names.ts'
import type { Random } from './prng.ts'

/** Whose rows these are: the register's, nobody's in the register, or of one without a resident number. */
export type Standing = 'household' | 'stranger' | 'without-number'

/** Who a row of a source belongs to. */
export interface Owner {
  readonly name: string
  /** 18 digits, or the passport's number. */
  readonly idNumber: string
  readonly standing: Standing
  readonly sex: Sex
  readonly birthYear: number
  readonly address: string
}

export interface BornPerson {
  readonly name: PersonName
  readonly sex: Sex
  readonly birthDate: string
  readonly idNumber: string
}

export interface PeopleMaker {
  /** A person who has completed `age` years or will this year, on the check date. */
  born(
    random: Random,
    wanted: { age: number; county: number; sex?: Sex; style?: NameStyle; parent?: PersonName },
  ): BornPerson
  /** Somebody of no household. */
  stranger(random: Random): Owner
}

/** People with numbers that no other person of this maker has. */
export function createPeopleMaker(asOf: string): PeopleMaker {
  const nextNumber = createIdNumbers()
  const thisYear = Number(asOf.slice(0, 4))

  const born: PeopleMaker['born'] = (random, { age, county, sex = random.chance(0.5) ? 'm' : 'f', style, parent }) => {
    const year = Math.max(1920, thisYear - Math.max(1, age))
    const month = random.between(1, 12)
    const birthDate = formatDate(year, month, random.between(1, daysInMonth(year, month)))
    const name = inventName(random, style ?? inventStyle(random), sex, year, parent)
    return { name, sex, birthDate, idNumber: nextNumber(county, birthDate, sex) }
  }

  return {
    born,
    stranger(random) {
      const county = random.int(5)
      const person = born(random, { age: random.between(18, 85), county })
      return {
        name: person.name.full,
        idNumber: person.idNumber,
        standing: 'stranger',
        sex: person.sex,
        birthYear: Number(person.birthDate.slice(0, 4)),
        address: inventAddress(random, county, random.int(12)),
      }
    },
  }
}

const TOWNSHIPS = '城关街道 东门街道 西园街道 北岭街道 石桥镇 白庙镇 柳河镇 马店镇 清泉镇 槐树镇 南沟乡 云峰乡'.split(
  ' ',
)
const PLACES = '上河 下河 桥头 红星 前进 和平 新民 龙泉 石门 松树 柳林 枣园 西坡 东沟 莲花'.split(' ')
const COUNTY_NAMES = ['云溪县', '江右县', '青山县', '赣源县', '云岭县']

/** An address in township 0-11 of county 0-4: the first four are urban. */
export function inventAddress(random: Random, county: number, township: number): string {
  const where = COUNTY_NAMES[county]! + TOWNSHIPS[township]! + random.pick(PLACES)
  return township < 4
    ? `${where}社区${random.between(1, 40)}号楼${random.between(1, 5)}单元${random.between(101, 999)}室`
    : `${where}村${random.between(1, 15)}组${random.between(1, 120)}号`
}
