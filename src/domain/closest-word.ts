import Fuse from 'fuse.js'

/**
 * "; did you mean 号牌种类?" for a word that is not allowed, or "" where none is near.
 * Fuse's score serves here, for a hint to the author of a file; it is never evidence of who someone is (design §4).
 */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const [nearest] = new Fuse(allowed, { threshold: 0.4, ignoreLocation: true }).search(word, { limit: 1 })
  return nearest ? `; did you mean ${nearest.item}?` : ''
}
