import type { Database } from '../db/connect.ts'
import { changeDeliveryState, type Delivery, findDelivery } from '../db/queries/deliveries.ts'
import { dropRows } from '../db/queries/records.ts'
import type { DeliveryState } from '../db/tables.ts'
import { HeduiError } from '../errors.ts'

export interface DeliveryAct {
  readonly id: string
  /** The person whose act this is. */
  readonly actor: string
  readonly reason?: string
}

interface Context {
  readonly database: Database
  now(): Date
}

/** The delivery, or HeduiError INPUT_NOT_FOUND. */
export async function requireDelivery(database: Database, id: string): Promise<Delivery> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  const delivery = isId ? await findDelivery(database, id) : undefined
  if (!delivery) throw new HeduiError('INPUT_NOT_FOUND', `there is no delivery ${id}`)
  return delivery
}

/** Publishes a held delivery on a person's word. Throws HeduiError STATE_DELIVERY where it is not held. */
export async function releaseDelivery({ database, now }: Context, { id, actor, reason }: DeliveryAct): Promise<void> {
  const { state } = await requireDelivery(database, id)
  const change = { state: 'published', actor, at: now(), reason: reason ?? null } as const
  if (!(await changeDeliveryState(database.kysely, id, ['held'], change))) throw refuse(state, 'held')
}

/**
 * Takes a held or published delivery out of use for good and removes its rows; checks use the one before again. What
 * came of it in earlier runs stays with them.
 */
export async function discardDelivery({ database, now }: Context, { id, actor, reason }: DeliveryAct): Promise<void> {
  const { state } = await requireDelivery(database, id)
  const change = { state: 'discarded', actor, at: now(), reason: reason ?? null } as const
  if (!(await changeDeliveryState(database.kysely, id, ['held', 'published'], change)))
    throw refuse(state, 'held or published')
  await dropRows(database, id)
}

function refuse(state: DeliveryState, wanted: string): HeduiError {
  if (state === 'discarded') return new HeduiError('STATE_DISCARDED', 'the delivery was discarded')
  return new HeduiError('STATE_DELIVERY', `the delivery is ${state}; only one that is ${wanted} allows this`)
}
