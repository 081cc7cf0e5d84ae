import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { HeduiError } from '../errors.ts'
import { showWebhooks, subscribeWebhook, unsubscribeWebhook } from '../services/webhooks/manage-webhooks.ts'
import { listMessages, type MessagesRequest, resendMessage } from '../services/webhooks/outbox-messages.ts'
import {
  ACTOR_OPTION,
  type Command,
  type CommandInput,
  JSON_OPTION,
  numberOf,
  regionOf,
  requireActor,
  requireReason,
  textOf,
} from './command.ts'
import { oneOf, ROLE, say } from './list-page.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

const STATES = ['waiting', 'delivered', 'parked', 'cancelled'] as const

export const webhooksAdd: Command = {
  name: 'webhooks add',
  usage: 'webhooks add URL --actor NAME [--region CODE] [--secret-file FILE] [--json]',
  summary: 'have the events of cases sent to a URL at a host of HEDUI_WEBHOOK_HOSTS; the secret is shown once',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, region: { type: 'string' }, 'secret-file': { type: 'string' } },
  positionals: ['URL'],
  run: async (input) => {
    const actor = requireActor(input)
    const region = regionOf(input)
    const secret = await readSecret(input)
    return withHedui(input, async (hedui) => {
      const done = await subscribeWebhook(hedui, { url: input.positionals[0]!, region, secret, actor, role: ROLE })
      return say(input, done, [`webhook ${done.webhook.id} to ${done.webhook.url}`, `secret ${done.secret}`])
    })
  },
}

/** A secret on the command line would be seen by whoever lists processes. */
async function readSecret(input: CommandInput): Promise<string | undefined> {
  const name = textOf(input, 'secret-file')
  if (name === undefined) return undefined
  const file = resolve(input.config.callerFolder, name)
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new HeduiError('INPUT_FILE', `cannot be read: ${cause.code}`, { file, cause })
  })
  return text.trim()
}

export const webhooksList: Command = {
  name: 'webhooks list',
  usage: 'webhooks list [--json]',
  summary: 'webhooks, and how many messages wait, arrived or were given up',
  options: JSON_OPTION,
  positionals: [],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const webhooks = await showWebhooks(hedui)
      const rows = webhooks.map(({ id, url, region, endedAt, messages }) => [
        id,
        url,
        region || 'all',
        endedAt ? 'ended' : 'runs',
        ...STATES.slice(0, 3).map((state) => messages[state]),
      ])
      const head = ['webhook', 'url', 'region', 'state', ...STATES.slice(0, 3)]
      return say(
        input,
        webhooks,
        rows.length > 0 ? textTable([head, ...rows]) : ['no webhook yet: hedui webhooks add URL'],
      )
    }),
}

export const webhooksRemove: Command = {
  name: 'webhooks remove',
  usage: 'webhooks remove WEBHOOK --actor NAME [--json]',
  summary: 'end a webhook; what waits for it is not sent any more',
  options: { ...ACTOR_OPTION, ...JSON_OPTION },
  positionals: ['WEBHOOK'],
  run: async (input) => {
    const actor = requireActor(input)
    const webhook = input.positionals[0]!
    return withHedui(input, async (hedui) => {
      await unsubscribeWebhook(hedui, { webhook, actor, role: ROLE })
      return say(input, { ended: webhook }, [`webhook ${webhook} has ended`])
    })
  },
}

export const webhooksMessages: Command = {
  name: 'webhooks messages',
  usage: `webhooks messages [--webhook WEBHOOK] [--case CASE] [--state ${STATES.join('|')}] [--after MESSAGE] [--most N] [--json]`,
  summary: 'messages to webhooks, with how the last try went',
  options: {
    ...JSON_OPTION,
    webhook: { type: 'string' },
    case: { type: 'string' },
    state: { type: 'string' },
    after: { type: 'string' },
    most: { type: 'string' },
  },
  positionals: [],
  run: async (input) => {
    const request: MessagesRequest = {
      webhook: textOf(input, 'webhook'),
      case: textOf(input, 'case'),
      state: oneOf(input, 'state', STATES),
      after: textOf(input, 'after'),
      count: numberOf(input, 'most', { least: 1, otherwise: 100 }),
    }
    return withHedui(input, async (hedui) => {
      const found = await listMessages(hedui, request)
      const rows = found.messages.map(({ id, caseId, number, state, tries, lastTry }) => [
        id,
        caseId,
        number,
        state,
        tries,
        lastTry?.status === null ? (lastTry.error ?? '') : String(lastTry?.status ?? ''),
      ])
      const lines =
        rows.length > 0 ? textTable([['message', 'case', 'event', 'state', 'tries', 'last'], ...rows]) : ['no message']
      return say(input, found, found.next ? [...lines, `more: --after ${found.next}`] : lines)
    })
  },
}

export const webhooksResend: Command = {
  name: 'webhooks resend',
  usage: 'webhooks resend MESSAGE --actor NAME --reason TEXT [--json]',
  summary: 'send a message once more, with its own id',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, reason: { type: 'string' } },
  positionals: ['MESSAGE'],
  run: async (input) => {
    const [actor, reason] = [requireActor(input), requireReason(input)]
    const message = input.positionals[0]!
    return withHedui(input, async (hedui) => {
      await resendMessage(hedui, { message, actor, role: ROLE, reason })
      return say(input, { resent: message }, [`message ${message} is sent once more`])
    })
  },
}
