import { open, readFile } from 'node:fs/promises'
import { type Config, parseSecret } from '../config.ts'
import { HeduiError } from '../errors.ts'
import { createSealKey } from '../packets/seal-key.ts'
import { type VerifyReport, verifyPacket } from '../packets/verify-packet.ts'
import { FAULTS, type Fault } from '../packets/verify-words.ts'
import { type Replay, replayPacket } from './cases/replay-packet.ts'
import { secretFile } from './open-hedui.ts'

export interface PacketVerdict extends VerifyReport {
  /** Whether its own contents give its results; null where it is not as it was sealed. */
  readonly replay: Replay | null
}

/** Beyond what verifyPacket reads anyhow. */
const MOST_BYTES = 80 * 1024 * 1024

/**
 * Verifies a sealed packet in a file, without a database, and computes its results anew. `trusted` is the fingerprint of
 * the key that it must be sealed with. Throws HeduiError INPUT_FILE where the file cannot be read.
 */
export async function verifyPacketFile(
  config: Config,
  { file, trusted }: { readonly file: string; readonly trusted: string | undefined },
): Promise<PacketVerdict> {
  const secret = await findSecret(config)
  const own = secret ? createSealKey(secret).fingerprint : undefined
  const report = verifyPacket(await readBytes(file), { trusted, own })
  // Rules that somebody put in are not run.
  return { ...report, replay: report.ok && report.packet ? replayPacket(report.packet) : null }
}

async function readBytes(file: string): Promise<Buffer> {
  const handle = await open(file).catch((cause) => {
    throw unreadable(file, cause)
  })
  try {
    const { size } = await handle.stat()
    if (size > MOST_BYTES) throw new HeduiError('INPUT_PACKET', 'is larger than any packet', { file })
    return await handle.readFile().catch((cause) => {
      throw unreadable(file, cause)
    })
  } finally {
    await handle.close()
  }
}

const unreadable = (file: string, cause: NodeJS.ErrnoException) =>
  new HeduiError('INPUT_FILE', `cannot be read: ${cause.code}`, { file, cause })

/** The installation's secret where one is at hand; none is made, and one that cannot be read is nobody's. */
async function findSecret(config: Config): Promise<Buffer | null> {
  if (config.secret) return config.secret
  try {
    return parseSecret(await readFile(secretFile(config), 'utf8'))
  } catch {
    return null
  }
}

/** What is wrong, in words, to stand after the name of a file and section. */
export function describeFault(fault: Fault): { readonly zh: string; readonly en: string } {
  const [zh, en] = FAULTS[fault]
  return { zh, en }
}
