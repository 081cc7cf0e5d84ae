import canonicalize from 'canonicalize'
import type { RecordTypeName } from '../../domain/record-types.ts'
import type { Packet, PacketWarning } from '../../packets/packet.ts'
import { parseRuleSet, type RuleSet } from '../../rules/rule-set.ts'
import { checkDossierWithTraces } from '../../rules/trace-dossier.ts'
import { filesOf } from '../load-stored-rule-set.ts'

/** A rule as a packet holds it: what it names on its way stands in a list, for members have no order. */
interface PacketRule {
  readonly let?: readonly { readonly name: string; readonly expression: unknown }[]
}

export interface Replay {
  /** Whether the packet's own contents give its results and their sums, byte for byte. */
  readonly same: boolean
  /** Each names the warning and what differs. */
  readonly differences: readonly string[]
}

/** Computes every result of a packet anew from nothing but the packet. Never throws: what cannot be run differs. */
export function replayPacket(packet: Packet): Replay {
  const differences = differencesOf(packet)
  return { same: differences.length === 0, differences }
}

function differencesOf(packet: Packet): string[] {
  const { check, household, replay } = packet
  let computed: ReturnType<typeof checkDossierWithTraces>
  try {
    computed = checkDossierWithTraces(readRuleSet(packet), replay.dossier, check.run)
  } catch {
    // Rules that do not compile, or a dossier that they cannot read: what the engine says of them is no text of ours.
    return ['the rules in the packet cannot be run on its records']
  }
  const { result } = computed
  return [
    ...(result.householdId === household.id ? [] : ['the household is another one']),
    ...(result.asOf === check.asOf ? [] : ['the day of the check is another one']),
    ...packet.warnings.flatMap((warning) => compare(warning, computed)),
  ]
}

function compare({ id, result, trace }: PacketWarning, computed: ReturnType<typeof checkDossierWithTraces>): string[] {
  const isOf = (each: { rule: string; person: string | null }) =>
    each.rule === result.rule && each.person === result.person
  const found = computed.result.results.find(isOf)
  if (!found) return [`${id} is not computed: no rule in the packet gives it`]
  const sums = computed.traces.find(isOf)
  const results = fieldsThatDiffer(found, result)
  const steps = sums ? fieldsThatDiffer(sums, trace) : []
  return [
    ...(results.length > 0 ? [`${id} is computed otherwise: ${results.join(', ')}`] : []),
    ...(sums ? [] : [`${id} has no trace when it is computed`]),
    ...(steps.length > 0 ? [`the trace of ${id} is another one: ${steps.join(', ')}`] : []),
  ]
}

/** By their RFC 8785 forms. */
function fieldsThatDiffer(computed: object, kept: object): string[] {
  const [a, b] = [computed, kept] as readonly Readonly<Record<string, unknown>>[]
  const names = [...new Set([...Object.keys(a!), ...Object.keys(b!)])]
  return names.filter((name) => canonicalize(a![name]) !== canonicalize(b![name]))
}

function readRuleSet({ replay }: Packet): RuleSet {
  const { rules: definitions, ...content } = replay.ruleSet as { readonly rules: readonly PacketRule[] }
  const inOrder = definitions.map(({ let: steps, ...definition }) => ({
    ...definition,
    ...(steps ? { let: Object.fromEntries(steps.map(({ name, expression }) => [name, expression])) } : {}),
  }))
  const { rules, parameters } = filesOf({ content: { ...content, rules: inOrder } }, JSON.stringify)
  const sources = new Map(Object.entries(replay.sources)) as ReadonlyMap<string, readonly RecordTypeName[]>
  return parseRuleSet({ rules, parameters, sources })
}
