import { createHash, randomUUIDv7 } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Config } from '../config.ts'
import { type Database, databaseFailure } from '../db/connect.ts'
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
import { type Register, readRegister } from '../db/queries/households.ts'
import { analyzePartition, attachPartition, createPartition, dropRows, indexByPerson } from '../db/queries/records.ts'
import { type SettledKeys, settleKeys } from '../db/queries/settle-keys.ts'
import type { DeliveryCounts, DeliveryState } from '../db/tables.ts'
import type { IdentityHasher } from '../domain/identity-hash.ts'
import type { QualityReport } from '../domain/quality-report.ts'
import { HeduiError } from '../errors.ts'
import type { OpenedFile } from '../feeds/delivered-row.ts'
import { openFile } from '../feeds/readers/open-file.ts'
import { assessQuality } from './assess-quality.ts'
import type { IdentityVault } from './identity-vault.ts'
import { type Adapter, type Adapters, requireAdapter } from './load-adapters.ts'
import type { Parts } from './load-request.ts'
import { loadRows } from './load-rows.ts'
import { reasonsToHold } from './reasons-to-hold.ts'
import { SharedRegister } from './shared-register.ts'
import { type PlainFile, withUnpacked } from './unpack-file.ts'
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
  /** In place of the adapter's: the first delivery of a source that sends differences is a snapshot. */
  readonly mode?: 'snapshot' | 'delta'
  /** A file with the password of an encrypted zip archive. */
  readonly passwordFile?: string
  readonly actor: string
}

export interface IngestContext {
  readonly config: Pick<Config, 'home'>
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
  /** Why it is held: "empty", "quarantined-share", "row-count", "overlap", "column-absent:<column>". */
  readonly heldBecause: readonly string[]
  /** Columns of the file that the adapter does not map. */
  readonly furtherColumns: readonly string[]
  /** Whether the same file had been delivered before, and nothing was done now. */
  readonly repeated: boolean
}

/**
 * Takes one file of one source: unpacks it where it is packed, reads, maps and identifies its rows, loads them, settles
 * which row of each key stands, and publishes the delivery in one short transaction, or holds it for a person to release
 * (design §6). Name, size and sha256 are those of the file as it was delivered. A failure or a crash at any moment leaves
 * nothing that a check could see. Throws HeduiError INPUT_*, SOURCE_* or STATE_BUSY.
 */
export async function ingestDelivery(
  context: IngestContext,
  request: IngestRequest,
  progress: (rows: number) => void = () => {},
): Promise<DeliveryReport> {
  const adapter = requireAdapter(context.adapters, request.source)
  if (!context.demo) await endDemo(context.database)
  await removeAbandonedDeliveries(context)
  // Each takes a fifth of a second for a million rows or 100,000 people, one here and the other in the database.
  const [digested, register] = await Promise.all([digest(request.path), readRegister(context.database)])
  const delivered = { path: request.path, ...digested }
  const { home } = context.config
  const unpacking = { home, format: adapter.manifest.file.format, passwordFile: request.passwordFile }
  return withUnpacked(delivered, unpacking, (plain) =>
    ingestPlain(context, { ...request, adapter, register, delivered, plain }, progress),
  )
}

interface PlainRequest extends IngestRequest {
  readonly adapter: Adapter
  readonly register: Register
  readonly delivered: { readonly sha256: string; readonly bytes: number }
  readonly plain: PlainFile
}

async function ingestPlain(
  context: IngestContext,
  { adapter, register, delivered, plain, ...request }: PlainRequest,
  progress: (rows: number) => void,
): Promise<DeliveryReport> {
  const { database } = context
  const { sha256 } = delivered
  const file = await openFile(plain.path, adapter.manifest.file, adapter.mapper.columns)
  try {
    const asOf = agreeOnAsOf(request.asOf, file)
    const identity = { source: request.source, region: request.region ?? '', asOf, sha256 }
    const same = await findSameDelivery(database, identity)
    if (same) return repeat(same)
    const previous = await findPreviousDelivery(database, identity)
    const mode = request.mode ?? adapter.manifest.mode
    if (mode === 'delta' && !previous) {
      throw new HeduiError(
        'STATE_DELIVERY',
        'a delta needs a published snapshot to lie on: deliver one first (--mode snapshot)',
      )
    }
    const retain = request.retain ?? adapter.manifest.retain
    const id = randomUUIDv7()
    const receivedAt = context.now()
    const client = await database.pool.connect()
    try {
      await lockDelivery(client, id)
      await insertDelivery(database, id, {
        ...identity,
        fileName: basename(request.path),
        fileBytes: delivered.bytes,
        adapterVersion: adapter.version,
        retain,
        mode,
        registerAt: register.readAt,
        receivedAt,
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
            path: plain.path,
            fileBytes: plain.bytes,
            adapter,
            register: SharedRegister.from(register.people),
            retain,
          },
          progress,
        )
        await indexByPerson(client, id)
        const [settled] = await Promise.all([
          settleKeys(database, id, loaded.repeated.people),
          analyzePartition(client, id),
        ])
        const counts = countFates(loaded.counts, settled)
        await attachPartition(client, id)
        // A delta holds what has changed: it is not measured by the snapshot under it.
        const before = mode === 'snapshot' ? previous : undefined
        const quality = await assessQuality(client, { id, asOf, receivedAt, retain, loaded, previous: before })
        const rowsBefore = before?.counts?.rows ?? null
        const heldBecause = reasonsToHold(adapter, loaded, { rows: rowsBefore, overlap: quality.overlap })
        const outcome = { counts, heldBecause, furtherColumns: [...loaded.furtherColumns], quality }
        await publish(context, { id, ...outcome, actor: request.actor })
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

/** Size and sha256 of a file. Throws HeduiError INPUT_FILE. */
export async function digest(path: string): Promise<{ sha256: string; bytes: number }> {
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
  { rows, records, leads, unidentified, quarantined, dropped, organizations, voids }: LoadCounts,
  { replaced, voided }: SettledKeys,
): DeliveryCounts {
  const kept = records - leads - replaced - voided - voids
  return { rows, kept, dropped, quarantined, unidentified, leads, replaced, voided, voids, organizations }
}

interface Outcome {
  readonly counts: DeliveryCounts
  readonly heldBecause: readonly string[]
  readonly furtherColumns: readonly string[]
  readonly quality: QualityReport
}

async function publish(
  { database, now }: IngestContext,
  { id, counts, heldBecause, furtherColumns, quality, actor }: Outcome & { id: string; actor: string },
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await setDeliveryOutcome(transaction, id, { counts, heldBecause, furtherColumns, quality })
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
  const known = databaseFailure(error) ?? error
  const reason = known instanceof HeduiError ? known.code : 'defect'
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
