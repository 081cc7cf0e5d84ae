import { type Kysely, sql } from 'kysely'
import type { RuleSetEvent } from '../../domain/rule-set-life.ts'
import { HeduiError } from '../../errors.ts'
import type { Database } from '../connect.ts'
import type { Tables } from '../tables.ts'

/** The text of one of a rule set's files, by its path in the folder. */
export interface RuleFile {
  readonly file: string
  readonly text: string
}

export interface KeptRuleSet {
  readonly version: string
  readonly content: unknown
  /** Where they are known. */
  readonly texts?: readonly RuleFile[]
}

/**
 * Keeps a rule set under its version, so that whatever was run once can be looked up and run again for ever. Of two
 * spellings of one version the texts kept first stay.
 */
export async function keepRuleSet(
  { kysely }: Pick<Database, 'kysely'>,
  { version, content, texts }: KeptRuleSet,
  at: Date,
): Promise<void> {
  await kysely
    .insertInto('rule_set')
    .values({ version, content: JSON.stringify(content), first_used_at: at })
    .onConflict((conflict) => conflict.column('version').doNothing())
    .execute()
  if (!texts) return
  await kysely
    .insertInto('rule_set_text')
    .values({ version, files: JSON.stringify(texts), kept_at: at })
    .onConflict((conflict) => conflict.column('version').doNothing())
    .execute()
}

export interface StoredRuleSet {
  readonly version: string
  readonly content: unknown
  /** null where the set was kept before texts were. */
  readonly texts: readonly RuleFile[] | null
}

/** The set of a version, or undefined. */
export async function findRuleSet({ kysely }: Database, version: string): Promise<StoredRuleSet | undefined> {
  const found = await kysely
    .selectFrom('rule_set')
    .leftJoin('rule_set_text', 'rule_set_text.version', 'rule_set.version')
    .select(['rule_set.version', 'content', 'files'])
    .where('rule_set.version', '=', version)
    .executeTakeFirst()
  return found && { version: found.version, content: found.content, texts: found.files }
}

/** Versions that begin with a text, in their order; at most `most`. */
export async function findVersions({ kysely }: Database, beginning: string, most: number): Promise<string[]> {
  const rows = await kysely
    .selectFrom('rule_set')
    .select('version')
    .where(sql<boolean>`starts_with(version, ${beginning})`)
    .orderBy('version')
    .limit(most)
    .execute()
  return rows.map(({ version }) => version)
}

export interface RuleSetUse {
  readonly version: string
  readonly firstKeptAt: Date
  /** Finished runs, by what they were. */
  readonly liveRuns: number
  readonly trialRuns: number
  readonly shadowRuns: number
  readonly lastRunAt: Date | null
}

/** Every version kept, with how often it was run; the first kept first. */
export async function listRuleSetUses({ kysely }: Database): Promise<RuleSetUse[]> {
  const { rows } = await sql<RuleSetUse>`
    select s.version, s.first_used_at as "firstKeptAt",
      count(r.id) filter (where not r.trial)::int as "liveRuns",
      count(r.id) filter (where r.trial and r.shadow_of is null)::int as "trialRuns",
      count(r.id) filter (where r.shadow_of is not null)::int as "shadowRuns",
      max(r.started_at) as "lastRunAt"
    from rule_set s left join run r on r.rule_set = s.version and r.finished_at is not null
    group by s.version, s.first_used_at
    order by s.first_used_at, s.version collate "C"`.execute(kysely)
  return rows
}

/** Every act on rule sets, in the order in which they were done. */
export async function listRuleSetEvents({ kysely }: Pick<Database, 'kysely'>): Promise<RuleSetEvent[]> {
  return kysely
    .selectFrom('rule_set_event')
    .select(['version', 'at', 'actor', 'action', 'effective_from as effectiveFrom', 'reason'])
    .orderBy('position')
    .execute()
}

export interface RuleSetActs {
  readonly events: readonly RuleSetEvent[]
  readonly kysely: Kysely<Tables>
  add(event: RuleSetEvent): Promise<void>
}

/**
 * Runs `work` while nobody else acts on rule sets: what it reads of their life stands until it is done. Throws HeduiError
 * STATE_BUSY where someone else is at it, so that of two acts at once one is told to look again.
 */
export async function actOnRuleSets<T>({ kysely }: Database, work: (acts: RuleSetActs) => Promise<T>): Promise<T> {
  return kysely.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('rule set life', 0)) as free`.execute(transaction)
    if (!rows[0]!.free) {
      throw new HeduiError('STATE_BUSY', 'someone else is drafting, approving or retiring a rule set; look again')
    }
    const events = await listRuleSetEvents({ kysely: transaction })
    const add = (event: RuleSetEvent) => addEvent(transaction, event)
    return work({ events, kysely: transaction, add })
  })
}

async function addEvent(kysely: Kysely<Tables>, event: RuleSetEvent): Promise<void> {
  const { version, at, actor, action, effectiveFrom, reason } = event
  await sql`
    insert into rule_set_event (position, version, at, actor, action, effective_from, reason)
    select 1 + coalesce(max(position), 0), ${version}, ${at}, ${actor}, ${action}, ${effectiveFrom}, ${reason}
    from rule_set_event`.execute(kysely)
}

/** Keeps that a set came with the program, once: so that its place in the history is known when the next one comes. */
export async function keepShipped({ kysely }: Database, version: string, at: Date): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('rule set life', 0))`.execute(transaction)
    const events = await listRuleSetEvents({ kysely: transaction })
    if (events.some((event) => event.version === version && event.action === 'shipped')) return
    const reason = 'comes with the program'
    await addEvent(transaction, { version, at, actor: 'hedui', action: 'shipped', effectiveFrom: null, reason })
  })
}
