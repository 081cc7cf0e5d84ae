import type { ValidateFunction } from 'ajv'
import { createAjv } from '../domain/schema-errors.ts'
import type { Packet } from './packet.ts'
import { type Section, sectionsOf, sha256Of } from './sections.ts'

/** Names of the archive's files, in their order. */
export const FILES = {
  json: 'packet.json',
  pdf: 'packet.pdf',
  manifest: 'manifest.json',
  signature: 'manifest.sig',
  key: 'seal-key.pem',
  instructions: '核验说明.txt',
} as const

/** What is sealed: the sha256 of each file, and of each section of packet.json. Its bytes are signed. */
export interface Manifest {
  readonly format: 'hedui-seal/1'
  readonly packet: Pick<Packet, 'id' | 'title' | 'caseId' | 'number'> & { readonly issuedAt: string }
  /** What the PDF prints. */
  readonly code: string
  readonly files: Readonly<Record<string, string>>
  readonly sections: Readonly<Record<string, Section>>
  readonly algorithm: 'Ed25519'
  /** DER of the SubjectPublicKeyInfo in base64. */
  readonly publicKey: string
  /** sha256 of that DER. */
  readonly fingerprint: string
}

const SECTIONS = `${FILES.json}#`

/** The manifest of a packet and the files beside it. */
export function manifestOf(
  packet: Packet,
  files: Readonly<Record<string, Uint8Array>>,
  seal: Pick<Manifest, 'code' | 'publicKey' | 'fingerprint'>,
): Manifest {
  const { id, title, caseId, number, issued } = packet
  const sections = Object.entries(sectionsOf(packet)).map(([pointer, section]) => [SECTIONS + pointer, section])
  return {
    format: 'hedui-seal/1',
    packet: { id, title, caseId, number, issuedAt: issued.at },
    code: seal.code,
    files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256Of(bytes)])),
    sections: Object.fromEntries(sections),
    algorithm: 'Ed25519',
    publicKey: seal.publicKey,
    fingerprint: seal.fingerprint,
  }
}

/** The sections by the pointer alone. */
export function pointersOf({ sections }: Manifest): Record<string, Section> {
  return Object.fromEntries(Object.entries(sections).map(([name, section]) => [name.slice(SECTIONS.length), section]))
}

/** Laid out for people, for they read it. */
export const writeManifest = (manifest: Manifest): Buffer => Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)

const text = { type: 'string' } as const
const sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const
const count = { type: 'integer', minimum: 0, maximum: 2 ** 31 } as const
const object = (properties: Readonly<Record<string, object>>) =>
  ({ type: 'object', additionalProperties: false, required: Object.keys(properties), properties }) as const

const MANIFEST_SCHEMA = object({
  format: { const: 'hedui-seal/1' },
  packet: object({ id: text, title: text, caseId: text, number: count, issuedAt: text }),
  code: text,
  files: { type: 'object', additionalProperties: sha256 },
  sections: {
    type: 'object',
    propertyNames: { pattern: `^${SECTIONS.replace('.', '\\.')}/` },
    additionalProperties: object({ from: count, bytes: count, sha256 }),
  },
  algorithm: { const: 'Ed25519' },
  publicKey: { type: 'string', pattern: '^[0-9A-Za-z+/]{59}=$' },
  fingerprint: sha256,
})

let compiled: ValidateFunction<Manifest> | undefined

/** Compiled when first asked for: most commands never do. */
function isManifest(value: unknown): value is Manifest {
  compiled ??= createAjv().compile<Manifest>(MANIFEST_SCHEMA)
  return compiled(value)
}

/** The manifest of these bytes, or null where they are none. */
export function readManifest(bytes: Buffer): Manifest | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isManifest(value) ? value : null
  } catch {
    return null
  }
}
