import { HASH_BYTES, wordOf } from '../domain/identity-hash.ts'

const HASH_WORDS = HASH_BYTES / 4
const ENTRY_WORDS = HASH_WORDS * 2
/** Bits of the filter for each entry, of which two or more are there for each person. */
const FILTER_BITS = 8

/**
 * The people that the register knows by number, as a table that threads share: hash of the number -> hash of the name.
 * Open addressing at most half full; 66 bytes a person, so that a province's 4 million take 264 MB once and not once a
 * thread. A filter of bits goes before it: nearly all rows are strangers', and of them it turns 15 in 16 away out of the
 * processor's cache, where the table itself would have to be fetched from memory.
 */
export class SharedRegister {
  /** The entries, then the bits of the filter. */
  readonly #words: Uint32Array
  readonly #entries: number

  private constructor(words: Uint32Array) {
    this.#words = words
    this.#entries = words.length / (ENTRY_WORDS + FILTER_BITS / 32)
  }

  /** From pairs of hashes, each number once. */
  static from(people: readonly { readonly personHash: Buffer; readonly nameHash: Buffer }[]): SharedRegister {
    let entries = 16
    while (entries < people.length * 2) entries *= 2
    const words = entries * (ENTRY_WORDS + FILTER_BITS / 32)
    const register = new SharedRegister(new Uint32Array(new SharedArrayBuffer(words * 4)))
    for (const { personHash, nameHash } of people) register.#add(personHash, nameHash)
    return register
  }

  /** The same table in another thread. */
  static of(memory: SharedArrayBuffer): SharedRegister {
    return new SharedRegister(new Uint32Array(memory))
  }

  get memory(): SharedArrayBuffer {
    return this.#words.buffer as SharedArrayBuffer
  }

  #add(personHash: Uint8Array, nameHash: Uint8Array): void {
    const bit = this.#bitOf(personHash)
    this.#words[this.#entries * ENTRY_WORDS + (bit >>> 5)]! |= 1 << (bit & 31)
    const at = this.#find(personHash)
    for (let i = 0; i < HASH_WORDS; i++) {
      this.#words[at + i] = wordOf(personHash, i)
      this.#words[at + HASH_WORDS + i] = wordOf(nameHash, i)
    }
  }

  #bitOf(hash: Uint8Array): number {
    return wordOf(hash, 1) & (this.#entries * FILTER_BITS - 1)
  }

  #mayHave(hash: Uint8Array): boolean {
    const bit = this.#bitOf(hash)
    return (this.#words[this.#entries * ENTRY_WORDS + (bit >>> 5)]! & (1 << (bit & 31))) !== 0
  }

  /** Where the entry of a hash stands, or would stand: then it holds zeros. */
  #find(hash: Uint8Array): number {
    const mask = this.#entries - 1
    for (let entry = wordOf(hash, 0) & mask; ; entry = (entry + 1) & mask) {
      const at = entry * ENTRY_WORDS
      if (this.#isEmpty(at) || this.#holds(at, hash)) return at
    }
  }

  #isEmpty(at: number): boolean {
    const words = this.#words
    return (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0
  }

  #holds(at: number, hash: Uint8Array): boolean {
    for (let i = 0; i < HASH_WORDS; i++) if (this.#words[at + i] !== wordOf(hash, i)) return false
    return true
  }

  has(personHash: Uint8Array): boolean {
    return this.#mayHave(personHash) && !this.#isEmpty(this.#find(personHash))
  }

  /** Whether the register knows the number under another name. */
  knowsUnderOtherName(personHash: Uint8Array, nameHash: Uint8Array): boolean {
    if (!this.#mayHave(personHash)) return false
    const at = this.#find(personHash)
    return !this.#isEmpty(at) && !this.#holds(at + HASH_WORDS, nameHash)
  }
}
