import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../domain/closest-word.ts'
import type { RecordTypeName } from '../domain/record-types.ts'
import { HeduiError, throwIfAny } from '../errors.ts'
import { type Manifest, parseManifest } from '../feeds/manifest.ts'
import { compileManifest, type RowMapper } from '../feeds/map-row.ts'

export interface Adapter {
  readonly manifest: Manifest
  readonly mapper: RowMapper
  /** "sha256:…" of the file; a delivery names the version it was read with. */
  readonly version: string
  /** Which parts of each record type's key are masked for people. */
  readonly sensitiveKeyParts: ReadonlyMap<RecordTypeName, readonly boolean[]>
}

/** Adapters by id, in the order of their ids. */
export type Adapters = ReadonlyMap<string, Adapter>

/**
 * Reads and compiles every adapter of a folder. Throws HeduiError DEFINITION_ADAPTER for all that is wrong in all of
 * them, so that the program does not start with half of its sources.
 */
export async function loadAdapters(folder: string): Promise<Adapters> {
  const names = await readdir(folder).catch((cause) => {
    throw new HeduiError('DEFINITION_ADAPTER', `the folder of adapters cannot be read: ${cause.code}`, {
      file: folder,
      cause,
    })
  })
  const adapters = new Map<string, Adapter>()
  const problems: HeduiError[] = []
  for (const name of names.filter((file) => /\.ya?ml$/.test(file)).sort()) {
    const file = join(folder, name)
    try {
      const text = await readFile(file, 'utf8')
      const manifest = parseManifest(text, file)
      if (adapters.has(manifest.id)) {
        throw new HeduiError('DEFINITION_ADAPTER', `another adapter has the id "${manifest.id}" already`, {
          file,
          path: 'id',
        })
      }
      const sensitiveKeyParts = new Map(
        manifest.records.map(({ type, key, fields }) => [type, key.map((name) => fields[name]?.sensitive === true)]),
      )
      const version = `sha256:${createHash('sha256').update(text).digest('hex')}`
      adapters.set(
        manifest.id,
        Object.freeze({ manifest, mapper: compileManifest(manifest), version, sensitiveKeyParts }),
      )
    } catch (error) {
      if (!(error instanceof HeduiError)) throw error
      problems.push(error, ...error.others)
    }
  }
  throwIfAny(problems)
  if (adapters.size === 0)
    throw new HeduiError('DEFINITION_ADAPTER', 'the folder holds no adapter (*.yaml)', { file: folder })
  return new Map([...adapters].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The adapter of a source; throws HeduiError INPUT_UNKNOWN_SOURCE naming those there are. */
export function requireAdapter(adapters: Adapters, source: string): Adapter {
  const adapter = adapters.get(source)
  if (adapter) return adapter
  const names = [...adapters.keys()]
  throw new HeduiError(
    'INPUT_UNKNOWN_SOURCE',
    `there is no source "${source}"; allowed: ${names.join(', ')}${didYouMean(source, names)}`,
  )
}
