import { randomUUIDv7 } from 'node:crypto'
import { inTransaction } from '../../db/connect.ts'
import { gatherHouseholds } from '../../db/queries/households.ts'
import { addTipOff, addTipOffEvent } from '../../db/queries/tip-offs.ts'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { parseIdNumber } from '../../domain/id-number.ts'
import { nameState } from '../../domain/person-name.ts'
import { visibleLetters } from '../../domain/rule-set-life.ts'
import { HeduiError } from '../../errors.ts'
import type { Hedui } from '../open-hedui.ts'
import { requireActor } from '../people-of-acts.ts'
import { showTipOff, type TipOffView } from './show-tip-offs.ts'
import type { TipOffActor } from './tip-off-context.ts'

/** By which way a report comes. */
export const TIP_OFF_CHANNELS = ['in-person', 'phone', 'letter', 'online', 'transferred'] as const
export type TipOffChannel = (typeof TIP_OFF_CHANNELS)[number]

/** Who reports (实名举报). */
export interface Reporter {
  readonly name: string
  readonly phone?: string | null
  readonly idNumber?: string | null
}

export interface RecordTipOff extends TipOffActor {
  /** A household of the register. */
  readonly household: string
  readonly channel: TipOffChannel
  /** Today unless given. */
  readonly receivedOn?: string | undefined
  readonly text: string
  /** null: anonymous. */
  readonly reporter: Reporter | null
}

/** What lies sealed of a tip-off. */
export interface SealedTipOff {
  readonly text: string
  readonly reporter: { readonly name: string; readonly phone: string | null; readonly idNumber: string | null } | null
}

const MOST_LETTERS = 10_000

/**
 * Keeps a report against a household. What was said and who said it are sealed at once; nothing else follows of it by
 * itself. Handlers who are near kin of the household may take one down: a report is refused to nobody. Throws HeduiError
 * INPUT_NOT_FOUND for an unknown household, INPUT_INVALID, INPUT_ID_NUMBER.
 */
export async function recordTipOff(
  context: Pick<Hedui, 'database' | 'vault' | 'now'>,
  request: RecordTipOff,
): Promise<TipOffView> {
  const { database, vault, now } = context
  const actor = requireActor(request)
  const at = now()
  const sealed = vault.seal(takeReport(request))
  const receivedOn = request.receivedOn ?? dateInChina(at)
  if (!isDate(receivedOn) || receivedOn > dateInChina(at))
    throw invalid('receivedOn', `must be a real date, ${dateInChina(at)} or before`)
  const [household] = await gatherHouseholds(database.pool, [request.household], dateInChina(at))
  if (!household)
    throw new HeduiError('INPUT_NOT_FOUND', `no household of the register has the id ${request.household}`)
  const { channel, reporter } = request
  const tipOff = {
    id: randomUUIDv7(),
    householdId: household.householdId,
    region: (household.facts as { region: string }).region,
    channel,
    named: reporter !== null,
    receivedOn,
    recordedAt: at,
    state: 'received',
    since: at,
    run: null,
    case: null,
  } as const
  await inTransaction(database, async (client) => {
    await addTipOff(client, { ...tipOff, sealed })
    const payload = { channel, named: tipOff.named, receivedOn }
    await addTipOffEvent(client, tipOff.id, { at, actor, action: 'received', reason: null, payload })
  })
  return showTipOff(context, tipOff.id)
}

const invalid = (path: string, message: string) => new HeduiError('INPUT_INVALID', message, { path })

function takeReport({ channel, text, reporter }: RecordTipOff): SealedTipOff {
  if (!TIP_OFF_CHANNELS.includes(channel)) throw invalid('channel', `must be one of ${TIP_OFF_CHANNELS.join(', ')}`)
  if (visibleLetters(text) === '') throw invalid('text', 'must say what is reported')
  if (text.length > MOST_LETTERS) throw invalid('text', `must be ${MOST_LETTERS} characters at most`)
  if (reporter === null) return { text: text.trim(), reporter: null }
  if (nameState(reporter.name) !== 'given')
    throw invalid('reporter.name', 'must be the whole name; leave the reporter out where the report is anonymous')
  const delivered = reporter.idNumber?.trim() || null
  const idNumber = delivered === null ? null : parseIdNumber(delivered)
  if (delivered !== null && idNumber === null)
    throw new HeduiError('INPUT_ID_NUMBER', 'is not a valid resident identity number', { path: 'reporter.idNumber' })
  return {
    text: text.trim(),
    reporter: { name: reporter.name.trim(), phone: reporter.phone?.trim() || null, idNumber },
  }
}
