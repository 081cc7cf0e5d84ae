import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { HeduiError } from '../../errors.ts'
import { runProgram, type SystemUser } from './run-program.ts'

/**
 * The user of this name, made where it is missing: PostgreSQL refuses to run as root. Call it as root only.
 * @throws HeduiError SOURCE_EMBEDDED where it neither exists nor can be made
 */
export async function ensureSystemUser(name: string): Promise<SystemUser> {
  const known = await findSystemUser(name)
  if (known) return known
  const said: string[] = []
  for (const [program, ...args] of makingOf(name)) {
    // each is allowed to fail (the group exists, another process was first, there is no such program): the user decides
    const { output } = await runProgram(program, args, { cwd: '/' }).catch((error: Error) => ({
      output: error.message,
    }))
    if (output) said.push(output)
    const made = await findSystemUser(name)
    if (made) return made
  }
  throw new HeduiError(
    'SOURCE_EMBEDDED',
    `PostgreSQL does not run as root, and the system user ${name} could not be made (${said.join('; ')}); ` +
      `make it (useradd --system ${name}), run as an ordinary user, or set DATABASE_URL`,
  )
}

/** shadow-utils (Debian, Fedora, …), then busybox (Alpine). */
function makingOf(name: string): [string, ...string[]][] {
  const nowhere = ['--home-dir', '/nonexistent', '--no-create-home', '--shell', '/sbin/nologin']
  return [
    ['groupadd', '--system', name],
    ['useradd', '--system', '--gid', name, ...nowhere, name],
    ['addgroup', '-S', name],
    ['adduser', '-S', '-D', '-H', '-G', name, '-s', '/sbin/nologin', name],
  ]
}

async function findSystemUser(name: string): Promise<SystemUser | undefined> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => {
      const { status, output } = await runProgram('id', [flag, name], { cwd: '/' })
      return status === 0 ? Number(output) : Number.NaN
    }),
  )
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid: uid!, gid: gid! } : undefined
}

export interface ClosedPath {
  readonly path: string
  /** "0700" */
  readonly mode: string
}

/**
 * The first of a folder and all folders above it that the user may not pass through, from the root down; undefined
 * where it can reach `folder`. Reads the permission bits only, so a folder opened by an access list counts as closed.
 */
export function firstClosedFolder(folder: string, user: SystemUser): ClosedPath | undefined {
  const above = dirname(folder)
  const closedAbove = above === folder ? undefined : firstClosedFolder(above, user)
  return closedAbove ?? closedFor(folder, user, 0o1)
}

/** `path` where its permission bits deny `wanted` (4 read, 2 write, 1 pass or run) to the user. */
export function closedFor(path: string, user: SystemUser, wanted: number): ClosedPath | undefined {
  const { uid, gid, mode } = statSync(path)
  const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode
  return (bits & wanted) === wanted ? undefined : { path, mode: (mode & 0o7777).toString(8).padStart(4, '0') }
}
