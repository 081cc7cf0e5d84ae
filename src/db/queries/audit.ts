import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '../connect.ts'

export interface AuditEntry {
  readonly at: Date
  readonly actor: string
  readonly role: string
  readonly action: string
  /** Why: application, review, tip-off, spot-check … */
  readonly reason: string
  /** Whom it concerned, by hashes and ids; never a name or a number. */
  readonly subject: unknown
}

/** Keeps who looked at whom, and why. Nothing ever changes or removes an entry. */
export async function addAudit(database: Pick<Database, 'pool'>, entry: AuditEntry): Promise<void> {
  await addAudits(database, [entry])
}

/** The same of several at once: all are kept or none is. One statement and one commit, for the disk is what takes time. */
export async function addAudits({ pool }: Pick<Database, 'pool'>, entries: readonly AuditEntry[]): Promise<void> {
  await pool.query({
    name: 'add audits',
    text: `insert into audit (id, at, actor, role, action, reason, subject)
      select * from json_to_recordset($1) as entry
        (id uuid, at timestamptz, actor text, role text, action text, reason text, subject json)`,
    values: [JSON.stringify(entries.map((entry) => ({ id: randomUUIDv7(), ...entry })))],
  })
}
