/**
 * One measured piece of work in a process of its own, so that its peak memory is its own. Started by ingest.ts with
 * fork; takes a Task as a message and answers with a Measured.
 */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from } from 'pg-copy-streams'
import { loadConfig } from '../src/config.ts'
import type { Database } from '../src/db/connect.ts'
import {
  attachPartition,
  createPartition,
  indexPartition,
  partitionOf,
  RECORD_COLUMNS,
} from '../src/db/queries/records.ts'
import { type DeliveryReport, ingestDelivery } from '../src/services/ingest-delivery.ts'
import { openHedui } from '../src/services/open-hedui.ts'

export type CopyFormat = 'text' | 'binary'

export type Task =
  | {
      readonly kind: 'copy'
      readonly deliveryId: string
      readonly file: string
      readonly format: CopyFormat
    }
  | {
      readonly kind: 'ingest'
      readonly source: string
      readonly path: string
      readonly asOf: string
      readonly retain: 'all' | 'known'
    }

export interface Statement {
  readonly text: string
  readonly ms: number
}

export interface Measured {
  readonly seconds: number
  /** User and system time of this process, all threads. */
  readonly cpuSeconds: number
  readonly rssMb: number
  /** Statements that took long, in their order; a COPY from its beginning to its end. */
  readonly statements: readonly Statement[]
  readonly report: DeliveryReport | null
}

const LONG_MS = 20

/** Takes the time of every statement of this process. */
function timeStatements(): Statement[] {
  const statements: Statement[] = []
  const query = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown
  const timed = function (this: pg.Client, ...args: unknown[]): unknown {
    const begun = performance.now()
    const [first] = args as [string | { text?: string }]
    const text = typeof first === 'string' ? first : (first.text ?? '')
    const done = () => {
      const ms = Math.round(performance.now() - begun)
      if (ms >= LONG_MS) statements.push({ text: text.replace(/\s+/g, ' ').trim().slice(0, 90), ms })
    }
    const result = query.apply(this, args)
    if (result instanceof Promise) result.then(done, () => {})
    else (result as NodeJS.EventEmitter | undefined)?.once?.('close', done)
    return result
  }
  pg.Client.prototype.query = timed as typeof pg.Client.prototype.query
  return statements
}

/** Everything of an ingest but reading the department's file and settling keys. */
async function copy(database: Database, { deliveryId, file, format }: Extract<Task, { kind: 'copy' }>): Promise<void> {
  const client = await database.pool.connect()
  await createPartition(client, deliveryId)
  const columns = RECORD_COLUMNS.map((name) => `"${name}"`).join(', ')
  const sink = client.query(from(`copy ${partitionOf(deliveryId)} (${columns}) from stdin with (format ${format})`))
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), sink)
  await indexPartition(client, deliveryId)
  await attachPartition(client, deliveryId)
  client.release()
}

async function measure(task: Task): Promise<Measured> {
  const hedui = await openHedui(loadConfig())
  try {
    const statements = timeStatements()
    const cpu = process.cpuUsage()
    const begun = performance.now()
    const report =
      task.kind === 'copy'
        ? await copy(hedui.database, task).then(() => null)
        : await ingestDelivery(hedui, { ...task, actor: 'bench' })
    const seconds = (performance.now() - begun) / 1000
    const { user, system } = process.cpuUsage(cpu)
    const rssMb = Math.round(process.resourceUsage().maxRSS / 1024)
    return { seconds, cpuSeconds: (user + system) / 1e6, rssMb, statements, report }
  } finally {
    await hedui.close()
  }
}

process.once('message', async (task: Task) => {
  const measured = await measure(task)
  process.send?.(measured)
  process.disconnect?.()
})
