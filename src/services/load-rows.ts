import type pg from 'pg'
import type { Database } from '../db/connect.ts'
import { CopyQueue, copyInto } from '../db/copy.ts'
import { partitionOf } from '../db/queries/records.ts'
import type { Loaded, LoadRequest, WriteRows } from './load-request.ts'
import { readDelivery } from './read-delivery.ts'
import { ROW_COLUMNS, ROW_TABLES, type RowTable } from './write-rows.ts'

/**
 * Reads a delivery's rows and loads them by COPY: sound rows into the delivery's own table, the others beside it, all
 * under the delivery's id, which nobody sees yet. `client` is the connection that made the table and holds the lock.
 */
export async function loadRows(
  database: Database,
  client: pg.ClientBase,
  request: LoadRequest,
  progress: (rows: number) => void,
): Promise<Loaded> {
  const sinks = openSinks(request.deliveryId)
  const write: WriteRows = (table, rows) => (rows.length > 0 ? sinks[table].queue.write(rows) : null)
  const produce = async () => {
    try {
      return await readDelivery(request, write, progress)
    } finally {
      for (const table of ROW_TABLES) sinks[table].queue.close()
    }
  }
  const copies = ROW_TABLES.map((table) => copy(database, table === 'records' ? client : null, sinks[table]))
  const [produced, ...copied] = await Promise.allSettled([produce(), ...copies])
  // Where COPY failed, the reader only says that it could not go on.
  const failed = copied.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  if (produced.status === 'rejected') throw produced.reason
  return produced.value
}

interface Sink {
  readonly table: string
  readonly columns: readonly string[]
  readonly queue: CopyQueue
}

function openSinks(deliveryId: string): Readonly<Record<RowTable, Sink>> {
  const sink = (name: RowTable, table: string): Sink => ({ table, columns: ROW_COLUMNS[name], queue: new CopyQueue() })
  return {
    records: sink('records', partitionOf(deliveryId)),
    leads: sink('leads', 'lead_identity'),
    unidentified: sink('unidentified', 'unidentified_row'),
    quarantined: sink('quarantined', 'quarantined_row'),
  }
}

async function copy(database: Database, own: pg.ClientBase | null, { table, columns, queue }: Sink): Promise<void> {
  const client = own ?? (await database.pool.connect())
  let failure: unknown
  try {
    await copyInto(client, table, columns, queue, 'binary')
  } catch (error) {
    failure = error
    queue.fail(error)
    throw error
  } finally {
    if (!own) (client as pg.PoolClient).release(failure as Error | undefined)
  }
}
