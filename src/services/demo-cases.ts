import { HeduiError } from '../errors.ts'
import type { CaseContext } from './cases/case-context.ts'
import { confirmWarnings } from './cases/confirm-warnings.ts'
import { findCases } from './cases/find-cases.ts'
import { viewCase } from './cases/show-case.ts'

/** A case of which a packet was issued, to be looked at. */
export interface DemoPacket {
  readonly case: string
  readonly packet: string
}

/** How many packets a demonstration issues; the other cases are a person's to confirm. */
const PACKETS = 2
/** How many cases are looked at to find those. */
const LOOKED_AT = 50

/** Confirms a few cases whose sources need no question, so that there are packets. */
export async function issueDemoPackets(context: CaseContext, actor: string): Promise<readonly DemoPacket[]> {
  const issued: DemoPacket[] = []
  const { cases } = await findCases(context, { states: ['drafted'], most: LOOKED_AT })
  for (const { id } of cases) {
    if (issued.length === PACKETS) break
    const { warnings } = await viewCase(context, id)
    if (warnings.some(({ openQuestions }) => openQuestions.length > 0)) continue
    const who = { case: id, actor, role: 'centre' }
    const state = await confirmWarnings(context, who, { reason: '演示' }).catch(passOver)
    const packet = state?.packets.at(-1)?.id
    if (packet) issued.push({ case: id, packet })
  }
  return issued
}

/** A case that cannot be confirmed as it is waits for a person, as in any county. */
function passOver(error: unknown): null {
  if (error instanceof HeduiError && error.status === 409) return null
  throw error
}
