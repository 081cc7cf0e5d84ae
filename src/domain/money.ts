const YUAN = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/

/** Fen of a decimal string of yuan ("745.00", "-3.5"), or null where it is no such string. */
export function parseYuan(text: string): number | null {
  const parts = YUAN.exec(text)
  if (!parts) return null
  const [, sign, yuan, fraction = ''] = parts
  const fen = Number(yuan) * 100 + Number(fraction.padEnd(2, '0'))
  return sign && fen !== 0 ? -fen : fen
}

/** The decimal string of yuan with two places that every boundary uses: 74500 -> "745.00". */
export function formatYuan(fen: number | bigint): string {
  const digits = (fen < 0 ? -fen : fen).toString().padStart(3, '0')
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Yuan as people read it, with thousands separated: 8640000 -> "86,400.00". */
export function formatYuanGrouped(fen: number | bigint): string {
  return formatYuan(fen).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
