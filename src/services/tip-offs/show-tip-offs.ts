import type { Database } from '../../db/connect.ts'
import {
  listTipOffEvents,
  listTipOffs,
  TIP_OFF_STATES,
  type TipOff,
  type TipOffEvent,
} from '../../db/queries/tip-offs.ts'
import { HeduiError } from '../../errors.ts'
import { isUuid } from '../people-of-acts.ts'
import { requireTipOff } from './tip-off-context.ts'

/** A tip-off as work lists and the case system see it: neither what was said nor by whom. */
export interface TipOffLine extends Omit<TipOff, 'recordedAt' | 'since'> {
  readonly recordedAt: string
  readonly since: string
}

export interface TipOffView extends TipOffLine {
  readonly events: readonly (Omit<TipOffEvent, 'at'> & { readonly at: string })[]
}

const lineOf = (tipOff: TipOff): TipOffLine => ({
  ...tipOff,
  recordedAt: tipOff.recordedAt.toISOString(),
  since: tipOff.since.toISOString(),
})

/** One tip-off with what happened to it. Throws HeduiError INPUT_NOT_FOUND. */
export async function showTipOff({ database }: { readonly database: Database }, id: string): Promise<TipOffView> {
  const tipOff = await requireTipOff(database.pool, id)
  const events = await listTipOffEvents(database.pool, id)
  return { ...lineOf(tipOff), events: events.map((event) => ({ ...event, at: event.at.toISOString() })) }
}

export interface ListTipOffs {
  readonly state?: string | undefined
  readonly region?: string | undefined
  readonly household?: string | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
  readonly count?: number | undefined
}

/** Tip-offs in the order in which they were recorded. */
export async function findTipOffs(
  { database }: { readonly database: Database },
  { after, count = 100, ...filter }: ListTipOffs = {},
): Promise<{ readonly tipOffs: readonly TipOffLine[]; readonly next: string | null }> {
  if (after !== undefined && !isUuid(after))
    throw new HeduiError('INPUT_INVALID', 'must be `next` of a page', { path: 'after' })
  if (filter.state !== undefined && !TIP_OFF_STATES.some((state) => state === filter.state))
    throw new HeduiError('INPUT_INVALID', `must be one of ${TIP_OFF_STATES.join(', ')}`, { path: 'state' })
  const found = await listTipOffs(database.pool, { ...filter, after, count: count + 1 })
  const tipOffs = found.slice(0, count).map(lineOf)
  return { tipOffs, next: found.length > count ? tipOffs.at(-1)!.id : null }
}
