import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DossierRecord } from '../../src/domain/dossier.ts'
import { checkDossierWithTraces } from '../../src/rules/trace-dossier.ts'
import { dossier, person, record } from './dossiers.ts'
import { ruleSetOf } from './rule-sets.ts'

/** Worked out by hand: 24 × 765.00 × 2 = 36,720.00, and 90.00 + 30.01 m² against 30.00 × 2. */
const text = (name: string) => readFileSync(join(import.meta.dirname, 'golden', name), 'utf8')

const PEOPLE = [person(), person({ id: 'P2', role: 'member' })]
const DEPOSIT = { institution: '甲', currency: 'CNY', status: 'open' } as const
const RECORDS: Readonly<Record<string, readonly DossierRecord[]>> = {
  deposits: [
    record('deposit', 'P1', 11, { ...DEPOSIT, account: '1', balance: 3000000 }),
    record('deposit', 'P2', 12, { ...DEPOSIT, account: '1', balance: 3000000 }),
    record('deposit', 'P2', 13, { institution: '甲', currency: 'CNY', account: '2', balance: 672001 }),
    record('deposit', 'P1', 14, { institution: '乙', currency: 'USD', account: '9', balance: 50000 }),
    record('deposit', 'P2', 15, { ...DEPOSIT, account: '3', balance: 100, status: 'closed' }),
  ],
  property: [
    record('property', 'P1', 21, { unit: 'U1', area: 9000, usage: '住宅', share: 0.5, current: true }),
    record('property', 'P2', 22, { unit: 'U1', area: 9000, usage: '住宅', share: 0.5, current: true }),
    record('property', 'P1', 23, { unit: 'U2', area: 3001, usage: '住宅', share: 1 }),
    record('property', 'P2', 24, { unit: 'U3', area: 1500, usage: '车库', share: 1, current: true }),
    record('property', 'P1', 25, { unit: 'U4', area: 8000, usage: '住宅', share: 0.05, current: true }),
  ],
}

/** Every order of five records. */
function* orders<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield []
  for (const [i, first] of list.entries()) for (const rest of orders(list.toSpliced(i, 1))) yield [first, ...rest]
}

for (const rule of ['deposits', 'property']) {
  t.test(`the trace of ${rule} is the one worked out by hand, in whatever order the records come`, async (t) => {
    const ruleSet = ruleSetOf([text(`${rule}.yaml`)], [text('parameters.yaml')])
    const golden = JSON.stringify(JSON.parse(text(`${rule}.json`)))
    const found = new Set<string>()
    for (const records of orders(RECORDS[rule]!)) {
      const { traces } = checkDossierWithTraces(ruleSet, dossier({ people: PEOPLE, records }), 'run')
      for (const trace of traces) found.add(JSON.stringify(trace))
    }
    t.equal(found.size, 1)
    const [only] = found
    t.same(JSON.parse(only!), JSON.parse(golden))
    t.equal(only, golden, 'byte for byte')
  })
}
