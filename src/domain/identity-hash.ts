import { createHmac, hkdfSync } from 'node:crypto'

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

/** Hashes by which rows find their people without holding who they are. */
export function createIdentityHasher(secret: Buffer): IdentityHasher {
  const key = deriveKey(secret, 'identity hash')
  const hash = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, HASH_BYTES)
  return Object.freeze({
    number: (idNumber: string) => hash(`number:${idNumber}`),
    name: (foldedName: string) => hash(`name:${foldedName}`),
    document: (kind: string, text: string) => hash(`document:${kind}:${text}`),
    fingerprint: deriveKey(secret, 'fingerprint').toString('hex').slice(0, 32),
  })
}
