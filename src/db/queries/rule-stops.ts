import type { Reader } from '../connect.ts'

export interface RuleStop {
  readonly rule: string
  /** A prefix of region codes; "" is everywhere. */
  readonly region: string
  readonly number: number
  readonly at: Date
  readonly actor: string
  readonly action: 'stopped' | 'released'
  readonly reason: string
  /** What was counted then. */
  readonly figures: unknown
}

/** The last act of each rule and region, where it is a stop. */
export async function findStops(reader: Reader): Promise<RuleStop[]> {
  return (await findLastActs(reader)).filter(({ action }) => action === 'stopped')
}

/** The last act of each rule and region. */
export async function findLastActs(reader: Reader): Promise<RuleStop[]> {
  const { rows } = await reader.query(
    `select distinct on (rule, region) rule, region, number, at, actor, action, reason, figures
     from rule_stop order by rule, region, number desc`,
  )
  return rows
}

/** All acts, the latest first. */
export async function listRuleStops(reader: Reader): Promise<RuleStop[]> {
  const { rows } = await reader.query(
    'select rule, region, number, at, actor, action, reason, figures from rule_stop order by at desc, rule, region, number desc',
  )
  return rows
}

/** Adds an act; false where somebody else added one of this number first. */
export async function addRuleStop(reader: Reader, stop: RuleStop): Promise<boolean> {
  const { rowCount } = await reader.query(
    `insert into rule_stop (rule, region, number, at, actor, action, reason, figures)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [stop.rule, stop.region, stop.number, stop.at, stop.actor, stop.action, stop.reason, JSON.stringify(stop.figures)],
  )
  return rowCount === 1
}
