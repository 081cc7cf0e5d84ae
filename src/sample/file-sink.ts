import { createReadStream } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { HeduiError } from '../errors.ts'

/** A file being written: bytes are taken at once and go to disk at `flush`, which whoever writes much awaits now and then. */
export interface FileSink {
  write(bytes: Uint8Array): void
  flush(): Promise<void>
  /** Writes what is left and closes; the number of bytes. */
  close(): Promise<number>
  /** Closes and keeps what is there, after an error elsewhere. */
  abandon(): Promise<void>
}

const AT_ONCE = 1 << 20

/** Creates the file, or empties it. */
export async function createFileSink(path: string): Promise<FileSink> {
  const handle = await open(path, 'w').catch((cause: unknown) => {
    throw new HeduiError('INPUT_FILE', 'the file of the sample county cannot be written', { file: path, cause })
  })
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let bytes = 0
  const writeAll = async () => {
    const block = Buffer.concat(waiting, waitingBytes)
    waiting = []
    waitingBytes = 0
    for (let at = 0; at < block.length; ) at += (await handle.write(block, at)).bytesWritten
  }
  return {
    write(part) {
      waiting.push(part)
      waitingBytes += part.length
      bytes += part.length
    },
    async flush() {
      if (waitingBytes >= AT_ONCE) await writeAll()
    },
    async close() {
      await writeAll()
      await handle.close()
      return bytes
    },
    async abandon() {
      await handle.close().catch(() => undefined)
    },
  }
}

/** Copies the file at `path` behind what the sink holds, and removes it. */
export async function moveInto(sink: FileSink, path: string): Promise<void> {
  for await (const part of createReadStream(path, { highWaterMark: AT_ONCE })) {
    sink.write(part as Buffer)
    await sink.flush()
  }
  await unlink(path)
}
