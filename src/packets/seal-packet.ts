import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { packFiles } from './archive.ts'
import { sealInstructions } from './instructions.ts'
import { FILES, manifestOf, writeManifest } from './manifest.ts'
import type { Packet } from './packet.ts'
import { createSealKey, type SealKey, signBytes, toPem } from './seal-key.ts'
import { sha256Of } from './sections.ts'

export { createSealKey, type SealKey }

export interface SealedPacket {
  /** packet.json: its RFC 8785 bytes. */
  readonly json: Buffer
  readonly pdf: Buffer
  /** All of it; holds json and pdf as they are, uncompressed, so that this alone need be kept. */
  readonly zip: Buffer
  /** Of manifest.json, in hexadecimal. */
  readonly sha256: string
  readonly code: string
}

/** RFC 8785. */
const jsonOf = (packet: Packet): Buffer => Buffer.from(canonicalize(packet)!)

/** Crockford's base32: no letter that looks like a digit. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LETTERS = 20

/**
 * What the PDF prints and people compare: 20 letters and digits of base32 (Crockford) in groups of four, the first 100 bits
 * of the sha256 of the packet's RFC 8785 bytes. Known before the PDF is made.
 */
export function verificationCode(packet: Packet): string {
  const digest = BigInt(`0x${createHash('sha256').update(jsonOf(packet)).digest('hex')}`)
  const letters = Array.from({ length: CODE_LETTERS }, (_, i) => LETTERS[Number((digest >> BigInt(251 - 5 * i)) & 31n)])
  return letters.join('').match(/.{4}/g)!.join('-')
}

/** Freezes a packet and its PDF. Pure: the same packet, PDF and key give the same bytes, whatever the time zone. */
export function sealPacket(packet: Packet, pdf: Buffer, key: SealKey): SealedPacket {
  const json = jsonOf(packet)
  const code = verificationCode(packet)
  const { publicKey, fingerprint } = key
  const files = {
    [FILES.json]: json,
    [FILES.pdf]: pdf,
    [FILES.key]: Buffer.from(toPem(publicKey)),
    [FILES.instructions]: Buffer.from(sealInstructions({ title: packet.title, code, fingerprint })),
  }
  const manifest = writeManifest(manifestOf(packet, files, { code, publicKey, fingerprint }))
  const zip = packArchive({ ...files, [FILES.manifest]: manifest, [FILES.signature]: signBytes(manifest, key) })
  return { json, pdf, zip, sha256: sha256Of(manifest), code }
}

/** The archive of a packet's files, in its order. */
export function packArchive(files: Readonly<Record<string, Buffer>>): Buffer {
  return packFiles(Object.fromEntries(Object.values(FILES).map((name) => [name, files[name]!])))
}
