import { listCorrections } from '../services/cases/list-corrections.ts'
import { listCountyVisits } from '../services/kin/list-county-visits.ts'
import { type Command, dateOf, JSON_OPTION, regionOf, textOf } from './command.ts'
import { say } from './list-page.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

export const correctionsList: Command = {
  name: 'corrections list',
  usage: 'corrections list [--source SOURCE] [--region CODE] [--from DATE] [--json]',
  summary: 'what departments are asked to correct, by department',
  options: { ...JSON_OPTION, source: { type: 'string' }, region: { type: 'string' }, from: { type: 'string' } },
  positionals: [],
  run: async (input) => {
    const [source, region, from] = [textOf(input, 'source'), regionOf(input), dateOf(input, 'from')]
    const filter = {
      ...(source === undefined ? {} : { source }),
      ...(region === undefined ? {} : { region }),
      ...(from === undefined ? {} : { from }),
    }
    return withHedui(input, async (hedui) => {
      const departments = await listCorrections(hedui, filter)
      const lines = departments.flatMap(({ source: id, owner, requests }) => [
        `${id}${owner ? ` (${owner})` : ''}: ${requests.length}`,
        ...requests.map(({ caseId, warning, record, request }) => `  ${caseId} ${warning} ${record}: ${request}`),
      ])
      return say(input, departments, lines.length > 0 ? lines : ['no correction was asked for'])
    })
  },
}

export const countyVisits: Command = {
  name: 'county-visits',
  usage: 'county-visits [--region CODE] [--json]',
  summary: 'households that the county itself has to visit: near kin of handlers, tip-offs',
  options: { ...JSON_OPTION, region: { type: 'string' } },
  positionals: [],
  run: async (input) => {
    const region = regionOf(input)
    return withHedui(input, async (hedui) => {
      const visits = await listCountyVisits(hedui, { region })
      const rows = visits.map(({ household, why, since, case: id, tipOff }) => [
        household,
        why,
        since,
        id ?? tipOff ?? '',
      ])
      const lines = rows.length > 0 ? textTable([['household', 'why', 'since', 'case'], ...rows]) : ['no visit is due']
      return say(input, visits, lines)
    })
  },
}
