import pg from 'pg'
import { PLACEMENTS, type Placement } from '../../src/db/distribute.ts'

/** A statement with its values, comments and white space taken away, so that a statement of one form is one text. */
export function shapeOf(text: string): string {
  return text
    .replace(/--[^\n]*/g, ' ')
    .replace(/record_[0-9a-f]{32}/g, 'record_DELIVERY')
    .replace(/\btrial_result\b/g, 'check_result')
    .replace(/'\\x[0-9a-f]+'/g, "'HASH'")
    .replace(/'\{("\\\\x[0-9a-f]+",?)+\}'/g, "'HASHES'")
    .replace(/'[0-9a-f]{8}-[0-9a-f-]{27}'/g, "'ID'")
    .replace(/('ID', )+'ID'/g, "'ID'")
    .replace(/(only record_DELIVERY, )+only record_DELIVERY/g, 'only record_DELIVERY')
    .replace(/(\$\d+, )+\$\d+/g, '$…')
    .replace(/\s+/g, ' ')
    .replace(/\( /g, '(')
    .replace(/ \)/g, ')')
    .trim()
    .replace(/^prepare \w+ (\([a-z[\]]+\) )?as /, '')
}

/** Notes the shape of every statement that this process sends, until the end of the process. */
export function noteStatements(): ReadonlySet<string> {
  const shapes = new Set<string>()
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args
    const text = typeof first === 'string' ? first : (first as { text?: string } | undefined)?.text
    // Several may go together.
    for (const one of text?.split(/;\n/) ?? []) if (one) shapes.add(shapeOf(one))
    return query.apply(this, args)
  } as typeof pg.Client.prototype.query
  return shapes
}

const NAMES = Object.keys(PLACEMENTS).toSorted((a, b) => b.length - a.length)
const TABLE = new RegExp(
  `\\b(from|join|into|update|table|exists|only|copy|analyze|truncate|on|,)\\s+"?(${NAMES.join('|')}|record_DELIVERY)\\b`,
  'g',
)

/** The tables of the program that a statement names. */
export function tablesOf(shape: string): ReadonlySet<string> {
  const names = [...shape.matchAll(TABLE)].map(([, , name]) => (name === 'record_DELIVERY' ? 'record' : name!))
  return new Set(names)
}

/** Tables with the same group have the rows of one value of their columns on one machine; null: on the coordinator. */
function groupOf(table: string): string | null {
  const placement: Placement = PLACEMENTS[table as keyof typeof PLACEMENTS]
  return placement === 'coordinator' ? null : (placement.beside ?? table)
}

const isDistributed = (table: string) => groupOf(table) !== null

/** What Citus is known to refuse, or to answer by moving whole tables; empty where nothing is known against it. */
export function refusalsOf(shape: string): string[] {
  const tables = [...tablesOf(shape)]
  const distributed = tables.filter(isDistributed)
  if (distributed.length === 0) return []
  const found: string[] = []
  const say = (wrong: boolean, what: string) => wrong && found.push(what)
  const isDdl = /^(create|alter|drop|truncate|lock|analyze)\b/.test(shape)
  if (isDdl) {
    say(
      /^(create|alter).*\b(trigger|sequence|references|generated always)\b/.test(shape),
      'triggers, sequences, foreign keys',
    )
    say(/\bconcurrently\b/.test(shape), 'CONCURRENTLY inside of what may be a transaction')
    return found
  }
  say(/\bctid\b/.test(shape), 'ctid, which is of a shard')
  say(/\bfor (no key )?(update|share|key share)\b/.test(shape), 'a row lock over several shards')
  say(
    /\b(tablesample|grouping sets|rollup|cube|with recursive|intersect|except)\b/.test(shape),
    'a form for one shard only',
  )
  say(/\boffset \d/.test(shape), 'OFFSET in a subquery')
  say(/\blateral\b/.test(shape), 'LATERAL')
  say(new Set(distributed.map(groupOf)).size > 1, `a join across distribution columns: ${distributed.join(', ')}`)
  say(/\bjoin unnest\s*\([^()]*(\([^()]*\)[^()]*)*,/.test(shape), 'unnest of several arrays, joined at once')
  say(/^insert into \w+ .*\bvalues\b.*\(select\b/.test(shape), 'a subquery in INSERT … VALUES')
  say(/\b(using|join household_person \w+) ?\(version_id\)/.test(shape), 'a join without the distribution column')
  say(
    /^(update|delete)\b.*\b(clock_timestamp|random|gen_random_uuid|now) ?\(/.test(shape),
    'a volatile function in a change',
  )
  say(
    /\bover \((?!key_of)(?!partition by (\w+\.)?(person_hash|household_id))/.test(
      shape.replace(/finished as materialized \(.*?from run\b/, ''),
    ),
    'a window without the distribution column',
  )
  const local = tables.filter((table) => !isDistributed(table))
  for (const table of local) say(!standsApart(shape, table), `${table}, of the coordinator, joined at once`)
  return found
}

/** Whether a table of the coordinator stands only in a query of its own: a materialized CTE, or a subquery behind IN. */
function standsApart(shape: string, table: string): boolean {
  const apart = shape
    .replace(new RegExp(`\\b(not )?in \\(select \\w+ from ${table}\\b[^()]*\\)`, 'g'), '')
    .replace(new RegExp(`\\w+ as materialized \\(select (?:[^()]|\\([^()]*\\))* from ${table}\\b[^()]*\\)`, 'g'), '')
  return !tablesOf(apart).has(table)
}

/** Whether a statement reads or changes rows that lie in shards. */
export const touchesShards = (shape: string): boolean => [...tablesOf(shape)].some(isDistributed)
