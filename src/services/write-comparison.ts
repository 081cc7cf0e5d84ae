import type { ComparisonSummary, HouseholdChange } from '../domain/rule-comparison.ts'

/** Takes a piece of text; the next waits for it. */
export type Sink = (text: string) => Promise<void>

/** Writes a comparison as one JSON object (RULE_COMPARISON_SCHEMA) while it is made: the changes, then the numbers. */
export class ComparisonWriter {
  readonly #sink: Sink
  #begun = false

  constructor(sink: Sink) {
    this.#sink = sink
  }

  async change(change: HouseholdChange): Promise<void> {
    const before = this.#begun ? ',\n' : '{"changes":[\n'
    this.#begun = true
    await this.#sink(before + JSON.stringify(change))
  }

  async end(summary: ComparisonSummary): Promise<void> {
    await this.#sink(`${this.#begun ? '\n],' : '{"changes":[],'}${JSON.stringify(summary).slice(1)}\n`)
  }
}
