import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeduiError } from '../errors.ts'

/** Where one delivery is unpacked: only this user may look inside. */
export interface UnpackFolder {
  readonly path: string
  remove(): Promise<void>
}

const DAY_MS = 86_400_000
/** Process ids mean something on one machine only, and a home may be shared. */
const HERE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
/** "hedui-unpack-<machine>-<pid>-<random>" */
const NAME = /^hedui-unpack-([0-9a-f]{8})-(\d+)-\w{6}$/

/** Under the home, or where that cannot be written (a read-only container) the system's own folder. */
const placesOf = (home: string) => [join(home, 'tmp'), tmpdir()]

/**
 * Makes a private folder; the end of the process removes it too, also by Ctrl-C. Throws HeduiError INPUT_FILE where
 * there is nowhere to make one.
 */
export async function makeUnpackFolder(home: string): Promise<UnpackFolder> {
  let cause: unknown
  for (const place of placesOf(home)) {
    try {
      // As the embedded server wants its home: made by root, others may pass through it.
      await mkdir(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
      await mkdir(place, { recursive: true, mode: 0o700 })
    } catch (error) {
      cause = error
    }
    try {
      return guard(await mkdtemp(join(place, `hedui-unpack-${HERE}-${process.pid}-`)))
    } catch (error) {
      cause = error
    }
  }
  const { code } = cause as NodeJS.ErrnoException
  const message = `there is no folder to unpack the file in (${code}): set HEDUI_HOME or TMPDIR to one that can be written`
  throw new HeduiError('INPUT_FILE', message, { file: join(home, 'tmp'), cause })
}

function guard(path: string): UnpackFolder {
  const atExit = () => rmSync(path, { recursive: true, force: true })
  process.once('exit', atExit)
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true })
      process.off('exit', atExit)
    },
  }
}

/** Removes what processes left that were killed while they unpacked. What cannot be removed is left for another time. */
export async function removeUnpackLeftovers(home: string): Promise<void> {
  for (const place of placesOf(home)) {
    for (const name of await readdir(place).catch(() => [])) {
      const path = join(place, name)
      if (await isLeftover(path, name)) await rm(path, { recursive: true, force: true }).catch(() => {})
    }
  }
}

async function isLeftover(path: string, name: string): Promise<boolean> {
  const [, machine, pid] = name.match(NAME) ?? []
  if (machine === undefined) return false
  if (machine === HERE && !isRunning(Number(pid))) return true
  const status = await lstat(path).catch(() => null)
  return status !== null && Date.now() - status.mtimeMs > DAY_MS
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process may not be signalled, but is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
