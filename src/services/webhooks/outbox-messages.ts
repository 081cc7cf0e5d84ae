import { inTransaction } from '../../db/connect.ts'
import { addAudit } from '../../db/queries/audit.ts'
import { listOutbox, type OutboxRow, type OutboxState, sendAgain } from '../../db/queries/webhooks.ts'
import { HeduiError } from '../../errors.ts'
import { isUuid, requireActor } from '../people-of-acts.ts'
import type { WebhookContext } from './manage-webhooks.ts'

export interface MessagesRequest {
  readonly webhook?: string | undefined
  readonly case?: string | undefined
  /** "parked" for what was given up. */
  readonly state?: OutboxState | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
  readonly count?: number | undefined
}

export interface MessagesPage {
  readonly messages: readonly OutboxRow[]
  /** null: there are no more. */
  readonly next: string | null
}

/** Messages to webhooks by the time at which they were written, with how the last try went. */
export async function listMessages(
  { database }: Pick<WebhookContext, 'database'>,
  { webhook, case: caseId, state, after, count = 100 }: MessagesRequest,
): Promise<MessagesPage> {
  for (const id of [webhook, caseId, after]) {
    if (id !== undefined && !isUuid(id)) throw new HeduiError('INPUT_NOT_FOUND', `there is no ${id}`)
  }
  const messages = await listOutbox(database.pool, { webhook, caseId, state, after, count: count + 1 })
  const shown = messages.slice(0, count)
  return { messages: shown, next: messages.length > count ? shown.at(-1)!.id : null }
}

/**
 * Has a message sent once more with its own id, whether it was parked, arrived or waits. Throws HeduiError INPUT_NOT_FOUND
 * where there is none such, or its webhook has ended.
 */
export async function resendMessage(
  { database, now }: WebhookContext,
  request: { readonly message: string; readonly actor: string; readonly role: string; readonly reason: string },
): Promise<void> {
  const actor = requireActor(request)
  const { message, role, reason } = request
  const at = now()
  const found = isUuid(message) && (await inTransaction(database, (client) => sendAgain(client, message, at)))
  if (!found) throw new HeduiError('INPUT_NOT_FOUND', `there is no message ${message} of a webhook that runs`)
  await addAudit(database, { at, actor, role, action: 'resend message', reason, subject: { message, case: found } })
}
