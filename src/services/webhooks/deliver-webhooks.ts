import { randomUUID } from 'node:crypto'
import { inTransaction } from '../../db/connect.ts'
import {
  claimMessages,
  listDueWebhooks,
  type OutboxMessage,
  releaseIdle,
  settleMessage,
  type Webhook,
  type WebhookTry,
} from '../../db/queries/webhooks.ts'
import type { WebhookContext } from './manage-webhooks.ts'
import { retryAfter } from './retry-schedule.ts'
import { signWebhook } from './sign-webhook.ts'
import { isAllowedHost } from './webhook-url.ts'

/** How long a receiver may take to answer. */
const TIMEOUT_MS = 10_000
/** Messages to one receiver at once, each of another case. */
const SENDERS = 8

export interface DeliverOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** Called between the answer and its being written down; for tests of a crash there. */
  readonly afterSend?: () => void | Promise<void>
}

/**
 * Sends what is due of every webhook, until nothing is, and gives the number of tries. Any number of processes may do so
 * at once. The events of a case go one after the other: the next waits until the one before arrived or was parked.
 */
export async function deliverDue(context: WebhookContext, options: DeliverOptions = {}): Promise<number> {
  const webhooks = await listDueWebhooks(context.database.pool, context.now())
  const tries = await Promise.all(webhooks.map((webhook) => deliverTo(context, webhook, options)))
  return tries.reduce((sum, count) => sum + count, 0)
}

/** Sends what is due of one webhook, until nothing is. */
export async function deliverTo(
  context: WebhookContext,
  webhook: Webhook,
  options: DeliverOptions = {},
): Promise<number> {
  const { database, vault, now } = context
  const claim = randomUUID()
  const secret = vault.open(webhook.sealedSecret) as string
  let tries = 0
  while (!options.signal?.aborted) {
    const claimed = { webhook: webhook.id, claim }
    const { messages, idle } = await claimMessages(database.pool, { ...claimed, now: now(), limit: SENDERS })
    for (const caseId of idle)
      await inTransaction(database, (client) => releaseIdle(client, { ...claimed, caseId }, now()))
    if (messages.length === 0) break
    const sent = await Promise.allSettled(
      messages.map(async (message) => {
        const tried = await send(context, { webhook, secret, message }, options)
        await options.afterSend?.()
        await settle(context, { ...claimed, message }, tried)
      }),
    )
    const failed = sent.find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
    tries += messages.length
  }
  return tries
}

async function settle(
  { database }: WebhookContext,
  claimed: { readonly webhook: string; readonly claim: string; readonly message: OutboxMessage },
  tried: WebhookTry,
): Promise<void> {
  const wait = retryAfter(claimed.message.tries + 1, Math.random())
  const settled = tried.error === null ? 'delivered' : wait === null ? 'parked' : null
  const again = new Date(tried.at.getTime() + (wait ?? 0))
  await inTransaction(database, (client) => settleMessage(client, claimed, { tried, settled, again }))
}

/** One try. A redirect is not followed: it could lead to a host that the settings do not list. */
async function send(
  { config, now }: WebhookContext,
  { webhook, secret, message }: { readonly webhook: Webhook; readonly secret: string; readonly message: OutboxMessage },
  { signal, timeoutMs = TIMEOUT_MS }: DeliverOptions,
): Promise<WebhookTry> {
  const at = now()
  if (!isAllowedHost(new URL(webhook.url), config.webhookHosts)) return { at, status: null, error: 'host not allowed' }
  const { id, body } = message
  const headers = signWebhook({ id, timestamp: Math.floor(at.getTime() / 1000), body }, secret)
  const ending = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(webhook.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'hedui', ...headers },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([ending, signal]) : ending,
    })
    // What the receiver says beside its status is not read.
    await response.body?.cancel().catch(() => {})
    return { at, status: response.status, error: response.ok ? null : 'refused' }
  } catch (error) {
    return { at, status: null, error: wordOf(error) }
  }
}

/** Why there was no answer, without what the driver says: a URL may stand in that. */
function wordOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } }
  if (name === 'TimeoutError') return 'timeout'
  if (name === 'AbortError') return 'stopped'
  return cause?.code ?? 'failed'
}
