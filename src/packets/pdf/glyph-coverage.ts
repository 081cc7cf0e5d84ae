/** Whether a font has a glyph for a code point. */
export type Coverage = (codePoint: number) => boolean

const known = new WeakMap<Buffer, Coverage>()

/**
 * Which characters a TrueType or OpenType font can draw, by its `cmap` table (formats 4 and 12; OpenType 1.9, "cmap").
 * pdfkit draws glyph 0, an empty box, for every other one without a word. Throws RangeError where the bytes are no font.
 */
export function coverageOf(font: Buffer): Coverage {
  let coverage = known.get(font)
  if (!coverage) {
    coverage = readCoverage(font)
    known.set(font, coverage)
  }
  return coverage
}

function readCoverage(font: Buffer): Coverage {
  const table = tableOf(font, 'cmap')
  const subtables = Array.from({ length: font.readUInt16BE(table + 2) }, (_, i) => {
    const entry = table + 4 + i * 8
    return { platform: font.readUInt16BE(entry), at: table + font.readUInt32BE(entry + 4) }
  })
  // Only Unicode (0) and Windows (3) subtables speak of code points.
  const unicode = subtables.filter(({ platform }) => platform === 0 || platform === 3).map(({ at }) => at)
  const whole = unicode.find((at) => font.readUInt16BE(at) === 12)
  if (whole !== undefined) return readGroups(font, whole)
  const basic = unicode.find((at) => font.readUInt16BE(at) === 4)
  if (basic !== undefined) return readSegments(font, basic)
  throw new RangeError('the font maps no Unicode characters')
}

function tableOf(font: Buffer, tag: string): number {
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const entry = 12 + i * 16
    if (font.toString('latin1', entry, entry + 4) === tag) return font.readUInt32BE(entry + 8)
  }
  throw new RangeError(`the font has no table ${tag}`)
}

/** Format 12: groups of code points, ascending. */
function readGroups(font: Buffer, at: number): Coverage {
  const count = font.readUInt32BE(at + 12)
  const word = (group: number, field: number) => font.readUInt32BE(at + 16 + group * 12 + field * 4)
  return (codePoint) => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (codePoint < word(middle, 0)) high = middle
      else if (codePoint > word(middle, 1)) low = middle + 1
      else return word(middle, 2) + codePoint - word(middle, 0) !== 0
    }
    return false
  }
}

/** Format 4: segments of the first 65,536 code points. */
function readSegments(font: Buffer, at: number): Coverage {
  const size = font.readUInt16BE(at + 6)
  const [ends, starts, deltas, offsets] = [at + 14, at + 16 + size, at + 16 + size * 2, at + 16 + size * 3]
  return (codePoint) => {
    if (codePoint > 0xffff) return false
    for (let i = 0; i < size; i += 2) {
      if (codePoint > font.readUInt16BE(ends + i)) continue
      const start = font.readUInt16BE(starts + i)
      if (codePoint < start) return false
      const delta = font.readUInt16BE(deltas + i)
      const offset = font.readUInt16BE(offsets + i)
      if (offset === 0) return ((codePoint + delta) & 0xffff) !== 0
      return font.readUInt16BE(offsets + i + offset + (codePoint - start) * 2) !== 0
    }
    return false
  }
}
