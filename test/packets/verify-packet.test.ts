import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { unzipSync, type Zippable, zipSync } from 'fflate'
import t from 'tap'
import { packFiles } from '../../src/packets/archive.ts'
import { assemblePacket } from '../../src/packets/assemble-packet.ts'
import { signBytes } from '../../src/packets/seal-key.ts'
import { createSealKey, sealPacket } from '../../src/packets/seal-packet.ts'
import { type VerifyProblem, verifyPacket } from '../../src/packets/verify-packet.ts'
import { inputOf } from './packet-input.ts'

const packet = assemblePacket(inputOf())
const KEY = createSealKey(Buffer.alloc(32, 7))
const STRANGER = createSealKey(Buffer.alloc(32, 8))
const PDF = Buffer.from('%PDF-1.7 a stand-in')
const SEALED = sealPacket(packet, PDF, KEY)

type Files = Record<string, Buffer>
const filesOf = (zip: Buffer): Files =>
  Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes)]))
/** The sealed archive with its files changed, packed as the program packs. */
const changed = (change: (files: Files) => void): Buffer => {
  const files = filesOf(SEALED.zip)
  change(files)
  return packFiles(files)
}
const replaceIn = (name: string, from: string, to: string) => (files: Files) => {
  const text = files[name]!.toString()
  if (!text.includes(from)) throw new Error(`${name} holds no ${from}`)
  files[name] = Buffer.from(text.replace(from, () => to))
}
const said = (problems: readonly VerifyProblem[]) =>
  problems.map(({ file, section, what }) => [file, section, what].filter(Boolean).join(' '))

t.test('a packet as it was sealed is well, and it is said whose key it is', async (t) => {
  const { fingerprint } = KEY
  const report = verifyPacket(SEALED.zip)
  t.same(report, { ok: true, key: fingerprint, keyIs: 'unknown', problems: [], packet, code: SEALED.code })
  t.match(verifyPacket(SEALED.zip, { own: fingerprint }), { ok: true, keyIs: 'own' })
  t.match(verifyPacket(SEALED.zip, { own: STRANGER.fingerprint }), { ok: true, keyIs: 'unknown' })
  t.match(verifyPacket(SEALED.zip, { trusted: fingerprint, own: fingerprint }), { ok: true, keyIs: 'trusted' })
  const other = verifyPacket(SEALED.zip, { trusted: STRANGER.fingerprint, own: fingerprint })
  t.match(other, { ok: false, keyIs: 'own' })
  t.same(said(other.problems), ['manifest.json other-key'])
})

const TAMPERED: Readonly<Record<string, readonly [change: (files: Files) => void, said: readonly string[]]>> = {
  'the amount of a warning': [
    replaceIn('packet.json', '"measure":"36720.01"', '"measure":"96720.01"'),
    ['packet.json /warnings/0 changed'],
  ],
  'the second warning': [
    replaceIn('packet.json', '名下有机动车1辆', '名下有机动车9辆'),
    ['packet.json /warnings/1 changed'],
  ],
  'the days to answer': [
    replaceIn('packet.json', '"workingDays":10', '"workingDays":3'),
    ['packet.json /answer changed'],
  ],
  'a person': [
    replaceIn('packet.json', '"name":"M**** d* S****"', '"name":"Maria da Silva"'),
    ['packet.json /people/2 changed'],
  ],
  'the file of a source': [
    replaceIn('packet.json', '3'.repeat(64), '4'.repeat(64)),
    ['packet.json /sources/1 changed'],
  ],
  'a record and the sum with it': [
    (files) => {
      replaceIn('packet.json', '"balance":672001', '"balance":672002')(files)
      replaceIn('packet.json', '"chain":', '"chain": ')(files)
    },
    ['packet.json /replay changed'],
  ],
  'a warning taken out': [
    (files) => {
      const { warnings, ...rest } = JSON.parse(files['packet.json']!.toString())
      files['packet.json'] = Buffer.from(JSON.stringify({ ...rest, warnings: warnings.slice(0, 1) }))
    },
    ['packet.json /warnings/1 missing'],
  ],
  'a warning put in': [
    (files) => {
      const { warnings, ...rest } = JSON.parse(files['packet.json']!.toString())
      files['packet.json'] = Buffer.from(JSON.stringify({ ...rest, warnings: [...warnings, warnings[0]] }))
    },
    ['packet.json /warnings/2 added'],
  ],
  'a member put in': [
    replaceIn('packet.json', '"addressee":', '"a/b~c":1,"addressee":'),
    ['packet.json /a~1b~0c added'],
  ],
  'the form alone': [
    (files) => {
      files['packet.json'] = Buffer.from(JSON.stringify(JSON.parse(files['packet.json']!.toString()), null, 2))
    },
    ['packet.json rewritten'],
  ],
  'a member twice': [
    replaceIn('packet.json', '{"addressee":', '{"addressee":1,"addressee":'),
    ['packet.json rewritten'],
  ],
  'a bracket': [replaceIn('packet.json', '"warnings":[', '"warnings":{'), ['packet.json not-json']],
  'a text cut short': [
    (files) => {
      files['packet.json'] = files['packet.json']!.subarray(0, -40)
    },
    ['packet.json /warnings/1 changed'],
  ],
  'nothing left of the text': [
    (files) => {
      files['packet.json'] = Buffer.alloc(0)
    },
    Object.keys(JSON.parse(filesOf(SEALED.zip)['manifest.json']!.toString()).sections).map(
      (name) => `${name.replace('#', ' ')} changed`,
    ),
  ],
  'the PDF': [
    (files) => {
      files['packet.pdf'] = Buffer.from('%PDF-1.7 another one')
    },
    ['packet.pdf not-the-packets'],
  ],
  'the instructions': [replaceIn('核验说明.txt', 'openssl', 'openssI'), ['核验说明.txt changed']],
  'the key': [
    (files) => {
      files['seal-key.pem'] = filesOf(sealPacket(packet, PDF, STRANGER).zip)['seal-key.pem']!
    },
    ['seal-key.pem changed'],
  ],
  'the manifest': [
    replaceIn('manifest.json', '"number": 1', '"number": 2'),
    ['manifest.json signature-differs', 'manifest.json other-packet'],
  ],
  'the manifest’s form': [replaceIn('manifest.json', '"files"', '"fi1es"'), ['manifest.json not-a-manifest']],
  'the signature': [
    (files) => {
      files['manifest.sig']![5]! ^= 1
    },
    ['manifest.json signature-differs'],
  ],
  'a signature of no length': [
    (files) => {
      files['manifest.sig'] = Buffer.alloc(0)
    },
    ['manifest.json signature-differs'],
  ],
  'a text and the manifest with it': [
    (files) => {
      const other = filesOf(sealPacket({ ...packet, number: 2 }, PDF, STRANGER).zip)
      files['packet.json'] = other['packet.json']!
      const manifest = JSON.parse(files['manifest.json']!.toString())
      const { files: sums, sections } = JSON.parse(other['manifest.json']!.toString())
      manifest.files['packet.json'] = sums['packet.json']
      files['manifest.json'] = Buffer.from(`${JSON.stringify({ ...manifest, sections }, null, 2)}\n`)
    },
    ['manifest.json signature-differs', 'manifest.json other-packet'],
  ],
  'a file more': [
    (files) => {
      files['readme.txt'] = Buffer.from('hello')
    },
    ['readme.txt not-part'],
  ],
  'a file less': [
    (files) => {
      delete files['packet.pdf']
    },
    ['packet.pdf missing'],
  ],
  'no manifest': [
    (files) => {
      delete files['manifest.json']
    },
    ['manifest.json missing'],
  ],
}

for (const [what, [change, problems]] of Object.entries(TAMPERED)) {
  t.test(`finds and names ${what}`, async (t) => {
    const report = verifyPacket(changed(change), { own: KEY.fingerprint })
    t.equal(report.ok, false)
    t.same(said(report.problems), problems)
  })
}

t.test('what a stranger sealed anew is whole, but not by the key that is known', async (t) => {
  const forged = sealPacket({ ...packet, number: 2 }, PDF, STRANGER).zip
  t.match(verifyPacket(forged, { own: KEY.fingerprint }), { ok: true, keyIs: 'unknown', key: STRANGER.fingerprint })
  t.match(verifyPacket(forged, { trusted: KEY.fingerprint }), { ok: false, keyIs: 'unknown' })
})

t.test('a stranger who seals what is no packet is found out', async (t) => {
  const sealAnything = (text: string) => {
    const sealed = filesOf(SEALED.zip)
    sealed['packet.json'] = Buffer.from(text)
    const manifest = JSON.parse(sealed['manifest.json']!.toString())
    manifest.files['packet.json'] = createHash('sha256').update(text).digest('hex')
    sealed['manifest.json'] = Buffer.from(JSON.stringify(manifest))
    sealed['manifest.sig'] = signBytes(sealed['manifest.json']!, KEY)
    return packFiles(sealed)
  }
  const whole = SEALED.json.toString()
  const cases = {
    '{}': ['packet.json not-a-packet'],
    null: ['packet.json not-a-packet'],
    '': ['packet.json not-a-packet'],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`]: ['packet.json not-a-packet'],
    [whole.replace('"title":"核告', '"title":"\\ud800')]: ['packet.json not-a-packet'],
    [whole.replace('{"addressee"', '{"number":7,"addressee"')]: ['packet.json not-canonical'],
    [whole.replace('"number":1,"people"', '"number":2,"people"')]: ['manifest.json other-packet'],
  }
  for (const [text, problems] of Object.entries(cases))
    t.same(said(verifyPacket(sealAnything(text)).problems), problems, text.slice(0, 60))
})

t.test('an archive that was packed anew is told apart from one that was changed', async (t) => {
  const files = filesOf(SEALED.zip)
  const cases: Readonly<Record<string, Buffer>> = {
    compressed: Buffer.from(zipSync(files as Zippable, { level: 6, mtime: '2026-12-01T00:00:00' })),
    'in another order': packFiles(Object.fromEntries(Object.entries(files).reverse())),
    'with a comment': Buffer.concat([SEALED.zip.subarray(0, -2), Buffer.from([5, 0]), Buffer.from('hello')]),
    'with bytes before': Buffer.concat([Buffer.from('MZ'), SEALED.zip]),
  }
  for (const [what, zip] of Object.entries(cases)) {
    const { ok, problems } = verifyPacket(zip)
    t.notOk(ok, what)
    t.match(said(problems).join(), /^(repacked|not-zip)$/, what)
  }
  // What another program would unpack is another text: its name in the local header is not the one in the directory.
  const local = Buffer.from(SEALED.zip)
  local.write('packet.jsoN', 30, 'latin1')
  t.same(said(verifyPacket(local).problems), ['repacked'])
})

t.test('hostile bytes are answered, in little time and memory', async (t) => {
  const named = (name: string, bytes: Uint8Array) => ({ [name]: bytes })
  const twice = Buffer.from(packFiles({ 'packet.json': Buffer.from('a'), 'packet.jsoN': Buffer.from('b') }))
  for (let at = twice.indexOf('jsoN'); at >= 0; at = twice.indexOf('jsoN')) twice.write('json', at)
  const bomb = Buffer.from(zipSync(named('packet.json', new Uint8Array(70 * 1024 * 1024)), { level: 9 }))
  const liar = Buffer.from(zipSync(named('packet.json', new Uint8Array(8 * 1024 * 1024)), { level: 9 }))
  // The directory says that the file unpacks to ten bytes.
  liar.writeUInt32LE(10, liar.lastIndexOf('PK\x01\x02', liar.length, 'latin1') + 24)
  const many = packFiles(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, Buffer.alloc(1)])))
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ['nothing', Buffer.alloc(0), /^not-zip$/],
    ['a text', Buffer.from('hello'), /^not-zip$/],
    ['a PDF', PDF, /^not-zip$/],
    ['half an archive', SEALED.zip.subarray(0, SEALED.zip.length / 2), /^not-zip$/],
    ['its end alone', SEALED.zip.subarray(-22), /^not-zip$/],
    ['one name twice', twice, /^same-name-twice$/],
    ['a bomb', bomb, /^too-large$/],
    ['a liar', liar, /packet\.pdf missing/],
    ['too many files', many, /^too-many-files$/],
    ['too many bytes', Buffer.alloc(65 * 1024 * 1024), /^too-large$/],
    ['no file', Buffer.from('504b0506000000000000000000000000000000000000', 'hex'), /packet\.json missing/],
  ]
  for (const [what, bytes, pattern] of cases) {
    const { ok, problems, packet } = verifyPacket(bytes)
    t.notOk(ok, what)
    t.equal(packet, null, what)
    t.match(said(problems).join(), pattern, what)
  }
})

t.test('any change of any byte of the archive is found', async (t) => {
  const change = fc.record({ at: fc.nat({ max: SEALED.zip.length - 1 }), by: fc.integer({ min: 1, max: 255 }) })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(change, ({ at, by }) => {
        const zip = Buffer.from(SEALED.zip)
        zip[at]! ^= by
        return !verifyPacket(zip).ok
      }),
      { numRuns: 700 },
    ),
  )
})

t.test('a change of any byte of packet.json is found and named by its section', async (t) => {
  const { sections } = JSON.parse(filesOf(SEALED.zip)['manifest.json']!.toString())
  const places = Object.entries(sections as Record<string, { from: number; bytes: number }>)
  const { json } = SEALED
  const change = fc.record({ at: fc.nat({ max: json.length - 1 }), by: fc.integer({ min: 1, max: 255 }) })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(change, ({ at, by }) => {
        const flipped = Buffer.from(json)
        flipped[at]! ^= by
        const { problems } = verifyPacket(changed((files) => (files['packet.json'] = flipped)))
        const own = places
          .find(([, { from, bytes }]) => at >= from && at < from + bytes)?.[0]
          .replace('packet.json#', '')
        const named = problems.map(({ section }) => section)
        if (problems.length === 0 || problems.some(({ file }) => file !== 'packet.json')) return false
        // Between sections stand names and brackets of the packet itself.
        return own === undefined || (named.length === 1 && named[0] === own)
      }),
      { numRuns: 1500 },
    ),
  )
})

t.test('bytes put in or taken out are named by their section', async (t) => {
  const { sections } = JSON.parse(filesOf(SEALED.zip)['manifest.json']!.toString())
  const places = Object.entries(sections as Record<string, { from: number; bytes: number }>)
  const { json } = SEALED
  const change = fc.record({
    place: fc.constantFrom(...places),
    share: fc.double({ min: 0, max: 0.99, noNaN: true }),
    bytes: fc.uint8Array({ maxLength: 5 }),
    cut: fc.nat({ max: 3 }),
  })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(change, ({ place: [name, { from, bytes }], share, bytes: put, cut }) => {
        const at = from + Math.floor(share * bytes)
        const end = Math.min(at + cut, from + bytes)
        const edited = Buffer.concat([json.subarray(0, at), put, json.subarray(end)])
        if (edited.equals(json)) return true
        const { problems } = verifyPacket(changed((files) => (files['packet.json'] = edited)))
        // What was put in before a value may be white space: then nothing that it says has changed.
        return (
          problems.every(({ section }) => section === null || section === name.replace('packet.json#', '')) &&
          problems.length > 0
        )
      }),
      { numRuns: 1000 },
    ),
  )
})
