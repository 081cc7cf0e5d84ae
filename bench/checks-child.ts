/**
 * One measured piece of work in a process of its own. Started by checks.ts with fork; takes a Task as a message and
 * answers with a Measured.
 */
import type pg from 'pg'
import { to } from 'pg-copy-streams'
import { startThreads } from '../src/commands/run-threads.ts'
import { loadConfig } from '../src/config.ts'
import { checkHouseholds } from '../src/services/check-households.ts'
import { loadRuleSet } from '../src/services/load-rule-set.ts'
import { type Hedui, openHedui } from '../src/services/open-hedui.ts'
import { AS_OF } from './checks-households.ts'
import { addLine, outcomesOfTable, type RuleOutcomes } from './checks-outcome.ts'
import { ownPeakMb } from './checks-processes.ts'
import { findUsed, gatherStatements, STATEMENTS } from './checks-sql.ts'

/** `verify` is a run whose lines are added up, which takes time: it is not measured. */
export type Task = 'run' | 'verify' | 'sql' | 'gather'

export interface Measured {
  readonly seconds: number
  /** User and system time of this process, all threads. */
  readonly cpuSeconds: number
  /** Greatest resident size of this process, all threads. */
  readonly rssMb: number
  readonly parts: Readonly<Record<string, number>>
  readonly outcomes: Readonly<Record<string, RuleOutcomes>>
}

type Done = Pick<Measured, 'parts' | 'outcomes'>

/** As `hedui check --all` does it: with as many threads as there are cores. */
async function run(hedui: Hedui, verify: boolean): Promise<() => Promise<Done>> {
  const ruleSet = await loadRuleSet(hedui.config.rulesFolder, hedui.adapters)
  let failure: unknown = null
  const fail = (error: unknown) => {
    failure = error
  }
  const context = { ...hedui, ruleSet, onRuleError: fail, onBroken: fail }
  const threads = () => startThreads(hedui, { onRuleError: fail, onBroken: fail })
  const outcomes = new Map<string, RuleOutcomes>()
  const output = verify ? { threads, write: async (line: string) => addLine(outcomes, line) } : { threads }
  return async () => {
    const request = { scope: { all: true }, asOf: AS_OF, trial: false, actor: 'bench' } as const
    await checkHouseholds(context, request, output)
    if (failure) throw failure
    return { parts: {}, outcomes: Object.fromEntries(outcomes) }
  }
}

/**
 * Each statement makes a temporary table: the whole result with its arrays is computed and kept, as a run computes and
 * keeps it. Under a count() PostgreSQL would leave out what is not asked for; rows sent here would measure the driver.
 */
async function sql(client: pg.PoolClient): Promise<Done> {
  const parts: Record<string, number> = {}
  const used = await findUsed(client)
  for (const { rule, source, text } of STATEMENTS) {
    const begun = performance.now()
    await client.query(`create temporary table sql_${rule} as ${text(used.get(source)!)}`)
    parts[rule] = (performance.now() - begun) / 1000
  }
  return { parts, outcomes: {} }
}

async function sqlOutcomes(client: pg.PoolClient): Promise<Record<string, RuleOutcomes>> {
  const outcomes: Record<string, RuleOutcomes> = {}
  for (const { rule } of STATEMENTS) outcomes[rule] = await outcomesOfTable(client, `sql_${rule}`)
  return outcomes
}

async function gather(client: pg.PoolClient): Promise<Done> {
  const parts: Record<string, number> = {}
  for (const [i, statement] of gatherStatements(await findUsed(client)).entries()) {
    const begun = performance.now()
    let bytes = 0
    const stream = client.query(to(`copy (${statement}) to stdout`, { highWaterMark: 1 << 20 }))
    for await (const chunk of stream) bytes += (chunk as Buffer).length
    const name = ['households', 'records'][i]!
    parts[name] = (performance.now() - begun) / 1000
    parts[`${name} MB`] = bytes / 1e6
  }
  return { parts, outcomes: {} }
}

async function measure(task: Task): Promise<Measured> {
  const hedui = await openHedui(loadConfig())
  const client = await hedui.database.pool.connect()
  try {
    const work =
      task === 'sql'
        ? () => sql(client)
        : task === 'gather'
          ? () => gather(client)
          : await run(hedui, task === 'verify')
    const cpu = process.cpuUsage()
    const begun = performance.now()
    const done = await work()
    const seconds = (performance.now() - begun) / 1000
    const { user, system } = process.cpuUsage(cpu)
    const rssMb = ownPeakMb()
    const outcomes = task === 'sql' ? await sqlOutcomes(client) : done.outcomes
    return { seconds, cpuSeconds: (user + system) / 1e6, rssMb, parts: done.parts, outcomes }
  } finally {
    client.release()
    await hedui.close()
  }
}

process.once('message', async (task: Task) => {
  const measured = await measure(task)
  process.send?.(measured)
  process.disconnect?.()
})
