/** The `file:` part of an adapter (design §6), validated and with its defaults filled in. */

export type Encoding = 'utf-8' | 'gb18030' | 'gbk'

export interface DelimitedFormat {
  readonly format: 'delimited'
  readonly encoding: Encoding
  /** One character. */
  readonly delimiter: string
  readonly header: boolean
  /** Names of the columns where the file has no header. */
  readonly columns?: readonly string[]
  /** RFC 4180 quoting with `"`, or none. */
  readonly quote: '"' | 'none'
  /** Lines that start with it are comments, among them the head and the tail. */
  readonly comment?: string
}

export interface FixedFormat {
  readonly format: 'fixed'
  readonly encoding: Encoding
  /** Counted in characters from 1, or from 0 where the first column starts at 0. */
  readonly columns: readonly { readonly name: string; readonly start: number; readonly length: number }[]
  readonly comment?: string
}

export interface JsonLinesFormat {
  readonly format: 'jsonl'
  readonly encoding: Encoding
}

export interface WorkbookFormat {
  readonly format: 'xlsx'
  /** Name of the sheet; the first one where it is not given. */
  readonly sheet?: string
}

export type FileFormat = DelimitedFormat | FixedFormat | JsonLinesFormat | WorkbookFormat
