import type { Reader } from '../src/db/connect.ts'
import { monthsBefore } from '../src/domain/dates.ts'
import { AS_OF } from './checks-households.ts'

/**
 * The eight warnings as somebody who knows PostgreSQL writes them by hand: one statement a rule over all households, in
 * fen and square decimetres. Each gives household, person (rules of scope person), measure, limit, whether warned (null:
 * unverifiable, and then measure and limit are null too) and the keys of the evidence. Deltas, which the data does not
 * have, and leads are left out.
 */

/** The delivery of a source that a check uses; `fresh` is false where it is too old. */
interface Used {
  readonly id: string
  readonly fresh: boolean
  /** known: it has rows only of people whom the register knew then. */
  readonly retain: 'all' | 'known'
}

/** A statement's text takes the ids of deliveries, for partitions are left out when it is planned. */
export interface RuleStatement {
  readonly rule: string
  readonly source: string
  readonly text: (used: Used) => string
}

/** What is in force on AS_OF, of rules/parameters/sample-3699.yaml and national.yaml. */
const STANDARD = `case scheme when 'rural-dibao' then 65500 else 76500 end`
const LIMITS = {
  depositMonths: 24,
  securityMonths: 12,
  premiumMonths: 3,
  dwellingAreaPerPerson: 3000,
  contributionMonths: 1,
}
const FRESHNESS_DAYS = { vehicle: 40, property: 60, tax: 60, 'social-insurance': 60, bank: 15 }

const from = (months: number) => `'${monthsBefore(AS_OF, months)}'`
const thisMonth = from(0)

/** The deliveries that all eight statements read: the latest of each source. */
export async function findUsed(reader: Reader): Promise<ReadonlyMap<string, Used>> {
  const { rows } = await reader.query(
    `select distinct on (source) source, id, as_of, retain from delivery
     where state = 'published' and as_of <= $1 order by source, as_of desc, published_at desc`,
    [AS_OF],
  )
  return new Map(
    rows.map(({ source, id, as_of, retain }) => {
      const days = (Date.parse(AS_OF) - Date.parse(as_of)) / 86_400_000
      return [source, { id, retain, fresh: days <= FRESHNESS_DAYS[source as keyof typeof FRESHNESS_DAYS] }]
    }),
  )
}

/**
 * The version of each household that holds on the day, and its members with what is known of them from the source. The
 * facts are parsed once for all fields: each ->> of them alone takes 3 µs, eight of them more than the rest of a rule.
 */
const members = (source: string, { id, fresh, retain }: Used) => `
  version as (
    select distinct on (household_id) household_id, version_id, facts ->> 'scheme' as scheme
    from household_version
    order by household_id, (valid_from <= '${AS_OF}') desc, case when valid_from <= '${AS_OF}' then valid_from end desc,
      valid_from, imported_at desc, version_id desc
  ), member as (
    select v.household_id, v.scheme, p.position, p.person_hash, p.name_hash, f.id as person, f.employment,
      f."monthlyBenefits" as benefits, f."vehicleExempt" as exempt,
      ${fresh} and p.has_number
        and coalesce((f.authorization -> 'sources')::jsonb ? '${source}', false)
        and f.authorization ->> 'signedOn' <= '${AS_OF}'
        and coalesce(f.authorization ->> 'endsOn' >= '${AS_OF}', true)
        ${retain === 'known' ? `and coalesce(k.known_since <= (select register_at from delivery where id = '${id}'), false)` : ''}
        as known
    from version v
    join household_person p using (version_id)
    ${retain === 'known' ? 'left join person k using (person_hash)' : ''}
    cross join json_to_record(p.facts) as f(
      id text, role text, employment text, "monthlyBenefits" bigint, "vehicleExempt" boolean, "authorization" json)
    where f.role <> 'supporter'
  ), household as (
    select household_id, scheme, count(*) as size, bool_and(known) as known from member group by household_id, scheme
  )`

/** Records of members, by number and name, that stand. */
const ofMembers = (type: string, { id }: Used) => `
  from member m join record r on r.person_hash = m.person_hash and r.name_hash = m.name_hash
  where r.delivery_id = '${id}' and r.type = '${type}' and r.fate = 'record' and r.name_state = 'given' and m.known`

/** One row a household, with what `total` has of it. */
const perHousehold = (measure: string, limit: string, warned: string) => `
  select household_id, case when known then ${measure} end as measure, case when known then ${limit} end as "limit",
    case when known then ${warned} end as warned, case when known then coalesce(evidence, '{}') end as evidence
  from household left join total using (household_id)`

/** One row a person: members joined with their rows at once, for a second join would be by two columns of texts. */
const perPerson =
  (
    type: string,
    rule: { readonly measure: string; readonly limit: string; readonly members: string; readonly rows: string },
  ) =>
  (used: Used) =>
    `
  select household_id, person, case when known then ${rule.measure} end as measure,
    case when known then ${rule.limit} end as "limit", case when known then ${rule.measure} > ${rule.limit} end as warned,
    case when known then coalesce(array_agg(r.key order by r.key, r.row) filter (where r.key is not null), '{}') end as evidence
  from member m left join record r on r.person_hash = m.person_hash and r.name_hash = m.name_hash
    and r.delivery_id = '${used.id}' and r.type = '${type}' and r.fate = 'record' and r.name_state = 'given' and m.known
    and ${rule.rows}
  where ${rule.members}
  group by household_id, position, person, known, benefits`

/** Rules that add up an amount over the household's records. */
const sumOf = (type: string, field: string, condition: string) => (used: Used) =>
  `
  total as (
    select m.household_id, sum((r.fields ->> '${field}')::bigint) as sum,
      array_agg(r.key order by r.key, m.position, r.row) as evidence
    ${ofMembers(type, used)} and ${condition}
    group by m.household_id
  )`

const household = (name: string, source: string, total: (used: Used) => string, select: string): RuleStatement => ({
  rule: name,
  source,
  text: (used) => `with ${members(source, used)}, ${total(used)} ${select}`,
})

const person = (name: string, source: string, select: (used: Used) => string): RuleStatement => ({
  rule: name,
  source,
  text: (used) => `with ${members(source, used)} ${select(used)}`,
})

const perMonths = (months: number) => {
  const limit = `${months} * ${STANDARD} * size`
  return perHousehold('coalesce(sum, 0)', limit, `coalesce(sum, 0) > ${limit}`)
}

export const STATEMENTS: readonly RuleStatement[] = [
  household(
    'deposits',
    'bank',
    // An account of two holders is delivered for each and counts once.
    (used) => `
  holding as (
    select m.household_id, m.position, r.key, r.row, (r.fields ->> 'balance')::bigint as balance,
      row_number() over (partition by m.household_id, r.key order by m.position, r.row) as number
    ${ofMembers('deposit', used)}
      and coalesce(r.fields ->> 'status', 'open') = 'open' and r.fields ->> 'currency' = 'CNY'
  ), total as (
    select household_id, sum(balance) filter (where number = 1) as sum,
      array_agg(key order by key, position, row) as evidence
    from holding group by household_id
  )`,
    perMonths(LIMITS.depositMonths),
  ),
  household(
    'securities',
    'bank',
    sumOf('security', 'value', `coalesce(r.fields ->> 'currency', 'CNY') = 'CNY'`),
    perMonths(LIMITS.securityMonths),
  ),
  household(
    'property',
    'property',
    (used) => `
  held as (
    select m.household_id, m.position, r.key, r.row, (r.fields ->> 'area')::bigint as area,
      r.fields ->> 'usage' in ('住宅', '成套住宅') as dwelling,
      row_number() over (
        partition by m.household_id, r.fields ->> 'unit', r.fields ->> 'usage' in ('住宅', '成套住宅')
        order by r.key, m.position, r.row) as number
    ${ofMembers('property', used)}
      and coalesce(r.fields ->> 'current', 'true') = 'true' and (r.fields ->> 'share')::numeric >= 0.1
      and r.fields ->> 'usage' in ('住宅', '成套住宅', '商业', '办公', '厂房')
  ), total as (
    select household_id, count(*) filter (where dwelling and number = 1) as dwellings,
      sum(area) filter (where dwelling and number = 1) as area, bool_or(not dwelling) as premises,
      array_agg(key order by key, position, row) as evidence
    from held group by household_id
  )`,
    perHousehold(
      'coalesce(dwellings, 0)',
      '1',
      `coalesce(premises or (dwellings > 1 and area > ${LIMITS.dwellingAreaPerPerson} * size), false)`,
    ),
  ),
  household(
    'insurance',
    'bank',
    sumOf('policy', 'annualPremium', `coalesce(r.fields ->> 'status', 'in-force') = 'in-force'`),
    perMonths(LIMITS.premiumMonths),
  ),
  household(
    'income',
    'tax',
    sumOf('income', 'amount', `r.fields ->> 'month' >= ${from(12)} and r.fields ->> 'month' < ${thisMonth}`),
    perMonths(12),
  ),
  household(
    'vehicles',
    'vehicle',
    (used) => `
  total as (
    select m.household_id, count(*) as vehicles, array_agg(r.key order by r.key, m.position, r.row) as evidence
    ${ofMembers('vehicle', used)}
      and not (r.fields -> 'statuses')::jsonb ?| array['B', 'E', 'P']
      and r.fields ->> 'plateClass' not in ('07', '08', '13', '14') and not m.exempt
    group by m.household_id
  )`,
    perHousehold('coalesce(vehicles, 0)', '0', 'coalesce(vehicles, 0) > 0'),
  ),
  person(
    'contributions',
    'social-insurance',
    perPerson('contribution', {
      members: `employment in ('unemployed', 'unable')`,
      rows: `r.fields ->> 'insurance' in ('110', '120', '210', '310', '410') and r.fields ->> 'payerKind' = 'employer'
        and r.fields ->> 'paidMonth' = r.fields ->> 'month'
        and r.fields ->> 'month' >= ${from(6)} and r.fields ->> 'month' < ${thisMonth}`,
      measure: `count(distinct r.fields ->> 'month')`,
      limit: String(LIMITS.contributionMonths),
    }),
  ),
  person(
    'benefits',
    'social-insurance',
    perPerson('benefit', {
      members: 'true',
      rows: `r.fields ->> 'kind' in ('pension', 'unemployment') and coalesce(r.fields ->> 'insurance', '') <> '170'
        and r.fields ->> 'month' >= ${from(3)} and r.fields ->> 'month' < ${thisMonth}`,
      measure: `coalesce(sum((r.fields ->> 'amount')::bigint), 0)`,
      limit: '3 * benefits',
    }),
  ),
]

/** The pure gather: households with their people, then all rows of these people in the deliveries that are used. */
export function gatherStatements(used: ReadonlyMap<string, Used>): readonly string[] {
  const version = `
    select distinct on (household_id) household_id, version_id, facts
    from household_version
    order by household_id, (valid_from <= '${AS_OF}') desc, case when valid_from <= '${AS_OF}' then valid_from end desc,
      valid_from, imported_at desc, version_id desc`
  const deliveries = [...used.values()].map(({ id }) => `'${id}'`).join(', ')
  return [
    `select v.household_id, version_id, v.facts, p.position, p.person_hash, p.name_hash, p.facts, k.known_since
     from (${version}) v join household_person p using (version_id) left join person k using (person_hash)`,
    `select r.* from record r where r.delivery_id in (${deliveries}) and r.person_hash in (
       select p.person_hash from (${version}) v join household_person p using (version_id))`,
  ]
}
