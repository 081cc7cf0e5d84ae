import { HASH_BYTES } from '../domain/identity-hash.ts'

/** The keys of some records: of each a hash over person, name and key, and the person. */
export interface RecordKeys {
  readonly hashes: Uint32Array<ArrayBuffer>
  /** HASH_BYTES for each. */
  readonly people: Uint8Array<ArrayBuffer>
}

/** Gathers the keys of the records that a thread writes. */
export class KeyLog {
  #hashes: number[] = []
  #people = new HashList()

  add(hash: number, person: Uint8Array): void {
    this.#hashes.push(hash)
    this.#people.add(person)
  }

  /** The keys since the last time, in memory of their own that may be handed over to another thread. */
  take(): RecordKeys {
    const keys = { hashes: Uint32Array.from(this.#hashes), people: this.#people.bytes.slice() }
    this.#hashes = []
    this.#people = new HashList()
    return keys
  }
}

/** Lists into which people are dealt by their hash, to be looked at side by side. */
const LISTS = 2

/**
 * Finds the people of whom one key may stand more than once, so that PostgreSQL need look at their rows alone: one pass
 * over hashes in memory, where grouping all rows by their keys took 3.4 s for a million and 29 s for five.
 *
 * An open-addressing table of 4 bytes a key, at most three quarters full (32 MB for 5 million). Two keys in 32 bits
 * meet by chance once in a thousand rows at 5 million; such people are looked at in vain.
 */
export class RepeatedKeys {
  #slots = new Uint32Array(1 << 12)
  #size = 0
  readonly #found = Array.from({ length: LISTS }, () => new HashList())

  add({ hashes, people }: RecordKeys): void {
    for (let i = 0; i < hashes.length; i++) {
      if (this.#isNew(hashes[i]! || 1)) continue
      const from = i * HASH_BYTES
      this.#found[people[from]! % LISTS]!.add(people.subarray(from, from + HASH_BYTES))
    }
  }

  /** Zero marks an empty slot. */
  #isNew(hash: number): boolean {
    const slots = this.#slots
    const mask = slots.length - 1
    let at = hash & mask
    for (; slots[at] !== 0; at = (at + 1) & mask) if (slots[at] === hash) return false
    slots[at] = hash
    if (++this.#size * 4 > slots.length * 3) this.#grow()
    return true
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Uint32Array(before.length * 2)
    this.#size = 0
    for (const hash of before) if (hash !== 0) this.#isNew(hash)
  }

  /** The hashes of the people found, one behind the other, some more than once; a person always in the same list. */
  get people(): readonly Uint8Array[] {
    return this.#found.map((list) => list.bytes)
  }
}

/** Hashes one behind the other. */
class HashList {
  #bytes = new Uint8Array(64 * HASH_BYTES)
  #length = 0

  add(hash: Uint8Array): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    for (let i = 0; i < HASH_BYTES; i++) this.#bytes[this.#length + i] = hash[i]!
    this.#length += HASH_BYTES
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
