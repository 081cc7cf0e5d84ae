import type { Config } from '../config.ts'
import type { Database } from '../db/connect.ts'
import { keepRuleSet, keepShipped, listRuleSetEvents } from '../db/queries/rule-sets.ts'
import { lifeOf, type RuleSetEvent, type RuleSetLife, versionInForce } from '../domain/rule-set-life.ts'
import type { Adapters } from './load-adapters.ts'
import { loadRuleSet, type RunnableRuleSet } from './load-rule-set.ts'
import { loadStoredRuleSet } from './load-stored-rule-set.ts'
import { readShippedVersion } from './shipped-rules.ts'

/** The rules of a check, and whether they are in force on its date. */
export interface ChosenRuleSet {
  readonly ruleSet: RunnableRuleSet
  /** Not in force: results are kept apart, and no case comes of them. */
  readonly trial: boolean
  readonly life: RuleSetLife
  /** What whoever runs it should be told; null where all is as usual. */
  readonly notice: string | null
}

export type { RunnableRuleSet }

export interface RuleContext {
  readonly config: Config
  readonly database: Database
  readonly adapters: Adapters
  now(): Date
}

/** What is in force, compiled once for each version; which one it is, is asked again each time. */
export interface RuleBook {
  /**
   * What a check on a date runs: the set that was approved and is in force on it; else the shipped one. A folder of
   * settings that holds another one runs as a trial, unless people have approved what is in force. `events`: the acts on
   * rule sets, where they are known already.
   */
  inForceOn(asOf: string, events?: readonly RuleSetEvent[]): Promise<ChosenRuleSet>
}

/** Opens the rules of the settings' folder; throws HeduiError DEFINITION_* for what is wrong in them. */
export async function openRuleBook(context: RuleContext): Promise<RuleBook> {
  return createRuleBook(context, await loadRuleSet(context.config.rulesFolder, context.adapters))
}

/** The same with the folder's rules loaded already. */
export async function createRuleBook(context: RuleContext, folderSet: RunnableRuleSet): Promise<RuleBook> {
  const { config, database, adapters } = context
  const shipped = await readShippedVersion(config)
  const compiled = new Map<string, Promise<RunnableRuleSet>>([[folderSet.version, Promise.resolve(folderSet)]])

  const load = (version: string): Promise<RunnableRuleSet> => {
    const known = compiled.get(version)
    if (known) return known
    const loading = loadStoredRuleSet(database, version, adapters)
    // What failed is tried again: a database may come back.
    loading.catch(() => compiled.delete(version))
    compiled.set(version, loading)
    return loading
  }

  return {
    async inForceOn(asOf, known) {
      const events = known ?? (await listRuleSetEvents(database))
      // A folder whose rules were approved for other days holds no change that nobody knows of: the shipped set is meant.
      const usual = folderSet.version === shipped || events.some(isApprovalOf(folderSet.version))
      const live = versionInForce(events, asOf) ?? (usual && shipped && (await isThere(load(shipped))) ? shipped : null)
      const life = lifeOf(live ?? folderSet.version, events, { on: asOf, shipped })
      if (live === null) return tryFolder(config.rulesFolder, folderSet, life)
      if (live === shipped && live === folderSet.version) await rememberShipped(context, folderSet, events)
      const notice = usual || live === folderSet.version ? null : describeUnused(config.rulesFolder, folderSet, life)
      return { ruleSet: await load(live), trial: false, life, notice }
    },
  }
}

const isThere = (loading: Promise<unknown>) =>
  loading.then(
    () => true,
    () => false,
  )

/** A version that was kept, live where it is the one in force on the date. Throws as loadStoredRuleSet. */
export async function chooseVersion(context: RuleContext, name: string, asOf: string): Promise<ChosenRuleSet> {
  const { database, adapters } = context
  const ruleSet = await loadStoredRuleSet(database, name, adapters)
  const life = await findLife(context, ruleSet.version, asOf)
  const trial = life.state !== 'in-force'
  const notice = `the rule set ${shortVersion(ruleSet.version)} is ${describeLife(life)} on ${asOf}: ${TRIAL}`
  return { ruleSet, trial, life, notice: trial ? notice : null }
}

/** The rules of a folder, as a trial. Throws as loadRuleSet. */
export async function chooseFolder(context: RuleContext, folder: string, asOf: string): Promise<ChosenRuleSet> {
  const ruleSet = await loadRuleSet(folder, context.adapters)
  return { ruleSet, trial: true, life: await findLife(context, ruleSet.version, asOf), notice: null }
}

async function findLife({ database, config }: RuleContext, version: string, on: string): Promise<RuleSetLife> {
  return lifeOf(version, await listRuleSetEvents(database), { on, shipped: await readShippedVersion(config) })
}

const isApprovalOf = (version: string) => (event: RuleSetEvent) =>
  event.version === version && event.action === 'approved'

/** So that the place of the shipped set in the history is known when the next program brings another one. */
async function rememberShipped(
  { database, now }: RuleContext,
  ruleSet: RunnableRuleSet,
  events: readonly RuleSetEvent[],
): Promise<void> {
  if (events.some(({ version, action }) => version === ruleSet.version && action === 'shipped')) return
  await keepRuleSet(database, ruleSet, now())
  await keepShipped(database, ruleSet.version, now())
}

const TRIAL = 'this is a trial; its results are kept apart, and no case comes of them'

/** "sha256:" and twelve digits: enough to name a version to the program and to a person. */
export const shortVersion = (version: string) => version.slice(0, 19)

function tryFolder(folder: string, ruleSet: RunnableRuleSet, life: RuleSetLife): ChosenRuleSet {
  const short = shortVersion(ruleSet.version)
  const draft = `hedui rules draft ${folder} --actor NAME --reason TEXT`
  const approve = `hedui rules approve ${short} --from DATE --actor ANOTHER --reason TEXT`
  const steps = { draft: approve, approved: null, 'in-force': null, retired: `${draft}, then ${approve}` } as const
  const next = life.state === null ? `${draft}, then ${approve}` : steps[life.state]
  const notice =
    `the rules in ${folder} (${short}) are ${describeLife(life)}: ${TRIAL}` +
    (next ? `. To have them approved: ${next}` : '')
  return { ruleSet, trial: true, life, notice }
}

function describeUnused(folder: string, ruleSet: RunnableRuleSet, live: RuleSetLife): string {
  return (
    `the rules in ${folder} (${shortVersion(ruleSet.version)}) are not approved and not used; in force is ` +
    `${shortVersion(live.version)}, approved by ${live.approver}. --rules ${folder} tries them`
  )
}

/** A state in words: "a draft by 张三", "approved from 2026-07-01". */
export function describeLife({ state, author, inForceFrom, retiredFrom, supersededBy }: RuleSetLife): string {
  switch (state) {
    case null:
      return 'not approved'
    case 'draft':
      return `a draft by ${author}`
    case 'approved':
      return `approved from ${inForceFrom}`
    case 'in-force':
      return `in force${inForceFrom ? ` since ${inForceFrom}` : ''}`
    case 'retired':
      if (supersededBy) return `superseded by ${shortVersion(supersededBy)}`
      return `retired${retiredFrom ? ` from ${retiredFrom}` : ''}`
  }
}
