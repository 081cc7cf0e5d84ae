import type { Reader } from '../connect.ts'

/** How many people were looked at, and of how many of them it holds. */
export interface Counted {
  readonly counted: number
  readonly found: number
}

/**
 * People of the hashes below a bound, an even sample: hashes are as good as random. null for all of them. The bound
 * stands in the statement itself, so that the planner knows how few they are and uses the index.
 */
export type HashBound = Buffer | null

const literal = (id: string) => {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error('not a delivery id')
  return `'${id}'`
}
const within = (bound: HashBound, column = 'person_hash') =>
  bound ? `and ${column} < '\\x${bound.toString('hex')}'` : ''

/** The people of a delivery; a delivery that is gone has none. */
const peopleOf = (deliveryId: string, bound: HashBound) =>
  `select distinct person_hash from record where delivery_id = ${literal(deliveryId)} ${within(bound)}`

/** Of the people of a delivery, those whose number the register knows. */
export async function countKnownPeople(reader: Reader, deliveryId: string, bound: HashBound): Promise<Counted> {
  const { rows } = await reader.query<Counted>(
    `select count(*)::int as counted, count(p.person_hash)::int as found
     from (${peopleOf(deliveryId, bound)}) d
     left join person p on p.person_hash = d.person_hash and p.has_number ${within(bound, 'p.person_hash')}`,
  )
  return rows[0]!
}

/** Of the people of the delivery before (only those of the register, if `registered`), those who are in this one. */
export async function countOverlap(
  reader: Reader,
  { before, now, registered }: { before: string; now: string; registered: boolean },
  bound: HashBound,
): Promise<Counted> {
  const condition = registered
    ? `where person_hash in (select person_hash from person where has_number ${within(bound)})`
    : ''
  const { rows } = await reader.query<Counted>(
    `select count(*)::int as counted, count(n.person_hash)::int as found
     from (select * from (${peopleOf(before, bound)}) b ${condition}) b
     left join (${peopleOf(now, bound)}) n using (person_hash)`,
  )
  return rows[0]!
}
