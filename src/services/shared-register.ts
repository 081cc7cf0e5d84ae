import { HASH_BYTES } from '../domain/identity-hash.ts'

const ENTRY_WORDS = (HASH_BYTES * 2) / 4

/**
 * The people that the register knows by number, as a table that threads share: hash of the number -> hash of the name.
 * Open addressing at most half full; 64 bytes a person, so that a province's 4 million take 256 MB once and not once a
 * thread.
 */
export class SharedRegister {
  readonly #words: Uint32Array
  readonly #mask: number
  readonly #wanted = new Uint32Array(HASH_BYTES / 4)

  private constructor(words: Uint32Array) {
    this.#words = words
    this.#mask = words.length / ENTRY_WORDS - 1
  }

  /** From pairs of hashes, each number once. */
  static from(people: readonly { readonly personHash: Buffer; readonly nameHash: Buffer }[]): SharedRegister {
    let entries = 16
    while (entries < people.length * 2) entries *= 2
    const register = new SharedRegister(new Uint32Array(new SharedArrayBuffer(entries * ENTRY_WORDS * 4)))
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

  #add(personHash: Buffer, nameHash: Buffer): void {
    const at = this.#find(personHash)
    for (let i = 0; i < HASH_BYTES / 4; i++) {
      this.#words[at + i] = personHash.readUInt32LE(i * 4)
      this.#words[at + HASH_BYTES / 4 + i] = nameHash.readUInt32LE(i * 4)
    }
  }

  /** Where the entry of a hash stands, or would stand: then its first word is zero. */
  #find(hash: Buffer): number {
    const wanted = this.#wanted
    for (let i = 0; i < wanted.length; i++) wanted[i] = hash.readUInt32LE(i * 4)
    const words = this.#words
    for (let entry = wanted[0]! & this.#mask; ; entry = (entry + 1) & this.#mask) {
      const at = entry * ENTRY_WORDS
      const [a, b, c, d] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!]
      if ((a | b | c | d) === 0) return at
      if (a === wanted[0] && b === wanted[1] && c === wanted[2] && d === wanted[3]) return at
    }
  }

  #isEmpty(at: number): boolean {
    const words = this.#words
    return (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0
  }

  has(personHash: Buffer): boolean {
    return !this.#isEmpty(this.#find(personHash))
  }

  /** Whether the register knows the number under another name. */
  knowsUnderOtherName(personHash: Buffer, nameHash: Buffer): boolean {
    const at = this.#find(personHash)
    if (this.#isEmpty(at)) return false
    for (let i = 0; i < HASH_BYTES / 4; i++) {
      if (this.#words[at + HASH_BYTES / 4 + i] !== nameHash.readUInt32LE(i * 4)) return true
    }
    return false
  }
}
