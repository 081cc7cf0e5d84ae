import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { basename } from 'node:path'
import type { Config } from '../config.ts'
import { createIdentityHasher } from '../domain/identity-hash.ts'
import type { QualityReport } from '../domain/quality-report.ts'
import { type ErrorCode, HeduiError } from '../errors.ts'
import type { BatchHead } from '../feeds/delivered-row.ts'
import { openFile } from '../feeds/readers/open-file.ts'
import { ageOf, rowQualityOf } from './assess-quality.ts'
import { createIdentityVault } from './identity-vault.ts'
import { digest } from './ingest-delivery.ts'
import { type Adapter, type Adapters, requireAdapter } from './load-adapters.ts'
import type { Parts } from './load-request.ts'
import { readDelivery } from './read-delivery.ts'
import { reasonsToHold } from './reasons-to-hold.ts'
import { SharedRegister } from './shared-register.ts'
import { type PlainFile, withUnpacked } from './unpack-file.ts'

export interface ValidationRequest {
  readonly source: string
  readonly path: string
  /** A file with the password of an encrypted zip archive. */
  readonly passwordFile?: string
}

export interface ValidationContext {
  readonly config: Pick<Config, 'home'>
  readonly adapters: Adapters
  readonly parts?: Parts
  now(): Date
}

/** Rows by outcome, as far as the file alone tells: who is known and which row replaces which, the centre finds out. */
export interface ValidatedRows {
  readonly rows: number
  /** With a valid ID number. */
  readonly sound: number
  readonly unidentified: number
  readonly quarantined: number
  readonly organizations: number
}

interface Judged {
  readonly outcome: 'published' | 'held'
  /** As of a delivery; what depends on the delivery before ("row-count", "overlap") is not known here. */
  readonly heldBecause: readonly string[]
  /** The head line, with which the rows and the tail agree; null where the file has none. */
  readonly head: BatchHead | null
  readonly furtherColumns: readonly string[]
  readonly counts: ValidatedRows
  readonly quality: QualityReport
}

interface Refused {
  readonly outcome: 'refused'
  readonly refusedBecause: { readonly code: ErrorCode; readonly message: string }
}

/** What would become of a file if it were delivered as it is. */
export type ValidationReport = {
  readonly source: string
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly adapterVersion: string
} & (Judged | Refused)

/**
 * Does with a department's file what ingest would do, but for the database: reads every row, maps it, and says what would
 * be quarantined, held or refused and why. Nothing is kept, and the secret is made up for the moment. Rows are judged as if all were
 * kept. Throws HeduiError INPUT_*.
 */
export async function validateSource(
  context: ValidationContext,
  request: ValidationRequest,
  progress: (rows: number) => void = () => {},
): Promise<ValidationReport> {
  const adapter = requireAdapter(context.adapters, request.source)
  const { sha256, bytes } = await digest(request.path)
  const delivered = { path: request.path, bytes }
  const { home } = context.config
  const unpacking = { home, format: adapter.manifest.file.format, passwordFile: request.passwordFile }
  const judged = await withUnpacked(delivered, unpacking, (plain) => judge(context, adapter, plain, progress)).catch(
    asRefusal,
  )
  const { source, path } = request
  return { source, file: basename(path), bytes, sha256, adapterVersion: adapter.version, ...judged }
}

/** A file as a whole that cannot be used is an answer here, not a failure. */
function asRefusal(error: unknown): Refused {
  if (!(error instanceof HeduiError && error.code.startsWith('SOURCE_'))) throw error
  return { outcome: 'refused', refusedBecause: { code: error.code, message: error.located } }
}

async function judge(
  { now, parts }: ValidationContext,
  adapter: Adapter,
  { path, bytes }: PlainFile,
  progress: (rows: number) => void,
): Promise<Judged> {
  const secret = randomBytes(32)
  const file = await openFile(path, adapter.manifest.file, adapter.mapper.columns)
  try {
    const loaded = await readDelivery(
      {
        deliveryId: randomUUIDv7(),
        file,
        path,
        fileBytes: bytes,
        adapter,
        hasher: createIdentityHasher(secret),
        vault: createIdentityVault(secret),
        secret,
        register: SharedRegister.from([]),
        retain: 'all',
        ...(parts ? { parts } : {}),
      },
      () => null,
      progress,
    )
    const heldBecause = reasonsToHold(adapter, loaded, { rows: null, overlap: null })
    const { rows, records, unidentified, quarantined, organizations } = loaded.counts
    const { head } = file
    return {
      outcome: heldBecause.length > 0 ? 'held' : 'published',
      heldBecause,
      head,
      furtherColumns: [...loaded.furtherColumns],
      counts: { rows, sound: records, unidentified, quarantined, organizations },
      quality: { ...rowQualityOf(loaded), ageDays: head && ageOf(head.asOf, now()), known: null, overlap: null },
    }
  } finally {
    await file.close()
  }
}
