import type { Random } from './prng.ts'

/** A payer of wages or contributions. */
export interface Payer {
  readonly name: string
  readonly code: string
}

const KINDS =
  '服装有限公司 物流有限公司 食品厂 物业管理有限公司 建材经营部 超市 中心小学 卫生院 家具厂 农业合作社 饭店 装饰工程有限公司'.split(
    ' ',
  )
const HOUSES = '江右 赣源 青山 云岭 云溪 福临门 大满贯 好又多'.split(' ')
const CODE_LETTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** Names carry quotes, brackets and commas, which the files must survive; codes are invented (MA1…) and no ID numbers. */
function payer(index: number): Payer {
  const house = HOUSES[index % HOUSES.length]!
  const plain = `${house}${KINDS[Math.floor(index / HOUSES.length) % KINDS.length]}`
  const name =
    index % 11 === 0
      ? `"${house}"${plain.slice(house.length)}`
      : index % 7 === 0
        ? `${plain}(云溪)`
        : index % 13 === 0
          ? `"${plain}`
          : plain
  return {
    name,
    code: `9136990${1 + (index % 5)}MA1${String(index).padStart(6, '0')}${CODE_LETTERS[(index * 7) % CODE_LETTERS.length]}`,
  }
}

const PAYERS = Array.from({ length: 96 }, (_, index) => payer(index + 1))

export const inventPayer = (random: Random): Payer => random.pick(PAYERS)
