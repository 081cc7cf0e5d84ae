/** What the non-ASCII bytes of some text amount to when it is read as UTF-8. */
export interface Utf8Census {
  /** Bytes above 0x7F. */
  readonly nonAscii: number
  /** Those of them that are not part of a well-formed sequence. */
  readonly undecodable: number
  /** Well-formed sequences of several bytes. */
  readonly sequences: number
}

/** Length of the sequence that a lead byte opens, 0 for a byte that opens none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
}

/** The range of the second byte is narrower after these leads: no overlong forms, no surrogates, nothing above U+10FFFF. */
const SECOND: Record<number, readonly [number, number]> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
}

/** Takes a census of `bytes`; a sequence that the end of the bytes cuts off is not counted at all. */
export function takeUtf8Census(bytes: Uint8Array): Utf8Census {
  let nonAscii = 0
  let undecodable = 0
  let sequences = 0
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!
    if (lead < 0x80) {
      at += 1
      continue
    }
    const length = sequenceLength(lead)
    const [least, most] = SECOND[lead] ?? [0x80, 0xbf]
    let sound = 1
    while (sound < length && at + sound < bytes.length) {
      const byte = bytes[at + sound]!
      if (byte < (sound === 1 ? least : 0x80) || byte > (sound === 1 ? most : 0xbf)) break
      sound += 1
    }
    if (length > 0 && sound < length && at + sound === bytes.length) break
    nonAscii += sound
    if (length > 0 && sound === length) sequences += 1
    else undecodable += sound
    at += sound
  }
  return { nonAscii, undecodable, sequences }
}
