import type { Encoding } from '../file-format.ts'

const OTHERS: Record<Encoding, Encoding> = { 'utf-8': 'gb18030', gb18030: 'utf-8', gbk: 'utf-8' }

/**
 * What may be behind a header that lacks columns, as the end of an error message: another encoding, where the missing
 * names show up in it or the header is garbled; line ends that are not recognized. "" where nothing is suspicious.
 */
export function headerHint(start: Uint8Array, encoding: Encoding, missing: readonly string[]): string {
  const other = OTHERS[encoding]
  const inOther = new TextDecoder(other).decode(start)
  const inDeclared = new TextDecoder(encoding).decode(start)
  const shows = (text: string) => missing.filter((name) => text.includes(name)).length
  if (shows(inOther) > shows(inDeclared))
    return `; they are there when the file is read as ${other}: correct file.encoding`
  const header = inDeclared.split('\n', 1)[0]!
  if (header.includes('\uFFFD')) return `; the header holds bytes that are not ${encoding}: correct file.encoding`
  if (header.trimEnd().includes('\r')) return '; the lines of the file must end with LF or CR LF, and not with CR'
  return ''
}
