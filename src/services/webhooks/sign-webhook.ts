import { createHmac, randomBytes } from 'node:crypto'
import { HeduiError } from '../../errors.ts'

/** What a secret begins with (Standard Webhooks, "Signature scheme"). */
const PREFIX = 'whsec_'

/** A new secret of 32 random bytes. */
export function makeWebhookSecret(): string {
  return PREFIX + randomBytes(32).toString('base64')
}

/** The bytes of a secret: "whsec_" and base64 of 24 to 64 bytes. Throws HeduiError INPUT_INVALID. */
export function parseWebhookSecret(text: string): Buffer {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : ''
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length < 24 || bytes.length > 64 || bytes.toString('base64') !== base64)
    throw new HeduiError('INPUT_INVALID', 'must be "whsec_" and 24 to 64 bytes in base64; leave it out to get one', {
      path: 'secret',
    })
  return bytes
}

export interface SignedMessage {
  readonly id: string
  /** Seconds since 1970 at which it is sent: a receiver refuses what is old. */
  readonly timestamp: number
  readonly body: string
}

/**
 * The headers of a message by Standard Webhooks 1.0.0: its id, the time, and "v1," with the HMAC-SHA-256 in base64 of
 * id.timestamp.body under the secret's bytes.
 */
export function signWebhook({ id, timestamp, body }: SignedMessage, secret: string): Record<string, string> {
  const signature = createHmac('sha256', parseWebhookSecret(secret))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  }
}
