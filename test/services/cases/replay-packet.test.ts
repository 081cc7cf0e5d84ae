import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import t from 'tap'
import type { Dossier } from '../../../src/domain/dossier.ts'
import { parseHousehold } from '../../../src/domain/household.ts'
import { procedureOf } from '../../../src/domain/procedure.ts'
import { showKey } from '../../../src/domain/record-key.ts'
import type { RecordTypeName } from '../../../src/domain/record-types.ts'
import { assemblePacket } from '../../../src/packets/assemble-packet.ts'
import type { Packet } from '../../../src/packets/packet.ts'
import type { PacketInput } from '../../../src/packets/packet-input.ts'
import { packetValidator } from '../../../src/packets/packet-schema.ts'
import { renderTrace } from '../../../src/rules/render-trace.ts'
import { parseRuleSet, type RuleSet, rulesOfRegion } from '../../../src/rules/rule-set.ts'
import { exampleDossier, exampleParameters } from '../../../src/rules/run-example.ts'
import { checkDossierWithTraces } from '../../../src/rules/trace-dossier.ts'
import { SOURCES } from '../../../src/sample/assumptions.ts'
import { writeSampleCounty } from '../../../src/sample/write-sample-county.ts'
import { replayPacket } from '../../../src/services/cases/replay-packet.ts'
import { filesOf } from '../../../src/services/load-stored-rule-set.ts'
import { releaseDelivery } from '../../../src/services/release-delivery.ts'
import { reopenRun } from '../../../src/services/reopen-run.ts'
import { inputOf } from '../../packets/packet-input.ts'
import { dossiers } from '../../rules/random-dossiers.ts'
import { SOURCES as SOURCES_OF, shippedRules } from '../../rules/rule-sets.ts'
import { createWork, type Work } from '../../support/work.ts'

const validatePacket = packetValidator()

/** The households of a county, checked, each warned one as a packet that went through JSON. */
async function packetsOf(work: Work, options: { readonly seed: number; readonly defects: number }) {
  const { hedui, folder, ruleSet } = work
  const { files, asOf, warnedHouseholds } = await writeSampleCounty({ households: 300, ...options, out: folder })
  const lines = readFileSync(join(folder, 'households.ndjson'), 'utf8').trimEnd().split('\n')
  const households = new Map(
    lines
      .map((line) => parseHousehold(JSON.parse(line), [...hedui.adapters.keys()]))
      .map((each) => [each.facts.id, each]),
  )
  await work.importLines(
    lines.map((line) => JSON.parse(line)),
    { asOf },
  )
  const deliveries: PacketInput['deliveries'][number][] = []
  for (const source of SOURCES) {
    const { file, asOf: drawn, rows } = files[source]
    const { delivery, state } = await work.ingest(source, join(folder, file), { asOf: drawn, retain: 'all' })
    if (state === 'held') await releaseDelivery(hedui, { id: delivery, actor: 'test' })
    const sha256 = 'a'.repeat(64)
    deliveries.push({ source, id: delivery, asOf: drawn, fileName: file, sha256, rows, publishedAt: null })
  }
  const { summary, results } = await work.check({ asOf })
  const warned = results.filter(({ outcome }) => outcome === 'warned').map(({ householdId }) => householdId)
  const run = summary.run!
  const sources = [...hedui.adapters.values()].map(({ manifest: { id, title, owner, trust, records } }) => ({
    source: id,
    title,
    owner,
    trust,
    records: records.map(({ type, key, fields }) => ({
      type,
      key,
      sensitive: Object.keys(fields).filter((name) => fields[name]!.sensitive),
    })),
  }))
  if (warned.length !== warnedHouseholds) throw new Error(`${warned.length} are warned, not ${warnedHouseholds}`)
  return reopenRun(hedui, { run, ruleSets: [ruleSet], households: warned }, async (reopened) => {
    const packets: { readonly packet: Packet; readonly secrets: readonly string[] }[] = []
    for await (const page of reopened.dossiers())
      for (const dossier of page) {
        const { result, traces } = checkDossierWithTraces(ruleSet, dossier, run)
        const rules = rulesOfRegion(ruleSet, dossier.household.region)
        const household = households.get(dossier.household.id)!
        const packet = assemblePacket({
          id: 'packet',
          caseId: '0192c3d4-0000-7000-8000-00001a2b3c4d',
          number: 1,
          issued: { at: '2026-11-03T02:00:00.000Z', by: '陈立新' },
          household,
          addressee: household.people[0]!.facts.id,
          protections: [],
          run,
          ruleSet: { version: ruleSet.version, content: ruleSet.content, inForceFrom: null },
          sources,
          deliveries,
          dossier,
          warnings: result.results
            .filter(({ outcome }) => outcome === 'warned')
            .map((found, i) => {
              const trace = traces.find(({ rule, person }) => rule === found.rule && person === found.person)!
              return {
                id: `W${i + 1}`,
                rule: rules.find(({ definition }) => definition.id === found.rule)!,
                result: found,
                trace,
                page: renderTrace(trace, 'zh'),
                confirmed: { by: '陈立新', at: '2026-11-03T01:00:00.000Z', reason: '属实' },
                confirmations: [],
              }
            }),
          procedure: procedureOf(hedui.procedures, dossier.household.region),
          chain: { number: 3, hash: 'c'.repeat(64) },
        })
        const accounts = dossier.records.flatMap(({ fields }) =>
          typeof fields.account === 'string' ? fields.account : [],
        )
        const numbers = household.people.flatMap(({ identity }) => identity.number ?? [])
        const [, ...others] = household.people.map(({ identity }) => identity.name)
        const secrets = [
          ...accounts.filter(({ length }) => length > 5),
          ...numbers,
          ...others.filter((name) => name !== household.people[0]!.identity.name),
        ]
        packets.push({ packet: JSON.parse(JSON.stringify(packet)), secrets })
      }
    return packets
  })
}

for (const options of [
  { seed: 1, defects: 0.02 },
  { seed: 13, defects: 0.3 },
]) {
  t.test(`every packet of county ${options.seed} gives its results from its own contents`, async (t) => {
    const packets = await packetsOf(await createWork(t), options)
    const rules = new Set<string>()
    let warnings = 0
    for (const { packet, secrets } of packets) {
      const id = packet.household.id
      t.same(replayPacket(packet), { same: true, differences: [] }, id)
      t.ok(validatePacket(packet), `${id} ${JSON.stringify(validatePacket.errors?.slice(0, 2))}`)
      const text = canonicalize(packet)!
      for (const secret of secrets) t.notOk(text.includes(secret), `${id} holds ${secret}`)
      for (const { result } of packet.warnings) rules.add(result.rule)
      warnings += packet.warnings.length
    }
    t.comment(`${packets.length} packets, ${warnings} warnings`)
    t.same(
      [...rules].sort(),
      'benefits contributions deposits income insurance property securities vehicles wage-below-minimum'.split(' '),
    )
  })
}

/** As the shipped adapters have it. */
const EVERY_SOURCE = [...SOURCES_OF].map(([source, types]) => ({
  source,
  title: { zh: source, en: source },
  owner: source,
  trust: 'verified' as const,
  records: types.map((type) => ({
    type,
    key: type === 'deposit' ? ['institution', 'account'] : type === 'housingFund' ? ['account'] : [],
    sensitive: type === 'deposit' || type === 'housingFund' ? ['account'] : [],
  })),
}))

/** A dossier made by hand, with its accounts masked as adapters mask them, as the packet of its warnings; null: none warns. */
function packetOf(rules: RuleSet, made: Dossier): Packet | null {
  const flags = { deposit: [false, true], housingFund: [true] } as Partial<Record<RecordTypeName, boolean[]>>
  const records = made.records.map((record) => ({ ...record, shownKey: showKey(record.key, flags[record.type]) }))
  const input = inputOf({
    rules,
    given: { ...made, records },
    addressee: made.people[0]!.id,
    sources: EVERY_SOURCE,
    deliveries: made.records.map(({ source, delivery }) => ({
      source,
      id: delivery,
      asOf: '2026-10-31',
      fileName: source,
      sha256: 'a'.repeat(64),
      rows: null,
      publishedAt: null,
    })),
  })
  return input.warnings.length === 0 ? null : JSON.parse(JSON.stringify(assemblePacket(input)))
}

t.test('whatever a household holds, a packet of it gives its results', async (t) => {
  const rules = await shippedRules()
  let packets = 0
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(dossiers, (made) => {
        const packet = packetOf(rules, made)
        if (!packet) return
        packets += 1
        const { differences } = replayPacket(packet)
        if (differences.length > 0) throw new Error(differences.join('; '))
      }),
      { numRuns: 400 },
    ),
  )
  t.ok(packets > 100, `${packets} packets`)
})

t.test('every form of every shipped rule that warns in an example warns from its packet alone', async (t) => {
  const { rules, parameters } = await shippedRules()
  const seen = new Set<string>()
  for (const rule of rules) {
    const { id, region = '', examples } = rule.definition
    const place = `${id} ${region}`
    for (const [i, example] of examples.entries()) {
      if (example.expect.outcome !== 'warned') continue
      const used = [...exampleParameters(parameters, example.given.params ?? {}).values()]
      const content = {
        rules: [{ ...rule.definition, enabled: true }],
        parameters: used.map(({ values, ...parameter }) => ({
          ...parameter,
          values: values.map((each) => ({ ...each, value: each.value.toString() })),
        })),
      }
      const files = filesOf({ content }, JSON.stringify)
      const only = parseRuleSet({ ...files, sources: SOURCES_OF })
      const made = exampleDossier(rule, example)
      const household = {
        ...made.household,
        region: made.household.region.startsWith(region) ? made.household.region : region.padEnd(9, '0'),
      }
      const packet = packetOf(only, { ...made, household })
      if (!packet) {
        t.fail(`${place} ${example.title ?? i} does not warn`)
        continue
      }
      seen.add(place)
      t.same(replayPacket(packet).differences, [], `${place} ${example.title ?? i}`)
      t.ok(validatePacket(packet), `${place} ${JSON.stringify(validatePacket.errors?.slice(0, 2))}`)
    }
  }
  t.equal(seen.size, rules.length, 'each form has an example that warns')
})

const PACKET = assemblePacket(inputOf())
// biome-ignore lint/suspicious/noExplicitAny: a packet to be spoiled
type Change = (packet: Record<string, any>) => void
const spoiled = (change: Change): Packet => {
  const copy = structuredClone(PACKET)
  change(copy)
  return copy
}

const SPOILED: Readonly<Record<string, readonly [Change, RegExp]>> = {
  'a record’s amount': [
    (packet) => (packet.replay.dossier.records[3].fields.balance += 1),
    /^W1 is computed otherwise: measure, reason;the trace of W1 is another one/,
  ],
  'a record': [(packet) => packet.replay.dossier.records.pop(), /^W2 is computed otherwise: outcome.*;W2 has no trace/],
  'a mask, so that two accounts become one': [
    (packet) => (packet.replay.dossier.records[3].key = packet.replay.dossier.records[0].key),
    /^W1 is computed otherwise: outcome/,
  ],
  'a parameter': [
    (packet) => (packet.replay.ruleSet.parameters[1].values[1].value = '76501'),
    /^W1 is computed otherwise: outcome/,
  ],
  'the result': [(packet) => (packet.warnings[0].result.measure = '36720.02'), /^W1 is computed otherwise: measure$/],
  'a row that the result cites': [
    (packet) => (packet.warnings[1].result.evidence[0].row = 22),
    /^W2 is computed otherwise: evidence$/,
  ],
  'a step of the trace': [
    (packet) => (packet.warnings[0].trace.steps[1].value = '1.00'),
    /^the trace of W1 is another one: steps$/,
  ],
  'the rule': [(packet) => (packet.replay.ruleSet.rules[1].measure = '2'), /^W2 is computed otherwise: measure/],
  'rules that do not compile': [
    (packet) => (packet.replay.ruleSet.rules[1].measure = 'nonsense('),
    /^the rules in the packet cannot be run on its records$/,
  ],
  'no rules': [(packet) => (packet.replay.ruleSet.rules = []), /^the rules in the packet cannot be run/],
  'no rule of the warning': [(packet) => packet.replay.ruleSet.rules.pop(), /^W2 is not computed/],
  'nothing to replay': [(packet) => (packet.replay = null), /cannot be run/],
  'the region': [
    (packet) => (packet.replay.dossier.household.region = '110101001'),
    /^W1 is computed otherwise: outcome.*W2 is not computed/,
  ],
  'the day': [(packet) => (packet.check.asOf = '2026-11-02'), /^the day of the check is another one$/],
  'the household': [(packet) => (packet.household.id = 'H2'), /^the household is another one$/],
}

for (const [what, [change, pattern]] of Object.entries(SPOILED)) {
  t.test(`a packet with another content does not give its results: ${what}`, async (t) => {
    const { same, differences } = replayPacket(spoiled(change))
    t.equal(same, false)
    t.match(differences.join(';'), pattern)
  })
}
