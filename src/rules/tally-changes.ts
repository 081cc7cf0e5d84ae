import type { CheckResult, HouseholdOutcome, RuleResult } from '../domain/check-result.ts'
import {
  CHANGE_KINDS,
  type ChangeCounts,
  type ChangeKind,
  type ComparisonSummary,
  type GroupTotals,
  type ResultChange,
  type RuleStanding,
  type RuleTotals,
  type ShareFlag,
  townshipOf,
} from '../domain/rule-comparison.ts'
import type { RuleSet } from './rule-set.ts'

interface Compared {
  readonly household: { readonly region: string; readonly scheme: string }
  readonly old: Pick<CheckResult, 'outcome' | 'results'>
  readonly new: Pick<CheckResult, 'outcome' | 'results'>
  readonly changes: readonly ResultChange[]
}

type Counting<T> = { -readonly [K in keyof T]: T[K] }
type Standings = Map<string, Counting<RuleStanding>>

interface Group {
  households: number
  readonly changes: Counting<ChangeCounts>
  readonly warned: { old: number; new: number }
}

/** Adds up what changed, household by household; its size does not grow with their number. */
export class ChangeTally {
  #households = 0
  #changed = 0
  readonly #outcomes = { warned: oldAndNew(), unverifiable: oldAndNew(), clear: oldAndNew() }
  readonly #rules = new Map<string, Counting<ChangeCounts>>()
  readonly #old: Standings = new Map()
  readonly #new: Standings = new Map()
  readonly #townships = new Map<string, Group>()
  readonly #schemes = new Map<string, Group>()

  add(compared: Compared): void {
    const { household, old, new: other, changes } = compared
    this.#households++
    if (changes.length > 0) this.#changed++
    this.#outcomes[old.outcome].old++
    this.#outcomes[other.outcome].new++
    countStandings(this.#old, old.results)
    countStandings(this.#new, other.results)
    for (const [rule, own] of Map.groupBy(changes, (change) => change.rule)) {
      countKinds(getOrMake(this.#rules, rule, noChanges), own)
    }
    countGroup(getOrMake(this.#townships, townshipOf(household.region), noGroup), compared)
    countGroup(getOrMake(this.#schemes, household.scheme, noGroup), compared)
  }

  /** What was counted, with the rules of both sets in their order. */
  summary(old: RuleSet, other: RuleSet, maxSharePercent: number): Omit<ComparisonSummary, 'run' | 'asOf'> {
    const byRule = [...titlesOf(old, other)].map(([rule, title]): RuleTotals => {
      const changes = this.#rules.get(rule) ?? noChanges()
      return { rule, title, changes, old: standingIn(old, this.#old, rule), new: standingIn(other, this.#new, rule) }
    })
    return {
      old: old.version,
      new: other.version,
      households: this.#households,
      changed: this.#changed,
      outcomes: this.#outcomes,
      byRule,
      byTownship: listGroups(this.#townships),
      byScheme: listGroups(this.#schemes),
      maxSharePercent,
      flags: byRule.flatMap((totals) => flagsOf(totals, maxSharePercent)),
    }
  }
}

const oldAndNew = () => ({ old: 0, new: 0 })
const noChanges = () => Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, 0])) as Counting<ChangeCounts>
const noGroup = (): Group => ({ households: 0, changes: noChanges(), warned: oldAndNew() })
const noStanding = () => ({ applies: 0, warned: 0, unverifiable: 0 })

function getOrMake<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}

function countKinds(counts: Counting<ChangeCounts>, changes: readonly ResultChange[]): void {
  const kinds = new Set<ChangeKind>(changes.flatMap((change) => change.kinds))
  for (const kind of kinds) counts[kind]++
}

function countGroup(group: Group, { old, new: other, changes }: Compared): void {
  group.households++
  countKinds(group.changes, changes)
  if (old.outcome === 'warned') group.warned.old++
  if (other.outcome === 'warned') group.warned.new++
}

/** A household counts once for a rule, however many people of it the rule looks at. */
function countStandings(standings: Standings, results: readonly RuleResult[]): void {
  for (const [rule, own] of Map.groupBy(results, (result) => result.rule)) {
    const standing = getOrMake(standings, rule, noStanding)
    const has = (outcome: HouseholdOutcome) => own.some((result) => result.outcome === outcome)
    if (own.some(({ outcome }) => outcome !== 'not-applicable')) standing.applies++
    if (has('warned')) standing.warned++
    if (has('unverifiable')) standing.unverifiable++
  }
}

/** Titles of the rules of both sets that are on anywhere: those of the new one in their order, then those that go. */
function titlesOf(old: RuleSet, other: RuleSet): Map<string, RuleTotals['title']> {
  const titles = new Map<string, RuleTotals['title']>()
  for (const { definition } of [...other.rules, ...old.rules]) {
    if (definition.enabled !== false && !titles.has(definition.id)) titles.set(definition.id, definition.title)
  }
  return titles
}

function standingIn({ rules }: RuleSet, standings: Standings, id: string): RuleStanding | null {
  const isThere = rules.some(({ definition }) => definition.id === id && definition.enabled !== false)
  return isThere ? (standings.get(id) ?? noStanding()) : null
}

function listGroups(groups: ReadonlyMap<string, Group>): GroupTotals[] {
  return [...groups]
    .map(([group, totals]) => ({ group, ...totals }))
    .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0))
}

function flagsOf({ rule, changes, new: standing }: RuleTotals, maxSharePercent: number): ShareFlag[] {
  if (!standing) return []
  const { applies } = standing
  const counts = [['warned', standing.warned] as const, ['newly-warned', changes['newly-warned']] as const]
  return counts
    .filter(([, households]) => households * 100 > maxSharePercent * applies)
    .map(([why, households]) => {
      const percent = Math.round((households / applies) * 10_000) / 100
      return { rule, why, households, of: applies, percent }
    })
}
