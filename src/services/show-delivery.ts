import type { Database } from '../db/connect.ts'
import {
  type DeliveryEvent,
  findDeliveryEvents,
  findQuarantinedRows,
  listDeliveries,
} from '../db/queries/deliveries.ts'
import type { DeliveryCounts, DeliveryState } from '../db/tables.ts'

export interface DeliverySummary {
  readonly id: string
  readonly source: string
  readonly region: string
  readonly asOf: string
  readonly state: DeliveryState
  readonly fileName: string
  readonly receivedAt: string
  readonly counts: DeliveryCounts | null
  readonly heldBecause: readonly string[]
}

/** Every delivery, in the order in which they came. */
export async function listAllDeliveries(database: Database): Promise<DeliverySummary[]> {
  const deliveries = await listDeliveries(database)
  return deliveries.map((delivery) => ({
    id: delivery.id,
    source: delivery.source,
    region: delivery.region,
    asOf: delivery.as_of,
    state: delivery.state,
    fileName: delivery.file_name,
    receivedAt: delivery.received_at.toISOString(),
    counts: delivery.counts,
    heldBecause: delivery.held_because ?? [],
  }))
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
