/** Fewer warnings than these could point at somebody. */
export const SMALLEST_CELL = 10

/**
 * Which of the cells of one kind are hidden, as the sizes say: the small ones, and with them the next larger ones until
 * neither one hidden cell nor their sum is small, for who knows the sum of all could find out what is hidden. Empty cells
 * say nothing and stay.
 */
export function hideSmallCells(sizes: Readonly<Record<string, number>>): Set<string> {
  const filled = Object.entries(sizes)
    .filter(([, size]) => size > 0)
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  const hidden = filled.filter(([, size]) => size < SMALLEST_CELL)
  if (hidden.length === 0) return new Set()
  const sum = () => hidden.reduce((total, [, size]) => total + size, 0)
  while (hidden.length < filled.length && (hidden.length < 2 || sum() < SMALLEST_CELL))
    hidden.push(filled[hidden.length]!)
  return new Set(hidden.map(([cell]) => cell))
}
