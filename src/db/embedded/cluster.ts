import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HeduiError } from '../../errors.ts'
import { runProgram } from './run-program.ts'
import type { ServerPlace } from './server-place.ts'

/**
 * Makes the data folder where it is missing: in a temporary folder beside it, renamed when complete, so that what
 * bears the final name is whole. Call it under the home's lock.
 * @throws HeduiError SOURCE_EMBEDDED where initdb fails, or the data is of another major version
 */
export async function ensureCluster(place: ServerPlace, { durable }: { durable: boolean }): Promise<void> {
  const { dataFolder, binaries } = place
  const versionFile = join(dataFolder, 'PG_VERSION')
  if (!existsSync(versionFile)) return makeCluster(place, { durable })
  const major = readFileSync(versionFile, 'utf8').trim()
  if (major === String(binaries.major)) return
  throw new HeduiError(
    'SOURCE_EMBEDDED',
    `${dataFolder} was made by PostgreSQL ${major}, this program brings ${binaries.major}: ` +
      'set HEDUI_HOME to a new folder and load the data again, or set DATABASE_URL to a server of that version',
  )
}

/** The superuser's password. */
export function readPassword({ passwordFile }: ServerPlace): string {
  try {
    return readFileSync(passwordFile, 'utf8').trim()
  } catch (cause) {
    throw new HeduiError(
      'SOURCE_EMBEDDED',
      `the password of the embedded server cannot be read (${(cause as Error).message}): ` +
        'run as the user that owns the home folder, put the file back, or set HEDUI_HOME to a new folder',
      { cause },
    )
  }
}

async function makeCluster(place: ServerPlace, { durable }: { durable: boolean }): Promise<void> {
  const { dataFolder, passwordFile, binaries, user } = place
  await sweep(dataFolder)
  if (!existsSync(passwordFile)) {
    await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' })
  }
  const temporary = await mkdtemp(`${dataFolder}.init-`)
  try {
    const handed = join(temporary, 'password')
    await writeFile(handed, readPassword(place), { mode: 0o600 })
    // files first: once the folder is the user's, root touches nothing in it but by rename
    if (user) for (const path of [handed, temporary]) await chown(path, user.uid, user.gid)
    const made = join(temporary, 'data')
    const { status, output } = await runProgram(
      join(binaries.folder, 'bin', 'initdb'),
      [
        ...['--pgdata', made, '--username', 'postgres', '--pwfile', handed],
        ...['--encoding', 'UTF8', '--locale-provider', 'libc', '--locale', 'C'],
        ...['--auth-host', 'scram-sha-256', '--auth-local', 'scram-sha-256', '--no-instructions'],
        ...(durable ? [] : ['--no-sync']),
      ],
      { cwd: temporary, user },
    )
    if (status !== 0) throw new HeduiError('SOURCE_EMBEDDED', `initdb failed: ${output}`)
    await rename(made, dataFolder)
  } catch (error) {
    // without the lock (a file system that has none) another process may have been first: its folder is as good
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Removes what a killed initdb left beside the data folder. */
async function sweep(dataFolder: string): Promise<void> {
  for (const name of await readdir(dirname(dataFolder))) {
    if (!name.startsWith(`${basename(dataFolder)}.init-`)) continue
    await rm(join(dirname(dataFolder), name), { recursive: true, force: true })
  }
}
