import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { HeduiError } from '../errors.ts'
import type { FileFormat } from '../feeds/file-format.ts'
import { makeUnpackFolder, removeUnpackLeftovers } from './unpack-folder.ts'
import { UnpackedBytes } from './unpacked-bytes.ts'

/** A file as it was delivered, with its size in bytes. */
export interface DeliveredFile {
  readonly path: string
  readonly bytes: number
}

/** The same with its bytes as the reader wants them: itself, or a copy that was unpacked. */
export type PlainFile = DeliveredFile

export interface Unpacking {
  /** HEDUI_HOME: unpacked copies lie under it for as long as they are used. */
  readonly home: string
  readonly format: FileFormat['format']
  /** A file that holds the password of an encrypted zip archive. */
  readonly passwordFile?: string | undefined
}

/**
 * Runs `use` on the file, unpacked first where it is gzip or a zip archive of one file; a workbook, which is a zip archive
 * too, stays as it is. Bytes are streamed into a private folder that is gone afterwards whatever happens. What `use` throws
 * about the copy names the delivered file.
 *
 * Throws HeduiError SOURCE_FILE where the archive is broken, holds no or several files, or grows out of all proportion;
 * INPUT_PASSWORD where it is encrypted and the password is missing or wrong; INPUT_FILE where a file cannot be read.
 */
export async function withUnpacked<T>(
  delivered: DeliveredFile,
  unpacking: Unpacking,
  use: (plain: PlainFile) => Promise<T>,
): Promise<T> {
  await removeUnpackLeftovers(unpacking.home)
  const unpack = await unpackerOf(delivered, unpacking)
  if (!unpack) return use(delivered)
  const folder = await makeUnpackFolder(unpacking.home)
  try {
    const path = join(folder.path, 'unpacked')
    const bytes = await fill(path, delivered, unpack)
    return await use({ path, bytes }).catch((error) => {
      throw aboutDelivered(error, path, delivered.path)
    })
  } finally {
    await folder.remove()
  }
}

type Unpack = (to: UnpackedBytes) => Promise<void>

async function fill(path: string, delivered: DeliveredFile, unpack: Unpack): Promise<number> {
  const unpacked = await UnpackedBytes.create(path, delivered)
  try {
    await unpack(unpacked)
    return unpacked.bytes
  } finally {
    await unpacked.close()
  }
}

const GZIP = [0x1f, 0x8b, 0x08]
const ZIP = [0x50, 0x4b, 0x03, 0x04]
/** An archive of nothing. */
const EMPTY_ZIP = [0x50, 0x4b, 0x05, 0x06]
/** The first part of a zip archive that was cut in several. */
const SPLIT_ZIP = [0x50, 0x4b, 0x07, 0x08]
const UNKNOWN: readonly (readonly [string, readonly number[]])[] = [
  ['RAR', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
]

/** By the first bytes, whatever the file is called; null for what is not packed. */
async function unpackerOf({ path }: DeliveredFile, unpacking: Unpacking): Promise<Unpack | null> {
  const start = await startOf(path)
  const startsWith = (signature: readonly number[]) => signature.every((byte, at) => start[at] === byte)
  const unknown = UNKNOWN.find(([, signature]) => startsWith(signature))
  if (unknown) {
    const message = `the file is a ${unknown[0]} archive; what can be unpacked is zip and gzip`
    throw new HeduiError('SOURCE_FILE', message, { file: path })
  }
  if (startsWith(GZIP)) return (to) => gunzip(path, to)
  if (startsWith(ZIP) || startsWith(EMPTY_ZIP) || startsWith(SPLIT_ZIP)) return zipUnpacker(path, unpacking)
  return null
}

async function startOf(path: string): Promise<Buffer> {
  try {
    await using handle = await open(path)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.subarray(0, bytesRead)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

function unreadable(file: string, cause: unknown): HeduiError {
  return new HeduiError('INPUT_FILE', `the file cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
    file,
    cause,
  })
}

const CHUNK_BYTES = 1 << 18

async function gunzip(path: string, to: UnpackedBytes): Promise<void> {
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: CHUNK_BYTES }),
      createGunzip({ chunkSize: CHUNK_BYTES }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await to.write(chunk)
      },
    )
  } catch (cause) {
    if (cause instanceof HeduiError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    if (code?.startsWith('Z_')) {
      throw new HeduiError('SOURCE_FILE', 'the gzip file is broken or cut off', { file: path, cause })
    }
    throw code ? unreadable(path, cause) : cause
  }
}

/** zip.js takes a tenth of a second to load, and most commands open no archive. */
const openZip = async (path: string) => (await import('./zip-archive.ts')).openZipArchive(path)

/** Null for a workbook, and for an archive that only the reader of workbooks can judge. */
async function zipUnpacker(path: string, { format, passwordFile }: Unpacking): Promise<Unpack | null> {
  const archive = await openZip(path).catch((error) => {
    if (format === 'xlsx') return null
    throw error
  })
  if (!archive) return null
  await using _ = archive
  if (archive.isWorkbook) return null
  const { encrypted } = archive.onlyFile()
  const password = encrypted ? await readPassword(path, passwordFile) : null
  return (to) => unzip(path, to, password)
}

async function unzip(path: string, to: UnpackedBytes, password: Uint8Array | null): Promise<void> {
  await using archive = await openZip(path)
  const packed = archive.onlyFile()
  await to.expect(packed.bytes)
  await packed.read((chunk) => to.write(chunk), password)
}

const MOST_PASSWORD_BYTES = 1024

/** Its bytes as they are, for archivers differ in how they encode a password; without the line break, and a BOM. */
async function readPassword(archive: string, passwordFile: string | undefined): Promise<Uint8Array> {
  if (!passwordFile) {
    const message = 'the zip archive needs a password: put it into a file and give that with --password-file FILE'
    throw new HeduiError('INPUT_PASSWORD', message, { file: archive })
  }
  const bytes = await readFile(passwordFile).catch((cause) => {
    throw unreadable(passwordFile, cause)
  })
  const from = bytes.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? 3 : 0
  const [newline, before] = [bytes.at(-1) === 0x0a, bytes.at(-2) === 0x0d]
  const password = bytes.subarray(from, bytes.length - (newline ? (before ? 2 : 1) : 0))
  if (password.length === 0 || password.length > MOST_PASSWORD_BYTES) {
    const message = `the password file must hold a password of 1 to ${MOST_PASSWORD_BYTES} bytes and nothing else`
    throw new HeduiError('INPUT_PASSWORD', message, { file: passwordFile })
  }
  return password
}

function aboutDelivered(error: unknown, copy: string, delivered: string): unknown {
  if (!(error instanceof HeduiError) || error.place.file !== copy) return error
  const { code, message, place, others, cause } = error
  const named = others.map((other) => aboutDelivered(other, copy, delivered) as HeduiError)
  return new HeduiError(code, message, { ...place, file: delivered, others: named, cause })
}
