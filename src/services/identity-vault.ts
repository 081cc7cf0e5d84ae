import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveKey } from '../domain/identity-hash.ts'
import { HeduiError } from '../errors.ts'

/** Encrypts what says who a person is: names, numbers, addresses (AES-256-GCM, design §7). */
export interface IdentityVault {
  /** [version 1 byte | nonce 12 | tag 16 | ciphertext] of a JSON value. */
  seal(value: unknown): Buffer
  /** Throws HeduiError DEFINITION_SECRET where the bytes were sealed with another secret or changed. */
  open(sealed: Buffer): unknown
}

const VERSION = 1
const NONCE_BYTES = 12
/** Random bytes are asked for by the thousand: for each nonce by itself it takes longer than to encrypt. */
const NONCES = 1024

export function createIdentityVault(secret: Buffer): IdentityVault {
  const key = deriveKey(secret, 'identity vault')
  let nonces = Buffer.alloc(0)
  const nextNonce = (): Buffer => {
    if (nonces.length === 0) nonces = randomBytes(NONCES * NONCE_BYTES)
    const nonce = nonces.subarray(0, NONCE_BYTES)
    nonces = nonces.subarray(NONCE_BYTES)
    return nonce
  }
  return Object.freeze({
    seal(value: unknown): Buffer {
      const nonce = nextNonce()
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body])
    },
    open(sealed: Buffer): unknown {
      try {
        if (sealed[0] !== VERSION) throw new Error('unknown version')
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13))
        decipher.setAuthTag(sealed.subarray(13, 29))
        return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8'))
      } catch (cause) {
        throw new HeduiError('DEFINITION_SECRET', 'an identity was sealed with another secret, or was changed', {
          cause,
        })
      }
    },
  })
}
