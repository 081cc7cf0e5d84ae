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

export function createIdentityVault(secret: Buffer): IdentityVault {
  const key = deriveKey(secret, 'identity vault')
  return Object.freeze({
    seal(value: unknown): Buffer {
      const nonce = randomBytes(12)
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
