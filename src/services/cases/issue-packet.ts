import type { StoredPacket } from '../../db/queries/packets.ts'
import type { ActContext } from '../../domain/case/act-context.ts'
import { refuse } from '../../domain/case/allowed-acts.ts'
import type { CaseState, CaseWarning } from '../../domain/case/case-state.ts'
import { packetToIssue } from '../../domain/case/serving.ts'
import { HeduiError } from '../../errors.ts'
import { assemblePacket } from '../../packets/assemble-packet.ts'
import { renderPacket } from '../../packets/render-packet.ts'
import { createSealKey, sealPacket, verificationCode } from '../../packets/seal-packet.ts'
import { loadFonts } from '../load-fonts.ts'
import { listStoppedRules } from '../precision/stopped-rules.ts'
import type { CaseContext } from './case-context.ts'
import { gatherPacketInput } from './gather-packet-input.ts'
import { replayPacket } from './replay-packet.ts'

/**
 * Makes the packet that is ready in a case: gathers again what the warnings' run saw, makes sure that it gives what the
 * case froze and that the packet's own contents give it too, draws and seals it. Writes nothing. Throws HeduiError
 * STATE_RULE_STOPPED, STATE_NOT_REPLAYED, STATE_DISCARDED where rows that the run used are gone, and STATE_CASE where the
 * warnings are of more than one run.
 */
export async function issuePacket(
  context: CaseContext,
  state: CaseState,
  { actor, at }: Pick<ActContext, 'actor'> & { readonly at: string },
): Promise<StoredPacket> {
  const ready = packetToIssue(state)
  if (!ready) throw refuse(state.state, 'no packet is ready to be issued')
  const warnings = state.warnings.filter(({ id }) => ready.warnings.includes(id))
  requireOneRun(state, warnings)
  await requireGoing(context, state, warnings)
  const input = await gatherPacketInput(context, state, {
    number: ready.number,
    warnings,
    issued: { at, by: actor.trim() },
  })
  const packet = assemblePacket(input)
  const { same, differences } = replayPacket(packet)
  if (!same) throw notReplayed(differences)
  const code = verificationCode(packet)
  const pdf = await renderPacket(packet, { fonts: await loadFonts(context.config), code })
  const { zip, sha256 } = sealPacket(packet, pdf, createSealKey(context.secret))
  const sealed = context.vault.seal(zip.toString('base64'))
  return { id: packet.id, caseId: state.id, number: ready.number, issuedAt: at, sha256, code, sealed }
}

const notReplayed = (differences: readonly string[]) =>
  new HeduiError('STATE_NOT_REPLAYED', `the packet is not issued: ${differences.slice(0, 5).join('; ')}`)

/** A packet has one date and one set of records. */
export function requireOneRun(state: Pick<CaseState, 'state'>, warnings: readonly CaseWarning[]): void {
  const runs = [...new Set(warnings.map(({ run }) => run))].sort()
  const newest = runs.at(-1)
  if (runs.length < 2) return
  const older = warnings.filter(({ run }) => run !== newest).map(({ id }) => id)
  throw refuse(
    state.state,
    `${older.join(', ')} is of an older run than the others, and a packet rests on one: withdraw or dismiss it, or check the household again before confirming`,
  )
}

/** Throws HeduiError STATE_RULE_STOPPED where a warning is of a rule that issues no packets. */
export async function requireGoing(
  { database }: Pick<CaseContext, 'database'>,
  { opened }: Pick<CaseState, 'opened'>,
  warnings: readonly CaseWarning[],
): Promise<void> {
  const stopped = await listStoppedRules(database.pool, opened.region)
  const of = warnings.filter(({ result }) => stopped.includes(result.rule))
  if (of.length === 0) return
  const rules = [...new Set(of.map(({ result }) => result.rule))]
  throw new HeduiError(
    'STATE_RULE_STOPPED',
    `${of.map(({ id }) => id).join(', ')} is of ${rules.join(', ')}, which issues no packets until a person releases it`,
  )
}
