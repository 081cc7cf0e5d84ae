import type { Encoding } from '../file-format.ts'

/** Bytes that are held back for a place to cut at; a line with none is too long anyway, wherever it is cut. */
const MOST_HELD = 4 << 20

/** Position after the last byte below 0x30, which no sequence of several bytes holds in any of the encodings; or 0. */
function cutOf(bytes: Uint8Array): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1]! >= 0x30) end -= 1
  return end
}

/**
 * Bytes in chunks of any size as text in chunks. A byte-order mark of UTF-8 is dropped; bytes that are not of the
 * encoding become U+FFFD, for a bad byte spoils its row and not the file. `first` is false for a later part of a file,
 * which begins with no mark.
 *
 * Chunks are cut between characters and decoded each by itself: the streaming decoder of Node for gb18030 throws, fatal
 * or not, where a broken sequence lies across two chunks (Node 26.10).
 */
export async function* decodedText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  { first = true }: { readonly first?: boolean } = {},
): AsyncGenerator<string> {
  // A decoder that drops the mark would do so at the start of each chunk.
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  let held: Uint8Array[] = []
  let heldBytes = 0
  let atStart = first

  const decoded = (last: Uint8Array): string => {
    const text = decoder.decode(held.length === 0 ? last : Buffer.concat([...held, last]))
    held = []
    heldBytes = 0
    const marked = atStart && encoding === 'utf-8' && text.startsWith('\uFEFF')
    atStart = false
    return marked ? text.slice(1) : text
  }

  for await (const chunk of bytes) {
    const cut = heldBytes + chunk.length > MOST_HELD ? chunk.length : cutOf(chunk)
    if (cut > 0) yield decoded(chunk.subarray(0, cut))
    if (cut === chunk.length) continue
    // A copy, for the chunk may be a buffer that is filled again.
    held.push(Uint8Array.from(chunk.subarray(cut)))
    heldBytes += chunk.length - cut
  }
  const rest = heldBytes > 0 ? decoded(new Uint8Array()) : ''
  if (rest !== '') yield rest
}
