/** Far above the 32,767 characters that a cell may have. */
export const LONGEST_TEXT = 1 << 20

const ESCAPE = /_x([0-9A-Fa-f]{4})_/g

/** A text as the workbook means it: characters that XML cannot hold are written _x000D_, and a literal _x as _x005F_x. */
export function decodeExcelText(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(ESCAPE, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
