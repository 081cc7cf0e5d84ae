import { Converter } from 'opencc-js/t2cn'

const toSimplified = Converter({ from: 't', to: 'cn' })
/** What a character becomes in a folded name, "" where it is dropped; filled as characters turn up. */
const folded = new Map<string, string>()

/** White space, the hyphen, and the dots that stand between the parts of a name (design §7). */
const DROPPED = /[\s\-\u00b7\u2022\u30fb\uff65\u2027\uff0e\u002e\u3002\u2219\u22c5]/u

function foldCharacter(character: string): string {
  const known = folded.get(character)
  if (known !== undefined) return known
  // Character by character: a name is no phrase, and 乾 in a name must not depend on its neighbors.
  const result = DROPPED.test(character) ? '' : toSimplified(character).toUpperCase()
  folded.set(character, result)
  return result
}

/** For each UTF-16 unit whether it is a character that folds to itself: 0 not known yet, 1 yes, 2 no or half of one. */
const foldsToItself = new Uint8Array(0x1_0000)

function isFolded(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i)
    if (foldsToItself[unit] === 0) {
      const isIdeograph = unit >= 0x4e00 && unit <= 0x9fff
      foldsToItself[unit] = isIdeograph && foldCharacter(name[i]!) === name[i] ? 1 : 2
    }
    if (foldsToItself[unit] === 2) return false
  }
  return true
}

/** Unified ideographs, which NFKC leaves as they are; the compatibility forms lie elsewhere. */
const IDEOGRAPHS = /^[\u4e00-\u9fff]+$/

/**
 * The form in which names are compared: NFKC; white space, "-" and the dots between name parts removed; traditional
 * characters made simplified one by one (OpenCC t -> cn); Latin letters in upper case. Two names are the same when
 * their folds are.
 */
export function foldName(name: string): string {
  // Nearly every name: looking takes a tenth of making it again.
  if (isFolded(name)) return name
  let result = ''
  for (const character of IDEOGRAPHS.test(name) ? name : name.normalize('NFKC')) result += foldCharacter(character)
  return result
}

export type NameState = 'given' | 'missing' | 'masked'

/** Whether a delivered name says who it is: given, missing (blank) or masked (like 王*). */
export function nameState(name: string): NameState {
  if (IDEOGRAPHS.test(name)) return 'given'
  if (name.normalize('NFKC').includes('*')) return 'masked'
  return foldName(name) === '' ? 'missing' : 'given'
}
