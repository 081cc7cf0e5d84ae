import {
  type AddKinRequest,
  addKin,
  endKin,
  KIN_RELATIONS,
  type KinView,
  listKin,
} from '../services/kin/register-kin.ts'
import { ACTOR_OPTION, type Command, dateOf, JSON_OPTION, requireActor, requireReason, textOf } from './command.ts'
import { describeOption, formOptions, readForm, readInputFile } from './form-options.ts'
import { ROLE, say } from './list-page.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

const TEXT = { type: 'string' } as const
const ENTRY = {
  required: ['handler', 'office', 'relation'],
  properties: {
    handler: TEXT,
    office: TEXT,
    relation: { ...TEXT, enum: KIN_RELATIONS },
    name: TEXT,
    idNumber: TEXT,
    from: TEXT,
  },
} as const
type Entry = Omit<AddKinRequest, 'actor' | 'role' | 'reason'>
const FIELDS = formOptions(ENTRY)

const rowOf = ({ id, handler, office, relation, validFrom, validUntil }: KinView) => [
  id,
  handler,
  office,
  relation,
  validFrom,
  validUntil ?? '',
]

export const kinAdd: Command = {
  name: 'kin add',
  usage: `kin add --actor NAME --reason TEXT ${FIELDS.map((field) => (field.required ? describeOption(field) : `[${describeOption(field)}]`)).join(' ')} [--input FILE.json] [--json]`,
  summary:
    'register a near relative of somebody who handles cases, who then acts in none of theirs; name and idNumber also from --input FILE.json',
  options: {
    ...ACTOR_OPTION,
    ...JSON_OPTION,
    reason: TEXT,
    input: TEXT,
    ...Object.fromEntries(FIELDS.map(({ name }) => [name, TEXT])),
  },
  positionals: [],
  run: async (input) => {
    const who = { actor: requireActor(input), reason: requireReason(input), role: ROLE }
    const form = readForm(ENTRY, input, await readInputFile(input))
    const texts = Object.fromEntries(Object.entries(form).map(([name, value]) => [name, String(value)]))
    const entry = { handler: '', office: '', relation: '', name: '', idNumber: '', ...texts } as unknown as Entry
    return withHedui(input, async (hedui) => {
      const added = await addKin(hedui, { ...entry, ...who })
      return say(input, added, [
        `registered ${added.id}: ${added.relation} of ${added.handler} from ${added.validFrom}`,
      ])
    })
  },
}

export const kinEnd: Command = {
  name: 'kin end',
  usage: 'kin end ENTRY --actor NAME --reason TEXT [--until DATE] [--json]',
  summary: 'end an entry; nothing is removed',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, reason: TEXT, until: TEXT },
  positionals: ['ENTRY'],
  run: async (input) => {
    const who = { actor: requireActor(input), reason: requireReason(input), role: ROLE }
    const until = dateOf(input, 'until')
    return withHedui(input, async (hedui) => {
      const ended = await endKin(hedui, { kin: input.positionals[0]!, until, ...who })
      return say(input, ended, [`entry ${ended.id} holds until ${ended.validUntil}`])
    })
  },
}

export const kinList: Command = {
  name: 'kin list',
  usage: 'kin list [--on DATE] [--handler NAME] [--json]',
  summary: 'the register of near kin, without who the relatives are',
  options: { ...JSON_OPTION, on: TEXT, handler: TEXT },
  positionals: [],
  run: async (input) => {
    const filter = { on: dateOf(input, 'on'), handler: textOf(input, 'handler') }
    return withHedui(input, async (hedui) => {
      const entries = await listKin(hedui, filter)
      const head = ['entry', 'handler', 'office', 'relation', 'from', 'until']
      return say(input, entries, entries.length > 0 ? textTable([head, ...entries.map(rowOf)]) : ['no entry'])
    })
  },
}
