import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findBinaries } from '../../src/db/embedded/binaries.ts'
import { reachableBinaries } from '../../src/db/embedded/server-place.ts'
import { ensureSystemUser } from '../../src/db/embedded/system-user.ts'
import { openEmbeddedServer } from '../../src/db/embedded-server.ts'
import { dataFolder, freshHome, isRunning, query, serverPid, startClient } from '../support/embedded-home.ts'

t.setTimeout(90_000)
const isRoot = process.getuid?.() === 0

function home(t: Pick<Test, 'teardown'>): string {
  const fresh = freshHome()
  t.teardown(() => fresh.remove())
  return fresh.home
}

t.test('starts, answers, and stops with its only process', async (t) => {
  const folder = home(t)
  const server = await openEmbeddedServer({ home: folder, durable: false })
  const [row] = await query(
    server.connectionString,
    `select current_database() as database, datcollate, pg_encoding_to_char(encoding) as encoding,
       current_setting('listen_addresses') as listens, current_setting('fsync') as fsync
     from pg_database where datname = current_database()`,
  )
  t.strictSame(row, { database: 'hedui', datcollate: 'C', encoding: 'UTF8', listens: '127.0.0.1', fsync: 'off' })
  await query(server.connectionString, 'create database "a b"')
  t.strictSame(await query(server.connectionStringFor('a b'), 'select current_database() as name'), [{ name: 'a b' }])
  t.equal(statSync(join(folder, 'postgres.password')).mode & 0o777, 0o600)
  t.equal(statSync(folder).mode & 0o777, isRoot ? 0o711 : 0o700)
  await server.close()
  await server.close()
  t.equal(serverPid(folder), undefined)
})

t.test('refuses a wrong password', async (t) => {
  const folder = home(t)
  const server = await openEmbeddedServer({ home: folder, durable: false })
  t.teardown(() => server.close())
  await t.rejects(query(server.connectionString.replace(/:[0-9a-f]+@/, ':wrong@'), 'select'), { code: '28P01' })
})

t.test('is shared by two processes; the last one out stops it', async (t) => {
  const folder = home(t)
  const [first, second] = [await startClient(folder), await startClient(folder)]
  t.equal(first.connectionString, second.connectionString)
  const pid = serverPid(folder)!
  t.equal(await first.close(), 0)
  t.ok(isRunning(pid), 'runs on for the second')
  t.ok(await query(second.connectionString, 'select'))
  t.equal(await second.close(), 0)
  t.notOk(isRunning(pid))
})

t.test('is adopted after its only process was killed, and then stopped', async (t) => {
  const folder = home(t)
  const killed = await startClient(folder)
  const pid = serverPid(folder)!
  await killed.kill()
  t.ok(isRunning(pid))
  const server = await openEmbeddedServer({ home: folder })
  t.equal(serverPid(folder), pid)
  await server.close()
  t.notOk(isRunning(pid))
})

t.test('has the committed data after it was killed itself', async (t) => {
  const folder = home(t)
  const before = await startClient(folder)
  await query(before.connectionString, 'create table kept as select 42 as answer')
  process.kill(serverPid(folder)!, 'SIGKILL')
  const server = await openEmbeddedServer({ home: folder })
  t.teardown(() => server.close())
  t.strictSame(await query(server.connectionString, 'select answer from kept'), [{ answer: 42 }])
  t.equal(server.connectionString, before.connectionString, 'on the same port')
  t.equal(await before.close(), 0)
  t.ok(serverPid(folder), 'the process that lost it took its share again, or left without stopping it')
})

t.test('waits for what a killed server left running', async (t) => {
  const folder = home(t)
  const before = await startClient(folder)
  const busy = query(
    before.connectionString,
    `do $$ declare ends timestamptz := clock_timestamp() + '3 s'; begin while clock_timestamp() < ends loop end loop; end $$`,
  ).catch(() => 'lost')
  await new Promise((resolve) => setTimeout(resolve, 300))
  process.kill(serverPid(folder)!, 'SIGKILL')
  const server = await openEmbeddedServer({ home: folder })
  t.ok(await query(server.connectionString, 'select'))
  await busy
  await before.close()
  await server.close()
  t.equal(serverPid(folder), undefined)
})

t.test('keeps its share when one crashed backend ends all connections', async (t) => {
  const folder = home(t)
  const server = await openEmbeddedServer({ home: folder })
  const [row] = await query(
    server.connectionStringFor('postgres'),
    "select pid from pg_stat_activity where application_name = 'hedui presence'",
  )
  process.kill(row?.pid, 'SIGKILL')
  const shares = "select from pg_locks where locktype = 'advisory' and granted"
  const counted = async () => (await query(server.connectionString, shares).catch(() => [])).length
  for (let time = 0; time < 100 && (await counted()) === 0; time++) await new Promise((r) => setTimeout(r, 50))
  t.equal(await counted(), 1)
  await server.close()
  t.equal(serverPid(folder), undefined)
})

t.test('starts over the pid file of a dead server', async (t) => {
  const folder = home(t)
  await (await openEmbeddedServer({ home: folder })).close()
  const data = dataFolder(folder)
  const owner = statSync(data)
  // as user postgres where we are root: another user's process would not stop PostgreSQL from starting
  const foreign = spawn('sleep', ['60'], { stdio: 'ignore', uid: owner.uid, gid: owner.gid })
  t.teardown(() => foreign.kill())
  for (const [what, text] of [
    ['whose pid is now another program', `${foreign.pid}\n${data}\n1700000000\n54321\n\n127.0.0.1\n`],
    ['whose pid does not exist', `4194303\n${data}\n1700000000\n54321\n\n127.0.0.1\n`],
    ['that a crash left empty', ''],
  ] as const) {
    writeFileSync(join(data, 'postmaster.pid'), text, { mode: 0o600 })
    if (isRoot) spawnSync('chown', [`${owner.uid}:${owner.gid}`, join(data, 'postmaster.pid')])
    utimesSync(join(data, 'postmaster.pid'), 1_700_000_000, 1_700_000_000)
    const server = await openEmbeddedServer({ home: folder })
    t.ok(await query(server.connectionString, 'select'), what)
    await server.close()
  }
  t.ok(isRunning(foreign.pid!), 'and leaves the other program alone')
})

t.test('serves five processes that open a fresh home at once', async (t) => {
  const folder = home(t)
  const clients = await Promise.all(Array.from({ length: 5 }, () => startClient(folder, 'not-durable')))
  t.equal(new Set(clients.map((client) => client.connectionString)).size, 1)
  const pid = serverPid(folder)!
  t.strictSame(await Promise.all(clients.map((client) => client.close())), [0, 0, 0, 0, 0])
  t.notOk(isRunning(pid))
})

t.test('opens while the last one is stopping it, ten times', async (t) => {
  const folder = home(t)
  let server = await openEmbeddedServer({ home: folder, durable: false })
  for (let time = 0; time < 10; time++) {
    const closing = server.close()
    await new Promise((resolve) => setTimeout(resolve, time * 10))
    server = await openEmbeddedServer({ home: folder, durable: false })
    await closing
    t.ok(await query(server.connectionString, 'select'))
  }
  await server.close()
  t.equal(serverPid(folder), undefined)
})

t.test('gives no server without fsync to who wants a durable one', async (t) => {
  const folder = home(t)
  const tests = await openEmbeddedServer({ home: folder, durable: false })
  await t.rejects(openEmbeddedServer({ home: folder }), { code: 'SOURCE_EMBEDDED', message: /without fsync/ })
  await tests.close()
  await (await startClient(folder, 'not-durable')).kill()
  const server = await openEmbeddedServer({ home: folder })
  t.teardown(() => server.close())
  t.strictSame(await query(server.connectionString, 'show fsync'), [{ fsync: 'on' }])
})

t.test('does not hold its process or the streams of it', async (t) => {
  const folder = home(t)
  const script = join(import.meta.dirname, '../support/embedded-client.ts')
  // cat ends only when nobody holds the pipe: the killed client does not, and the server it left must not
  const program = `"$0" "$1" "$2" not-durable < /dev/null | cat > /dev/null; exit "\${PIPESTATUS[0]}"`
  const done = spawnSync('bash', ['-c', program, process.execPath, script, folder], { timeout: 20_000 })
  t.equal(done.status, 0)
  const client = await startClient(folder, 'not-durable')
  const left = new Promise((resolve) => client.stdout.once('close', resolve))
  await client.kill()
  await left
  t.ok(serverPid(folder))
})

t.test('says clearly why it cannot', async (t) => {
  const { above, remove } = freshHome()
  t.teardown(remove)
  const file = join(above, 'file')
  writeFileSync(file, '')
  const refused = (home: string, message: RegExp) =>
    t.rejects(openEmbeddedServer({ home, durable: false }), { code: 'SOURCE_EMBEDDED', message })
  await refused(file, /is a file; set HEDUI_HOME/)
  await refused(join(file, 'below'), /is a file; set HEDUI_HOME/)
  t.throws(() => findBinaries('beos-m68k'), { code: 'SOURCE_EMBEDDED', message: /beos-m68k.*DATABASE_URL/ })

  const folder = home(t)
  await (await openEmbeddedServer({ home: folder, durable: false })).close()
  const version = join(dataFolder(folder), 'PG_VERSION')
  writeFileSync(version, '17\n')
  await refused(folder, /made by PostgreSQL 17, this program brings 18/)
  writeFileSync(version, '18\n')
  writeFileSync(join(dataFolder(folder), 'postgresql.auto.conf'), "no_such_setting = 'x'\n")
  await refused(folder, /last lines of .*no_such_setting/s)
})

t.test('as root', { skip: isRoot ? false : 'needs root' }, async (t) => {
  const { above, home: folder, remove } = freshHome()
  t.teardown(remove)
  chmodSync(above, 0o700)

  await t.test('puts the data aside where user postgres cannot reach the home', async (t) => {
    const notices: string[] = []
    const open = () => openEmbeddedServer({ home: folder, durable: false, notice: (text) => notices.push(text) })
    const server = await open()
    await query(server.connectionString, 'create table kept as select 42 as answer')
    t.match(dataFolder(folder), /^\/var\/lib\/hedui\/[0-9a-f]{12}$/)
    t.match(notices, [new RegExp(`cannot enter ${above} \\(mode 0700\\)`)])
    await server.close()
    const again = await open()
    t.strictSame(await query(again.connectionString, 'select answer from kept'), [{ answer: 42 }])
    t.equal(notices.length, 1, 'said once')
    await again.close()
  })

  await t.test('copies binaries that user postgres cannot reach', async (t) => {
    const user = await ensureSystemUser('postgres')
    const binaries = findBinaries()
    t.equal(await reachableBinaries(binaries, user), binaries)
    const closed = join(above, 'native')
    spawnSync('cp', ['-a', binaries.folder, closed])
    const open = freshHome()
    t.teardown(open.remove)
    const shelf = join(open.above, 'shelf')
    const both = await Promise.all([1, 2].map(() => reachableBinaries({ ...binaries, folder: closed }, user, shelf)))
    const expected = join(shelf, `postgresql-${binaries.version}`)
    t.strictSame(
      both.map((each) => each.folder),
      [expected, expected],
    )
    const asked = spawnSync(join(expected, 'bin', 'initdb'), ['--version'], { ...user, cwd: '/', encoding: 'utf8' })
    t.match(asked.stdout, /PostgreSQL\) 18/)
    mkdirSync(join(above, 'shut'))
    await t.rejects(reachableBinaries({ ...binaries, folder: closed }, user, join(above, 'shut', 'shelf')), {
      code: 'SOURCE_EMBEDDED',
      message: new RegExp(`cannot enter ${above} \\(mode 0700\\).*chmod o\\+x`),
    })
  })
})
