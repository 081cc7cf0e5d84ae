/** A trace in words, for a page of any kind: a terminal, a packet, the auditors' pages. */
export type Language = 'zh' | 'en'

export interface TracePage {
  readonly title: string
  /** Whom, when, and what came out. */
  readonly subtitle: string
  readonly sections: readonly PageSection[]
  readonly footer: string
}

export interface PageSection {
  readonly heading: string
  readonly blocks: readonly PageBlock[]
}

/**
 * Sentences; pairs of a short text and what it is; or a table, whose first row is the head and whose columns in `right`
 * stand to the right.
 */
export type PageBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pairs'; readonly rows: readonly (readonly [string, string])[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[]; readonly right: readonly number[] }
