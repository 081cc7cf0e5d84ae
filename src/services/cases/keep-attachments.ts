import { createHash } from 'node:crypto'
import type { Reader } from '../../db/connect.ts'
import { addAttachments } from '../../db/queries/attachments.ts'
import type { AttachmentFacts } from '../../domain/case/events.ts'
import { MOST_ATTACHMENT_BYTES } from '../../domain/case/rebuttals.ts'
import { HeduiError } from '../../errors.ts'
import type { CaseContext } from './case-context.ts'

/** A file as it is handed in: its bytes in base64. */
export interface HandedFile {
  readonly name: string
  readonly content: string
}

export interface ReadAttachment {
  readonly facts: AttachmentFacts
  readonly bytes: Buffer
}

const BEGINNINGS: readonly (readonly [AttachmentFacts['type'], Buffer])[] = [
  ['application/pdf', Buffer.from('%PDF-', 'latin1')],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
]

/**
 * Files that were handed in, each once, with the type that their first bytes say, whatever they are called. Throws
 * HeduiError INPUT_ATTACHMENT for what is no PDF, JPEG or PNG, not base64, empty or larger than allowed.
 */
export function readAttachments(files: readonly HandedFile[], path: string): ReadAttachment[] {
  const read = files.map((file, i) => readAttachment(file, `${path}.${i}`))
  const seen = new Set<string>()
  return read.filter(({ facts }) => !seen.has(facts.id) && seen.add(facts.id))
}

export function readAttachment({ name, content }: HandedFile, path: string): ReadAttachment {
  const refuse = (message: string) => new HeduiError('INPUT_ATTACHMENT', message, { path })
  if (Math.floor(content.length / 4) * 3 > MOST_ATTACHMENT_BYTES + 2)
    throw refuse(`is larger than ${MOST_ATTACHMENT_BYTES} bytes`)
  const bytes = Buffer.from(content, 'base64')
  if (bytes.toString('base64') !== content) throw refuse('must be base64 (RFC 4648 §4) without line breaks')
  if (bytes.length > MOST_ATTACHMENT_BYTES) throw refuse(`is larger than ${MOST_ATTACHMENT_BYTES} bytes`)
  const type = BEGINNINGS.find(([, beginning]) => bytes.subarray(0, beginning.length).equals(beginning))?.[0]
  if (!type) throw refuse('is no PDF, JPEG or PNG by its first bytes')
  const id = createHash('sha256').update(bytes).digest('hex')
  return { facts: { id, name: cleanName(name), type, bytes: bytes.length }, bytes }
}

/** The last part of a path, without what could be taken for an order to a terminal or a file system. */
function cleanName(name: string): string {
  const clean = name
    .split(/[/\\]/)
    .at(-1)!
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
  return clean || 'attachment'
}

/** Keeps files with a case, encrypted, outside of its events. */
export async function keepAttachments(
  { vault }: Pick<CaseContext, 'vault'>,
  client: Reader,
  {
    caseId,
    at,
    attachments,
  }: { readonly caseId: string; readonly at: string; readonly attachments: readonly ReadAttachment[] },
): Promise<void> {
  const stored = attachments.map(({ facts: { id, name, type, bytes: size }, bytes }) => ({
    caseId,
    sha256: id,
    name,
    type,
    bytes: size,
    addedAt: at,
    sealed: vault.seal(bytes.toString('base64')),
  }))
  await addAttachments(client, stored)
}
