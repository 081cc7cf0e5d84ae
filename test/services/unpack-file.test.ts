import { spawnSync } from 'node:child_process'
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter, type ZipWriterAddDataOptions } from '@zip.js/zip.js'
import { strToU8, zipSync } from 'fflate'
import t from 'tap'
import { type Unpacking, withUnpacked } from '../../src/services/unpack-file.ts'
import { run, start } from '../support/cli.ts'
import { bytesOf, rowOf } from '../support/departments.ts'
import { ROOT } from '../support/hedui.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'
import { createWork, errorOf } from '../support/work.ts'

const folder = t.testdir({})
const home = join(folder, 'home')
const temporary = join(home, 'tmp')
const TEXT = '一,二\n1,2\n'
let files = 0

function fileOf(bytes: Uint8Array | string, name = 'delivered'): string {
  const path = join(folder, `${files++}-${name}`)
  writeFileSync(path, bytes)
  return path
}

/** What the reader gets of a delivered file. */
async function unpack(bytes: Uint8Array, more: Partial<Unpacking> = {}): Promise<string> {
  const path = fileOf(bytes)
  const unpacking = { home, format: 'delimited', ...more } as const
  return withUnpacked({ path, bytes: bytes.length }, unpacking, async (plain) => {
    if (statSync(plain.path).size !== plain.bytes) throw new Error('another size')
    return readFileSync(plain.path, 'utf8')
  })
}

const left = () => (existsSync(temporary) ? readdirSync(temporary) : [])
t.afterEach(() => {
  if (left().length > 0) throw new Error(`a copy is left: ${left()}`)
})

async function encrypted(
  files: Readonly<Record<string, string>>,
  options: ZipWriterAddDataOptions,
): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter())
  for (const [name, text] of Object.entries(files)) await zip.add(name, new Uint8ArrayReader(strToU8(text)), options)
  return zip.close()
}

/** An AE-2 archive by WinZip's specification, made without zip.js: AES-256, one deflated file "a.csv". */
function aesArchive(text: string, password: string): Buffer {
  const salt = randomBytes(16)
  const keys = pbkdf2Sync(password, salt, 1000, 66, 'sha1')
  const plain = deflateRawSync(text)
  const blocks = Buffer.alloc(Math.ceil(plain.length / 16) * 16)
  for (let i = 0; i < blocks.length / 16; i++) blocks.writeUInt32LE(i + 1, i * 16)
  const stream = createCipheriv('aes-256-ecb', keys.subarray(0, 32), null).setAutoPadding(false).update(blocks)
  const secret = plain.map((byte, i) => byte ^ stream[i]!)
  const mac = createHmac('sha1', keys.subarray(32, 64)).update(secret).digest().subarray(0, 10)
  const data = Buffer.concat([salt, keys.subarray(64), secret, mac])
  const name = Buffer.from('a.csv')
  const extra = Buffer.from([0x01, 0x99, 7, 0, 2, 0, 0x41, 0x45, 3, 8, 0])
  const common = Buffer.alloc(26)
  common.writeUInt16LE(51, 0)
  common.writeUInt16LE(1, 2)
  common.writeUInt16LE(99, 4)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(Buffer.byteLength(text), 18)
  common.writeUInt16LE(name.length, 22)
  common.writeUInt16LE(extra.length, 24)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, extra, data])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x33\x00'), common, Buffer.alloc(14), name, extra])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}

/** Made by Info-ZIP 3.0: `zip -P '密码 1' a.zip in/a.csv`. */
const INFO_ZIP = Buffer.from(
  'UEsDBAoACQAAAI8ddl3Qc/aDGAAAAAwAAAAIAAAAaW4vYS5jc3ZL5146DeOJ7311k+Mn0Ne4EgbjtKyGWUFQSwcI0HP2gxgAAAAMAAAAUEsBAh4DCgAJAAAA' +
    'jx12XdBz9oMYAAAADAAAAAgAAAAAAAAAAQAAAKSBAAAAAGluL2EuY3N2UEsFBgAAAAABAAEANgAAAE4AAAAAAA==',
  'base64',
)
/** Made by Python: names in GBK, "江右市\机动车.csv" and "__MACOSX/._机动车.csv". */
const GBK_NAMES = Buffer.from(
  'UEsDBBQAAAAAAAAAIQDQc/aDDAAAAAwAAAARAAAAva3T0srQXLv6tq+ztS5jc3bkuIAs5LqMCjEsMgpQSwMEFAAAAAAAAAAhANBz9oMMAAAADAAAABUAAABf' +
    'X01BQ09TWC8uX7v6tq+ztS5jc3bkuIAs5LqMCjEsMgpQSwECFAMUAAAAAAAAACEA0HP2gwwAAAAMAAAAEQAAAAAAAAAAAAAAgAEAAAAAva3T0srQXLv6tq+z' +
    'tS5jc3ZQSwECFAMUAAAAAAAAACEA0HP2gwwAAAAMAAAAFQAAAAAAAAAAAAAAgAE7AAAAX19NQUNPU1gvLl+7+ravs7UuY3N2UEsFBgAAAAACAAIAggAAAHoA' +
    'AAAAAA==',
  'base64',
)
const PASSWORD = '密码 1'

t.test('unpacks what is packed, by its bytes and not by its name', async (t) => {
  const deep = { '江右市/2026/机动车.csv': strToU8(TEXT) }
  const cases: Record<string, Uint8Array> = {
    'plain text': Buffer.from(TEXT),
    gzip: gzipSync(TEXT),
    'gzip of several members': Buffer.concat([gzipSync(TEXT.slice(0, 4)), gzipSync(TEXT.slice(4))]),
    'gzip padded with zeros': Buffer.concat([gzipSync(TEXT), Buffer.alloc(512)]),
    'zip, deflated': zipSync({ 'a.csv': strToU8(TEXT) }),
    'zip, stored': zipSync({ 'a.csv': strToU8(TEXT) }, { level: 0 }),
    'zip with folders': zipSync({ '江右市/': new Uint8Array(), '江右市/2026/': new Uint8Array(), ...deep }),
    'zip with what macOS adds': zipSync({
      ...deep,
      '__MACOSX/江右市/2026/._机动车.csv': strToU8('x'),
      '江右市/.DS_Store': strToU8('x'),
      '.hidden/a.csv': strToU8('x'),
    }),
    'zip whose path begins with a point': zipSync({ './a.csv': strToU8(TEXT) }),
    'zip with names in GBK': GBK_NAMES,
  }
  for (const [name, bytes] of Object.entries(cases)) t.equal(await unpack(bytes), TEXT, name)
})

t.test('a path in an archive leads nowhere', async (t) => {
  t.equal(await unpack(zipSync({ '../../../../tmp/hedui-escaped.csv': strToU8(TEXT) })), TEXT)
  t.notOk(existsSync('/tmp/hedui-escaped.csv'))
})

t.test('a workbook is not unpacked, a workbook in an archive is', async (t) => {
  const workbook = Buffer.from(bytesOf('bank', [rowOf.deposit(WANG)]))
  for (const bytes of [workbook, zipSync({ 'bank.xlsx': workbook }), gzipSync(workbook)]) {
    for (const format of ['xlsx', 'delimited'] as const) {
      const path = fileOf(bytes)
      await withUnpacked({ path, bytes: bytes.length }, { home, format }, async (plain) =>
        t.ok(readFileSync(plain.path).equals(workbook)),
      )
    }
  }
  const types = zipSync({ '[Content_Types].xml': strToU8('<Types/>') })
  t.equal(await unpack(types), Buffer.from(types).toString('utf8'), 'told by its list of types')
  t.equal(await unpack(workbook.subarray(0, 300), { format: 'xlsx' }), workbook.subarray(0, 300).toString('utf8'))
})

t.test('opens encrypted archives with the password of a file', async (t) => {
  const archives = {
    'ZipCrypto of Info-ZIP': INFO_ZIP,
    'AE-2 by the specification': aesArchive(TEXT, PASSWORD),
    ZipCrypto: await encrypted({ 'a.csv': TEXT }, { rawPassword: Buffer.from(PASSWORD), zipCrypto: true }),
    'AES-128': await encrypted({ 'a.csv': TEXT }, { password: PASSWORD, encryptionStrength: 1 }),
    'AES-256': await encrypted({ 'a.csv': TEXT }, { password: PASSWORD, encryptionStrength: 3 }),
    'AES-256 of zeros': await encrypted({ 'a.csv': '0'.repeat(50_000) }, { password: PASSWORD }),
  }
  for (const [name, bytes] of Object.entries(archives)) {
    const text = name.endsWith('zeros') ? '0'.repeat(50_000) : TEXT
    for (const written of [PASSWORD, `${PASSWORD}\n`, `${PASSWORD}\r\n`, `\uFEFF${PASSWORD}\r\n`]) {
      t.equal(await unpack(bytes, { passwordFile: fileOf(written) }), text, name)
    }
    const missing = await errorOf(unpack(bytes))
    t.match(missing, { code: 'INPUT_PASSWORD', message: /--password-file FILE/ }, `${name}: missing`)
    for (const wrong of ['密码 2', `${PASSWORD}\n\n`, `${PASSWORD} `]) {
      const error = await errorOf(unpack(bytes, { passwordFile: fileOf(wrong) }))
      t.match(error, { code: 'INPUT_PASSWORD' }, `${name}: wrong`)
      t.notMatch(error.message, wrong.trim(), 'is not told')
    }
    for (const none of ['', '\n', 'x'.repeat(2000)]) {
      const error = await errorOf(unpack(bytes, { passwordFile: fileOf(none) }))
      t.match(error, { code: 'INPUT_PASSWORD', message: /1 to 1024 bytes/ }, `${name}: none`)
    }
  }
  const nowhere = join(folder, 'nowhere')
  const { code, place } = await errorOf(unpack(INFO_ZIP, { passwordFile: nowhere }))
  t.same([code, place.file], ['INPUT_FILE', nowhere])
  t.equal(await unpack(gzipSync(TEXT), { passwordFile: nowhere }), TEXT, 'not asked for where none is needed')
})

t.test('a wrong password that looks right to ZipCrypto, as one in 256 does, gives no rows', async (t) => {
  const looksRight = fileOf('wrong2')
  t.match(await errorOf(unpack(INFO_ZIP, { passwordFile: looksRight })), {
    code: 'INPUT_PASSWORD',
    message: 'the password is wrong, or the archive is damaged',
  })
})

t.test('refuses what is not one sound file', async (t) => {
  const flipped = (bytes: Uint8Array, at: number) => bytes.with(at < 0 ? bytes.length + at : at, 0x55)
  const long = 'a,b,c\n'.repeat(5000) + randomBytes(3000).toString('hex')
  const gzip = gzipSync(long)
  const zip = zipSync({ 'a.csv': strToU8(long) })
  const aes = await encrypted({ 'a.csv': long }, { password: 'p' })
  const passwordFile = fileOf('p')
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['cut gzip', gzip.subarray(0, -9), /gzip file is broken or cut off/],
    ['gzip cut to its first bytes', gzip.subarray(0, 5), /gzip file is broken/],
    ['gzip with another checksum', flipped(gzip, -6), /gzip file is broken/],
    ['gzip with nonsense after it', Buffer.concat([gzip, Buffer.from('nonsense')]), /gzip file is broken/],
    ['cut zip', zip.subarray(0, -30), /zip archive is broken or cut off/],
    ['zip cut to its first bytes', zip.subarray(0, 10), /zip archive is broken/],
    ['zip with changed data', flipped(zip, 400), /zip archive is broken/],
    ['AES archive with changed data', flipped(aes, 400), /zip archive is broken/],
    ['zip of nothing', zipSync({}), /holds no file/],
    ['zip of folders and dot files', zipSync({ 'a/': new Uint8Array(), '.x': strToU8('x') }), /holds no file/],
    ['zip of two', zipSync({ '甲.csv': strToU8('x'), 'b/乙.csv': strToU8('x') }), /2 files \(甲\.csv, b\/乙\.csv\)/],
    [
      'zip of many',
      zipSync(Object.fromEntries([...'abcdef'].map((name) => [name, strToU8('x')]))),
      /6 files \(.*, …\)/,
    ],
    ['zip whose names would rule a terminal', zipSync({ 'a\x1b[2J': strToU8('x'), b: strToU8('x') }), /\(a\?\[2J, b\)/],
    ['rar', Buffer.from('Rar!\x1a\x07\x01\x00'), /RAR archive; what can be unpacked is zip and gzip/],
    ['7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]), /7z archive/],
  ]
  for (const [name, bytes, message] of cases) {
    t.match(await errorOf(unpack(bytes, { passwordFile })), { code: 'SOURCE_FILE', message }, name)
  }
})

t.test('random bytes behind the magic of an archive are refused', async (t) => {
  for (const magic of ['PK\x03\x04', '\x1f\x8b\x08', 'PK\x05\x06', 'PK\x07\x08']) {
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), randomBytes(i * 9)])
      t.match(await errorOf(unpack(bytes)), { code: 'SOURCE_FILE' }, bytes.toString('hex'))
    }
  }
})

t.test('a bomb is refused before it fills the disk', async (t) => {
  const zeros = Buffer.alloc(1 << 20)
  const members = Buffer.concat(Array(120).fill(gzipSync(zeros)))
  t.ok(members.length < 400_000)
  t.match(await errorOf(unpack(members)), { code: 'SOURCE_FILE', message: /200 times its size and 100 MB/ })
  const honest = zipSync({ 'a.csv': Buffer.alloc(110 << 20) }, { level: 1 })
  t.match(await errorOf(unpack(honest)), { code: 'SOURCE_FILE', message: /200 times/ }, 'by what it says')
  const liar = Buffer.from(honest)
  for (let at = liar.indexOf('PK\x01\x02'), size = at + 24; at >= 0; at = -1) liar.writeUInt32LE(1000, size)
  liar.writeUInt32LE(1000, 22)
  t.match(await errorOf(unpack(liar)), { code: 'SOURCE_FILE' }, 'by what it does')
  t.equal((await unpack(gzipSync(Buffer.alloc(90 << 20)))).length, 90 << 20, '100 MB are always allowed')
})

t.test('the copy is for this user only, and is gone whatever happens', async (t) => {
  const path = fileOf(gzipSync(TEXT))
  const work = (use: (copy: string) => unknown) =>
    withUnpacked({ path, bytes: 1 }, { home, format: 'delimited' }, async (plain) => use(plain.path))
  await work((copy) => {
    t.equal(statSync(copy).mode & 0o777, 0o600)
    t.equal(statSync(join(copy, '..')).mode & 0o777, 0o700)
    t.equal(statSync(temporary).mode & 0o777, 0o700)
  })
  await t.rejects(
    work(() => Promise.reject(new Error('of the reader'))),
    { message: 'of the reader' },
  )
})

const CHILD = `
  import { withUnpacked } from ${JSON.stringify(join(ROOT, 'src/services/unpack-file.ts'))}
  const [path, home, end] = process.argv.slice(1)
  await withUnpacked({ path, bytes: 1 }, { home, format: 'delimited' }, async () => {
    if (end === 'exit') process.exit(3)
    process.kill(process.pid, 'SIGKILL')
  })`

t.test('what a killed process leaves the next one removes; one that ends by itself leaves nothing', async (t) => {
  const path = fileOf(gzipSync(TEXT))
  const child = (end: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', CHILD, path, home, end], { encoding: 'utf8' })
  t.equal(child('exit').status, 3)
  t.same(left(), [])
  t.equal(child('kill').signal, 'SIGKILL')
  t.match(left(), [/^hedui-unpack-[0-9a-f]{8}-\d+-\w{6}$/])
  t.equal(await unpack(Buffer.from(TEXT)), TEXT, 'also where nothing is to be unpacked')
  t.same(left(), [])
})

t.test('leaves alone what others are unpacking', async (t) => {
  const [mine] = await withUnpacked(
    { path: fileOf(gzipSync(TEXT)), bytes: 1 },
    { home, format: 'delimited' },
    async () => left(),
  )
  const machine = mine!.split('-')[2]!
  const folders = {
    running: `hedui-unpack-${machine}-${process.ppid}-aaaaaa`,
    gone: `hedui-unpack-${machine}-4194999-aaaaaa`,
    elsewhere: 'hedui-unpack-00000000-4194999-aaaaaa',
    old: `hedui-unpack-${machine}-${process.ppid}-bbbbbb`,
    other: 'something',
  }
  for (const name of Object.values(folders)) mkdirSync(join(temporary, name))
  utimesSync(join(temporary, folders.old), new Date(), Date.now() / 1000 - 90_000)
  await unpack(gzipSync(TEXT))
  t.same(left().toSorted(), [folders.running, folders.elsewhere, folders.other].toSorted())
  for (const name of [folders.running, folders.elsewhere]) utimesSync(join(temporary, name), 0, 0)
  await unpack(gzipSync(TEXT))
  t.same(left(), [folders.other])
  spawnSync('rmdir', [join(temporary, folders.other)])
})

t.test('ingest', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG), memberOf('P2', LI)])])
  const env = { DATABASE_URL: work.hedui.config.databaseUrl!, HEDUI_HOME: home }
  const csv = bytesOf('vehicle', [rowOf.vehicle(WANG), rowOf.vehicle(LI, { 号牌号码: '赣XA2' })])

  t.test('takes packed files of every format; size and sha256 are those of the file as delivered', async (t) => {
    const sources = {
      vehicle: csv,
      tax: bytesOf('tax', [rowOf.tax(WANG)]),
      'social-insurance': bytesOf('social-insurance', [rowOf.contribution(WANG)]),
      bank: bytesOf('bank', [rowOf.deposit(WANG)]),
    }
    for (const [source, bytes] of Object.entries(sources)) {
      for (const [name, packed] of Object.entries({ gz: gzipSync(bytes), zip: zipSync({ file: bytes }) })) {
        const path = fileOf(packed, `${source}.${name}`)
        const asOf = source === 'tax' ? {} : { asOf: name === 'gz' ? '2026-10-25' : '2026-10-26' }
        const report = await work.ingest(source, path, { ...asOf, region: name === 'gz' ? '36' : '37' })
        t.match(report, { state: 'published', rows: source === 'vehicle' ? 2 : 1, repeated: false }, path)
        const [delivery] = await work.query('select file_name, file_bytes, sha256 from delivery where id = $1', [
          report.delivery,
        ])
        t.match(delivery, {
          file_name: path.split('/').at(-1),
          file_bytes: packed.length,
          sha256: createHash('sha256').update(packed).digest('hex'),
        })
        t.match(
          await work.ingest(source, path, { ...asOf, region: name === 'gz' ? '36' : '37' }),
          { repeated: true, delivery: report.delivery },
          'the same file again',
        )
      }
    }
  })

  t.test('names the delivered file in what it finds wrong inside', async (t) => {
    const path = fileOf(gzipSync('no header of this source\n'), 'wrong.csv.gz')
    const { code, place } = await errorOf(work.ingest('vehicle', path, { asOf: '2026-10-27' }))
    t.same([code, place.file], ['SOURCE_COLUMNS', path])
  })

  t.test('has the password from a file, and never tells it', async (t) => {
    const text = Buffer.from(csv)
    const zip = new ZipWriter(new Uint8ArrayWriter())
    await zip.add('机动车.csv', new Uint8ArrayReader(text), { password: 'a secret' })
    const path = fileOf(await zip.close(), 'vehicle.zip')
    const command = ['ingest', 'vehicle', path, '--as-of', '2026-10-28', '--json']
    const missing = await run(command, env)
    t.equal(missing.code, 1)
    t.match(missing.stderr, /^hedui: INPUT_PASSWORD .*vehicle\.zip: .* --password-file FILE/m)
    const wrong = await run([...command, '--password-file', fileOf('another secret')], env)
    t.equal(wrong.code, 1)
    t.match(wrong.stderr, /^hedui: INPUT_PASSWORD .*vehicle\.zip: the password does not open the zip archive/m)
    t.notMatch(wrong.stderr, 'another secret')
    const right = await run([...command, '--password-file', fileOf('a secret\n')], env)
    t.equal(right.code, 0, right.stderr)
    t.match(JSON.parse(right.stdout), { state: 'published', rows: 2, kept: 2 })
  })

  t.test('interrupted it leaves no copy', async (t) => {
    const rows = Array.from({ length: 40_000 }, (_, i) => rowOf.vehicle(WANG, { 号牌号码: `赣XB${i}` }))
    const path = fileOf(gzipSync(bytesOf('vehicle', rows)), 'large.csv.gz')
    const going = start(['ingest', 'vehicle', path, '--as-of', '2026-10-29'], env)
    for (let tries = 0; left().length === 0 && tries < 3000; tries++) await sleep(5)
    t.equal(left().length, 1)
    going.child.kill('SIGINT')
    t.equal((await going.done).code, 130)
    t.same(left(), [])
  })
})
