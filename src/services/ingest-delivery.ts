import { createHash, randomUUIDv7 } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import type { Database } from '../db/connect.ts'
import {
  changeDeliveryState,
  type Delivery,
  findAbandonedDeliveries,
  findPreviousDelivery,
  findSameDelivery,
  insertDelivery,
  lockDelivery,
  setDeliveryOutcome,
  unlockDelivery,
} from '../db/queries/deliveries.ts'
import { endDemo } from '../db/queries/demo.ts'
import { readRegister } from '../db/queries/households.ts'
import { attachPartition, createPartition, dropRows, settleKeys } from '../db/queries/records.ts'
import type { DeliveryCounts, DeliveryState } from '../db/tables.ts'
import type { IdentityHasher } from '../domain/identity-hash.ts'
import { HeduiError } from '../errors.ts'
import type { OpenedFile } from '../feeds/delivered-row.ts'
import { openFile } from '../feeds/readers/open-file.ts'
import type { IdentityVault } from './identity-vault.ts'
import { type Adapter, type Adapters, requireAdapter } from './load-adapters.ts'
import type { Loaded, Parts } from './load-request.ts'
import { loadRows } from './load-rows.ts'
import { SharedRegister } from './shared-register.ts'
import type { LoadCounts } from './write-rows.ts'

export interface IngestRequest {
  readonly source: string
  readonly path: string
  /** The date the file speaks of; may be left out where the file's head line says it. */
  readonly asOf?: string
  /** The prefix of the regions that the file covers; "" covers everywhere. */
  readonly region?: string
  /** In place of the adapter's. */
  readonly retain?: 'all' | 'known'
  readonly actor: string
}

export interface IngestContext {
  readonly database: Database
  readonly adapters: Adapters
  readonly hasher: IdentityHasher
  readonly vault: IdentityVault
  readonly secret: Buffer
  readonly parts?: Parts
  /** Whether this is the demonstration's own file: anything else makes the database more than a demonstration. */
  readonly demo?: boolean
  now(): Date
}

export interface DeliveryReport extends DeliveryCounts {
  readonly delivery: string
  readonly source: string
  readonly asOf: string
  readonly state: DeliveryState
  /** Why it is held: "quarantined-share", "row-count", "empty". */
  readonly heldBecause: readonly string[]
  /** Columns of the file that the adapter does not map. */
  readonly furtherColumns: readonly string[]
  /** Whether the same file had been delivered before, and nothing was done now. */
  readonly repeated: boolean
}

/**
 * Takes one file of one source: reads, maps and identifies its rows, loads them, settles which row of each key stands,
 * and publishes the delivery in one short transaction, or holds it for a person to release (design §6). A failure or a
 * crash at any moment leaves nothing that a check could see. Throws HeduiError INPUT_*, SOURCE_* or STATE_BUSY.
 */
export async function ingestDelivery(
  context: IngestContext,
  request: IngestRequest,
  progress: (rows: number) => void = () => {},
): Promise<DeliveryReport> {
  const { database } = context
  const adapter = requireAdapter(context.adapters, request.source)
  if (!context.demo) await endDemo(database)
  await removeAbandonedDeliveries(context)
  const { sha256, bytes } = await digest(request.path)
  const file = await openFile(request.path, adapter.manifest.file, adapter.mapper.columns)
  try {
    const asOf = agreeOnAsOf(request.asOf, file)
    const identity = { source: request.source, region: request.region ?? '', asOf, sha256 }
    const same = await findSameDelivery(database, identity)
    if (same) return repeat(same)
    const previous = await findPreviousDelivery(database, identity)
    const register = await readRegister(database)
    const retain = request.retain ?? adapter.manifest.retain
    const id = randomUUIDv7()
    const client = await database.pool.connect()
    try {
      await lockDelivery(client, id)
      await insertDelivery(database, id, {
        ...identity,
        fileName: basename(request.path),
        fileBytes: bytes,
        adapterVersion: adapter.version,
        retain,
        registerAt: register.readAt,
        receivedAt: context.now(),
        actor: request.actor,
      }).catch(refuseSecond)
      try {
        await createPartition(client, id)
        const loaded = await loadRows(
          database,
          client,
          {
            ...context,
            deliveryId: id,
            file,
            path: request.path,
            fileBytes: bytes,
            adapter,
            register: SharedRegister.from(register.people),
            retain,
          },
          progress,
        )
        const counts = countFates(loaded.counts, await settleKeys(client, id))
        const heldBecause = [...reasonsToHold(adapter, counts, previous), ...absentColumnReasons(adapter, loaded)]
        const outcome = { counts, heldBecause, furtherColumns: [...loaded.furtherColumns] }
        await publish(context, client, { id, ...outcome, actor: request.actor })
        return report(id, identity, heldBecause.length > 0 ? 'held' : 'published', outcome)
      } catch (error) {
        await fail(context, id, error)
        throw error
      }
    } finally {
      // A connection on which something failed may hold more than it should: it is not used again.
      await unlockDelivery(client, id).then(
        () => client.release(),
        (error) => client.release(error),
      )
    }
  } finally {
    await file.close()
  }
}

async function digest(path: string): Promise<{ sha256: string; bytes: number }> {
  try {
    const { size } = await stat(path)
    const hash = createHash('sha256')
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
    return { sha256: hash.digest('hex'), bytes: size }
  } catch (cause) {
    throw new HeduiError('INPUT_FILE', `cannot be read: ${(cause as NodeJS.ErrnoException).code}`, {
      file: path,
      cause,
    })
  }
}

function agreeOnAsOf(given: string | undefined, { head }: OpenedFile): string {
  if (given && head && given !== head.asOf) {
    throw new HeduiError('INPUT_AS_OF', `the file is of ${head.asOf} by its first line, not of ${given}`)
  }
  const asOf = given ?? head?.asOf
  if (!asOf)
    throw new HeduiError('INPUT_USAGE', 'the file does not say its as-of date: give it with --as-of YYYY-MM-DD')
  return asOf
}

function refuseSecond(error: unknown): never {
  if ((error as { code?: string }).code !== '23505') throw error
  throw new HeduiError('STATE_BUSY', 'another process is loading the same file', { cause: error })
}

function countFates(
  { rows, records, leads, unidentified, quarantined, dropped, organizations }: LoadCounts,
  { replaced, voided, voids }: { replaced: number; voided: number; voids: number },
): DeliveryCounts {
  const kept = records - leads - replaced - voided - voids
  return { rows, kept, dropped, quarantined, unidentified, leads, replaced, voided, voids, organizations }
}

/** Why a person should look before a delivery is used (design §6). Strangers' dropped rows are no part of the share. */
function reasonsToHold({ manifest }: Adapter, counts: DeliveryCounts, previous: Delivery | undefined): string[] {
  const reasons: string[] = []
  if (counts.rows === 0) reasons.push('empty')
  if (counts.quarantined > manifest.maxQuarantinedShare * (counts.rows - counts.dropped))
    reasons.push('quarantined-share')
  if (previous?.counts && counts.rows < previous.counts.rows / 2) reasons.push('row-count')
  return reasons
}

/** So many rows of a type and not one with the column: it is gone, or has another name now. */
const TELLING_ROWS = 20

/**
 * Of a file whose rows say themselves which columns they have: mapped columns that none of the rows that need them had.
 * A field that a department renames would otherwise be missing everywhere, and a rule that rests on it clear for ever.
 */
function absentColumnReasons({ mapper }: Adapter, { counts, absentColumns }: Loaded): string[] {
  const needed = [...mapper.columnsOf]
    .filter(([type]) => (counts.byType[type] ?? 0) >= TELLING_ROWS)
    .flatMap(([, columns]) => columns)
  return [...new Set(needed)].filter((column) => absentColumns.has(column)).map((column) => `column-absent:${column}`)
}

interface Outcome {
  readonly counts: DeliveryCounts
  readonly heldBecause: readonly string[]
  readonly furtherColumns: readonly string[]
}

async function publish(
  { database, now }: IngestContext,
  client: pg.PoolClient,
  { id, counts, heldBecause, furtherColumns, actor }: Outcome & { id: string; actor: string },
): Promise<void> {
  await attachPartition(client, id)
  await database.kysely.transaction().execute(async (transaction) => {
    await setDeliveryOutcome(transaction, id, { counts, heldBecause, furtherColumns })
    const state = heldBecause.length > 0 ? 'held' : 'published'
    await changeDeliveryState(transaction, id, ['loading'], {
      state,
      actor,
      at: now(),
      reason: heldBecause.join(', ') || null,
    })
  })
}

/** Removes what was loaded and keeps that it was tried. The error that ended it is the one to report, not one of here. */
async function fail({ database, now }: IngestContext, id: string, error: unknown): Promise<void> {
  const reason = error instanceof HeduiError ? error.code : 'defect'
  try {
    await dropRows(database, id)
    await changeDeliveryState(database.kysely, id, ['loading'], { state: 'failed', actor: 'hedui', at: now(), reason })
  } catch {
    // The database may be what failed; removeAbandonedDeliveries comes back to it.
  }
}

/** Cleans up after processes that ended in the middle of loading: nobody holds the lock of their delivery any more. */
export async function removeAbandonedDeliveries({
  database,
  now,
}: Pick<IngestContext, 'database' | 'now'>): Promise<number> {
  const abandoned = await findAbandonedDeliveries(database)
  for (const id of abandoned) {
    await dropRows(database, id)
    const change = { state: 'failed', actor: 'hedui', at: now(), reason: 'the process ended while loading' } as const
    await changeDeliveryState(database.kysely, id, ['loading'], change)
  }
  return abandoned.length
}

function repeat(same: Delivery): DeliveryReport {
  if (same.state === 'loading') throw new HeduiError('STATE_BUSY', 'another process is loading the same file')
  return {
    delivery: same.id,
    source: same.source,
    asOf: same.as_of,
    state: same.state,
    heldBecause: same.held_because ?? [],
    furtherColumns: same.further_columns ?? [],
    repeated: true,
    ...same.counts!,
  }
}

function report(
  id: string,
  { source, asOf }: { source: string; asOf: string },
  state: DeliveryState,
  { counts, heldBecause, furtherColumns }: Outcome,
): DeliveryReport {
  return { delivery: id, source, asOf, state, heldBecause, furtherColumns, repeated: false, ...counts }
}
