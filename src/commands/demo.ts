import { openRuleBook } from '../services/choose-rule-set.ts'
import { type DemoReport, runDemo } from '../services/run-demo.ts'
import { describeRun } from './check.ts'
import { type Command, numberOf } from './command.ts'
import { describeHeld } from './ingest.ts'
import { serveUntilStopped } from './serve.ts'
import { stagedProgress } from './terminal.ts'
import { withHedui } from './with-hedui.ts'

export const demo: Command = {
  name: 'demo',
  usage: 'demo [--households N] [--seed N] [--port N] [--no-serve]',
  summary: 'make a county, take its five files, check it, open the cases, and serve the pages until Ctrl-C',
  options: {
    households: { type: 'string' },
    seed: { type: 'string' },
    port: { type: 'string' },
    'no-serve': { type: 'boolean' },
  },
  positionals: [],
  run: (input) => {
    const { config, terminal, values } = input
    const households = numberOf(input, 'households', { least: 1, otherwise: 2000 })
    const seed = numberOf(input, 'seed', { least: 0, otherwise: 1 })
    const port = numberOf(input, 'port', { least: 0, otherwise: config.port })
    return withHedui(input, async (hedui, interruption) => {
      const rules = await openRuleBook(hedui)
      const progress = stagedProgress(terminal)
      const report = await runDemo(hedui, { households, seed, rules, progress: progress.update }).finally(progress.end)
      for (const line of describeDemo(report)) await terminal.print(line)
      if (values['no-serve']) return 0
      await terminal.print('Ctrl-C stops the service and the database. In another terminal:')
      await terminal.print(
        `  npm run -s hedui -- check --household ${firstHousehold(report)} --as-of ${report.run.asOf}`,
      )
      return serveUntilStopped(hedui, { port, terminal, interruption })
    })
  },
}

const firstHousehold = ({ sample }: DemoReport) =>
  `H${'1'.padStart(Math.max(6, String(sample.households).length), '0')}`

function describeDemo({ folder, sample, deliveries, run, cases, stages }: DemoReport): string[] {
  const total = (pick: (delivery: DemoReport['deliveries'][number]) => number) =>
    deliveries.reduce((sum, delivery) => sum + pick(delivery), 0)
  const held = deliveries.filter(({ state }) => state === 'held')
  const width = Math.max(...stages.map(({ name }) => name.length))
  return [
    '',
    `An invented county of ${sample.households} households, its files in ${folder}`,
    '',
    ...describeRun(run),
    '',
    `rows ${total((d) => d.rows)}: kept ${total((d) => d.kept)}, of people of no household dropped ${total((d) => d.dropped)}, ` +
      `quarantined ${total((d) => d.quarantined)}, unidentified ${total((d) => d.unidentified)}, leads ${total((d) => d.leads)}`,
    ...held.map(({ source, heldBecause }) => `held: ${source}: ${describeHeld(heldBecause)}`),
    ...describeCases(cases),
    '',
    ...stages.map(({ name, seconds, count, unit }) => {
      const rate = seconds > 0 ? count / seconds : count
      const shown = rate < 10 ? rate.toFixed(1) : String(Math.round(rate))
      return `  ${name.padEnd(width)}  ${seconds.toFixed(2).padStart(7)} s  ${shown.padStart(9)} ${unit}/s`
    }),
    '',
  ]
}

function describeCases(cases: DemoReport['cases']): string[] {
  if (!cases) return ['no case comes of rules that are not in force']
  const { opening, packets } = cases
  return [
    `cases ${opening.opened}: a person confirms each warning (hedui case list); ${packets.length} were, to show their packets:`,
    ...packets.map(({ packet }) => `  npm run -s hedui -- packet pdf ${packet} --reason demo --out packet.pdf`),
  ]
}
