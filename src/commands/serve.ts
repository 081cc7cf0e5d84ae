import { once } from 'node:events'
import pino from 'pino'
import { buildApp } from '../http/app.ts'
import { loadRuleSet } from '../services/load-rule-set.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { type Command, numberOf } from './command.ts'
import type { Terminal } from './terminal.ts'
import { withHedui } from './with-hedui.ts'

export const serve: Command = {
  name: 'serve',
  usage: 'serve [--port N]',
  summary: 'answer HTTP requests on this machine until Ctrl-C',
  options: { port: { type: 'string' } },
  positionals: [],
  run: (input) => {
    const port = numberOf(input, 'port', { least: 0, otherwise: input.config.port })
    return withHedui(input, (hedui) => serveUntilStopped(hedui, { port, terminal: input.terminal }))
  },
}

/** Serves until SIGINT or SIGTERM, then finishes the requests under way. Gives the exit code. */
export async function serveUntilStopped(
  hedui: Hedui,
  { port, terminal }: { port: number; terminal: Terminal },
): Promise<number> {
  const ruleSet = await loadRuleSet(hedui.config.rulesFolder, hedui.adapters)
  const logger = pino({ level: hedui.config.logLevel, base: null }, pino.destination(2))
  const app = await buildApp({ hedui, ruleSet, logger })
  // Listening for the signals before the port: who sees the address may send one at once.
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await app.listen({ host: '127.0.0.1', port })
  const address = app.server.address()
  const actual = typeof address === 'object' && address ? address.port : port
  await terminal.print(`http://127.0.0.1:${actual}/`)
  await stopped
  terminal.say('stopping …')
  await app.close()
  return 0
}
