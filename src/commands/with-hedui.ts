import { type Hedui, openHedui } from '../services/open-hedui.ts'
import type { CommandInput } from './command.ts'

/** Opens what the use cases need, runs one, and closes it again whatever comes of it. */
export async function withHedui<T>({ config, terminal }: CommandInput, use: (hedui: Hedui) => Promise<T>): Promise<T> {
  const hedui = await openHedui(config, { notice: (text) => terminal.say(text) })
  try {
    return await use(hedui)
  } finally {
    await hedui.close()
  }
}
