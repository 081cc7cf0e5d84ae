import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { HeduiError } from '../errors.ts'
import type { PacketFonts } from '../packets/pdf/fonts.ts'
import { coverageOf } from '../packets/pdf/glyph-coverage.ts'

const require = createRequire(import.meta.url)
const loaded = new Map<string, Promise<PacketFonts>>()

/**
 * The fonts of papers, read once a process: Noto Sans SC (20 MB), and behind it the office's own for characters that it
 * lacks. Throws HeduiError DEFINITION_SETTING where one of these cannot be read or is no TrueType font.
 */
export function loadFonts({ fonts: own }: { readonly fonts: readonly string[] } = { fonts: [] }): Promise<PacketFonts> {
  const name = own.join('\n')
  const reading =
    loaded.get(name) ??
    read(own).catch((error: unknown) => {
      loaded.delete(name)
      throw error
    })
  loaded.set(name, reading)
  return reading
}

async function read(own: readonly string[]): Promise<PacketFonts> {
  const font = (path: string) => readFile(require.resolve(`@expo-google-fonts/noto-sans-sc/${path}`))
  const [regular, bold] = await Promise.all([
    font('400Regular/NotoSansSC_400Regular.ttf'),
    font('700Bold/NotoSansSC_700Bold.ttf'),
  ])
  return { regular, bold, fallbacks: await Promise.all(own.map(readOwn)) }
}

async function readOwn(file: string): Promise<Buffer> {
  try {
    const font = await readFile(file)
    coverageOf(font)
    return font
  } catch (cause) {
    const message = 'HEDUI_FONTS must be TrueType or OpenType files (not .ttc, .woff), with commas between them'
    throw new HeduiError('DEFINITION_SETTING', message, { file, cause })
  }
}
