import { createHash, createPublicKey, verify } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { unzipSync } from 'fflate'
import t from 'tap'
import { packFiles } from '../../src/packets/archive.ts'
import { assemblePacket } from '../../src/packets/assemble-packet.ts'
import { createSealKey, sealPacket, verificationCode } from '../../src/packets/seal-packet.ts'
import { inputOf } from './packet-input.ts'

const packet = assemblePacket(inputOf())
const PDF = Buffer.from('%PDF-1.7 a stand-in')
const KEY = createSealKey(Buffer.alloc(32, 7))
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

t.test('the same packet, PDF and key give the same bytes in every time zone and on every day', async (t) => {
  const { TZ } = process.env
  t.teardown(() => {
    if (TZ === undefined) delete process.env.TZ
    else process.env.TZ = TZ
  })
  const seals = ['UTC', 'Asia/Shanghai', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kathmandu'].map((zone) => {
    process.env.TZ = zone
    return sealPacket(assemblePacket(inputOf()), PDF, createSealKey(Buffer.alloc(32, 7))).zip.toString('hex')
  })
  t.equal(new Set(seals).size, 1)
})

t.test('the archive holds its files as they are, in their order, dated alike and marked as UTF-8', async (t) => {
  const { zip, json, pdf } = sealPacket(packet, PDF, KEY)
  const files = unzipSync(zip)
  t.same(Object.keys(files), [
    'packet.json',
    'packet.pdf',
    'manifest.json',
    'manifest.sig',
    'seal-key.pem',
    '核验说明.txt',
  ])
  t.ok(json.equals(files['packet.json']!))
  t.ok(pdf.equals(files['packet.pdf']!))
  // APPNOTE.TXT 4.3.12: central headers begin with PK 01 02; flags at 8, method at 10, time and date at 12, platform at 5.
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 46, 'latin1')) {
    const name = zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString()
    t.equal(zip.readUInt16LE(at + 10), 0, `${name} is not compressed`)
    // 2000-01-01: (2000 - 1980) << 9 | 1 << 5 | 1; noon: 12 << 11.
    t.same([zip.readUInt16LE(at + 14), zip.readUInt16LE(at + 12)], [0x2821, 0x6000], name)
    t.equal(zip.readUInt8(at + 5), 0, `${name} is of no platform`)
    t.equal((zip.readUInt16LE(at + 8) & 0x800) !== 0, name === '核验说明.txt')
  }
})

t.test('an archive is what the format says and nothing else, so that one packed anew can be told', async (t) => {
  const name = Buffer.from('核.txt')
  const data = Buffer.from('hello')
  const u16 = (...numbers: number[]) => Buffer.concat(numbers.map((number) => Buffer.from([number & 255, number >> 8])))
  const u32 = (number: number) => u16(number & 0xffff, number >>> 16)
  // APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16; version 2.0, names in UTF-8 (bit 11), stored, 2000-01-01 12:00.
  const shared = [u16(0x800, 0, 0x6000, 0x2821), u32(crc32(data)), u32(5), u32(5), u16(name.length, 0)]
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), u16(20), ...shared, name, data])
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), u16(20, 20), ...shared, u16(0, 0, 0), u32(0), u32(0), name])
  const end = [Buffer.from('PK\x05\x06'), u16(0, 0, 1, 1), u32(central.length), u32(local.length), u16(0)]
  t.equal(packFiles({ '核.txt': data }).toString('hex'), Buffer.concat([local, central, ...end]).toString('hex'))
})

t.test('the manifest sums up each file and each section, and is signed by the key that it holds', async (t) => {
  const { zip, sha256: sum, code } = sealPacket(packet, PDF, KEY)
  const files = unzipSync(zip)
  const bytes = files['manifest.json']!
  const manifest = JSON.parse(Buffer.from(bytes).toString())
  t.equal(sum, sha256(bytes))
  for (const name of ['packet.json', 'packet.pdf', 'seal-key.pem', '核验说明.txt'])
    t.equal(manifest.files[name], sha256(files[name]!), name)
  t.equal(Object.keys(manifest.files).length, 4)
  const key = createPublicKey(Buffer.from(files['seal-key.pem']!).toString())
  t.equal(key.asymmetricKeyType, 'ed25519')
  t.ok(verify(null, bytes, key, files['manifest.sig']!))
  t.equal(manifest.fingerprint, sha256(key.export({ format: 'der', type: 'spki' })))
  t.equal(manifest.code, code)
  t.match(manifest, { format: 'hedui-seal/1', algorithm: 'Ed25519', packet: { id: packet.id, title: packet.title } })

  const json = Buffer.from(files['packet.json']!)
  const names = Object.keys(manifest.sections)
  for (const name of names) {
    const { from, bytes: length, sha256: sum } = manifest.sections[name]
    const slice = json.subarray(from, from + length)
    t.equal(sha256(slice), sum, name)
    const [, member, element] = name.replace('packet.json#', '').split('/')
    const value = (packet as unknown as Record<string, never>)[member!]
    t.same(
      JSON.parse(slice.toString()),
      element === undefined ? value : value![Number(element)],
      `${name} is its value`,
    )
  }
  const members = Object.keys(packet).filter((name) => !['legal', 'people', 'sources', 'warnings'].includes(name))
  const elements = ['legal', 'people', 'sources', 'warnings'].flatMap((name) =>
    (packet as unknown as Record<string, unknown[]>)[name]!.map((_, i) => `${name}/${i}`),
  )
  t.same(names.toSorted(), [...members, ...elements].map((name) => `packet.json#/${name}`).sort())
})

t.test('the verification code is the first hundred bits of the packet’s sha256, five a letter', async (t) => {
  const digest = createHash('sha256').update(JSON.stringify(packet)).digest()
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits
    .slice(0, 100)
    .match(/.{5}/g)!
    .map((five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number.parseInt(five, 2)])
  t.equal(verificationCode(packet), letters.join('').replace(/(.{4})(?=.)/g, '$1-'))
  t.match(verificationCode(packet), /^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/)
  t.not(verificationCode({ ...packet, number: 2 }), verificationCode(packet))
})

t.test('the key comes of the secret, by HKDF: another secret, another key', async (t) => {
  t.equal(createSealKey(Buffer.alloc(32, 7)).publicKey, KEY.publicKey)
  t.not(createSealKey(Buffer.alloc(32, 8)).publicKey, KEY.publicKey)
  t.equal(KEY.fingerprint, sha256(Buffer.from(KEY.publicKey, 'base64')))
})
