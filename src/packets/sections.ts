import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Fault } from './verify-words.ts'

/** A place in packet.json, as it was sealed. */
export interface Section {
  /** Where the RFC 8785 form of its value begins in the file, and how many bytes it has. */
  readonly from: number
  readonly bytes: number
  /** Of those bytes. */
  readonly sha256: string
}

/** Members of a packet whose elements are sections of their own. */
const IN_PARTS = ['legal', 'people', 'sources', 'warnings']

export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

interface Part {
  /** JSON pointer (RFC 6901): "/warnings/0", "/answer". */
  readonly pointer: string
  /** RFC 8785. */
  readonly text: string
  readonly from: number
  readonly bytes: number
}

/** The parts of a packet in the order in which its RFC 8785 form has them. */
function partsOf(packet: Readonly<Record<string, unknown>>): Part[] {
  const parts: Part[] = []
  // After the brace of the object.
  let at = 1
  const add = (pointer: string, value: unknown) => {
    const text = canonicalize(value)!
    const bytes = Buffer.byteLength(text)
    parts.push({ pointer, text, from: at, bytes })
    // After the comma or bracket that follows it.
    at += bytes + 1
  }
  // RFC 8785 sorts by UTF-16 units, as sort() does.
  for (const name of Object.keys(packet).sort()) {
    const value = packet[name]
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    at += Buffer.byteLength(`${JSON.stringify(name)}:`)
    if (IN_PARTS.includes(name) && Array.isArray(value)) {
      at += 1
      for (const [i, each] of value.entries()) add(`${pointer}/${i}`, each)
      at += value.length === 0 ? 2 : 1
    } else add(pointer, value)
  }
  return parts
}

/** The sections of a packet, and where each stands in its RFC 8785 form. */
export function sectionsOf(packet: object): Record<string, Section> {
  const parts = partsOf(packet as Record<string, unknown>)
  return Object.fromEntries(
    parts.map(({ pointer, text, from, bytes }) => [pointer, { from, bytes, sha256: sha256Of(text) }]),
  )
}

export interface SectionChange {
  /** null: none of the sections, but what stands between them. */
  readonly section: string | null
  readonly what: Fault
}

/** What differs in a packet.json that is not the sealed one, by its sections. */
export function findChanges(json: Buffer, sealed: Readonly<Record<string, Section>>): SectionChange[] {
  const parts = readParts(json)
  const changes = parts ? compareParts(parts, sealed) : compareBytes(json, sealed)
  if (changes.length > 0) return changes
  return [{ section: null, what: parts ? 'rewritten' : 'not-json' }]
}

/** What each section says; null: no JSON object. */
function readParts(json: Buffer): Map<string, string> | null {
  try {
    const value: unknown = JSON.parse(json.toString('utf8'))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject) return null
    return new Map(partsOf(value as Record<string, unknown>).map(({ pointer, text }) => [pointer, text]))
  } catch {
    // No JSON, or nested deeper than anything that was sealed.
    return null
  }
}

function compareParts(parts: ReadonlyMap<string, string>, sealed: Readonly<Record<string, Section>>): SectionChange[] {
  const known = Object.entries(sealed).flatMap(([section, { sha256 }]): SectionChange[] => {
    const text = parts.get(section)
    if (text === undefined) return [{ section, what: 'missing' }]
    return sha256Of(text) === sha256 ? [] : [{ section, what: 'changed' as const }]
  })
  const added = [...parts.keys()].filter((section) => !Object.hasOwn(sealed, section))
  return [...known, ...added.map((section) => ({ section, what: 'added' as const }))]
}

/** Of a file that is no JSON any more: a section is as it was where its bytes stand, counted from the start or the end. */
function compareBytes(json: Buffer, sealed: Readonly<Record<string, Section>>): SectionChange[] {
  const ends = Object.entries(sealed).map(([pointer, { from, bytes }]) => {
    // An element is followed by the bracket of its list, and the last section by the brace of the packet.
    const closing = pointer.split('/').length > 2 ? 2 : 1
    return from + bytes + closing
  })
  const shift = json.length - Math.max(0, ...ends)
  const isAt = ({ bytes, sha256 }: Section, from: number) =>
    sha256Of(json.subarray(Math.max(0, from), from + bytes)) === sha256
  return Object.entries(sealed)
    .filter(([, section]) => !isAt(section, section.from) && !isAt(section, section.from + shift))
    .map(([section]) => ({ section, what: 'changed' as const }))
}
