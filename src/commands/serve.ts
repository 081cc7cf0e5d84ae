import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { dateInChina } from '../domain/dates.ts'
import { HeduiError } from '../errors.ts'
import { buildApp } from '../http/app.ts'
import { createRuleBook } from '../services/choose-rule-set.ts'
import { loadRuleSet } from '../services/load-rule-set.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { type Command, numberOf } from './command.ts'
import type { Terminal } from './terminal.ts'
import { type Interruption, withHedui } from './with-hedui.ts'
import { startWorker } from './work.ts'

export const serve: Command = {
  name: 'serve',
  usage: 'serve [--port N]',
  summary: 'answer HTTP requests on this machine until Ctrl-C',
  options: { port: { type: 'string' } },
  positionals: [],
  run: (input) => {
    const port = numberOf(input, 'port', { least: 0, otherwise: input.config.port })
    return withHedui(input, (hedui, interruption) =>
      serveUntilStopped(hedui, { port, terminal: input.terminal, interruption }),
    )
  },
}

/** Serves until Ctrl-C or SIGTERM, then finishes the requests under way. Gives the exit code. */
export async function serveUntilStopped(hedui: Hedui, { port, terminal, interruption }: ServeOptions): Promise<number> {
  const ruleSet = await loadRuleSet(hedui.config.rulesFolder, hedui.adapters)
  const { notice } = await (await createRuleBook(hedui, ruleSet)).inForceOn(dateInChina(hedui.now()))
  if (notice) terminal.say(notice)
  const logger = pino({ level: hedui.config.logLevel, base: null }, pino.destination(2))
  const worker = startWorker(hedui, { threads: hedui.config.threads, say: (line) => terminal.say(line) })
  // Told where it is waited for; the service answers single checks without it.
  worker.catch((err) => logger.error({ err }, 'this process does no runs'))
  const announce = async (run: string, ranges: number) => (await worker).announce(run, ranges)
  const app = await buildApp({ hedui, ruleSet, logger, announce })
  await app.listen({ host: '127.0.0.1', port }).catch((cause) => {
    if (cause.code !== 'EADDRINUSE') throw cause
    throw new HeduiError('INPUT_USAGE', `port ${port} is in use: give another with --port N, or --port 0 for any`)
  })
  const { port: actual } = app.server.address() as AddressInfo
  const stopped = interruption.wait()
  await terminal.print(`http://127.0.0.1:${actual}/`)
  await stopped
  terminal.say('stopping …')
  await app.close()
  await worker.then(
    (started) => started.stop(),
    () => {},
  )
  return 0
}

interface ServeOptions {
  readonly port: number
  readonly terminal: Terminal
  readonly interruption: Interruption
}
