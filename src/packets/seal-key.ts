import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { deriveKey } from '../domain/identity-hash.ts'
import { sha256Of } from './sections.ts'

/** The pair of keys that seals packets. */
export interface SealKey {
  readonly privateKey: KeyObject
  /** DER of its SubjectPublicKeyInfo (RFC 8410), in base64. */
  readonly publicKey: string
  /** sha256 of that DER, 64 hexadecimal digits: what an office publishes and people compare. */
  readonly fingerprint: string
}

/** Before the 32 bytes of an Ed25519 key: PKCS #8 of a private one, SubjectPublicKeyInfo of a public one (RFC 8410 §7, §4). */
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')

/** The Ed25519 pair of an installation, drawn from its secret: whoever has `keys backup`'s copy has it too. */
export function createSealKey(secret: Buffer): SealKey {
  const der = Buffer.concat([PRIVATE, deriveKey(secret, 'packet seal')])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return Object.freeze({ privateKey, publicKey: publicKey.toString('base64'), fingerprint: sha256Of(publicKey) })
}

/** The key as a PEM file, which openssl reads. */
export function toPem(publicKey: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`
}

export const signBytes = (bytes: Buffer, { privateKey }: SealKey): Buffer => sign(null, bytes, privateKey)

/** Whether the key's holder signed the bytes; `publicKey` is anything that a file may hold. */
export function isSignedBy(publicKey: string, bytes: Buffer, signature: Buffer): boolean {
  const der = Buffer.from(publicKey, 'base64')
  if (der.length !== PUBLIC.length + 32 || !der.subarray(0, PUBLIC.length).equals(PUBLIC)) return false
  try {
    return verify(null, bytes, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
  } catch {
    // Bytes that are no point of the curve.
    return false
  }
}
