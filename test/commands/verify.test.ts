import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { readFingerprint } from '../../src/domain/key-fingerprint.ts'
import { packFiles } from '../../src/packets/archive.ts'
import { assemblePacket } from '../../src/packets/assemble-packet.ts'
import { createSealKey, sealPacket } from '../../src/packets/seal-packet.ts'
import { verifyPacketFile } from '../../src/services/verify-packet-file.ts'
import { inputOf } from '../packets/packet-input.ts'
import { run } from '../support/cli.ts'
import { SECRET } from '../support/hedui.ts'

const folder = t.testdir({ home: {} })
const KEY = createSealKey(SECRET)
const STRANGER = createSealKey(Buffer.alloc(32, 8))
const packet = assemblePacket(inputOf())
const SEALED = sealPacket(packet, Buffer.from('%PDF-1.7 a stand-in'), KEY)
const files = unzipSync(SEALED.zip)
const write = (name: string, zip: Uint8Array) => writeFileSync(join(folder, name), zip)
write('packet.zip', SEALED.zip)
write(
  'changed.zip',
  packFiles({ ...files, 'packet.json': Buffer.from(SEALED.json.toString().replace('36720.01', '96720.01')) }),
)
// A stranger's, which says of itself what it does not give.
const untrue = {
  ...packet,
  warnings: packet.warnings.map((each) => ({ ...each, result: { ...each.result, measure: '1.00' } })),
}
write('untrue.zip', sealPacket(untrue, Buffer.from('%PDF-1.7'), STRANGER).zip)
write('empty.zip', Buffer.alloc(0))
write('large.zip', Buffer.alloc(0))
truncateSync(join(folder, 'large.zip'), 100 * 1024 * 1024)

// No database can be reached, and none is asked for.
const env = {
  HEDUI_HOME: join(folder, 'home'),
  DATABASE_URL: 'postgres://127.0.0.1:1/none',
  INIT_CWD: folder,
  LC_ALL: undefined,
  LANG: 'en_US.UTF-8',
}
const verify = (args: string[], more: Record<string, string | undefined> = {}) =>
  run(['verify', ...args], { ...env, ...more })
const grouped = (fingerprint: string) => fingerprint.match(/.{4}/g)!.join(' ')

t.test('a packet as it was sealed: seal, key and sums are well', async (t) => {
  const { code, stdout, stderr } = await verify(['packet.zip'])
  t.equal(code, 0, stderr)
  t.same(stdout.trimEnd().split('\n'), [
    '核告〔2027〕369901-1A2B3C4D-1 · issued 2027-01-01 · household H1 · 2 warnings',
    'sealed    yes: nothing was changed since it was sealed',
    'key       the one of this installation',
    `  ${grouped(KEY.fingerprint)}`,
    'computes  yes: from its own contents alone, all 2 results and every step of the sums',
    `code      ${SEALED.code}: every page on paper must print this`,
  ])
  const chinese = await verify(['packet.zip', '--lang', 'zh'])
  for (const line of [
    /^印章 {4}完好/m,
    /^密钥 {4}本机构的密钥$/m,
    /^计算 {4}一致.*2 项结果/m,
    new RegExp(`^核验码 {2}${SEALED.code}`, 'm'),
  ])
    t.match(chinese.stdout, line)
})

t.test(
  'without the secret, or with another, the key is not known here; with --key it is the one given or not',
  async (t) => {
    const unknown = await verify(['packet.zip'], { HEDUI_SECRET: undefined })
    t.equal(unknown.code, 0)
    t.match(unknown.stdout, /^key {7}not known here: compare it with the fingerprint/m)
    const given = await verify(['packet.zip', '--key', grouped(KEY.fingerprint).toUpperCase()], {
      HEDUI_SECRET: undefined,
    })
    t.equal(given.code, 0)
    t.match(given.stdout, /^key {7}the one that was given$/m)
    const other = await verify(['packet.zip', '--key', STRANGER.fingerprint])
    t.equal(other.code, 1)
    t.match(other.stdout, /^ {2}manifest\.json: is sealed with another key$/m)
    const wrong = await verify(['packet.zip', '--key', 'abc'])
    t.equal(wrong.code, 2)
    t.match(wrong.stderr, /INPUT_USAGE --key must be a fingerprint: 64 hexadecimal digits/)
    for (const typed of ['', `${KEY.fingerprint}0`, KEY.fingerprint.slice(1), 'g'.repeat(64)])
      t.equal(readFingerprint(typed), null, typed)
    for (const typed of [KEY.fingerprint, `sha256:${KEY.fingerprint}`, KEY.fingerprint.match(/../g)!.join(':')])
      t.equal(readFingerprint(typed), KEY.fingerprint, typed)
  },
)

t.test('what was changed is named, and not computed', async (t) => {
  const { code, stdout } = await verify(['changed.zip'])
  t.equal(code, 1)
  t.match(stdout, /\(by its own account\)/)
  t.match(stdout, /^sealed {4}NO:\n {2}packet\.json \/warnings\/0: was changed\n/m)
  t.match(stdout, /^computes {2}not tried/m)
  t.notMatch(stdout, /^code /m)
  const chinese = await verify(['changed.zip', '--lang', 'zh'])
  t.match(chinese.stdout, /^印章 {4}不符：\n {2}packet\.json \/warnings\/0：被改动\n/m)
})

t.test('what is sealed and does not give its own results fails', async (t) => {
  const { code, stdout } = await verify(['untrue.zip'])
  t.equal(code, 1)
  t.match(stdout, /^sealed {4}yes/m)
  t.match(stdout, /^key {7}not known here/m)
  t.match(stdout, /^computes {2}NO:\n {2}W1 is computed otherwise: measure\n {2}W2 is computed otherwise: measure$/m)
})

t.test('--json says the same to programs, without what the packet holds of people', async (t) => {
  const { stdout } = await verify(['packet.zip', '--json'])
  const answer = JSON.parse(stdout)
  t.match(answer, {
    ok: true,
    keyIs: 'own',
    key: KEY.fingerprint,
    problems: [],
    code: SEALED.code,
    replay: { same: true, differences: [] },
  })
  t.match(answer.packet, {
    id: packet.id,
    household: 'H1',
    warnings: [
      { id: 'W1', rule: 'deposits' },
      { id: 'W2', rule: 'vehicles' },
    ],
  })
  t.notMatch(stdout, /王守仁|云溪县/)
  const changed = JSON.parse((await verify(['changed.zip', '--json'])).stdout)
  t.match(changed, {
    ok: false,
    replay: null,
    problems: [
      { file: 'packet.json', section: '/warnings/0', what: 'changed', words: { zh: '被改动', en: 'was changed' } },
    ],
  })
})

t.test('files that are no packets are refused', async (t) => {
  const empty = await verify(['empty.zip'])
  t.equal(empty.code, 1)
  t.match(empty.stdout, /^ {2}the archive: is no zip archive, or a broken one$/m)
  const missing = await verify(['nowhere.zip'])
  t.equal(missing.code, 1)
  t.match(missing.stderr, /INPUT_FILE .*ENOENT/)
  const config = loadConfig({ HEDUI_HOME: env.HEDUI_HOME })
  const cases = { home: /EISDIR/, 'large.zip': /larger than any packet/ }
  for (const [name, pattern] of Object.entries(cases))
    await t.rejects(verifyPacketFile(config, { file: join(folder, name), trusted: undefined }), { message: pattern })
})

t.test('keys public prints the key that packets are sealed with', async (t) => {
  const { code, stdout } = await run(['keys', 'public'], env)
  t.equal(code, 0)
  t.equal(stdout, `${Buffer.from(files['seal-key.pem']!)}sha256 fingerprint\n  ${grouped(KEY.fingerprint)}\n`)
  t.notMatch(stdout, SECRET.toString('base64'))
})

const hasTools = (() => {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }))
  } catch {
    return false
  }
})()

t.test(
  'the instructions in the archive work as they stand, without the program',
  { skip: !hasTools && 'no openssl here' },
  async (t) => {
    const place = join(folder, 'unpacked')
    mkdirSync(place)
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(place, name), bytes)
    const text = readFileSync(join(place, '核验说明.txt'), 'utf8')
    const [signature, key, sums] = text.split('\n').filter((line) => /^ {3}(openssl|sha256sum)/.test(line))
    const shell = (line: string) =>
      execFileSync('sh', ['-c', line], { cwd: place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    t.match(shell(signature!), /Signature Verified Successfully/)
    t.match(shell(key!), new RegExp(`^${KEY.fingerprint} `))
    t.match(text, new RegExp(`^ {2}${grouped(KEY.fingerprint)}$`, 'm'))
    const manifest = JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8'))
    const listed = shell(sums!)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ +/))
    t.same(Object.fromEntries(listed.map(([sum, name]) => [name, sum])), manifest.files)
    t.equal(manifest.files['packet.json'], createHash('sha256').update(SEALED.json).digest('hex'))
    writeFileSync(join(place, 'manifest.json'), readFileSync(join(place, 'manifest.json'), 'utf8').replace('1', '2'))
    t.throws(() => shell(signature!))
  },
)
