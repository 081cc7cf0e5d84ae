import { createRequire } from 'node:module'
import fc from 'fast-check'
import t from 'tap'
import { coverageOf } from '../../src/packets/pdf/glyph-coverage.ts'
import { createTypesetter, MAIN_FONT, sayCodePoint } from '../../src/packets/pdf/typesetter.ts'
import { loadFonts } from '../../src/services/load-fonts.ts'

const require = createRequire(import.meta.url)
/** The reader of fonts that draws them, by way of what brings it. */
const fontkit = createRequire(require.resolve('pdfmake'))('fontkit') as {
  create(font: Buffer): { hasGlyphForCodePoint(codePoint: number): boolean }
}
const fonts = await loadFonts()

t.test('fonts are read once a process', async (t) => {
  t.equal((await loadFonts()).regular, fonts.regular)
})

t.test('an office names fonts of its own for what this one lacks, and a file that is none is told', async (t) => {
  const own = require.resolve('@expo-google-fonts/noto-sans-sc/300Light/NotoSansSC_300Light.ttf')
  const { fallbacks } = await loadFonts({ fonts: [own] })
  t.equal(fallbacks?.length, 1)
  t.same((await loadFonts()).fallbacks, [])
  for (const wrong of [import.meta.filename, `${own}.absent`])
    await t.rejects(loadFonts({ fonts: [wrong] }), { code: 'DEFINITION_SETTING', message: /HEDUI_FONTS must be/ })
})

t.test('coverage is what the reader of fonts says, for every code point', async (t) => {
  for (const name of ['regular', 'bold'] as const) {
    const [covers, other] = [coverageOf(fonts[name]), fontkit.create(fonts[name])]
    let [differing, covered] = [0, 0]
    for (let codePoint = 1; codePoint <= 0x10ffff; codePoint++) {
      if (covers(codePoint) !== other.hasGlyphForCodePoint(codePoint)) differing++
      if (covers(codePoint)) covered++
    }
    t.equal(differing, 0, name)
    t.ok(covered > 25_000, `${name}: ${covered}`)
  }
})

t.test('the fonts draw all of the unified ideographs of GB 18030 level 1 and 2 and extension A', async (t) => {
  const covers = coverageOf(fonts.regular)
  const lacking = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((codePoint) => !covers(codePoint)).length
  t.equal(lacking(0x4e00, 0x9fa5), 0)
  t.equal(lacking(0x3400, 0x4db5), 0)
  // Of the 通用规范汉字表 what lies beyond: some of extensions C, D and E.
  for (const character of '𬭎𬒔𫟹𬴂𫵷𬘓') t.ok(covers(character.codePointAt(0)!), character)
})

t.test('a text is set in runs that say all of it, each in a font that draws it', async () => {
  const covers = coverageOf(fonts.regular)
  const character = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...'王·（），。|-_ \n\t/0123456789abcdefABCDEF𠮷𬭎\u200b\u00ad\ufe0f\u{e0101}\ud800'),
  )
  fc.assert(
    fc.property(fc.array(character, { maxLength: 80 }), (characters) => {
      const text = characters.join('')
      const typesetter = createTypesetter(fonts)
      const runs = typesetter.set(text)
      const set = runs.map((run) => run.text).join('')
      for (const each of set)
        if (each !== '\n' && !covers(each.codePointAt(0)!))
          throw new Error(`${sayCodePoint(each.codePointAt(0)!)} is set`)
      // Put back what was named: it is the text, but for the kinds of white space.
      let said = set
      for (const codePoint of typesetter.missing)
        said = said.replaceAll(sayCodePoint(codePoint), String.fromCodePoint(codePoint))
      const plain = (value: string) => value.replace(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll('\t', ' ')
      if (plain(said) !== plain(text)) throw new Error(JSON.stringify([text, said]))
    }),
    { numRuns: 3000 },
  )
})

t.test('long words can be broken anywhere, amounts nowhere, and a dot stays with what is before it', async (t) => {
  const { set } = createTypesetter(fonts)
  const hash = 'c0ffee'.repeat(10)
  t.same(set(`摘要${hash}。`), [{ text: '摘要' }, { text: hash, wordBreak: 'break-all' }, { text: '。' }])
  t.same(set('9,999,999,999,999.00'), [{ text: '9,999,999,999,999.00' }])
  t.same(set('买买提·艾力'), [{ text: '买买' }, { text: '提·', noWrap: true }, { text: '艾力' }])
  t.same(set(''), [])
})

t.test('a font that lacks a character is passed over for the next that has it', async (t) => {
  const { readFile } = await import('node:fs/promises')
  const roboto = await readFile(require.resolve('pdfmake/fonts/Roboto/Roboto-Regular.ttf'))
  const typesetter = createTypesetter({ ...fonts, fallbacks: [roboto] })
  t.same(typesetter.set('王ő𠮷'), [{ text: '王' }, { text: 'ő', font: 'fallback0' }, { text: '〔U+20BB7〕' }])
  t.same([...typesetter.missing], [0x20bb7])
  t.equal(MAIN_FONT, 'main')
})

t.test('bytes that are no font are refused', async (t) => {
  t.throws(() => coverageOf(Buffer.alloc(64)), RangeError)
})
