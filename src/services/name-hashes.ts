import { HASH_BYTES, type IdentityHasher } from '../domain/identity-hash.ts'
import { foldName, type NameState, nameState } from '../domain/person-name.ts'

const SLOT_BITS = 14
/** Of the names of a million sample rows four in five are found; many more slots would no longer be in the cache. */
const SLOTS = 1 << SLOT_BITS

/**
 * Hashes of delivered names, of which the last of each slot is kept, for names repeat. A Map of 50,000 names with a Buffer
 * each took 1.2 µs a row, as it lies scattered over memory: longer than the hash itself.
 */
export class NameHashes {
  readonly #hasher: IdentityHasher
  readonly #names = new Array<string | null>(SLOTS).fill(null)
  readonly #states = new Array<NameState>(SLOTS).fill('given')
  readonly #hashes = new Uint8Array(SLOTS * HASH_BYTES)
  /** Of the name that was looked up last. */
  readonly hash = new Uint8Array(HASH_BYTES)
  state: NameState = 'given'

  constructor(hasher: IdentityHasher) {
    this.#hasher = hasher
  }

  /** Puts the hash of a name, folded, and its state into `hash` and `state`. */
  find(name: string): void {
    let mixed = name.length
    for (let i = 0; i < name.length; i++) mixed = Math.imul(mixed ^ name.charCodeAt(i), 0x9e3779b1)
    const slot = mixed >>> (32 - SLOT_BITS)
    if (this.#names[slot] !== name) this.#make(name, slot)
    const from = slot * HASH_BYTES
    for (let i = 0; i < HASH_BYTES; i++) this.hash[i] = this.#hashes[from + i]!
    this.state = this.#states[slot]!
  }

  #make(name: string, slot: number): void {
    this.#names[slot] = name
    this.#states[slot] = nameState(name)
    this.#hashes.set(this.#hasher.name(foldName(name)), slot * HASH_BYTES)
  }
}
