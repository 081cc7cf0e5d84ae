/** Characters that a line may have; also the most that one quoted field may have. Longer ones are cut to one more. */
export const LONGEST_LINE = 1 << 20

/** Characters that no database takes and no department means: what could not be decoded, and NUL. */
export const BAD_CHARACTER = /[\uFFFD\0]/

/**
 * The physical lines of a text, as a window that moves forward: what has been read and not yet passed can be looked at
 * any number of times, so that a row which turns out broken can be given up after its first line.
 * Lines end at line feeds; a carriage return before one stays at the end of the line.
 */
export class TextLines {
  readonly #text: AsyncIterator<string>
  #lines: string[] = []
  #at = 0
  #carry = ''
  #number: number
  #ended = false
  #suspect = false

  /** `firstLine` is the number of the line with which the text begins. */
  constructor(text: AsyncIterable<string>, firstLine = 1) {
    this.#text = text[Symbol.asyncIterator]()
    this.#number = firstLine
  }

  /** Number of the current line, from 1. */
  get number(): number {
    return this.#number
  }

  /** Whether all lines have been read into the window. */
  get ended(): boolean {
    return this.#ended
  }

  /** Whether a BAD_CHARACTER may stand in the window; spares the rows of a clean file the search. */
  get suspect(): boolean {
    return this.#suspect
  }

  /** The line `ahead` lines after the current one, undefined where the window ends before it. */
  peek(ahead = 0): string | undefined {
    return this.#lines[this.#at + ahead]
  }

  /** Passes `count` lines, which must be in the window. */
  advance(count: number): void {
    this.#at += count
    this.#number += count
  }

  /** Reads more lines into the window; false at the end of the text. */
  async more(): Promise<boolean> {
    if (this.#ended) return false
    const { done, value } = await this.#text.next()
    const left = this.#lines.slice(this.#at)
    this.#at = 0
    if (done) {
      this.#ended = true
      this.#lines = this.#carry === '' ? left : [...left, this.#carry]
      this.#carry = ''
      return this.#lines.length > left.length
    }
    const held = left.length > 0 || this.#carry !== ''
    this.#suspect = (held && this.#suspect) || value.includes('\uFFFD') || value.includes('\0')
    const lines = (this.#carry + value).split('\n')
    const carry = lines.pop()!
    this.#carry = carry.length > LONGEST_LINE ? carry.slice(0, LONGEST_LINE + 1) : carry
    this.#lines = left.length === 0 ? lines : left.concat(lines)
    return true
  }
}

/** A line without the carriage return of its line ending. */
export function withoutReturn(line: string): string {
  return line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line
}

/** Whether a line holds nothing but white space. */
export function isBlank(line: string): boolean {
  const first = line.charCodeAt(0)
  return !(first > 32 && first < 127) && line.trim() === ''
}
