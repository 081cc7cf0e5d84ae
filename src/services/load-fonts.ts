import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { PacketFonts } from '../packets/pdf/fonts.ts'

const require = createRequire(import.meta.url)
let loaded: Promise<PacketFonts> | undefined

/** The fonts of papers (Noto Sans SC, 20 MB), read once a process. */
export function loadFonts(): Promise<PacketFonts> {
  loaded ??= read().catch((error: unknown) => {
    loaded = undefined
    throw error
  })
  return loaded
}

async function read(): Promise<PacketFonts> {
  const font = (path: string) => readFile(require.resolve(`@expo-google-fonts/noto-sans-sc/${path}`))
  const [regular, bold] = await Promise.all([
    font('400Regular/NotoSansSC_400Regular.ttf'),
    font('700Bold/NotoSansSC_700Bold.ttf'),
  ])
  return { regular, bold }
}
