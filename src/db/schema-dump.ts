import { sql } from 'kysely'
import type { Database } from './connect.ts'

interface Line {
  readonly line: string
}

/**
 * The schema as text, from the catalog (pg_dump is not among the embedded binaries): tables with columns, constraints
 * and indexes, each in the order of its name. src/db/schema.sql is this text of a freshly migrated database, and a test
 * compares the two, so that no migration changes the schema unseen.
 */
export async function dumpSchema({ kysely }: Database): Promise<string> {
  const { rows } = await sql<Line>`
    with tables as (
      select c.oid, c.relname, pg_get_partkeydef(c.oid) as partition_key
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname not like 'kysely%'
    )
    select line from (
      select relname, 0 as part, 0 as place,
        'table ' || relname || coalesce(' partition by ' || partition_key, '') as line
      from tables
      union all
      select t.relname, 1, a.attnum, '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when co.collname not in ('default', 'C') or (co.collname = 'C' and a.atttypid <> 'name'::regtype)
             then ' collate "' || co.collname || '"' else '' end
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
      from tables t
      join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
      left join pg_collation co on co.oid = a.attcollation
      union all
      select t.relname, 2, 0, '  constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
      from tables t join pg_constraint c on c.conrelid = t.oid and c.contype <> 'n'
      union all
      select t.relname, 3, 0, '  ' || pg_get_indexdef(i.indexrelid)
      from tables t join pg_index i on i.indrelid = t.oid
      where not exists (select from pg_constraint c where c.conindid = i.indexrelid)
    ) lines
    order by relname collate "C", part, place, line collate "C"`.execute(kysely)
  return `${rows.map(({ line }) => line).join('\n')}\n`
}
