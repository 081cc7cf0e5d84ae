import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HeduiError } from '../../errors.ts'
import { type Binaries, completeLinks, copyBinaries, findBinaries } from './binaries.ts'
import type { SystemUser } from './run-program.ts'
import { type ClosedPath, closedFor, ensureSystemUser, firstClosedFolder } from './system-user.ts'

/** Where root puts what user postgres cannot reach where it lies. */
export const SHELF = '/var/lib/hedui'

/** Where everything of one server lies and who runs it. */
export interface ServerPlace {
  readonly home: string
  readonly dataFolder: string
  readonly logFile: string
  readonly passwordFile: string
  readonly binaries: Binaries
  /** Set when we are root. */
  readonly user: SystemUser | undefined
}

/**
 * Makes the home folder where it is missing and gives its real path. As root it is 0711: user postgres passes through
 * to its data folder, and what lies beside that is 0600.
 * @throws HeduiError SOURCE_EMBEDDED where it is a file
 */
export function prepareHome(home: string): string {
  try {
    mkdirSync(dirname(home), { recursive: true })
    if (!existsSync(home)) makeHome(home)
    if (!statSync(home).isDirectory()) throw notAFolder(home)
    return realpathSync(home)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // EEXIST: the folder above is a file
    throw code === 'ENOTDIR' || code === 'EEXIST' ? notAFolder(home, error) : error
  }
}

function makeHome(home: string): void {
  const mode = isRoot() ? 0o711 : 0o700
  try {
    mkdirSync(home, { mode })
    chmodSync(home, mode) // whatever the umask
  } catch (error) {
    // another process was first
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function notAFolder(home: string, cause?: unknown): HeduiError {
  return new HeduiError(
    'SOURCE_EMBEDDED',
    `${home} cannot be the home folder: it, or one above it, is a file; set HEDUI_HOME to a folder, or DATABASE_URL`,
    { cause },
  )
}

/**
 * Decides who runs the server and where its data and programs lie. Call it under the home's lock.
 * `notice` gets one line where the data cannot lie under `home`.
 */
export async function placeServer(home: string, notice: (text: string) => void): Promise<ServerPlace> {
  const binaries = findBinaries()
  await completeLinks(binaries)
  const locationFile = join(home, 'postgres.location')
  const located = existsSync(locationFile) ? readFileSync(locationFile, 'utf8').trim() : undefined
  const place = {
    home,
    dataFolder: located || join(home, 'postgres'),
    logFile: join(home, 'postgres.log'),
    passwordFile: join(home, 'postgres.password'),
    binaries,
    user: undefined,
  }
  if (!isRoot()) return place
  const user = ownerOf(place.dataFolder) ?? (await ensureSystemUser('postgres'))
  const reachable = { ...place, user, binaries: await reachableBinaries(binaries, user) }
  const closed = firstClosedFolder(dirname(place.dataFolder), user)
  if (!closed) return reachable
  if (existsSync(place.dataFolder) || located) throw unreachable(closed)
  const name = createHash('sha256').update(home).digest('hex').slice(0, 12)
  const dataFolder = join(openShelf(closed, user), name)
  writeFileSync(locationFile, `${dataFolder}\n`, { mode: 0o600 })
  notice(
    `user postgres cannot enter ${closed.path} (mode ${closed.mode}): the database of ${home} lies in ${dataFolder}`,
  )
  return { ...reachable, dataFolder }
}

/** Data that an ordinary user made is served as that user, also when root comes next. */
function ownerOf(dataFolder: string): SystemUser | undefined {
  if (!existsSync(dataFolder)) return undefined
  const { uid, gid } = statSync(dataFolder)
  return uid === 0 ? undefined : { uid, gid }
}

/** The binaries where `user` can run them: where they are, or a copy on `shelf`. */
export async function reachableBinaries(binaries: Binaries, user: SystemUser, shelf = SHELF): Promise<Binaries> {
  const closed = closedBinaries(binaries.folder, user)
  return closed ? copyBinaries(binaries, openShelf(closed, user, shelf)) : binaries
}

function closedBinaries(folder: string, user: SystemUser): ClosedPath | undefined {
  const folders = ['bin', 'lib', 'share/postgresql'].map((name) => join(folder, name))
  const programs = ['initdb', 'pg_ctl', 'postgres'].map((name) => join(folder, 'bin', name))
  return (
    folders.map((each) => firstClosedFolder(each, user)).find(Boolean) ??
    programs.map((each) => closedFor(each, user, 0o5)).find(Boolean)
  )
}

/** Makes the shelf; its failure is told as what it is there for. */
function openShelf(closed: ClosedPath, user: SystemUser, shelf = SHELF): string {
  try {
    if (!existsSync(shelf)) {
      mkdirSync(shelf, { recursive: true, mode: 0o755 })
      chmodSync(shelf, 0o755)
    }
  } catch (cause) {
    throw unreachable(closed, `${shelf} cannot be made (${(cause as Error).message})`, cause)
  }
  const closedShelf = firstClosedFolder(shelf, user)
  if (closedShelf) throw unreachable(closed, `neither can it enter ${closedShelf.path} (mode ${closedShelf.mode})`)
  return shelf
}

function unreachable({ path, mode }: ClosedPath, further = '', cause?: unknown): HeduiError {
  return new HeduiError(
    'SOURCE_EMBEDDED',
    `PostgreSQL does not run as root, and the user that runs it cannot enter ${path} (mode ${mode})` +
      `${further ? `; ${further}` : ''}: move the project or HEDUI_HOME, open the folder (chmod o+x ${path}), ` +
      'run as an ordinary user, or set DATABASE_URL',
    { cause },
  )
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}
