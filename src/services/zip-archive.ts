import { type FileHandle, open } from 'node:fs/promises'
import {
  configure,
  ERR_INVALID_PASSWORD,
  ERR_UNSUPPORTED_COMPRESSION,
  ERR_UNSUPPORTED_ENCRYPTION,
  type FileEntry,
  Reader,
  ZipReader,
} from '@zip.js/zip.js'
import { HeduiError } from '../errors.ts'

// Its workers are those of a browser.
configure({ useWebWorkers: false })

/** An archive with more entries than this is no delivery. */
const MOST_ENTRIES = 10_000
const MOST_NAMED = 3

const WORKBOOK_PARTS = new Set(['[content_types].xml', 'xl/workbook.xml'])

/** A file inside an archive. */
export interface PackedFile {
  readonly name: string
  readonly encrypted: boolean
  /** As the archive says, which may be a lie. */
  readonly bytes: number
  /**
   * Hands its bytes on, deciphered and checked against the archive's checksum. Throws HeduiError INPUT_PASSWORD where
   * the password is wrong, SOURCE_FILE where the archive is broken.
   */
  read(write: (chunk: Uint8Array) => Promise<void>, password: Uint8Array | null): Promise<void>
}

export interface ZipArchive {
  /** Whether it is a workbook, which is a zip archive of parts. */
  readonly isWorkbook: boolean
  /** The one file in it, folders and what macOS adds left aside. Throws HeduiError SOURCE_FILE where there are none or several. */
  onlyFile(): PackedFile
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens a zip archive. Throws HeduiError SOURCE_FILE where it is broken. */
export async function openZipArchive(path: string): Promise<ZipArchive> {
  const handle = await open(path)
  const close = () => handle.close()
  try {
    const { size } = await handle.stat()
    const entries = await list(new ZipReader(new HandleReader(handle, size)))
    const isWorkbook = entries.some(({ rawFilename }) => WORKBOOK_PARTS.has(nameOf(rawFilename).toLowerCase()))
    return { isWorkbook, onlyFile: () => onlyFile(path, entries), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw asHeduiError(path, error)
  }
}

/** Reads a file where zip.js asks for bytes of it. */
class HandleReader extends Reader<FileHandle> {
  readonly #handle: FileHandle

  constructor(handle: FileHandle, size: number) {
    super(handle)
    this.#handle = handle
    this.size = size
  }

  override async readUint8Array(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - from)))
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, from + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  }
}

async function list(reader: ZipReader<FileHandle>): Promise<FileEntry[]> {
  const files: FileEntry[] = []
  let entries = 0
  // No name becomes a path here, so one that would lead out of a folder does no harm.
  for await (const entry of reader.getEntriesGenerator({ filenameValidation: 'tolerant' })) {
    if (++entries > MOST_ENTRIES) throw new Error(`more than ${MOST_ENTRIES} entries`)
    if (!entry.directory && !entry.symlink) files.push(entry)
  }
  return files
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const gb18030 = new TextDecoder('gb18030')

/** The flag for UTF-8 is often missing, and Chinese Windows writes its own encoding: what is no UTF-8 is GB18030. */
function nameOf(raw: Uint8Array): string {
  try {
    return utf8.decode(raw)
  } catch {
    return gb18030.decode(raw)
  }
}

/** "folder/.DS_Store", "__MACOSX/folder/._x.csv": what a system keeps for itself. */
function isHidden(name: string): boolean {
  const parts = name.split(/[/\\]/).filter((part) => part !== '.' && part !== '..')
  return parts[0] === '__MACOSX' || parts.some((part) => part.startsWith('.'))
}

/** A name for a message: no control characters, which a terminal would obey. */
const told = (name: string) => name.replace(/\p{C}/gu, '?')

function onlyFile(path: string, entries: readonly FileEntry[]): PackedFile {
  const files = entries.map((entry) => ({ entry, name: told(nameOf(entry.rawFilename)) }))
  const shown = files.filter(({ name }) => !isHidden(name))
  const [first] = shown
  if (!first) throw new HeduiError('SOURCE_FILE', 'the zip archive holds no file', { file: path })
  if (shown.length > 1) {
    const names = shown.slice(0, MOST_NAMED).map(({ name }) => name)
    const more = shown.length > MOST_NAMED ? ', …' : ''
    const message = `the zip archive holds ${shown.length} files (${names.join(', ')}${more}), and one is taken at a time`
    throw new HeduiError('SOURCE_FILE', message, { file: path })
  }
  const { entry, name } = first
  return {
    name,
    encrypted: entry.encrypted,
    bytes: entry.uncompressedSize,
    read: (write, password) => read(path, entry, write, password),
  }
}

async function read(
  path: string,
  entry: FileEntry,
  write: (chunk: Uint8Array) => Promise<void>,
  password: Uint8Array | null,
): Promise<void> {
  // What zip.js throws after its own streams have failed is not always what failed first.
  let failure: unknown
  const sink = new WritableStream<Uint8Array>({
    write: (chunk) =>
      write(chunk).catch((error) => {
        failure = error
        throw error
      }),
  })
  try {
    await entry.getData(sink, { checkCrc32: true, ...(password ? { rawPassword: password } : {}) })
  } catch (error) {
    throw asHeduiError(path, failure ?? error, entry)
  }
}

/** ZipCrypto tells a wrong password by one byte only: one in 256 looks right and gives nonsense. */
const EITHER = 'the password is wrong, or the archive is damaged'

function asHeduiError(path: string, cause: unknown, entry?: FileEntry): unknown {
  if (cause instanceof HeduiError) return cause
  const { message, code } = cause as NodeJS.ErrnoException
  const error = (kind: 'INPUT_PASSWORD' | 'SOURCE_FILE', text: string) =>
    new HeduiError(kind, text, { file: path, cause })
  switch (message) {
    case ERR_INVALID_PASSWORD:
      return error('INPUT_PASSWORD', 'the password does not open the zip archive')
    case ERR_UNSUPPORTED_ENCRYPTION:
      return error('SOURCE_FILE', 'the zip archive is encrypted in a way that is not known; AES-256 and ZipCrypto are')
    case ERR_UNSUPPORTED_COMPRESSION:
      return error('SOURCE_FILE', 'the zip archive is compressed in a way that is not known; deflate is')
  }
  if (code?.startsWith('E') && !code.startsWith('ERR_')) {
    return new HeduiError('INPUT_FILE', `the file cannot be read (${code})`, { file: path, cause })
  }
  if (entry?.zipCrypto) return error('INPUT_PASSWORD', EITHER)
  return error('SOURCE_FILE', 'the zip archive is broken or cut off')
}
