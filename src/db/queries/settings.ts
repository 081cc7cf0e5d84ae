import { HeduiError } from '../../errors.ts'
import type { Database } from '../connect.ts'

/**
 * Makes sure that the secret is the one with which this database was begun: with another one no row would find its
 * person, silently. Throws HeduiError DEFINITION_SECRET.
 */
export async function requireSameSecret({ kysely }: Database, fingerprint: string): Promise<void> {
  await kysely
    .insertInto('setting')
    .values({ key: 'secret-fingerprint', value: fingerprint })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
  const { value } = await kysely
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'secret-fingerprint')
    .executeTakeFirstOrThrow()
  if (value !== fingerprint) {
    throw new HeduiError(
      'DEFINITION_SECRET',
      'the configured secret is not the one of this database: its rows would find no person. Restore the right one (hedui keys restore)',
    )
  }
}

export async function ping({ pool }: Database): Promise<void> {
  await pool.query('select 1')
}
