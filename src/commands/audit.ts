import { verifyCases } from '../services/cases/verify-cases.ts'
import { type Command, JSON_OPTION } from './command.ts'
import { say } from './list-page.ts'
import { withHedui } from './with-hedui.ts'

export const auditVerify: Command = {
  name: 'audit verify',
  usage: 'audit verify [--no-papers] [--json]',
  summary:
    'find what was changed, cut off, reordered or removed of cases since it was written; exit 1 where anything was. --no-papers: events only',
  options: { ...JSON_OPTION, 'no-papers': { type: 'boolean' } },
  positionals: [],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const progress = input.terminal.progress('verified', 'cases')
      const report = await verifyCases(hedui, {
        progress: (cases) => progress.update(cases),
        papers: !input.values['no-papers'],
      }).finally(() => progress.end())
      const { cases, events, checkpoints, papers, faults } = report
      await say(input, { ok: faults.length === 0, ...report }, [
        `${cases} cases, ${events} events, ${papers} papers, ${checkpoints} checkpoints: ${faults.length === 0 ? 'nothing was changed' : `${faults.length} faults`}`,
        ...faults.map(
          ({ case: id, number, what, detail }) =>
            `  ${id === null ? 'checkpoint' : `case ${id}`}${number === null ? '' : ` ${number}`}: ${what}: ${detail}`,
        ),
      ])
      return faults.length === 0 ? 0 : 1
    }),
}
