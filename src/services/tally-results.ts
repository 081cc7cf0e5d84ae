import type { RunCounts } from '../db/tables.ts'
import type { CheckResult } from '../domain/check-result.ts'

/** Counts of a run, one household after the other. */
export class Tally {
  #outcomes = { warned: 0, unverifiable: 0, clear: 0 }
  #households = 0
  #leads = 0
  #warnings = new Map<string, number>()

  add({ outcome, results, leads }: CheckResult): void {
    this.#households++
    this.#outcomes[outcome]++
    this.#leads += leads.length
    for (const result of results) {
      const before = this.#warnings.get(result.rule) ?? 0
      this.#warnings.set(result.rule, before + Number(result.outcome === 'warned'))
    }
  }

  counts(): RunCounts {
    return {
      households: this.#households,
      ...this.#outcomes,
      warningsByRule: Object.fromEntries(this.#warnings),
      leads: this.#leads,
    }
  }
}
