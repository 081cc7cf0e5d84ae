// Runs a script of this project with the Node of the lock file, after installing what the lock file names.
// Needs nothing but the Node and npm of the machine (Node 20 will do): no dependency, no TypeScript.
//
//   node scripts/bootstrap.mjs [node options] FILE [arguments]

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')

/** npm writes node_modules/.package-lock.json last, so an interrupted install counts as missing. */
function installIsCurrent() {
  const installed = join(modules, '.package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

const installing = join(root, '.installing')

/** Whether the lock is this process's now. One that a dead process left is taken away. */
function lock() {
  try {
    mkdirSync(installing)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    try {
      process.kill(Number(readFileSync(join(installing, 'pid'), 'utf8')), 0)
    } catch (gone) {
      // ENOENT: made in this moment; its owner is about to write who it is.
      if (gone.code === 'ESRCH') rmSync(installing, { recursive: true, force: true })
    }
    return false
  }
  writeFileSync(join(installing, 'pid'), String(process.pid))
  return true
}

/** Two that install at once would each remove what the other has brought: the second waits for the first. */
function installOnce() {
  const wait = new Int32Array(new SharedArrayBuffer(4))
  while (!lock()) Atomics.wait(wait, 0, 0, 200)
  try {
    if (!installIsCurrent()) install()
  } finally {
    rmSync(installing, { recursive: true, force: true })
  }
}

function install() {
  process.stderr.write('hedui: installing what package-lock.json names (npm ci) …\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // stdout of the caller stays clean: what npm says goes to stderr. EBADENGINE is about the Node that runs npm,
  // which is not the Node that will run the program.
  const done = spawnSync(npm, ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (done.error || done.status !== 0) {
    const why = done.error ? done.error.message : `npm ci ended with ${done.status ?? done.signal}`
    process.stderr.write(`hedui: the dependencies could not be installed: ${why}\n`)
    rmSync(installing, { recursive: true, force: true })
    process.exit(1)
  }
}

/** The folder of the Node that the lock file brought, or null where there is none for this platform. */
function lockedNodeFolder() {
  const platform = `${process.platform}-${process.arch}`
  for (const name of [`node-${platform}`, `node-bin-${platform}`]) {
    const folder = join(modules, name, 'bin')
    if (existsSync(join(folder, 'node'))) return folder
  }
  return null
}

if (!installIsCurrent()) installOnce()

const folder = lockedNodeFolder()
const own = Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : null
const node = folder ? join(folder, 'node') : own
if (node === null) {
  process.stderr.write(
    `hedui: Node 24 or later is needed, this is ${process.version}, and no Node for ${process.platform}-${process.arch} ` +
      'came with the dependencies. Was npm told to omit optional ones?\n',
  )
  process.exit(1)
}

// cwd is the project under npm run; paths that a user types are taken from INIT_CWD (src/config.ts).
const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [dirname(node), join(modules, '.bin'), process.env.PATH].join(delimiter),
    INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
    // Compiled code kept between runs halves the start of a command, 0.7 s otherwise.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'node-compile'),
  },
})
// A terminal sends Ctrl-C to the whole group, so the child has it already; a kill of this process alone is passed on.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`hedui: ${node} could not be started: ${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  } else process.exit(code ?? 1)
})
