/** A4 in points, and what is left between the margins. */
export const PAPER = {
  margins: [56, 62, 56, 58] as [number, number, number, number],
  width: 595.28 - 112,
}
