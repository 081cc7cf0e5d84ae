import { unzipSync, type Zippable, zipSync } from 'fflate'
import type { Fault } from './verify-words.ts'

/** Of a packet's archive; far more than any packet has. */
const MOST_FILES = 32
const MOST_BYTES = 64 * 1024 * 1024
/** Compressed, which a sealed packet is not: a thousandth of what they may unpack to. */
const MOST_COMPRESSED = 4 * 1024 * 1024

/** Noon of a day that every time zone has: zip archives hold local times, and this reads the same in all of them. */
const packedAt = () => new Date(2000, 0, 1, 12)

/**
 * A zip archive of files, uncompressed and in the order given: the same files give the same bytes, on any platform, in any
 * time zone, with any version of a compressor.
 */
export function packFiles(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const entries = Object.entries(files).map(
    ([name, bytes]) => [name, [bytes, { level: 0, mtime: packedAt() }]] as const,
  )
  return Buffer.from(zipSync(Object.fromEntries(entries) as unknown as Zippable))
}

export interface Unpacked {
  readonly files: ReadonlyMap<string, Buffer>
  /** What is wrong with the archive; files may be missing because of it. */
  readonly faults: readonly Fault[]
}

class Refused extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault)
    this.fault = fault
  }
}

/** The files of an archive from anywhere. Never throws; never holds more than MOST_BYTES. */
export function unpackFiles(zip: Uint8Array): Unpacked {
  if (zip.length > MOST_BYTES) return nothing('too-large')
  const names = new Set<string>()
  let bytes = 0
  let compressed = 0
  try {
    const files = unzipSync(zip, {
      filter: ({ name, size, originalSize, compression }) => {
        // A directory that speaks of what cannot be there is no directory.
        if (name === '' || size > zip.length || (compression !== 0 && compression !== 8)) throw new Refused('not-zip')
        if (names.has(name)) throw new Refused('same-name-twice')
        names.add(name)
        bytes += Math.max(originalSize, size)
        if (compression !== 0) compressed += size
        if (names.size > MOST_FILES) throw new Refused('too-many-files')
        if (!(bytes <= MOST_BYTES && compressed <= MOST_COMPRESSED)) throw new Refused('too-large')
        return true
      },
    })
    return { files: new Map(Object.entries(files).map(([name, each]) => [name, Buffer.from(each)])), faults: [] }
  } catch (error) {
    // Of a broken archive the reader may fail in any way: what it says is no text of ours.
    return nothing(error instanceof Refused ? error.fault : 'not-zip')
  }
}

const nothing = (fault: Fault): Unpacked => ({ files: new Map(), faults: [fault] })
