import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import t from 'tap'
import type { DossierRecord } from '../../src/domain/dossier.ts'
import { HeduiError } from '../../src/errors.ts'
import { assemblePacket } from '../../src/packets/assemble-packet.ts'
import type { PacketInput } from '../../src/packets/packet-input.ts'
import { packetValidator } from '../../src/packets/packet-schema.ts'
import { replayPacket } from '../../src/services/cases/replay-packet.ts'
import { CLOSED, DOSSIER, IDENTITIES, inputOf, JOINT, NOT_READ, OTHER, WIFE } from './packet-input.ts'

const validatePacket = packetValidator()

/**
 * Worked out by hand: 30,000.00 (a joint account, once) + 6,720.01 (another that ends alike) = 36,720.01 against
 * 24 × 765.00 × 2 = 36,720.00; one car against none. Issued at half past midnight of New Year in China.
 */
const GOLDEN = canonicalize(JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'packet.json'), 'utf8')))!

t.test('the packet is the one worked out by hand, byte for byte', async (t) => {
  const packet = assemblePacket(inputOf())
  t.equal(canonicalize(packet), GOLDEN)
  t.equal(JSON.stringify(packet), GOLDEN, 'its members are in their order already')
  t.ok(validatePacket(packet), JSON.stringify(validatePacket.errors))
  t.same(replayPacket(packet), { same: true, differences: [] })
})

/** A value whose objects have their members in another order; that of `let` matters. */
function reverseMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseMembers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, each]) => [name, name === 'let' ? each : reverseMembers(each)]),
  )
}

const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length })

t.test('whatever order its input is in, the packet is the same', async (t) => {
  const input = inputOf()
  const { dossier, household, ruleSet } = input
  const inputs = fc.record({
    records: shuffled(dossier.records),
    uses: shuffled(dossier.sources),
    unanswered: shuffled(dossier.unanswered),
    people: shuffled(household.people),
    sources: shuffled(input.sources),
    deliveries: shuffled(input.deliveries),
    warnings: shuffled(input.warnings),
    protections: shuffled(input.protections),
    isReversed: fc.boolean(),
  })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(inputs, ({ records, uses, unanswered, people, isReversed, ...lists }) => {
        const other: PacketInput = {
          ...input,
          ...lists,
          household: { ...household, people },
          dossier: { ...dossier, records, sources: uses, unanswered },
        }
        // A compiled rule is no plain data.
        const plain = isReversed
          ? {
              ...other,
              dossier: reverseMembers(other.dossier) as PacketInput['dossier'],
              ruleSet: { ...ruleSet, content: reverseMembers(ruleSet.content) },
              warnings: other.warnings.map((each) => ({
                ...each,
                trace: reverseMembers(each.trace) as typeof each.trace,
              })),
            }
          : other
        return canonicalize(assemblePacket(plain)) === GOLDEN
      }),
      { numRuns: 300 },
    ),
  )
})

t.test(
  'it holds no name but the addressee’s, no identity number, no account, and nothing that no rule could read',
  async (t) => {
    const text = canonicalize(assemblePacket(inputOf()))!
    const secrets = [JOINT, OTHER, `"${CLOSED}"`, ...Object.values(IDENTITIES).map(({ number }) => number!)]
    for (const secret of [...secrets, WIFE.name, '阿依古丽', 'Maria', 'Silva']) t.notOk(text.includes(secret), secret)
    for (const { fields, row } of NOT_READ) {
      t.notOk(text.includes(`"row":${row},`), `row ${row}`)
      t.notOk(text.includes(canonicalize(fields)!))
    }
    t.ok(text.includes('王守仁'))
    const other = assemblePacket(inputOf({ addressee: 'P2' }))
    t.same(other.addressee, { person: 'P2', name: WIFE.name })
    t.same(
      other.people.map(({ name }) => name),
      ['王**', WIFE.name, 'M**** d* S****'],
    )
  },
)

t.test('rules, parameters and sources that the warnings do not need are left out', async (t) => {
  const { replay, sources, check } = assemblePacket(inputOf())
  const { rules, parameters } = replay.ruleSet as { rules: { id: string }[]; parameters: { name: string }[] }
  t.same(
    [rules.map(({ id }) => id), parameters.map(({ name }) => name)],
    [
      ['deposits', 'vehicles'],
      ['depositMonths', 'standardMonthly'],
    ],
  )
  t.same(
    sources.map(({ source }) => source),
    ['bank', 'vehicle'],
  )
  t.equal(check.ruleSet, inputOf().ruleSet.version, 'the whole set is named')
  const [only] = inputOf().warnings
  const one = assemblePacket(inputOf({ warnings: [only!] }))
  t.same(Object.keys(one.replay.sources), ['bank'])
  t.notOk(canonicalize(one)!.includes('赣X0001'))
  t.same(replayPacket(one), { same: true, differences: [] })
})

const isDeposit = (row: number) => (record: DossierRecord) => record.row === row

t.test('what does not hold what its warnings rest on is refused', async (t) => {
  const input = inputOf()
  const [deposits, vehicles] = input.warnings
  const cases: readonly (readonly [string, PacketInput, RegExp])[] = [
    [
      'a record',
      { ...input, dossier: { ...DOSSIER, records: DOSSIER.records.filter((each) => !isDeposit(13)(each)) } },
      /W1 rests on row 13 of bank/,
    ],
    [
      'a delivery',
      { ...input, deliveries: input.deliveries.filter(({ id }) => id !== 'vehicle-1') },
      /W2 rests on row 21 of vehicle, of whose delivery/,
    ],
    ['a source', { ...input, sources: input.sources.slice(1) }, /source bank/],
    ['warnings', { ...input, warnings: [] }, /no warning/],
    [
      'a warned result',
      { ...input, warnings: [{ ...deposits!, result: { ...deposits!.result, outcome: 'clear' } }] },
      /W1 is not warned/,
    ],
    ['its own trace', { ...input, warnings: [{ ...deposits!, trace: vehicles!.trace }] }, /trace of W1/],
    ['a real day', { ...input, ruleSet: { ...input.ruleSet, inForceFrom: 'soon' } }, /warnings\.0\.inForceFrom must/],
    ['the addressee', { ...input, addressee: 'P9' }, /no person P9/],
  ]
  for (const [what, other, pattern] of cases) {
    try {
      assemblePacket(other)
      t.fail(`a packet without ${what} was made`)
    } catch (error) {
      t.ok(error instanceof HeduiError && error.code === 'STATE_NOT_REPLAYED', `without ${what}`)
      t.match((error as Error).message, pattern)
    }
  }
})
