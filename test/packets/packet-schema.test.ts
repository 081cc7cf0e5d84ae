import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { REBUTTAL_KINDS, rebuttalKinds } from '../../src/domain/rebuttal-kinds.ts'
import { assemblePacket } from '../../src/packets/assemble-packet.ts'
import { PACKET_SCHEMA, packetValidator } from '../../src/packets/packet-schema.ts'
import { ROOT, shippedRules } from '../rules/rule-sets.ts'
import { inputOf } from './packet-input.ts'

const validatePacket = packetValidator()

t.test('the published schema is the one that packets are held against', async (t) => {
  const published = JSON.parse(readFileSync(join(ROOT, 'docs', 'packet.schema.json'), 'utf8'))
  t.same(published, JSON.parse(JSON.stringify(PACKET_SCHEMA)), 'node scripts/bootstrap.mjs scripts/packet-schema.mjs')
})

/** Every object in a value, with its path. */
function* objectsIn(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield path
  for (const [name, each] of Object.entries(value)) yield* objectsIn(each, [...path, name])
}

/** Where a place of its own decides what stands there: a record's fields, rules and parameters as they are written. */
const FREE = [
  /\/fields$/,
  /\/calculation(\/|$)/,
  /^\/replay\/ruleSet\/rules\/\d+/,
  /\/values\/\d+$/,
  /^\/replay\/sources$/,
  /\/evidence\/\d+$/,
  /\/result\/reason$/,
]

t.test('nothing may stand in a packet that its schema does not name', async (t) => {
  const packet = assemblePacket(inputOf())
  t.ok(validatePacket(packet))
  let tried = 0
  for (const path of objectsIn(packet)) {
    const name = path.map((part) => `/${part}`).join('')
    if (FREE.some((pattern) => pattern.test(name))) continue
    const copy = structuredClone(packet)
    const place = path.reduce((at: Record<string, never>, part) => at[part]!, copy as never)
    Object.assign(place, { further: 1 })
    t.notOk(validatePacket(copy), `a further field in ${name || 'the packet'}`)
    tried += 1
  }
  t.ok(tried > 40, `${tried} places`)
})

t.test('every kind of rebuttal that shipped rules accept has words, and no other', async (t) => {
  const { rules } = await shippedRules()
  const kinds = [...new Set(rules.flatMap(({ definition }) => definition.rebuttal.accepts))].sort()
  t.same(REBUTTAL_KINDS.toSorted(), kinds)
  for (const { kind, zh, en } of rebuttalKinds(kinds)) {
    t.match(zh, /^[\p{Script=Han}，、]+$/u, kind)
    t.match(en, /^[a-z][\x20-\x7e’]+$/, kind)
  }
  t.same(rebuttalKinds(['of-the-place', 'toString']), [
    { kind: 'of-the-place', zh: 'of-the-place', en: 'of-the-place' },
    { kind: 'toString', zh: 'toString', en: 'toString' },
  ])
})
