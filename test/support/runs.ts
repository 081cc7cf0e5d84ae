import { checkRange, type RangeContext } from '../../src/services/check-range.ts'
import { concludeRun } from '../../src/services/conclude-run.ts'
import { type CreatedRun, createRun, type RunRequest } from '../../src/services/create-run.ts'
import { followResults } from '../../src/services/follow-run.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'
import type { RangeDoer } from '../../src/services/range-pool.ts'
import { rememberRuns } from '../../src/services/remember-runs.ts'
import { CHECK_DATE, type Work } from './work.ts'

/** Begins a run of everybody as any process does, and cuts it into ranges of so many households. */
export async function beginRun(
  work: Work,
  { size, ...request }: Partial<RunRequest> & { readonly size?: number } = {},
): Promise<CreatedRun> {
  const created = await createRun(
    { ...work.hedui, ruleSet: work.ruleSet },
    { scope: { all: true }, asOf: CHECK_DATE, trial: false, actor: 'test', ...request },
  )
  return size === undefined ? created : { ...created, ranges: await cutRun(work, created.run, size) }
}

/** Cuts a run that nobody has begun to do into ranges of so many households, in place of the program's hundreds. */
export async function cutRun(work: Work, run: string, size: number): Promise<number> {
  const ids = await work.query<{ id: string }>(
    `with gone as (delete from run_range where run_id = $1 returning household_ids)
     select unnest(household_ids) as id from gone order by 1`,
    [run],
  )
  const ranges = Math.ceil(ids.length / size)
  for (let number = 0; number < ranges; number++) {
    const part = ids.slice(number * size, (number + 1) * size).map(({ id }) => id)
    await work.query('insert into run_range values ($1, $2, $3)', [run, number, part])
  }
  return ranges
}

/** What a worker has, in this thread. */
export function rangeContext(hedui: Hedui, more: Partial<RangeContext> = {}): RangeContext {
  return {
    ...hedui,
    worker: 'test',
    onRuleError: (error) => {
      throw error
    },
    onBroken: () => {},
    ...more,
  }
}

/** Does ranges in this thread, so many at once. */
export function doerHere(
  hedui: Hedui,
  { size = 1, ...more }: Partial<RangeContext> & { size?: number } = {},
): RangeDoer {
  const context = rangeContext(hedui, more)
  const open = rememberRuns(context)
  return {
    size,
    take: async ({ run, number }) => checkRange(context, await open(run), number),
    close: async () => {},
  }
}

/** Does so many ranges of a run, or all there are, and ends it where none is left. */
export async function doRun(work: Work, run: string, most = Number.POSITIVE_INFINITY): Promise<void> {
  const doer = doerHere(work.hedui)
  for (let done = 0; done < most; done++) if (!(await doer.take({ run, number: null }))) break
  await concludeRun(work.hedui, run)
}

/** The lines of a run, without its id. */
export async function linesOf(work: Work, run: string): Promise<string[]> {
  const lines: string[] = []
  for await (const some of followResults(work.hedui, run)) lines.push(...some)
  return lines.map((line) => line.replaceAll(run, 'RUN'))
}
