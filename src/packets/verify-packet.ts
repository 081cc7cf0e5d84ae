import canonicalize from 'canonicalize'
import { unpackFiles } from './archive.ts'
import { FILES, type Manifest, pointersOf, readManifest } from './manifest.ts'
import type { Packet } from './packet.ts'
import { packetValidator } from './packet-schema.ts'
import { isSignedBy, toPem } from './seal-key.ts'
import { packArchive, verificationCode } from './seal-packet.ts'
import { findChanges, sha256Of } from './sections.ts'
import type { Fault } from './verify-words.ts'

export interface VerifyOptions {
  /** Fingerprint of the key that it must be sealed with, as its holder published it. */
  readonly trusted?: string | undefined
  /** Fingerprint of this installation's key, where there is one. */
  readonly own?: string | undefined
}

export interface VerifyProblem {
  /** Of the archive; null: the archive itself. */
  readonly file: string | null
  /** A place in packet.json: "/warnings/0"; null: the file as a whole. */
  readonly section: string | null
  /** FAULTS of verify-words.ts has it in words. */
  readonly what: Fault
}

export interface VerifyReport {
  /** Nothing was changed since it was sealed, by whomever: see `keyIs`. */
  readonly ok: boolean
  /** The fingerprint of the key that it is sealed with; null where that cannot be read. */
  readonly key: string | null
  readonly keyIs: 'trusted' | 'own' | 'unknown'
  readonly problems: readonly VerifyProblem[]
  /** Where packet.json can be read and has its form; changed or not: see `ok`. */
  readonly packet: Packet | null
  /** What the PDF must print; null where there is no packet. */
  readonly code: string | null
}

/** Whether a sealed packet is as it was sealed, and if not, what was changed. Never throws, whatever the bytes. */
export function verifyPacket(zip: Buffer, { trusted, own }: VerifyOptions = {}): VerifyReport {
  const { files, faults } = unpackFiles(zip)
  const problems = new Problems()
  for (const fault of faults) problems.add(null, fault)
  if (faults.length === 0) checkNames(files, problems)
  const packet = readPacket(files.get(FILES.json))
  const manifest = readManifest(files.get(FILES.manifest) ?? Buffer.alloc(0))
  if (!manifest && files.has(FILES.manifest)) problems.add(FILES.manifest, 'not-a-manifest')
  const isSigned = manifest !== null && checkSignature(manifest, files, problems)
  if (manifest) checkFiles(manifest, files, problems)
  if (manifest) checkPacket(manifest, { packet, json: files.get(FILES.json) }, problems)
  if (problems.none && !packArchive(Object.fromEntries(files)).equals(zip)) problems.add(null, 'repacked')
  const key = manifest ? fingerprintOf(manifest) : null
  const isTrusted = isSigned && trusted !== undefined && key === trusted
  if (isSigned && trusted !== undefined && !isTrusted) problems.add(FILES.manifest, 'other-key')
  return {
    ok: problems.none,
    key,
    keyIs: isTrusted ? 'trusted' : isSigned && own !== undefined && key === own ? 'own' : 'unknown',
    problems: problems.all,
    packet,
    code: packet && verificationCode(packet),
  }
}

class Problems {
  readonly all: VerifyProblem[] = []

  get none(): boolean {
    return this.all.length === 0
  }

  add(file: string | null, what: Fault, section: string | null = null): void {
    this.all.push({ file, section, what })
  }

  has(file: string): boolean {
    return this.all.some((problem) => problem.file === file)
  }
}

function checkNames(files: ReadonlyMap<string, Buffer>, problems: Problems): void {
  const known: readonly string[] = Object.values(FILES)
  for (const name of known) if (!files.has(name)) problems.add(name, 'missing')
  for (const name of files.keys()) if (!known.includes(name)) problems.add(name, 'not-part')
}

const fingerprintOf = ({ publicKey }: Manifest): string => sha256Of(Buffer.from(publicKey, 'base64'))

function checkSignature(manifest: Manifest, files: ReadonlyMap<string, Buffer>, problems: Problems): boolean {
  const signature = files.get(FILES.signature)
  // Its absence is told already.
  if (!signature) return false
  const isSigned = isSignedBy(manifest.publicKey, files.get(FILES.manifest)!, signature)
  if (!isSigned) problems.add(FILES.manifest, 'signature-differs')
  if (manifest.fingerprint !== fingerprintOf(manifest)) problems.add(FILES.manifest, 'other-fingerprint')
  return isSigned
}

function checkFiles(manifest: Manifest, files: ReadonlyMap<string, Buffer>, problems: Problems): void {
  for (const name of SEALED) {
    const bytes = files.get(name)
    if (!bytes) continue
    const sealed = Object.hasOwn(manifest.files, name) ? manifest.files[name] : undefined
    if (sealed === sha256Of(bytes)) continue
    if (name === FILES.json)
      for (const { section, what } of findChanges(bytes, pointersOf(manifest))) problems.add(name, what, section)
    else problems.add(name, name === FILES.pdf ? 'not-the-packets' : 'changed')
  }
  for (const name of Object.keys(manifest.files))
    if (!SEALED.includes(name)) problems.add(FILES.manifest, 'further-files')
  const pem = files.get(FILES.key)
  if (pem && !problems.has(FILES.key) && pem.toString('latin1') !== toPem(manifest.publicKey))
    problems.add(FILES.key, 'other-key')
}

const SEALED: readonly string[] = [FILES.json, FILES.pdf, FILES.key, FILES.instructions]

/** Whether what is sealed is a packet at all, and the one that the manifest speaks of. */
function checkPacket(
  manifest: Manifest,
  { packet, json }: { packet: Packet | null; json: Buffer | undefined },
  problems: Problems,
): void {
  if (!json || problems.has(FILES.json)) return
  if (!packet) {
    problems.add(FILES.json, 'not-a-packet')
    return
  }
  if (canonicalize(packet) !== json.toString('utf8')) problems.add(FILES.json, 'not-canonical')
  const { id, title, caseId, number, issuedAt } = manifest.packet
  const isOf = packet.id === id && packet.title === title && packet.caseId === caseId && packet.number === number
  if (!isOf || packet.issued.at !== issuedAt || verificationCode(packet) !== manifest.code)
    problems.add(FILES.manifest, 'other-packet')
}

function readPacket(json: Buffer | undefined): Packet | null {
  if (!json) return null
  try {
    const value: unknown = JSON.parse(json.toString('utf8'))
    // Beyond the schema: half a character, or a nesting that nothing can walk through.
    return packetValidator()(value) && canonicalize(value) ? value : null
  } catch {
    return null
  }
}
