/**
 * GB18030 as bytes. Node decodes it and does not encode it, so the table is what decoding all sequences gives.
 */

/** Stands in a text for one byte that no encoding knows (0xFF). A private-use character that no name has. */
export const UNDECODABLE = '\uf8ff'

interface Table {
  /** Two bytes of each character of the BMP, 0 where it has none. */
  readonly two: Uint16Array
  /** Four bytes of each character of the BMP that has no two, 0 where it has none. */
  readonly four: Uint32Array
}

let table: Table | undefined

const fourBytes = (linear: number) =>
  (((0x81 + Math.floor(linear / 12600)) << 24) |
    ((0x30 + (Math.floor(linear / 1260) % 10)) << 16) |
    ((0x81 + (Math.floor(linear / 10) % 126)) << 8) |
    (0x30 + (linear % 10))) >>>
  0

/** What each of the sequences stands for. They are parted by line feeds, which no sequence can swallow. */
function decodeAll(sequences: readonly number[], width: 2 | 4): string[] {
  const bytes = Buffer.alloc(sequences.length * (width + 1), 0x0a)
  for (const [i, sequence] of sequences.entries()) bytes.writeUIntBE(sequence, i * (width + 1), width)
  return new TextDecoder('gb18030').decode(bytes).split('\n')
}

function build(): Table {
  const two = new Uint16Array(0x10000)
  const four = new Uint32Array(0x10000)
  const pairs: number[] = []
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) pairs.push((lead << 8) | trail)
  const quads = Array.from({ length: 39420 }, (_, linear) => fourBytes(linear))
  for (const [i, text] of decodeAll(pairs, 2).entries())
    if (text.length === 1 && text !== '\ufffd') two[text.charCodeAt(0)] ||= pairs[i]!
  for (const [i, text] of decodeAll(quads, 4).entries())
    if (text.length === 1 && text !== '\ufffd' && two[text.charCodeAt(0)] === 0) four[text.charCodeAt(0)] ||= quads[i]!
  four[0xfffd] = 0x8431a437
  return { two, four }
}

/**
 * The GB18030 bytes of a text; UNDECODABLE becomes the byte 0xFF. Lone surrogates become U+FFFD, as in UTF-8.
 */
export function encodeGb18030(text: string): Buffer {
  table ??= build()
  const bytes = Buffer.allocUnsafe(text.length * 4)
  let end = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x80) {
      bytes[end++] = code
      continue
    }
    if (code === 0xf8ff) {
      bytes[end++] = 0xff
      continue
    }
    const pair = table.two[code]!
    if (pair !== 0) {
      bytes[end++] = pair >> 8
      bytes[end++] = pair & 0xff
      continue
    }
    if (code >= 0xd800 && code <= 0xdfff) code = text.codePointAt(i)!
    if (code > 0xffff) i++
    const quad = code > 0xffff ? fourBytes(189000 + code - 0x10000) : table.four[code] || table.four[0xfffd]!
    bytes.writeUInt32BE(quad, end)
    end += 4
  }
  return bytes.subarray(0, end)
}

/** The UTF-8 bytes of a text; UNDECODABLE becomes the byte 0xFF. */
export function encodeUtf8(text: string): Buffer {
  if (!text.includes(UNDECODABLE)) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  for (const [i, part] of text.split(UNDECODABLE).entries()) {
    if (i > 0) parts.push(Buffer.from([0xff]))
    parts.push(Buffer.from(part, 'utf8'))
  }
  return Buffer.concat(parts)
}
