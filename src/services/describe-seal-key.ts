import { createSealKey, toPem } from '../packets/seal-key.ts'

export interface SealKeyFacts {
  /** DER of the SubjectPublicKeyInfo in base64. */
  readonly publicKey: string
  readonly fingerprint: string
  readonly pem: string
}

/** What anybody may know of the key that an installation seals packets with. */
export function describeSealKey(secret: Buffer): SealKeyFacts {
  const { publicKey, fingerprint } = createSealKey(secret)
  return { publicKey, fingerprint, pem: toPem(publicKey) }
}
