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

/**
 * The form in which names are compared: NFKC; white space, "-" and the dots between name parts removed; traditional
 * characters made simplified one by one (OpenCC t -> cn); Latin letters in upper case. Two names are the same when
 * their folds are.
 */
/** Unified ideographs, which NFKC leaves as they are; the compatibility forms lie elsewhere. */
const IDEOGRAPHS = /^[\u4e00-\u9fff]+$/

export function foldName(name: string): string {
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
