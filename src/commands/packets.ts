import { openCases } from '../services/cases/open-cases.ts'
import { PACKET_FORMATS, type PacketFormat, readPacket } from '../services/cases/read-packet.ts'
import { ACTOR_OPTION, type Command, JSON_OPTION, requireActor, requireReason } from './command.ts'
import { ROLE, readerOf, say } from './list-page.ts'
import { withHedui } from './with-hedui.ts'
import { writeFileOf } from './write-file.ts'

export const packetDraft: Command = {
  name: 'packet draft',
  usage: 'packet draft RUN --actor NAME [--household ID …] [--json]',
  summary:
    'open a case for each household that a finished run warned, or bring what is new to its open case; sends nothing',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, household: { type: 'string', multiple: true } },
  positionals: ['RUN'],
  run: async (input) => {
    const actor = requireActor(input)
    const households = input.values.household as string[] | undefined
    return withHedui(input, async (hedui) => {
      const run = input.positionals[0]!
      const report = await openCases(hedui, { run, ...(households ? { households } : {}), actor, role: ROLE })
      const { warned, opened, changed, unchanged, waiting, suppressed } = report
      return say(input, report, [
        `${warned} warned households: ${opened} cases opened, ${changed} changed, ${unchanged} unchanged, ${waiting} waiting` +
          `${suppressed > 0 ? `; ${suppressed} warnings kept down by accepted answers` : ''}`,
        'next: hedui case list; hedui case confirm CASE --actor NAME --reason TEXT',
      ])
    })
  },
}

/** What is shown of a packet's contents. */
interface Shown {
  readonly title: string
  readonly caseId: string
  readonly issued: { readonly on: string; readonly by: string }
  readonly household: { readonly id: string }
  readonly warnings: readonly {
    readonly id: string
    readonly title: { readonly en: string }
    readonly result: { readonly measure: unknown; readonly limit: unknown }
  }[]
  readonly answer: { readonly workingDays: number; readonly office: { readonly name: string } }
}

export const packetShow: Command = {
  name: 'packet show',
  usage: 'packet show PACKET --reason TEXT [--actor NAME] [--json]',
  summary: 'what a sealed packet says, in short; --json: all of it. Kept in the audit',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, reason: { type: 'string' } },
  positionals: ['PACKET'],
  run: async (input) => {
    const reader = { ...readerOf(input), reason: requireReason(input) }
    return withHedui(input, async (hedui) => {
      const { bytes, code } = await readPacket(hedui, { packet: input.positionals[0]!, format: 'json' }, reader)
      const packet: Shown = JSON.parse(bytes.toString('utf8'))
      return say(input, packet, [
        `${packet.title} of ${packet.issued.on}, household ${packet.household.id}, case ${packet.caseId}`,
        `  issued by ${packet.issued.by}; verification code ${code}`,
        ...packet.warnings.map(({ id, title, result }) => `  ${id} ${title.en}: ${result.measure} > ${result.limit}`),
        `  to be answered within ${packet.answer.workingDays} working days of service, to ${packet.answer.office.name}`,
      ])
    })
  },
}

const WHAT: Readonly<Record<PacketFormat, string>> = {
  json: 'the contents of a sealed packet',
  pdf: 'the notice and its annex',
  zip: 'the sealed packet, which hedui verify checks',
}

/** `packet json|pdf|zip`: the files of a sealed packet. */
export const PACKET_FILE_COMMANDS: readonly Command[] = PACKET_FORMATS.map((format) => ({
  name: `packet ${format}`,
  usage: `packet ${format} PACKET --reason TEXT [--out FILE] [--actor NAME] [--json]`,
  summary: `write ${WHAT[format]} into a file; kept in the audit`,
  options: { ...ACTOR_OPTION, ...JSON_OPTION, reason: { type: 'string' }, out: { type: 'string' } },
  positionals: ['PACKET'],
  run: async (input) => {
    const reader = { ...readerOf(input), reason: requireReason(input) }
    return withHedui(input, async (hedui) =>
      writeFileOf(input, await readPacket(hedui, { packet: input.positionals[0]!, format }, reader)),
    )
  },
}))
