import type { LineWindow } from './quoted-fields.ts'

const LINE_FEED = 10

/** Lines of some bytes that begin at a row, decoded as they are asked for. `atEnd`: nothing follows the bytes. */
export class ByteLines implements LineWindow {
  readonly #bytes: Buffer
  readonly #decoder: TextDecoder
  readonly #starts: number[]
  readonly #atEnd: boolean
  ended = false

  constructor(bytes: Buffer, start: number, { decoder, atEnd }: { decoder: TextDecoder; atEnd: boolean }) {
    this.#bytes = bytes
    this.#decoder = decoder
    this.#starts = [start]
    this.#atEnd = atEnd
  }

  /** Where the lines end that were looked at. */
  get reached(): number {
    return this.#starts.at(-1)!
  }

  /** Where the line `ahead` lines on begins, or undefined where the bytes end before it does. */
  startOf(ahead: number): number | undefined {
    while (this.#starts.length <= ahead) {
      const feed = this.#bytes.indexOf(LINE_FEED, this.#starts.at(-1)!)
      if (feed === -1) return undefined
      this.#starts.push(feed + 1)
    }
    return this.#starts[ahead]
  }

  peek(ahead = 0): string | undefined {
    const start = this.startOf(ahead)
    if (start === undefined || start >= this.#bytes.length) return this.#end()
    const next = this.startOf(ahead + 1)
    if (next === undefined && !this.#atEnd) return this.#end()
    return this.#decoder.decode(this.#bytes.subarray(start, next === undefined ? undefined : next - 1))
  }

  #end(): undefined {
    this.ended = this.#atEnd
    return undefined
  }
}
