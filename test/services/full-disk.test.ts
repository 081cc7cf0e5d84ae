import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { openEmbeddedServer } from '../../src/db/embedded-server.ts'
import { type Outcome, run } from '../support/cli.ts'
import { bytesOf, rowOf, writeSource } from '../support/departments.ts'
import { query, serverPid } from '../support/embedded-home.ts'
import { householdOf, memberOf, personOf, WANG } from '../support/people.ts'

/** A new home takes 47 MB; the rows below 35 MB, and later ones 13 MB, as the log's files are used again. */
const DISK_MB = 200
const ROWS = 60_000

/** A file system of its own that is soon full, or why there is none. */
function mountSmallDisk(): { disk: string } | { why: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return { why: 'only root on Linux may mount a small disk' }
  const disk = mkdtempSync(join(tmpdir(), 'hedui-disk-'))
  const options = `size=${DISK_MB}m,mode=755`
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { encoding: 'utf8' })
  if (status === 0) return { disk }
  rmdirSync(disk)
  return { why: `no small disk can be mounted here: ${stderr}` }
}

const mounted = mountSmallDisk()
if ('why' in mounted) t.test('a full disk', { skip: mounted.why }, () => {})
else await test(mounted.disk)

async function test(disk: string): Promise<void> {
  const home = join(disk, 'home')
  let over = false
  const unmount = () => {
    if (over) return
    over = true
    const pid = serverPid(home)
    if (pid) process.kill(pid, 'SIGKILL')
    // -l: also where something is still open
    spawnSync('umount', ['-l', disk])
    rmdirSync(disk)
  }
  process.on('exit', unmount)
  t.teardown(unmount)
  chmodSync(disk, 0o755)

  const env = { HEDUI_HOME: home }
  const hedui = (...args: string[]) => run(args, env)
  const ballast = join(disk, 'ballast')
  const freeMb = () => {
    const { bavail, bsize } = statfsSync(disk)
    return (bavail * bsize) / 1e6
  }
  const fillLeaving = (mb: number) => {
    const { status, stderr } = spawnSync('fallocate', ['-l', `${Math.floor(freeMb() - mb)}MB`, ballast])
    if (status !== 0) throw new Error(String(stderr))
  }
  const makeRoom = () => rmSync(ballast)

  /** What the database shows, looked at through a server that is started for it. */
  async function state(): Promise<{ visible: number; loose: number; states: string[] }> {
    const server = await openEmbeddedServer({ home })
    const ask = (text: string) => query(server.connectionString, text)
    try {
      const [visible] = await ask('select count(*)::int as n from record')
      const loose = await ask(
        `select from pg_class where relname like 'record\\_%' and relkind = 'r' and not relispartition`,
      )
      const states = await ask('select state from delivery order by received_at, id')
      return { visible: visible!.n, loose: loose.length, states: states.map((row) => row.state) }
    } finally {
      await server.close()
    }
  }

  const clear = (t: Test, { code, stdout, stderr }: Outcome) => {
    t.equal(code, 1)
    t.equal(stdout, '')
    t.match(stderr, /^hedui: SOURCE_(DATABASE|EMBEDDED) .*/m)
    t.notMatch(stderr, /defect|\.ts:\d|孙无忌|36990119|赣X/)
  }
  const complete = (t: Test, { code, stdout, stderr }: Outcome) => {
    t.equal(code, 0, stderr)
    t.match(JSON.parse(stdout), { state: 'published', rows: ROWS, kept: ROWS, repeated: false })
  }

  const outside = t.testdir({ 'households.ndjson': JSON.stringify(householdOf('H1', [memberOf('P1', WANG)])) })
  const rows = Array.from({ length: ROWS }, (_, i) =>
    rowOf.vehicle(i === 0 ? WANG : personOf(2 + (i % 800), '孙无忌'), { 号牌号码: `赣X${i}` }),
  )
  const file = writeSource(outside, 'vehicle', rows)
  const ingest = (asOf: string, path = file) => hedui('ingest', 'vehicle', path, '--as-of', asOf, '--json')
  const imported = await hedui('households', 'import', join(outside, 'households.ndjson'))
  t.equal(imported.code, 0, imported.stderr)

  await t.test(
    'no room for the log of the database: it stops; with room again the same command completes',
    async (t) => {
      fillLeaving(12)
      clear(t, await ingest('2026-10-25'))
      const next = await hedui('deliveries', 'list')
      if (next.code !== 0) clear(t, next)
      t.match(next.code === 0 ? 'No space left' : next.stderr, 'No space left', 'why the server does not start is told')
      makeRoom()
      const { visible, states } = await state()
      t.equal(visible, 0, 'nothing of it is visible')
      t.notOk(states.includes('published'))
      complete(t, await ingest('2026-10-25'))
      const after = await state()
      t.match(after, { visible: ROWS, loose: 0 }, 'what it had left is gone')
      t.equal(after.states.at(-1), 'published')
      t.notOk(after.states.includes('loading'))
    },
  )

  await t.test('no room for the rows: nothing is left, and the rest can still be used', async (t) => {
    fillLeaving(6)
    const before = freeMb()
    const refused = await ingest('2026-10-26')
    clear(t, refused)
    t.match(refused.stderr, /SOURCE_DATABASE .*disk is full/)
    t.match(await state(), { visible: ROWS, loose: 0 }, 'with the disk still full')
    t.equal((await state()).states.at(-1), 'failed')
    t.ok(freeMb() > before - 1, 'what it had filled is free again')
    t.equal((await hedui('deliveries', 'list')).code, 0)
    const again = await ingest('2026-10-26')
    clear(t, again)
    makeRoom()
    complete(t, await ingest('2026-10-26'))
    t.match(await state(), { visible: 2 * ROWS, loose: 0 })
  })

  await t.test('no room to unpack: refused before the database gets into need', async (t) => {
    const packed = join(outside, 'vehicle.csv.gz')
    writeFileSync(packed, gzipSync(bytesOf('vehicle', rows), { level: 1 }))
    fillLeaving(12)
    const { code, stderr } = await ingest('2026-10-27', packed)
    t.equal(code, 1)
    t.match(stderr, /^hedui: SOURCE_FILE .*vehicle\.csv\.gz: there is not enough room to unpack it in .*home\/tmp/m)
    t.same(readdirSync(join(home, 'tmp')), [])
    t.ok(freeMb() > 11)
    makeRoom()
    complete(t, await ingest('2026-10-27', packed))
    t.same(readdirSync(join(home, 'tmp')), [])
  })
}
