import { checkDigit } from '../domain/id-number.ts'

/** Invented counties; the codes 369901 to 369905 are not assigned (GB/T 2260 has no 3699). */
export const COUNTIES = [
  { code: '369901', name: '云溪县' },
  { code: '369902', name: '江右县' },
  { code: '369903', name: '青山县' },
  { code: '369904', name: '赣源县' },
  { code: '369905', name: '云岭县' },
] as const

const FIRST_YEAR = 1920
const SLOTS_A_YEAR = 372
const PER_SEX = 497

/**
 * Gives out resident numbers, none twice: each (county, birth date, sex) counts its sequence numbers from 001 to 995
 * (996-999 marked people born before 1900). 1.8 MB whatever the size of the county.
 */
export function createIdNumbers(): (county: number, birthDate: string, sex: 'm' | 'f') => string {
  const used = new Uint16Array(COUNTIES.length * 120 * SLOTS_A_YEAR * 2)
  return (county, birthDate, sex) => {
    const day =
      (Number(birthDate.slice(0, 4)) - FIRST_YEAR) * SLOTS_A_YEAR +
      (Number(birthDate.slice(5, 7)) - 1) * 31 +
      Number(birthDate.slice(8)) -
      1
    // A day whose numbers are spent lends from the next county; 5 × 497 of one sex are born on no day of any sample.
    for (let tried = 0; tried < COUNTIES.length; tried++) {
      const region = (county + tried) % COUNTIES.length
      const slot = ((region * 120 * SLOTS_A_YEAR + day) << 1) | (sex === 'm' ? 1 : 0)
      const count = used[slot]!
      if (count >= PER_SEX) continue
      used[slot] = count + 1
      // 211 and 497 have no common factor: steps of 211 from a place that depends on the day visit each sequence once.
      const index = (count * 211 + day * 37 + region * 101) % PER_SEX
      const sequence = index * 2 + (sex === 'm' ? 1 : 2)
      const first17 = COUNTIES[region]!.code + birthDate.replaceAll('-', '') + String(sequence).padStart(3, '0')
      return first17 + checkDigit(first17)
    }
    throw new RangeError('more people were born on one day than there are numbers')
  }
}
