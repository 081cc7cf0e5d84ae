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
export async function addAudit({ kysely }: Database, { subject, ...entry }: AuditEntry): Promise<void> {
  await kysely
    .insertInto('audit')
    .values({ id: randomUUIDv7(), ...entry, subject: JSON.stringify(subject) })
    .execute()
}
