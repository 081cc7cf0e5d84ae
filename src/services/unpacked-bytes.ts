import { type FileHandle, open, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HeduiError } from '../errors.ts'

/** Delivered text shrinks to a tenth or a fiftieth; what grows more than this much is meant to fill the disk. */
const MOST_TIMES = 200
const ALWAYS_ALLOWED = 100 << 20
/** The database may lie on the same disk and must be able to go on: a twentieth stays free, of a large disk 1 GB. */
const RESERVED_SHARE = 0.05
const MOST_RESERVED = 1 << 30
const LOOK_EVERY = 1 << 20

/** Bytes being unpacked into a file (mode 0600), within what is sane for the archive and what the disk has room for. */
export class UnpackedBytes {
  readonly path: string
  readonly #packed: { readonly path: string; readonly bytes: number }
  readonly #handle: FileHandle
  #written = 0
  #lookAt = 0

  private constructor(path: string, packed: { path: string; bytes: number }, handle: FileHandle) {
    this.path = path
    this.#packed = packed
    this.#handle = handle
  }

  /** `packed` is the delivered archive, with its size in bytes. */
  static async create(path: string, packed: { path: string; bytes: number }): Promise<UnpackedBytes> {
    return new UnpackedBytes(path, packed, await open(path, 'wx', 0o600).catch((cause) => raise(path, cause)))
  }

  get bytes(): number {
    return this.#written
  }

  /** Throws HeduiError SOURCE_FILE where so many bytes are too many. */
  async expect(bytes: number): Promise<void> {
    if (bytes > Math.max(MOST_TIMES * this.#packed.bytes, ALWAYS_ALLOWED)) {
      const message = `unpacks to more than ${MOST_TIMES} times its size and 100 MB, which no delivery does: refused`
      throw new HeduiError('SOURCE_FILE', message, { file: this.#packed.path })
    }
    const { bavail, blocks, bsize } = await statfs(dirname(this.path))
    const reserved = Math.min(RESERVED_SHARE * blocks * bsize, MOST_RESERVED)
    if (bytes - this.#written > bavail * bsize - reserved) throw this.#noRoom()
  }

  async write(chunk: Uint8Array): Promise<void> {
    const after = this.#written + chunk.length
    if (after >= this.#lookAt) {
      await this.expect(after)
      this.#lookAt = after + LOOK_EVERY
    }
    await this.#handle.appendFile(chunk).catch((error) => {
      throw ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code) ? this.#noRoom(error) : error
    })
    this.#written = after
  }

  #noRoom(cause?: unknown): HeduiError {
    const folder = dirname(dirname(this.path))
    const message = `there is not enough room to unpack it in ${folder}: free some, or set HEDUI_HOME to a larger disk`
    return new HeduiError('SOURCE_FILE', message, { file: this.#packed.path, cause })
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

function raise(file: string, cause: unknown): never {
  const { code } = cause as NodeJS.ErrnoException
  throw new HeduiError('INPUT_FILE', `the file cannot be unpacked here (${code})`, { file, cause })
}
