import { csvLine } from '../domain/csv-line.ts'
import {
  CHANGE_KINDS,
  type ChangeKind,
  type ComparisonSummary,
  type GroupTotals,
  type HouseholdChange,
  type ShareFlag,
  townshipOf,
} from '../domain/rule-comparison.ts'
import { textTable } from './text-table.ts'

const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  'newly-warned': 'newly warned',
  'no-longer-warned': 'no longer',
  'changed-amount': 'other amount',
  'became-unverifiable': 'now unverifiable',
  'became-verifiable': 'now verifiable',
  'became-applicable': 'now applies',
  'no-longer-applicable': 'applies no more',
  'rule-added': 'rule added',
  'rule-removed': 'rule removed',
}
const ALWAYS: readonly ChangeKind[] = ['newly-warned', 'no-longer-warned', 'changed-amount']

/** A comparison for people to read: households, by what changed for them. */
export function describeComparison(summary: ComparisonSummary): string[] {
  const { households, changed, outcomes, run, asOf, old, new: other, byRule, flags } = summary
  const kinds = CHANGE_KINDS.filter((kind) => ALWAYS.includes(kind) || byRule.some(({ changes }) => changes[kind] > 0))
  const words = kinds.map((kind) => KIND_WORDS[kind])
  return [
    `run ${run} as of ${asOf}: ${changed} of ${households} households change`,
    `rules ${short(old)} -> ${short(other)}`,
    '',
    ...textTable([
      ['outcome', 'before', 'after'],
      ...Object.entries(outcomes).map(([outcome, counts]) => [outcome, counts.old, counts.new]),
    ]),
    '',
    'by rule, in households',
    ...textTable([
      ['rule', 'title', ...words, 'warned before', 'after', 'applies to'],
      ...byRule.map(({ rule, title, changes, old: before, new: after }) => [
        rule,
        title.zh,
        ...kinds.map((kind) => changes[kind]),
        before?.warned ?? '-',
        after?.warned ?? '-',
        (after ?? before)?.applies ?? 0,
      ]),
    ]),
    ...describeGroups('township', summary.byTownship, kinds),
    ...describeGroups('scheme', summary.byScheme, kinds),
    ...(flags.length > 0 ? ['', ...describeFlags(summary)] : []),
  ]
}

/** Groups with a change, the most newly warned first. */
function describeGroups(name: string, groups: readonly GroupTotals[], kinds: readonly ChangeKind[]): string[] {
  const shown = groups
    .filter(({ changes }) => Object.values(changes).some((count) => count > 0))
    .toSorted((a, b) => b.changes['newly-warned'] - a.changes['newly-warned'])
  if (shown.length === 0) return []
  const others = groups.length - shown.length
  return [
    '',
    `by ${name}, in households${others > 0 ? ` (${others} without a change)` : ''}`,
    ...textTable([
      [name, ...kinds.map((kind) => KIND_WORDS[kind]), 'warned before', 'after', 'households'],
      ...shown.map(({ group, changes, warned, households }) => [
        group,
        ...kinds.map((kind) => changes[kind]),
        warned.old,
        warned.new,
        households,
      ]),
    ]),
  ]
}

/** A line for each rule that warns more than it is expected to. */
export function describeFlags({ flags, maxSharePercent }: ComparisonSummary): string[] {
  const words: Readonly<Record<ShareFlag['why'], string>> = { warned: 'warns', 'newly-warned': 'newly warns' }
  return flags.map(
    ({ rule, why, households, of, percent }) =>
      `warning: the rule ${rule} ${words[why]} ${percent} % of the ${of} households that it applies to ` +
      `(${households}), above ${maxSharePercent} %`,
  )
}

/** One change as a line: "H1 deposits: clear 100.00 (limit 200.00) -> warned …". */
export function describeChange({ household, rule, person, old, new: other }: HouseholdChange): string {
  const side = (result: HouseholdChange['old']) => {
    if (!result) return 'no result'
    const { outcome, measure, limit } = result
    return measure === null ? outcome : `${outcome} ${measure} (limit ${limit})`
  }
  return `  ${household} ${rule}${person ? ` ${person}` : ''}: ${side(old)} -> ${side(other)}`
}

export const CHANGE_HEAD = csvLine([
  'household',
  'region',
  'township',
  'scheme',
  'rule',
  'title',
  'person',
  'change',
  'old outcome',
  'old measure',
  'old limit',
  'new outcome',
  'new measure',
  'new limit',
  'unit',
])

/** A change as a line of CSV below CHANGE_HEAD; `title` is the rule's in Chinese. */
export function changeLine(change: HouseholdChange, title: string): string {
  const { household, region, scheme, rule, person, kinds, old, new: other } = change
  const side = (result: HouseholdChange['old']) => [
    result?.outcome ?? null,
    result?.measure ?? null,
    result?.limit ?? null,
  ]
  return csvLine([
    household,
    region,
    townshipOf(region),
    scheme,
    rule,
    title,
    person,
    kinds.join(' '),
    ...side(old),
    ...side(other),
    (other ?? old)!.unit,
  ])
}

const short = (version: string) => `${version.slice(0, 19)}…`
