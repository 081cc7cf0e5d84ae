import { type Database, inTransaction } from '../db/connect.ts'
import { addRunEvent, listRunEvents, lockRun } from '../db/queries/run-ranges.ts'
import { HeduiError } from '../errors.ts'
import { type RunState, runStateOf } from './follow-run.ts'
import { requireRun } from './open-run.ts'

export interface RunAct {
  readonly run: string
  readonly actor: string
  readonly reason?: string | undefined
}

interface Context {
  readonly database: Database
  now(): Date
}

const ALLOWED: Readonly<Record<'cancelled' | 'resumed' | 'failed', readonly RunState[]>> = {
  cancelled: ['running'],
  resumed: ['cancelled', 'failed'],
  failed: ['running'],
}

/** Stops a run: ranges under way are done to their end, no other is begun. Throws HeduiError STATE_RUN. */
export const cancelRun = (context: Context, act: RunAct) => actOn(context, act, 'cancelled')

/** Lets a run that was cancelled or has failed go on with the ranges that are not done. Throws HeduiError STATE_RUN. */
export const resumeRun = (context: Context, act: RunAct) => actOn(context, act, 'resumed')

/** Stops a run that cannot go on, with the reason. One that has ended meanwhile stays as it is. */
export async function failRun(context: Context, act: RunAct): Promise<void> {
  await actOn(context, act, 'failed').catch((error) => {
    if (!(error instanceof HeduiError && error.code === 'STATE_RUN')) throw error
  })
}

async function actOn({ database, now }: Context, { run, actor, reason }: RunAct, action: keyof typeof ALLOWED) {
  const row = await requireRun(database.pool, run)
  if (row.shadow_of) throw new HeduiError('STATE_RUN', `it runs beside ${row.shadow_of}: act on that one`)
  await inTransaction(database, async (client) => {
    await lockRun(client, run)
    const state = runStateOf(await listRunEvents(client, run))
    if (!ALLOWED[action].includes(state)) {
      throw new HeduiError(
        'STATE_RUN',
        `the run is ${state}; only one that is ${ALLOWED[action].join(' or ')} can be ${action}`,
      )
    }
    await addRunEvent(client, run, { at: now(), action, actor, reason: reason ?? null })
  })
}
