import { writeFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { layOnCitus } from '../db/distribute.ts'
import { migrate } from '../db/migrate.ts'
import { dumpSchema } from '../db/schema-dump.ts'
import { HeduiError } from '../errors.ts'
import { type OpenOptions, openDatabase } from './open-hedui.ts'

/**
 * Brings the schema up to this program's, and writes it as text where that is asked for. Gives the names of the
 * migrations that were run, and of the tables that were distributed where the schema is laid on Citus.
 */
export async function migrateSchema(
  config: Config,
  options: OpenOptions & { readonly dump?: string },
): Promise<string[]> {
  const { database, close } = await openDatabase(config, options)
  try {
    const done = await migrate(database)
    if (config.citus) done.push(...(await layOnCitus(database)).map((table) => `${table} distributed`))
    if (options.dump) {
      const file = options.dump
      await writeFile(file, await dumpSchema(database)).catch((cause) => {
        throw new HeduiError('INPUT_FILE', `cannot be written: ${cause.code}`, { file, cause })
      })
    }
    return done
  } finally {
    await close()
  }
}
