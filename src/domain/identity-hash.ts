import { createHmac, hash, hkdfSync } from 'node:crypto'
import { ID_LENGTH } from './id-number.ts'

/** Bytes of a keyed hash: HMAC-SHA-256 truncated (design §7). 2^-64 for a collision among four billion people. */
export const HASH_BYTES = 16

export interface IdentityHasher {
  /** The same hash as of `number`, written to the first HASH_BYTES of `target`. */
  numberInto(idNumber: string, target: Uint8Array): void
  /** The same of the ASCII of a number that stands at `from`. */
  numberAt(bytes: Uint8Array, from: number, target: Uint8Array): void
  /** Keyed hash of a valid 18-digit number. */
  number(idNumber: string): Buffer
  /** Keyed hash of a folded name. */
  name(foldedName: string): Buffer
  /** Keyed hash of another document's number, or of a person who has none; never equal to one of an ID number. */
  document(kind: string, text: string): Buffer
  /** What tells two secrets apart without telling the secret; kept in the database. */
  readonly fingerprint: string
}

/** A key of 32 bytes for one purpose, drawn from the configured secret (HKDF, RFC 5869). */
export function deriveKey(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `hedui ${purpose}`, 32))
}

const BLOCK = 64
const DIGEST = 32
/** Longer texts than any name take the ordinary way. */
const LONGEST = 448

/**
 * HMAC-SHA-256 (RFC 2104) of texts that all begin alike, truncated. Written out as its two hashes because createHmac takes
 * 3.0 µs for it and two calls of the one-shot hash take 0.65 µs, which a register of 30 million rows feels; a test compares
 * the two. Digests come as strings of a character a byte, for a Buffer costs a microsecond to make.
 */
class TruncatedHmac {
  readonly #key: Buffer
  readonly #prefix: string
  /** Where the text begins. */
  readonly #from: number
  readonly #inner = Buffer.alloc(BLOCK + LONGEST)
  readonly #outer = Buffer.alloc(BLOCK + DIGEST)
  /** The beginning of `inner` up to each length: a view, too, costs a tenth of the whole to make. */
  readonly #views: Buffer[] = []

  constructor(key: Buffer, prefix: string) {
    this.#key = key
    this.#prefix = prefix
    for (let i = 0; i < BLOCK; i++) {
      this.#inner[i] = (key[i] ?? 0) ^ 0x36
      this.#outer[i] = (key[i] ?? 0) ^ 0x5c
    }
    this.#from = BLOCK + this.#inner.write(prefix, BLOCK)
  }

  /** Writes the hash of the text to the first HASH_BYTES of `target`. */
  write(text: string, target: Uint8Array): void {
    // A character is at most three bytes for each of its UTF-16 units.
    if (this.#from + text.length * 3 <= this.#inner.length) {
      this.#digest(writeShort(text, this.#inner, this.#from), target)
    } else createHmac('sha256', this.#key).update(this.#prefix).update(text).digest().copy(target, 0, 0, HASH_BYTES)
  }

  /** The same of a short text that stands as bytes somewhere. */
  writeBytes(bytes: Uint8Array, from: number, length: number, target: Uint8Array): void {
    for (let i = 0; i < length; i++) this.#inner[this.#from + i] = bytes[from + i]!
    this.#digest(length, target)
  }

  #digest(length: number, target: Uint8Array): void {
    const end = this.#from + length
    this.#views[end] ??= this.#inner.subarray(0, end)
    writeUnits(hash('sha256', this.#views[end], 'latin1'), this.#outer, BLOCK, DIGEST)
    writeUnits(hash('sha256', this.#outer, 'latin1'), target, 0, HASH_BYTES)
  }
}

/** Writes a text as UTF-8, an ASCII one without the call into C++; gives the number of bytes. */
function writeShort(text: string, target: Buffer, from: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return target.write(text, from)
    target[from + i] = unit
  }
  return text.length
}

function writeUnits(text: string, target: Uint8Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) target[from + i] = text.charCodeAt(i)
}

/** Hashes by which rows find their people without holding who they are. */
export function createIdentityHasher(secret: Buffer): IdentityHasher {
  const key = deriveKey(secret, 'identity hash')
  const numbers = new TruncatedHmac(key, 'number:')
  const names = new TruncatedHmac(key, 'name:')
  const documents = new TruncatedHmac(key, 'document:')
  const made = (hmac: TruncatedHmac, text: string): Buffer => {
    const target = Buffer.alloc(HASH_BYTES)
    hmac.write(text, target)
    return target
  }
  return Object.freeze({
    number: (idNumber: string) => made(numbers, idNumber),
    numberInto: (idNumber: string, target: Uint8Array) => numbers.write(idNumber, target),
    numberAt: (bytes: Uint8Array, from: number, target: Uint8Array) =>
      numbers.writeBytes(bytes, from, ID_LENGTH, target),
    name: (foldedName: string) => made(names, foldedName),
    document: (kind: string, text: string) => made(documents, `${kind}:${text}`),
    fingerprint: deriveKey(secret, 'fingerprint').toString('hex').slice(0, 32),
  })
}

/** The 32-bit word at a place of a hash, unsigned. */
export function wordOf(hash: Uint8Array, index: number): number {
  const at = index * 4
  return (hash[at]! | (hash[at + 1]! << 8) | (hash[at + 2]! << 16) | (hash[at + 3]! << 24)) >>> 0
}
