import type { Reader } from '../connect.ts'
import { versionOn } from './households.ts'

/** Of which day, and where: the beginning of region codes, "" for everywhere. */
export interface DueMoment {
  readonly asOf: string
  readonly region: string
  /** Only households imported, and runs begun, by then; any unless given. */
  readonly knownAt?: Date | undefined
}

/** Granted households that are alike in what decides when they are due. */
export interface GrantedGroup {
  readonly region: string
  readonly scheme: string
  readonly category: string | null
  readonly households: number
}

/** A statement that is put together; each value added has a number. */
class Values {
  readonly list: unknown[]

  constructor(list: readonly unknown[]) {
    this.list = [...list]
  }

  add(value: unknown): string {
    return `$${this.list.push(value)}`
  }
}

/**
 * Households that are granted on the date, by the version that a check of that date takes; $1 is the date. A household
 * without a category has "" here, which no category is.
 */
function granted({ asOf, region, knownAt }: DueMoment): { readonly text: string; readonly values: Values } {
  const version = versionOn('true', [], { asOf, knownAt })
  const values = new Values(version.values)
  const text = `
    select household_id, region, facts ->> 'scheme' as scheme, coalesce(facts ->> 'category', '') as category,
      facts ->> 'grantedFrom' as granted_from
    from (${version.text}) v
    where starts_with(region, ${values.add(region)}) and facts ->> 'grantedFrom' <= left($1::text, 7)`
  return { text, values }
}

/** The granted households, counted by region, scheme and category. */
export async function countGranted(reader: Reader, moment: DueMoment): Promise<GrantedGroup[]> {
  const { text, values } = granted(moment)
  const { rows } = await reader.query(
    `select region, scheme, nullif(category, '') as category, count(*)::int as households
     from (${text}) g group by 1, 2, 3 order by 1, 2, 3`,
    values.list,
  )
  return rows
}

/** How many months a group has from one check to the next. */
export interface ReviewCycle {
  readonly region: string
  readonly scheme: string
  readonly category: string | null
  readonly months: number
}

/** Arrays of the groups' regions, schemes and categories, for unnest. */
function addGroups(values: Values, groups: readonly Omit<ReviewCycle, 'months'>[]): string {
  const regions = values.add(groups.map(({ region }) => region))
  const schemes = values.add(groups.map(({ scheme }) => scheme))
  const categories = values.add(groups.map(({ category }) => category ?? ''))
  return `${regions}::text[], ${schemes}::text[], ${categories}::text[]`
}

export interface DueRow {
  readonly household: string
  readonly region: string
  readonly scheme: string
  readonly category: string
  readonly dueOn: string
  readonly overdueDays: number
  readonly lastCheckedOn: string | null
  readonly grantedFrom: string
  readonly months: number
}

/**
 * The households of these groups that are due on the date, by due date and id, a page at a time: so many months after
 * the last live check by then, or after the first day of the month from which they are granted. A month that has no such
 * day ends sooner: a month after 31 January is 28 February. In a transaction of the reader's.
 */
export function readDue(
  reader: Reader,
  moment: DueMoment,
  cycles: readonly ReviewCycle[],
): AsyncGenerator<readonly DueRow[]> {
  const { text, values } = granted(moment)
  const begun = moment.knownAt ? `and u.started_at <= ${values.add(moment.knownAt)}` : ''
  const months = values.add(cycles.map((cycle) => cycle.months))
  return readPages(
    reader,
    'due_households',
    `with finished as materialized (
       select id, as_of from run u where finished_at is not null and as_of <= $1 ${begun}
     ), checked as (
       select r.household_id, max(u.as_of) as as_of
       from finished u join check_result r on r.run_id = u.id
       group by r.household_id
     ), cycle as (
       select * from unnest(${addGroups(values, cycles)}, ${months}::integer[]) as c (region, scheme, category, months)
     ), dated as (
       select g.*, c.months, k.as_of as checked_on,
         (coalesce(k.as_of, (g.granted_from || '-01')::date) + make_interval(months => c.months))::date as due_on
       from (${text}) g
       join cycle c on c.region = g.region and c.scheme = g.scheme and c.category = g.category
       left join checked k on k.household_id = g.household_id
     )
     select household_id as household, region, scheme, category, due_on as "dueOn", $1 - due_on as "overdueDays",
       checked_on as "lastCheckedOn", granted_from as "grantedFrom", months
     from dated where due_on <= $1 order by due_on, household_id`,
    values.list,
  )
}

export interface GrantedRow {
  readonly household: string
  readonly region: string
  readonly scheme: string
  readonly category: string | null
}

/** The households of these groups, by id, a page at a time. In a transaction of the reader's. */
export function readGranted(
  reader: Reader,
  moment: DueMoment,
  groups: readonly Omit<ReviewCycle, 'months'>[],
): AsyncGenerator<readonly GrantedRow[]> {
  const { text, values } = granted(moment)
  return readPages(
    reader,
    'granted_households',
    `select household_id as household, region, scheme, nullif(category, '') as category
     from (${text}) g
     where (region, scheme, category) in (select * from unnest(${addGroups(values, groups)}))
     order by household_id`,
    values.list,
  )
}

/** Rows in memory at once. */
const PAGE = 2000

/** The rows of a statement by a cursor, so that memory stays flat; `name` is the program's own. */
async function* readPages<T>(
  reader: Reader,
  name: string,
  text: string,
  values: readonly unknown[],
): AsyncGenerator<readonly T[]> {
  // All rows are read: a plan that gives the first ones soon would be slower.
  await reader.query('set local cursor_tuple_fraction = 1')
  await reader.query(`declare ${name} no scroll cursor for ${text}`, [...values])
  for (;;) {
    const { rows } = await reader.query(`fetch ${PAGE} from ${name}`)
    if (rows.length > 0) yield rows as T[]
    if (rows.length < PAGE) break
  }
  await reader.query(`close ${name}`)
}
