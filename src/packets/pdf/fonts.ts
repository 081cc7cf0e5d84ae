/** The bytes of the fonts that papers are set in; read by services/load-fonts.ts. */
export interface PacketFonts {
  readonly regular: Buffer
  readonly bold: Buffer
  /** Tried in order for characters that the first two lack: rare ideographs of names. */
  readonly fallbacks?: readonly Buffer[]
}
