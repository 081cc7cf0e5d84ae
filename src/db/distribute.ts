import type pg from 'pg'
import { HeduiError } from '../errors.ts'
import type { Database } from './connect.ts'
import type { Tables } from './tables.ts'

/**
 * Where a table lies on Citus: cut into shards by a column, beside another table's shards (its own unless said), or
 * whole on the coordinator. docs/scale.md says why for each.
 */
export type Placement = { readonly by: string; readonly beside?: keyof Tables } | 'coordinator'

/**
 * Every table of the program; a table that others lie beside comes before them. What is small, or is locked, counted and
 * changed as one, stays on the coordinator and is plain PostgreSQL there.
 */
export const PLACEMENTS: Readonly<Record<keyof Tables, Placement>> = {
  person: { by: 'person_hash' },
  record: { by: 'person_hash', beside: 'person' },
  lead_identity: { by: 'person_hash', beside: 'person' },
  membership: { by: 'person_hash', beside: 'person' },
  household_version: { by: 'household_id' },
  household_person: { by: 'household_id', beside: 'household_version' },
  check_result: { by: 'household_id', beside: 'household_version' },
  trial_result: { by: 'household_id', beside: 'household_version' },
  unidentified_row: { by: 'delivery_id' },
  quarantined_row: { by: 'delivery_id', beside: 'unidentified_row' },
  audit: { by: 'id' },
  setting: 'coordinator',
  household_import: 'coordinator',
  delivery: 'coordinator',
  delivery_event: 'coordinator',
  rule_set: 'coordinator',
  rule_set_text: 'coordinator',
  rule_set_event: 'coordinator',
  run: 'coordinator',
  run_event: 'coordinator',
  run_range: 'coordinator',
  run_range_done: 'coordinator',
  idempotency_key: 'coordinator',
  household_case: 'coordinator',
  case_event: 'coordinator',
  packet: 'coordinator',
  notice: 'coordinator',
  attachment: 'coordinator',
  suppression: 'coordinator',
  chain_checkpoint: 'coordinator',
  tip_off: 'coordinator',
  tip_off_event: 'coordinator',
  near_kin: 'coordinator',
  case_tally: 'coordinator',
  warning_tally: 'coordinator',
  rule_stop: 'coordinator',
  webhook: 'coordinator',
  outbox: 'coordinator',
  outbox_lane: 'coordinator',
  webhook_try: 'coordinator',
}

/** The first release whose planner takes every statement of the program (docs/scale.md). */
const OLDEST_CITUS = 12

const LOCK = `hashtextextended('hedui citus', 0)`

/**
 * Lays the migrated schema on Citus and gives the names of the tables that were distributed now; a table that is
 * distributed already is left as it is, so it may be called at every start and by several processes at once. Rows that
 * are there move to the shards, one table after the other, while nobody can write to that table. Throws HeduiError
 * DEFINITION_SETTING where the database has no Citus, SOURCE_SCHEMA where a table is distributed otherwise.
 */
export async function layOnCitus({ pool }: Pick<Database, 'pool'>): Promise<string[]> {
  const client = await pool.connect()
  let failure: unknown
  try {
    await requireCitus(client)
    await client.query(`select pg_advisory_lock(${LOCK})`)
    const laid = await layTables(client)
    await client.query(`select pg_advisory_unlock(${LOCK})`)
    return laid
  } catch (error) {
    failure = error
    throw error
  } finally {
    // A connection that failed may still hold the lock: it is not used again.
    client.release(failure as Error | undefined)
  }
}

async function requireCitus(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    `select extversion as version from pg_extension where extname = 'citus'`,
  )
  const version = rows[0]?.version
  if (version === undefined) {
    throw new HeduiError(
      'DEFINITION_SETTING',
      'HEDUI_CITUS is 1 and the database has no Citus: set shared_preload_libraries = citus on its servers and run ' +
        'create extension citus in it, or leave HEDUI_CITUS out',
    )
  }
  if (Number.parseInt(version, 10) < OLDEST_CITUS) {
    throw new HeduiError('DEFINITION_SETTING', `HEDUI_CITUS needs Citus ${OLDEST_CITUS} or later, not ${version}`)
  }
}

async function layTables(client: pg.ClientBase): Promise<string[]> {
  const distributed = await findDistributed(client)
  const laid: string[] = []
  for (const [table, placement] of Object.entries(PLACEMENTS)) {
    const column = distributed.get(table)
    const wanted = placement === 'coordinator' ? undefined : placement.by
    if (column === wanted) continue
    if (placement === 'coordinator' || column !== undefined) {
      throw new HeduiError(
        'SOURCE_SCHEMA',
        `the table ${table} is distributed by ${column ?? 'nothing'}; this program has it ${wanted ? `by ${wanted}` : 'on the coordinator'}`,
      )
    }
    await distribute(client, table, placement)
    laid.push(table)
  }
  return laid
}

/** The distribution column of each distributed table, "nothing" for a reference table. */
async function findDistributed(client: pg.ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; by: string }>(
    `select logicalrelid::text as name,
       case when partmethod = 'h' then column_to_column_name(logicalrelid, partkey) else 'nothing' end as by
     from pg_dist_partition`,
  )
  return new Map(rows.map(({ name, by }) => [name, by]))
}

async function distribute(
  client: pg.ClientBase,
  table: string,
  { by, beside }: Exclude<Placement, string>,
): Promise<void> {
  const { rows } = await client.query<{ filled: boolean }>(`select exists (select from ${table}) as filled`)
  // "none" begins a group of its own, so that a table of somebody else's with such a column is no neighbor by chance.
  await client.query('select create_distributed_table($1, $2, colocate_with => $3)', [table, by, beside ?? 'none'])
  // The rows that moved to the shards lie in the coordinator's table still, where no statement sees them.
  if (rows[0]!.filled) await client.query('select truncate_local_data_after_distributing_table($1)', [table])
}

/**
 * Distributes the empty table that will be a partition of `record`, as `record` is: rows are then loaded into the shards
 * at once. Without Citus, or on a schema that is not laid on it, it does nothing. Whether HEDUI_CITUS is set does not
 * matter: a process that was started without it must not load millions of rows into the coordinator.
 */
export async function distributePartition(client: pg.ClientBase, table: string): Promise<void> {
  const { rows } = await client.query(`select to_regclass('pg_dist_partition') is not null as citus`)
  if (!rows[0].citus) return
  const { rows: parents } = await client.query(
    `select from pg_dist_partition where logicalrelid = 'record'::regclass and partmethod = 'h'`,
  )
  if (parents.length === 0) return
  await client.query('select create_distributed_table($1, $2, colocate_with => $3)', [table, 'person_hash', 'record'])
}
