import { randomUUIDv7 } from 'node:crypto'
import { inTransaction } from '../../db/connect.ts'
import { addAudit } from '../../db/queries/audit.ts'
import { addWebhook, countOutbox, endWebhook, listWebhooks, type OutboxState } from '../../db/queries/webhooks.ts'
import { HeduiError } from '../../errors.ts'
import type { Hedui } from '../open-hedui.ts'
import { isUuid, requireActor } from '../people-of-acts.ts'
import { makeWebhookSecret, parseWebhookSecret } from './sign-webhook.ts'
import { requireWebhookUrl } from './webhook-url.ts'

export type WebhookContext = Pick<Hedui, 'config' | 'database' | 'vault' | 'now'>

export interface SubscribeRequest {
  readonly url: string
  /** A prefix of region codes; all unless given. */
  readonly region?: string | undefined
  /** "whsec_" and base64; made unless given. */
  readonly secret?: string | undefined
  readonly actor: string
  readonly role: string
}

/** A webhook without its secret. */
export interface WebhookView {
  readonly id: string
  readonly url: string
  readonly region: string
  readonly actor: string
  readonly createdAt: string
  readonly endedAt: string | null
  readonly endedBy: string | null
  /** Messages by what became of them. */
  readonly messages: Readonly<Record<OutboxState, number>>
}

const NONE = { waiting: 0, delivered: 0, parked: 0, cancelled: 0 }

/**
 * Has the events of cases from now on sent to a URL. The secret is told once, here. Throws HeduiError INPUT_INVALID for a
 * URL at a host that the settings do not list.
 */
export async function subscribeWebhook(
  { config, database, vault, now }: WebhookContext,
  request: SubscribeRequest,
): Promise<{ readonly webhook: WebhookView; readonly secret: string }> {
  const actor = requireActor(request)
  const url = requireWebhookUrl(request.url, config.webhookHosts).href
  const region = request.region ?? ''
  if (!/^\d{0,12}$/.test(region))
    throw new HeduiError('INPUT_INVALID', 'must be digits, 12 at most', { path: 'region' })
  const secret = request.secret ?? makeWebhookSecret()
  parseWebhookSecret(secret)
  const webhook = { id: randomUUIDv7(), url, region, actor, createdAt: now() }
  await addWebhook(database.pool, { ...webhook, sealedSecret: vault.seal(secret) })
  await audit({ database, now }, { ...request, actor, action: 'subscribe webhook', webhook: webhook.id })
  const view = { ...webhook, createdAt: webhook.createdAt.toISOString(), endedAt: null, endedBy: null, messages: NONE }
  return { webhook: view, secret }
}

/** Ends a webhook; what waits for it is not sent any more. Throws HeduiError INPUT_NOT_FOUND. */
export async function unsubscribeWebhook(
  { database, now }: WebhookContext,
  request: { readonly webhook: string; readonly actor: string; readonly role: string },
): Promise<void> {
  const actor = requireActor(request)
  const { webhook } = request
  const by = { at: now(), actor }
  const ended = isUuid(webhook) && (await inTransaction(database, (client) => endWebhook(client, webhook, by)))
  if (!ended) throw new HeduiError('INPUT_NOT_FOUND', `there is no webhook ${webhook} that runs`)
  await audit({ database, now }, { ...request, actor, action: 'end webhook' })
}

/** All webhooks with how many messages wait, arrived, were parked. Those that ended come along, as evidence. */
export async function showWebhooks({ database }: Pick<WebhookContext, 'database'>): Promise<WebhookView[]> {
  const counts = await countOutbox(database.pool)
  return (await listWebhooks(database.pool)).map(({ sealedSecret: _, createdAt, endedAt, ...webhook }) => ({
    ...webhook,
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    messages: {
      ...NONE,
      ...Object.fromEntries(
        counts.filter((each) => each.webhook === webhook.id).map(({ state, count }) => [state, count]),
      ),
    },
  }))
}

async function audit(
  { database, now }: Pick<WebhookContext, 'database' | 'now'>,
  { actor, role, action, webhook }: { actor: string; role: string; action: string; webhook: string },
): Promise<void> {
  await addAudit(database, { at: now(), actor, role, action, reason: 'webhooks', subject: { webhook } })
}
