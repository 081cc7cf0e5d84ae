import type { Database } from '../db/connect.ts'
import {
  type Delivery,
  type DeliveryEvent,
  findDeliveryEvents,
  findQuarantinedRows,
  listDeliveries,
} from '../db/queries/deliveries.ts'
import { findSuperseded } from '../db/queries/superseded.ts'
import type { DeliveryCounts, DeliveryState } from '../db/tables.ts'
import { requireDelivery } from './release-delivery.ts'

/** As people are shown it: superseded is published behind a later snapshot of its source and region. */
export type ShownState = DeliveryState | 'superseded'

export interface DeliverySummary {
  readonly id: string
  readonly source: string
  readonly region: string
  readonly asOf: string
  readonly state: ShownState
  /** The delivery that comes next after a superseded one. */
  readonly supersededBy: string | null
  readonly fileName: string
  readonly receivedAt: string
  readonly counts: DeliveryCounts | null
  readonly heldBecause: readonly string[]
}

/** Every delivery, in the order in which they came. */
export async function listAllDeliveries(database: Database): Promise<DeliverySummary[]> {
  const [deliveries, superseded] = await Promise.all([listDeliveries(database), findSuperseded(database.pool)])
  return deliveries.map((delivery) => ({
    id: delivery.id,
    source: delivery.source,
    region: delivery.region,
    asOf: delivery.as_of,
    state: superseded.has(delivery.id) ? 'superseded' : delivery.state,
    supersededBy: superseded.get(delivery.id)?.by ?? null,
    fileName: delivery.file_name,
    receivedAt: delivery.received_at.toISOString(),
    counts: delivery.counts,
    heldBecause: delivery.held_because ?? [],
  }))
}

export type ShownDelivery = Omit<Delivery, 'state'> & {
  readonly state: ShownState
  readonly superseded_by: string | null
  readonly events: readonly DeliveryEvent[]
}

/** All that is known of a delivery, with its quality report. Throws HeduiError INPUT_NOT_FOUND. */
export async function showDelivery(database: Database, id: string): Promise<ShownDelivery> {
  const delivery = await requireDelivery(database, id)
  const superseded = (await findSuperseded(database.pool)).get(id)
  const events = await findDeliveryEvents(database, id)
  const state = superseded ? 'superseded' : delivery.state
  return { ...delivery, state, superseded_by: superseded?.by ?? null, events }
}

/** What happened to a delivery, in order. */
export function listDeliveryEvents(database: Database, id: string): Promise<DeliveryEvent[]> {
  return findDeliveryEvents(database, id)
}

const PAGE = 1000

/** The quarantined rows of a delivery by line, a page at a time behind the scenes. */
export async function* listQuarantined(database: Database, id: string) {
  for (let after = 0; ; ) {
    const page = await findQuarantinedRows(database, id, { after, count: PAGE })
    yield* page
    if (page.length < PAGE) return
    after = page.at(-1)!.row
  }
}
