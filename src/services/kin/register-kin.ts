import { randomUUIDv7 } from 'node:crypto'
import { inTransaction } from '../../db/connect.ts'
import { addAudit } from '../../db/queries/audit.ts'
import {
  addNearKin,
  endNearKin,
  findKinOf,
  findNearKin,
  listNearKin,
  type NearKin,
  type StoredKin,
} from '../../db/queries/near-kin.ts'
import { requireReason } from '../../domain/case/act-context.ts'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { parseIdNumber } from '../../domain/id-number.ts'
import { nameState } from '../../domain/person-name.ts'
import { isSameActor, visibleLetters } from '../../domain/rule-set-life.ts'
import { HeduiError } from '../../errors.ts'
import type { Hedui } from '../open-hedui.ts'
import { isUuid, requireActor, requireRole } from '../people-of-acts.ts'

/** Who of a handler's family is registered (220号 art. 14), and the handler, who may receive assistance as well. */
export const KIN_RELATIONS = ['self', 'spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild'] as const
export type KinRelation = (typeof KIN_RELATIONS)[number]

/** Who may see the names of the relatives. */
export const KIN_READERS = ['reviewer', 'centre', 'auditor', 'admin'] as const

export type KinContext = Pick<Hedui, 'database' | 'hasher' | 'vault' | 'now'>

interface Acting {
  readonly actor: string
  readonly role: string
  readonly reason: string
}

export interface AddKinRequest extends Acting {
  /** The name under which the handler acts. */
  readonly handler: string
  readonly office: string
  readonly relation: KinRelation
  /** The relative. */
  readonly name: string
  readonly idNumber: string
  /** From which day on; today unless given. */
  readonly from?: string | undefined
}

/** An entry as anybody sees it who may know of it: not who the relative is. */
export type KinView = Omit<NearKin, 'addedAt'> & { readonly addedAt: string }

/**
 * Registers somebody as near kin of a handler; from then on the handler acts in no case of a household that the person is
 * in. The number is kept as a hash, name and number sealed. Throws HeduiError INPUT_ID_NUMBER, INPUT_DUPLICATE,
 * INPUT_INVALID.
 */
export async function addKin({ database, hasher, vault, now }: KinContext, request: AddKinRequest): Promise<KinView> {
  const actor = requireActor(request)
  const reason = requireReason(request.reason)
  const invalid = (path: string, message: string) => new HeduiError('INPUT_INVALID', message, { path })
  const [handler, office] = [request.handler.trim(), request.office.trim()]
  if (visibleLetters(handler) === '') throw invalid('handler', 'must say who handles cases')
  if (visibleLetters(office) === '') throw invalid('office', 'must say where the handler works')
  if (!KIN_RELATIONS.includes(request.relation)) throw invalid('relation', `must be one of ${KIN_RELATIONS.join(', ')}`)
  if (nameState(request.name) !== 'given') throw invalid('name', 'must be the whole name, not masked or blank')
  const number = parseIdNumber(request.idNumber)
  if (number === null)
    throw new HeduiError('INPUT_ID_NUMBER', 'is not a valid resident identity number', { path: 'idNumber' })
  const at = now()
  const from = request.from ?? dateInChina(at)
  if (!isDate(from)) throw invalid('from', 'must be a real date')
  const personHash = hasher.number(number)
  const kin = { id: randomUUIDv7(), handler, office, relation: request.relation, validFrom: from }
  return inTransaction(database, async (client) => {
    const known = await findKinOf(client, personHash)
    if (known.some((entry) => isSameActor(entry.handler, handler)))
      throw new HeduiError('INPUT_DUPLICATE', 'this person is registered as near kin of this handler already')
    const added = { ...kin, addedBy: actor, addedAt: at, reason }
    await addNearKin(client, {
      ...added,
      personHash,
      sealed: vault.seal({ name: request.name.trim(), idNumber: number }),
    })
    return { ...added, addedAt: at.toISOString(), validUntil: null, endedBy: null, endReason: null }
  })
}

/**
 * Ends an entry: the last day on which it holds. Nothing is removed. The handler concerned does not do so: throws
 * HeduiError STATE_NEAR_KIN then, INPUT_NOT_FOUND where there is none such that runs.
 */
export async function endKin(
  { database, now }: Pick<KinContext, 'database' | 'now'>,
  request: Acting & { readonly kin: string; readonly until?: string | undefined },
): Promise<KinView> {
  const actor = requireActor(request)
  const reason = requireReason(request.reason)
  const at = now()
  const until = request.until ?? dateInChina(at)
  return inTransaction(database, async (client) => {
    const kin = isUuid(request.kin) ? await findNearKin(client, request.kin, { lock: true }) : undefined
    if (!kin || kin.validUntil !== null)
      throw new HeduiError('INPUT_NOT_FOUND', `there is no entry ${request.kin} of near kin that has not ended`)
    if (isSameActor(kin.handler, actor))
      throw new HeduiError('STATE_NEAR_KIN', 'the handler does not end the entry of their own kin; somebody else does')
    if (!isDate(until) || until < kin.validFrom)
      throw new HeduiError('INPUT_INVALID', `must be a real date, ${kin.validFrom} or later`, { path: 'until' })
    await endNearKin(client, kin.id, { until, by: actor, at, reason })
    return viewOf({ ...kin, validUntil: until, endedBy: actor, endReason: reason })
  })
}

const viewOf = ({ sealed: _, addedAt, ...kin }: StoredKin): KinView => ({ ...kin, addedAt: addedAt.toISOString() })

/** The register, on a day or all of it, without the names of the relatives. */
export async function listKin(
  { database }: Pick<KinContext, 'database'>,
  filter: { readonly on?: string | undefined; readonly handler?: string | undefined } = {},
): Promise<KinView[]> {
  if (filter.on !== undefined && !isDate(filter.on))
    throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'on' })
  return (await listNearKin(database.pool, filter)).map(viewOf)
}

/** An entry with the relative's name and number; who asked and why is kept. Throws HeduiError INPUT_FORBIDDEN. */
export async function readKin(
  { database, vault, now }: Omit<KinContext, 'hasher'>,
  request: Acting & { readonly kin: string },
): Promise<KinView & { readonly name: string; readonly idNumber: string }> {
  requireRole(request, KIN_READERS)
  const actor = requireActor(request)
  const reason = requireReason(request.reason)
  const kin = isUuid(request.kin) ? await findNearKin(database.pool, request.kin) : undefined
  if (!kin) throw new HeduiError('INPUT_NOT_FOUND', `there is no entry ${request.kin} of near kin`)
  const subject = { kin: kin.id }
  await addAudit(database, { at: now(), actor, role: request.role, action: 'read near kin', reason, subject })
  return { ...viewOf(kin), ...(vault.open(kin.sealed) as { name: string; idNumber: string }) }
}
