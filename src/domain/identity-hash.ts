import { createHmac, hash, hkdfSync } from 'node:crypto'

/** Bytes of a keyed hash: HMAC-SHA-256 truncated (design §7). 2^-64 for a collision among four billion people. */
export const HASH_BYTES = 16

export interface IdentityHasher {
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
/** Longer texts than any name take the ordinary way. */
const LONGEST = 448

/**
 * HMAC-SHA-256 (RFC 2104) of a text, truncated. Written out as its two hashes because createHmac takes 3.0 µs for it and
 * two calls of the one-shot hash take 1.2 µs, which a register of 30 million rows feels; a test compares the two.
 */
function createTruncatedHmac(key: Buffer): (text: string) => Buffer {
  const inner = Buffer.alloc(BLOCK + LONGEST)
  const outer = Buffer.alloc(BLOCK + 32)
  for (let i = 0; i < BLOCK; i++) {
    inner[i] = (key[i] ?? 0) ^ 0x36
    outer[i] = (key[i] ?? 0) ^ 0x5c
  }
  return (text) => {
    // A character is at most three bytes for each of its UTF-16 units.
    if (text.length * 3 > LONGEST) return createHmac('sha256', key).update(text).digest().subarray(0, HASH_BYTES)
    const length = inner.write(text, BLOCK)
    outer.write(hash('sha256', inner.subarray(0, BLOCK + length), 'latin1'), BLOCK, 'latin1')
    return Buffer.from(hash('sha256', outer, 'latin1'), 'latin1').subarray(0, HASH_BYTES)
  }
}

/** Hashes by which rows find their people without holding who they are. */
export function createIdentityHasher(secret: Buffer): IdentityHasher {
  const hmac = createTruncatedHmac(deriveKey(secret, 'identity hash'))
  return Object.freeze({
    number: (idNumber: string) => hmac(`number:${idNumber}`),
    name: (foldedName: string) => hmac(`name:${foldedName}`),
    document: (kind: string, text: string) => hmac(`document:${kind}:${text}`),
    fingerprint: deriveKey(secret, 'fingerprint').toString('hex').slice(0, 32),
  })
}
