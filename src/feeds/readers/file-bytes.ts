import { type FileHandle, open, stat } from 'node:fs/promises'
import { HeduiError } from '../../errors.ts'

/** How much of the start of a file is looked at to tell what it is. */
export const START_BYTES = 65_536

/** 256 KB: larger reads no longer made the delimited reader faster. */
export const CHUNK_BYTES = 262_144

const REASONS: Record<string, string> = {
  ENOENT: 'the file does not exist',
  ENOTDIR: 'the file does not exist',
  EACCES: 'the file may not be read by this user',
  EPERM: 'the file may not be read by this user',
  EISDIR: 'this is a folder, not a file',
}

function unreadable(path: string, error: unknown): HeduiError {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'unknown'
  return new HeduiError('INPUT_FILE', REASONS[code] ?? `the file cannot be read (${code})`, {
    file: path,
    cause: error,
  })
}

/** The bytes of a file on disk. */
export class FileBytes {
  readonly path: string
  readonly #handle: FileHandle
  #closed = false

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** Throws HeduiError INPUT_FILE for what does not exist, is no ordinary file or may not be read. */
  static async open(path: string): Promise<FileBytes> {
    // stat comes first: opening a named pipe waits for its writer.
    const status = await stat(path).catch((error) => Promise.reject(unreadable(path, error)))
    if (!status.isFile()) {
      const what = status.isDirectory() ? 'a folder' : 'a device or a pipe'
      throw new HeduiError('INPUT_FILE', `this is ${what}, not a file`, { file: path })
    }
    const handle = await open(path).catch((error) => Promise.reject(unreadable(path, error)))
    return new FileBytes(path, handle)
  }

  /** The first bytes of the file, at most START_BYTES. */
  async start(): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(START_BYTES)
    let filled = 0
    while (filled < buffer.length) {
      const read = await this.#read(buffer, filled, filled)
      if (read === 0) break
      filled += read
    }
    return buffer.subarray(0, filled)
  }

  /** All bytes from the start. The chunks share one buffer: each is gone when the next is asked for. */
  async *chunks(size = CHUNK_BYTES): AsyncGenerator<Buffer> {
    const buffer = Buffer.allocUnsafe(size)
    for (let position = 0; ; ) {
      const read = await this.#read(buffer, 0, position)
      if (read === 0) return
      position += read
      yield buffer.subarray(0, read)
    }
  }

  async #read(buffer: Buffer, offset: number, position: number): Promise<number> {
    try {
      return (await this.#handle.read(buffer, offset, buffer.length - offset, position)).bytesRead
    } catch (error) {
      throw unreadable(this.path, error)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#handle.close()
  }
}
