import { checkDigit } from '../../src/domain/id-number.ts'
import { rowOf } from './departments.ts'
import { householdOf, memberOf, type TestPerson } from './people.ts'
import type { Work } from './work.ts'

/** An invented person for each number from 0 on, with a valid ID number. */
export function personAt(index: number): TestPerson {
  const day = new Date(Date.UTC(1960, 0, 1 + Math.floor(index / 900))).toISOString().slice(0, 10).replaceAll('-', '')
  const first17 = `369901${day}${String(index % 900).padStart(3, '0')}`
  return { name: `孙${String.fromCharCode(0x5000 + (index % 5000))}`, idNumber: first17 + checkDigit(first17) }
}

export const idAt = (index: number) => `H${String(index).padStart(6, '0')}`

/**
 * A register of so many households, every third of two people, with a few records: cars for every fifth, a deposit for
 * each whose sum crosses the limit for some. Enough for outcomes of all kinds, little enough to be there in a second.
 */
export async function fillRegister(work: Work, count: number): Promise<void> {
  const households = Array.from({ length: count }, (_, i) => {
    const people = [memberOf('P1', personAt(2 * i)), ...(i % 3 === 0 ? [memberOf('P2', personAt(2 * i + 1))] : [])]
    return householdOf(idAt(i), people, { region: `3699010${String(i % 5).padStart(2, '0')}` })
  })
  const { imported } = await work.importLines(households)
  if (imported !== count) throw new Error(`${imported} of ${count} households were imported`)
  await deliverAll(work, count)
}

export interface DeliverAll {
  readonly asOf?: { readonly vehicle: string; readonly bank: string }
  /** Changes who owns what. */
  readonly shift?: number
}

/** Vehicles and deposits of so many households. */
export async function deliverAll(work: Work, count: number, { asOf, shift = 0 }: DeliverAll = {}): Promise<string[]> {
  const all = Array.from({ length: count }, (_, i) => i)
  const cars = all.filter((i) => (i + shift) % 5 === 0)
  const vehicles = cars.map((i) => rowOf.vehicle(personAt(2 * i), { 号牌号码: `赣X${i}` }))
  const deposits = all.map((i) => rowOf.deposit(personAt(2 * i), { 账号: `62${i}`, 余额: ((i + shift) % 7) * 6000 }))
  const reports = [
    await work.deliver('vehicle', vehicles, asOf ? { asOf: asOf.vehicle } : {}),
    await work.deliver('bank', deposits, asOf ? { asOf: asOf.bank } : {}),
  ]
  return reports.map(({ delivery }) => delivery)
}
