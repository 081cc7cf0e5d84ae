import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { HeduiError } from '../errors.ts'
import type { Database } from './connect.ts'
import * as groundFloor from './migrations/001-ground-floor.ts'
import * as deliveryQuality from './migrations/002-delivery-quality.ts'
import * as deltaDeliveries from './migrations/003-delta-deliveries.ts'
import * as ruleLife from './migrations/004-rule-life.ts'
import * as runRanges from './migrations/005-run-ranges.ts'
import * as idempotency from './migrations/006-idempotency.ts'
import * as localJoins from './migrations/007-local-joins.ts'
import * as cases from './migrations/008-cases.ts'
import * as caseSurroundings from './migrations/009-case-surroundings.ts'

/** Forward only: a mistake is mended by the next migration. Names sort in their order. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-ground-floor': groundFloor,
  '002-delivery-quality': deliveryQuality,
  '003-delta-deliveries': deltaDeliveries,
  '004-rule-life': ruleLife,
  '005-run-ranges': runRanges,
  '006-idempotency': idempotency,
  '007-local-joins': localJoins,
  '008-cases': cases,
  '009-case-surroundings': caseSurroundings,
}

/** Migrations that the database has and this program does not know: it was migrated by a newer program. */
async function unknownMigrations({ kysely }: Database): Promise<string[]> {
  const { rows: found } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(kysely)
  if (!found[0]?.there) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(kysely)
  return rows.map(({ name }) => name).filter((name) => !(name in MIGRATIONS))
}

/**
 * Brings the schema up to this program's and gives the names of the migrations that were run. Several processes may
 * call it at once. Throws HeduiError SOURCE_SCHEMA where the schema is newer than the program, or a migration fails.
 */
export async function migrate(database: Database): Promise<string[]> {
  const unknown = await unknownMigrations(database)
  if (unknown.length > 0) {
    throw new HeduiError(
      'SOURCE_SCHEMA',
      `the database was migrated by a newer program (${unknown.join(', ')} are not known here): update the program`,
    )
  }
  const migrator = new Migrator({ db: database.kysely, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } })
  // migrateToLatest() gives its error back instead of throwing it.
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error) {
    const failed = results.find(({ status }) => status === 'Error')?.migrationName
    const why = error instanceof Error ? error.message : String(error)
    throw new HeduiError('SOURCE_SCHEMA', `migration ${failed ?? ''} failed: ${why}`, { cause: error })
  }
  return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
}
