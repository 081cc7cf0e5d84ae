import type { Dossier, DossierRecord } from '../domain/dossier.ts'
import type { TraceRecord } from '../domain/trace.ts'
import type { ValueMasks } from './mask-values.ts'
import type { PacketReplay } from './packet.ts'
import type { PacketInput, PacketRule } from './packet-input.ts'

/** Of the canonical content of a rule set what is looked at here. */
interface Content {
  readonly rules: readonly {
    readonly id: string
    readonly region?: string
    readonly let?: Readonly<Record<string, unknown>>
  }[]
  readonly parameters: readonly {
    readonly name: string
    readonly values: readonly { readonly region: string; readonly scheme?: string }[]
  }[]
}

/**
 * The records that the warned rules could read, and no others. Traces list them all: those taken, those counted once and
 * those set aside.
 */
export function recordsRead({ dossier, warnings }: PacketInput): DossierRecord[] {
  const placeOf = ({
    source,
    type,
    person,
    delivery,
    row,
  }: Pick<TraceRecord, 'type' | 'person' | 'source' | 'delivery' | 'row'>) =>
    [source, type, person, delivery, row].join('\n')
  const read = new Set(warnings.flatMap(({ trace }) => trace.records.map((record) => placeOf(record))))
  return dossier.records
    .filter((record) => read.has(placeOf(record)))
    .sort((a, b) => compareText(placeOf(a), placeOf(b)) || compareText(a.key, b.key))
}

/** What a stranger runs to get the results again: rules, parameters and the dossier, of each only what they need. */
export function cutReplay(input: PacketInput, records: readonly DossierRecord[], masks: ValueMasks): PacketReplay {
  const { ruleSet, dossier } = input
  const rules = input.warnings.map(({ rule }) => rule)
  const sources = new Set(rules.flatMap(({ definition }) => definition.sources))
  const types = input.sources
    .filter(({ source }) => sources.has(source))
    .map(({ source, records }) => [source, [...new Set(records.map(({ type }) => type))].sort()] as const)
  return {
    ruleSet: cutContent(ruleSet.content as Content, rules, dossier.household),
    sources: Object.fromEntries(types.sort(([a], [b]) => compareText(a, b))),
    dossier: {
      asOf: dossier.asOf,
      household: dossier.household,
      people: dossier.people,
      records: records.map((record) => masks.record(record)),
      sources: dossier.sources
        .filter(({ source }) => sources.has(source))
        .sort((a, b) => compareText(a.source, b.source)),
      unanswered: dossier.unanswered
        .filter(({ source }) => sources.has(source))
        .sort((a, b) => compareText(a.source, b.source) || compareText(a.person, b.person)),
      // Questions that people have settled before; no rule reads them.
      leads: [],
      ...otherSchemesOf(dossier, rules),
    },
  }
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function otherSchemesOf({ otherSchemes }: Dossier, rules: readonly PacketRule[]): Pick<Dossier, 'otherSchemes'> {
  if (!otherSchemes || !rules.some(({ readsOtherSchemes }) => readsOtherSchemes)) return {}
  return { otherSchemes }
}

/** Values of other places and schemes say nothing of this household; those of other days stay, for dates are compared. */
function cutContent(
  { rules, parameters }: Content,
  used: readonly PacketRule[],
  household: Dossier['household'],
): unknown {
  const { region, scheme } = household
  const isUsed = (rule: Content['rules'][number]) =>
    used.some(({ definition }) => definition.id === rule.id && (definition.region ?? '') === (rule.region ?? ''))
  const names = new Set(used.flatMap((rule) => rule.parameters))
  return {
    rules: rules.filter(isUsed).map(({ let: names, ...rule }) => ({
      ...rule,
      // RFC 8785 sorts members, and a `let` may read those before it only.
      ...(names ? { let: Object.entries(names).map(([name, expression]) => ({ name, expression })) } : {}),
      examples: [],
    })),
    parameters: parameters
      .filter(({ name }) => names.has(name))
      .map((parameter) => ({
        ...parameter,
        values: parameter.values.filter(
          (value) => region.startsWith(value.region) && (value.scheme === undefined || value.scheme === scheme),
        ),
      })),
  }
}
