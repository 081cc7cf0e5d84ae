import { randomUUIDv7 } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { to } from 'pg-copy-streams'
import { loadConfig } from '../src/config.ts'
import type { EmbeddedServer } from '../src/db/embedded-server.ts'
import { partitionOf, RECORD_COLUMNS } from '../src/db/queries/records.ts'
import { importHouseholds } from '../src/services/import-households.ts'
import { type Hedui, openHedui } from '../src/services/open-hedui.ts'
import { discardDelivery } from '../src/services/release-delivery.ts'
import type { CopyFormat } from './ingest-child.ts'
import { BENCH_FOLDER, type Dataset } from './ingest-data.ts'

/** A secret of the benchmark's own, so that no key file is made. */
const SECRET = Buffer.alloc(32, 7).toString('base64')

/** Rows of a finished ingest in both formats of COPY, under the id of a delivery that has no rows. */
export interface CanonicalRows {
  readonly deliveryId: string
  readonly files: Readonly<Record<CopyFormat, string>>
}

/** A database in which the households of one file are known. */
export interface BenchDatabase {
  /** For the processes that work in it. */
  readonly environment: NodeJS.ProcessEnv
  version(): Promise<string>
  /** Empties the write-ahead log, so that the one who comes next does not pay for the one before. */
  checkpoint(): Promise<void>
  copyOut(deliveryId: string): Promise<CanonicalRows>
  /** Drops the partition that was filled from canonical rows. */
  dropCopied(rows: CanonicalRows): Promise<void>
  discard(deliveryId: string): Promise<void>
  close(): Promise<void>
}

export async function openBenchDatabase(
  server: EmbeddedServer,
  dataset: Dataset,
  adaptersFolder: string,
): Promise<BenchDatabase> {
  const name = `bench_${dataset.source}_${dataset.rows}`
  const main = await openMain(server)
  await main.database.pool.query(`drop database if exists ${name} with (force)`)
  await main.database.pool.query(`create database ${name}`)
  const settings = {
    DATABASE_URL: server.connectionStringFor(name),
    HEDUI_SECRET: SECRET,
    HEDUI_ADAPTERS: adaptersFolder,
    HEDUI_LOG_LEVEL: 'silent',
  }
  const hedui = await openHedui(loadConfig(settings))
  const { pool } = hedui.database
  const { imported, refused } = await importHouseholds(
    { ...hedui, sources: [...hedui.adapters.keys()] },
    { file: dataset.households, asOf: '2026-10-01', actor: 'bench' },
  )
  if (refused > 0) throw new Error(`${refused} of ${imported + refused} households were refused`)
  await pool.query('analyze')

  return {
    environment: { ...process.env, ...settings },
    version: async () => (await pool.query('select version()')).rows[0].version,
    async checkpoint() {
      await pool.query('checkpoint')
    },
    async copyOut(deliveryId) {
      const id = randomUUIDv7()
      const folder = join(BENCH_FOLDER, 'rows')
      await mkdir(folder, { recursive: true })
      const columns = RECORD_COLUMNS.map((column) => (column === 'delivery_id' ? `'${id}'::uuid` : `"${column}"`))
      const select = `select ${columns.join(', ')} from ${partitionOf(deliveryId)}`
      const client = await pool.connect()
      const files = { text: join(folder, `${name}.text`), binary: join(folder, `${name}.binary`) }
      for (const [format, file] of Object.entries(files)) {
        const rows = client.query(to(`copy (${select}) to stdout with (format ${format})`))
        await pipeline(rows, createWriteStream(file, { highWaterMark: 1 << 20 }))
      }
      client.release()
      return { deliveryId: id, files }
    },
    async dropCopied({ deliveryId }) {
      await pool.query(`drop table ${partitionOf(deliveryId)}`)
    },
    discard: (id) => discardDelivery(hedui, { id, actor: 'bench' }),
    async close() {
      await hedui.close()
      await main.database.pool.query(`drop database if exists ${name} with (force)`)
      await main.close()
      for (const format of ['text', 'binary'])
        await rm(join(BENCH_FOLDER, 'rows', `${name}.${format}`), { force: true })
    },
  }
}

function openMain(server: EmbeddedServer): Promise<Hedui> {
  return openHedui(loadConfig({ DATABASE_URL: server.connectionString, HEDUI_SECRET: SECRET }))
}
