/** Fingerprints of public keys as people compare and type them. */

/** "5f3a 91c2 …" */
export const groupFingerprint = (fingerprint: string): string => fingerprint.match(/.{1,4}/g)!.join(' ')

/** A fingerprint as people type it, or null where it is none: 64 hexadecimal digits, spaces and colons aside. */
export function readFingerprint(typed: string): string | null {
  const digits = typed
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replace(/[\s:]/g, '')
  return /^[0-9a-f]{64}$/.test(digits) ? digits : null
}
