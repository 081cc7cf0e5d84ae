/** Between the parts of a stored key: a character that parsers of text refuse, so that no part holds it. */
const SEPARATOR = '\u001f'

/** The key of a record as it is stored and compared: ("a|b", "c") and ("a", "b|c") stay two keys. */
export function joinKey(parts: readonly string[]): string {
  return parts.join(SEPARATOR)
}

/** The parts of a stored key. */
export function splitKey(key: string): string[] {
  return key.split(SEPARATOR)
}

/** The last four characters, for people to tell two accounts apart: "9957821236676423683" -> "****3683". */
export function maskSensitive(text: string): string {
  return text === '' ? '' : `****${text.length >= 8 ? text.slice(-4) : ''}`
}

/** A stored key for people: parts joined with "|", sensitive ones masked. `sensitive` says which, part by part. */
export function showKey(key: string, sensitive: readonly boolean[] = []): string {
  return splitKey(key)
    .map((part, i) => (sensitive[i] ? maskSensitive(part) : part))
    .join('|')
}
