import { inflateSync } from 'node:zlib'

/** What stands in a PDF as pdfkit writes one: enough of the format for tests, and nothing of the code under test. */
export interface ReadPdf {
  readonly pages: readonly ReadPage[]
  /** The texts of the information dictionary and the catalog's language. */
  readonly info: Readonly<Record<string, string>>
  readonly language: string | null
}

export interface ReadPage {
  /** In the order of drawing: a table cell by cell. */
  readonly text: string
  /** How often glyph 0, the empty box, is drawn. */
  readonly empty: number
  /** Glyphs without an entry in the font's ToUnicode map: they could not be copied or read aloud. */
  readonly mute: number
  /** Where the text that reaches farthest ends, in points from the left. */
  readonly right: number
  /** The lowest start of a text, in points from the bottom. */
  readonly bottom: number
}

type Objects = ReadonlyMap<number, { readonly dictionary: string; readonly stream: Buffer | null }>

/** Reads a PDF of pdfkit. Throws where it is none. */
export function readPdf(bytes: Buffer): ReadPdf {
  const objects = objectsOf(bytes)
  const all = [...objects.values()]
  const catalog = all.find(({ dictionary }) => /\/Type \/Catalog/.test(dictionary))!.dictionary
  const pages = all.find(({ dictionary }) => /\/Type \/Pages/.test(dictionary))!.dictionary
  const kids = [.../\/Kids \[([^\]]*)\]/.exec(pages)![1]!.matchAll(/(\d+) 0 R/g)].map(([, id]) => Number(id))
  const info = all.find(({ dictionary }) => /\/Producer/.test(dictionary))!.dictionary
  return {
    pages: kids.map((id) => readPage(objects, objects.get(id)!.dictionary)),
    info: Object.fromEntries(
      [...info.matchAll(/\/(\w+) (\d+) 0 R/g)].map(([, name, id]) => [
        name!,
        textOf(objects.get(Number(id))!.dictionary),
      ]),
    ),
    language: /\/Lang \(([^)]*)\)/.exec(catalog)?.[1] ?? null,
  }
}

function objectsOf(bytes: Buffer): Objects {
  const source = bytes.toString('latin1')
  if (!source.startsWith('%PDF-')) throw new Error('not a PDF')
  const objects = new Map<number, { dictionary: string; stream: Buffer | null }>()
  for (const { index, 0: head, 1: id } of source.matchAll(/(?<=\n)(\d+) 0 obj\n/g)) {
    const start = index + head.length
    const length = /^<<[\s\S]*?\/Length (\d+)[\s\S]*?>>\nstream\n/.exec(source.slice(start, start + 400))
    if (length) {
      const from = start + length[0].length
      const raw = bytes.subarray(from, from + Number(length[1]))
      objects.set(Number(id), {
        dictionary: length[0],
        stream: length[0].includes('FlateDecode') ? inflateSync(raw) : raw,
      })
    } else {
      objects.set(Number(id), { dictionary: source.slice(start, source.indexOf('endobj', start)), stream: null })
    }
  }
  return objects
}

const reference = (dictionary: string, name: string) => Number(new RegExp(`/${name} (\\d+) 0 R`).exec(dictionary)?.[1])

function readPage(objects: Objects, page: string): ReadPage {
  const resources = objects.get(reference(page, 'Resources'))?.dictionary ?? page
  const fonts = new Map(
    [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => [name!, readFont(objects, Number(id))]),
  )
  const content = objects.get(reference(page, 'Contents'))!.stream!.toString('latin1')
  const read = { text: '', empty: 0, mute: 0, right: 0, bottom: Number.POSITIVE_INFINITY }
  let font: ReadFont = { texts: new Map(), widths: [] }
  let [at, size] = [0, 0]
  // 1 0 0 1 x y Tm, /F1 9 Tf, [<0001> 12 <0002>] TJ
  for (const [, x, y, name, points, shown] of content.matchAll(
    /1 0 0 1 ([-\d.]+) ([-\d.]+) Tm|\/(F\d+) ([\d.]+) Tf|\[([^\]]*)\] TJ/g,
  )) {
    if (x !== undefined) {
      at = Number(x)
      read.bottom = Math.min(read.bottom, Number(y))
    } else if (name !== undefined) {
      font = fonts.get(name)!
      size = Number(points)
    } else
      for (const [, codes] of shown!.matchAll(/<([0-9a-fA-F]*)>/g))
        for (const code of codes!.match(/.{4}/g) ?? []) {
          const glyph = Number.parseInt(code, 16)
          if (glyph === 0) read.empty++
          const text = font.texts.get(glyph)
          if (text === undefined) read.mute++
          else read.text += text
          at += ((font.widths[glyph] ?? 0) * size) / 1000
          // A space at the end of a line is not seen.
          if (text?.trim()) read.right = Math.max(read.right, at)
        }
  }
  return read
}

interface ReadFont {
  /** What each glyph stands for, by the ToUnicode CMap. */
  readonly texts: ReadonlyMap<number, string>
  /** In thousandths of the size. */
  readonly widths: readonly number[]
}

function readFont(objects: Objects, id: number): ReadFont {
  const { dictionary } = objects.get(id)!
  const cmap = objects.get(reference(dictionary, 'ToUnicode'))!.stream!.toString('latin1')
  const texts = new Map<number, string>()
  for (const [, from, , list] of cmap.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/gi)) {
    let glyph = Number.parseInt(from!, 16)
    for (const [, units] of list!.matchAll(/<([0-9a-f ]*)>/gi)) {
      const codes = units!.replaceAll(' ', '').match(/.{4}/g) ?? []
      texts.set(glyph++, String.fromCharCode(...codes.map((unit) => Number.parseInt(unit, 16))))
    }
  }
  const descendant = Number(/\/DescendantFonts \[(\d+) 0 R/.exec(dictionary)![1])
  const widths = /\/W \[0 \[([^\]]*)\]/.exec(objects.get(descendant)!.dictionary)![1]!
  return { texts, widths: widths.trim().split(/\s+/).map(Number) }
}

/** A text string: UTF-16 with a mark, or one byte a character. */
function textOf(object: string): string {
  const raw = /^\(([\s\S]*)\)\s*$/.exec(object)?.[1] ?? object
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
  const bytes = raw.replace(/\\([\s\S])/g, (_, next: string) => escapes[next] ?? next)
  if (!bytes.startsWith('\u00fe\u00ff')) return bytes
  return Buffer.from(bytes.slice(2), 'latin1').swap16().toString('utf16le')
}

/** A text without what line breaks change: white space. */
export const squeeze = (text: string): string => text.replace(/\s+/g, '')
