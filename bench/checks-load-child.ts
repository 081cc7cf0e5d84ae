/** Fills a database in a process of its own, which can be ended at any moment. Started by checks-database.ts with fork. */
import { loadConfig } from '../src/config.ts'
import { openHedui } from '../src/services/open-hedui.ts'
import { fillDatabase } from './checks-load.ts'

process.once('message', async (households: number) => {
  const hedui = await openHedui(loadConfig())
  await fillDatabase(hedui, households).finally(() => hedui.close())
  process.disconnect?.()
})
