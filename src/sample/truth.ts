import { RULES, type Rule, SOURCE_OF_RULE, SOURCES, type Source } from './assumptions.ts'
import type { FileSink } from './file-sink.ts'
import { authorizes, type Household, type HouseholdPerson, membersOf } from './household.ts'
import { FATES, type Fate, type Row } from './layout.ts'
import type { Standing } from './people.ts'

/** A result of a household or, where the rule is about persons, of one person. */
type Result = readonly [household: string, person: string | null]

interface SourceTruth {
  readonly rows: Record<Exclude<Fate, 'quarantined' | 'notMatched'>, number[]>
  readonly quarantined: (readonly [row: number, why: string, whose: Standing])[]
  notMatched: number
}

/** Gathers what must come out, from what was planted: the engine's own code is never asked. */
export interface Truth {
  household(household: Household): void
  row(source: Source, number: number, row: Row): void
  /** Planted and existing warnings, by rule. */
  counts(): Readonly<Record<Rule, number>>
  outcomes(): { warned: number; unverifiable: number }
  write(sink: FileSink, head: object, files: Readonly<Record<Source, object>>): Promise<void>
}

const ofPersons = (rule: Rule) => rule === 'contributions' || rule === 'benefits' || rule === 'wage-below-minimum'
const byRule = <V>(make: () => V) => Object.fromEntries(RULES.map((rule) => [rule, make()])) as Record<Rule, V>

/** Members whose data for the source may not be read, or who have no resident number. */
function withheld(household: Household, source: Source | null, asOf: string): HouseholdPerson[] {
  if (source === null) return []
  return membersOf(household).filter((person) => person.passport || !authorizes(person.authorization, source, asOf))
}

function applies(rule: Rule, person: HouseholdPerson): boolean {
  if (rule === 'contributions') return person.employment === 'unemployed' || person.employment === 'unable'
  return rule === 'wage-below-minimum' ? person.employment === 'employed' : true
}

export function createTruth(asOf: string): Truth {
  const sources = Object.fromEntries(
    SOURCES.map((source) => [
      source,
      { rows: Object.fromEntries(FATES.map((fate) => [fate, [] as number[]])), quarantined: [], notMatched: 0 },
    ]),
  ) as unknown as Record<Source, SourceTruth>
  const warned = byRule<Result[]>(() => [])
  const atLimit = byRule<Result[]>(() => [])
  const hidden = byRule<Result[]>(() => [])
  const unverifiable = byRule<Result[]>(() => [])
  const justOver = byRule<Result[]>(() => [])
  const warnedHouseholds: string[] = []
  const unverifiableHouseholds: string[] = []

  function household(home: Household): void {
    let anyWarned = false
    let anyUnknown = false
    for (const rule of RULES) {
      const lacking = withheld(home, SOURCE_OF_RULE[rule], asOf)
      const unknown: (string | null)[] = ofPersons(rule)
        ? lacking.filter((person) => applies(rule, person)).map((person) => person.id)
        : lacking.length > 0
          ? [null]
          : []
      for (const person of unknown) unverifiable[rule].push([home.id, person])
      anyUnknown ||= unknown.length > 0
      const aim = home.plan.aims.get(rule)
      if (!aim) continue
      const result: Result = [home.id, ofPersons(rule) ? 'P1' : null]
      if (unknown.includes(result[1])) hidden[rule].push(result)
      else if (aim === 'at') atLimit[rule].push(result)
      else {
        warned[rule].push(result)
        if (aim === 'just-over') justOver[rule].push(result)
        anyWarned = true
      }
    }
    if (anyWarned) warnedHouseholds.push(home.id)
    else if (anyUnknown) unverifiableHouseholds.push(home.id)
  }

  return {
    household,
    row(source, number, row) {
      const truth = sources[source]
      if (row.fate === 'quarantined') truth.quarantined.push([number, row.why!, row.about])
      else if (row.fate === 'notMatched') truth.notMatched++
      else truth.rows[row.fate!].push(number)
    },
    counts: () => Object.fromEntries(RULES.map((rule) => [rule, warned[rule].length])) as Record<Rule, number>,
    outcomes: () => ({ warned: warnedHouseholds.length, unverifiable: unverifiableHouseholds.length }),
    async write(sink, head, files) {
      const write = async (text: string) => {
        sink.write(Buffer.from(text))
        await sink.flush()
      }
      await write(`{"options":${JSON.stringify(head)},\n"sources":{`)
      for (const [i, source] of SOURCES.entries()) {
        const { rows, quarantined, notMatched } = sources[source]
        await write(
          `${i > 0 ? ',' : ''}\n${JSON.stringify(source)}:${JSON.stringify(files[source]).slice(0, -1)},"notMatched":${notMatched}`,
        )
        await write(`,\n"quarantined":${JSON.stringify(quarantined)}`)
        for (const fate of FATES)
          if (fate !== 'quarantined' && fate !== 'notMatched')
            await write(`,\n"${fate}":${JSON.stringify(rows[fate].sort((a, b) => a - b))}`)
        await write('}')
      }
      await write('}')
      const rest = {
        warned,
        justOver,
        atLimit,
        hidden,
        unverifiable,
        outcomes: { warned: warnedHouseholds, unverifiable: unverifiableHouseholds },
      }
      for (const [name, value] of Object.entries(rest)) await write(`,\n"${name}":${JSON.stringify(value)}`)
      await write('}\n')
    },
  }
}
