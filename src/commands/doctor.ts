import { dateInChina } from '../domain/dates.ts'
import { firstUncertainDay } from '../domain/working-days.ts'
import { HeduiError } from '../errors.ts'
import { checkAdapterExamples } from '../services/check-adapters.ts'
import { removeAbandonedDeliveries } from '../services/ingest-delivery.ts'
import { loadAdapters } from '../services/load-adapters.ts'
import { loadCalendar } from '../services/load-calendar.ts'
import { loadProcedures } from '../services/load-procedure.ts'
import { checkRuleExamples, loadRuleSet } from '../services/load-rule-set.ts'
import { openHedui } from '../services/open-hedui.ts'
import { listAllDeliveries } from '../services/show-delivery.ts'
import type { Command, CommandInput } from './command.ts'

export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor',
  summary: 'say whether adapters, rules, calendar, procedures, secret, schema and deliveries are sound',
  options: {},
  positionals: [],
  run: async (input) => {
    const results = [
      await examine(input, 'adapters', async () => {
        const adapters = await loadAdapters(input.config.adaptersFolder)
        return `${adapters.size}, ${checkAdapterExamples(adapters)} examples`
      }),
      await examine(input, 'rules', async () => {
        const ruleSet = await loadRuleSet(input.config.rulesFolder, await loadAdapters(input.config.adaptersFolder))
        return `${ruleSet.rules.length}, ${checkRuleExamples(ruleSet)} examples, ${ruleSet.version}`
      }),
      await examine(input, 'calendar', async () => {
        const calendar = await loadCalendar(input.config)
        const uncertain = firstUncertainDay(calendar, dateInChina(new Date()))
        const until = uncertain ? `; deadlines from ${uncertain} on are provisional until its year is added` : ''
        return `${calendar.years.join(', ')}${until}`
      }),
      await examine(input, 'procedures', async () => {
        const procedures = await loadProcedures(input.config)
        return procedures.map(({ region }) => region || 'national').join(', ')
      }),
      await examine(input, 'secret, schema, deliveries', async () => {
        const hedui = await openHedui(input.config, { notice: (text) => input.terminal.say(text) })
        try {
          const removed = await removeAbandonedDeliveries(hedui)
          const deliveries = await listAllDeliveries(hedui.database)
          const held = deliveries.filter(({ state }) => state === 'held').length
          return `${deliveries.length} deliveries, ${held} held${removed > 0 ? `, ${removed} left by a crash cleaned up` : ''}`
        } finally {
          await hedui.close()
        }
      }),
    ]
    return results.every(Boolean) ? 0 : 1
  },
}

async function examine({ terminal }: CommandInput, what: string, look: () => Promise<string>): Promise<boolean> {
  try {
    await terminal.print(`sound    ${what}: ${await look()}`)
    return true
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    for (const one of [error, ...error.others]) await terminal.print(`unsound  ${what}: ${one.code} ${one.located}`)
    return false
  }
}
