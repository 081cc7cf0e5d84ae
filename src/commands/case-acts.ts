import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { HeduiError } from '../errors.ts'
import { CASE_ACTS, type CaseAct } from '../services/cases/case-acts.ts'
import { describeCase } from './case-page.ts'
import { ACTOR_OPTION, type Command, type CommandInput, JSON_OPTION, numberOf, requireActor } from './command.ts'
import { describeOption, fieldsOfFile, formOptions, readForm, readInputFile, requireFields } from './form-options.ts'
import { ROLE, say } from './list-page.ts'
import { withHedui } from './with-hedui.ts'

/** `case ACT CASE …`: every act of a person, as the registry of acts has it. */
export const CASE_ACT_COMMANDS: readonly Command[] = CASE_ACTS.map(actCommand)

function actCommand(act: CaseAct): Command {
  const { name, schema, summary } = act
  const attaches = attachmentsOf(act)
  const fields = formOptions(schema)
  const inFile = fieldsOfFile(schema).filter((field) => field !== 'attachments')
  const words = fields.map((option) => {
    const word = describeOption(option)
    return option.required ? word : `[${word}]`
  })
  const usage = [
    `case ${name} CASE --actor NAME`,
    ...words,
    ...(attaches ? [attaches === 'proof' ? '[--attach FILE]' : '[--attach FILE …]'] : []),
    inFile.length > 0 ? '--input FILE.json' : '[--input FILE.json]',
    '[--seen N] [--json]',
  ].join(' ')
  return {
    name: `case ${name}`,
    usage,
    brief: `case ${name} CASE …`,
    summary: inFile.length > 0 ? `${summary}; --input: a JSON object with ${inFile.join(', ')}` : summary,
    options: {
      ...ACTOR_OPTION,
      ...JSON_OPTION,
      input: { type: 'string' },
      seen: { type: 'string' },
      ...(attaches ? { attach: { type: 'string', multiple: attaches === 'many' } } : {}),
      ...Object.fromEntries(fields.map((field) => [field.name, { type: 'string', multiple: field.multiple }])),
    },
    positionals: ['CASE'],
    run: async (input) => {
      const actor = requireActor(input)
      const seen = input.values.seen === undefined ? undefined : numberOf(input, 'seen', { least: 0, otherwise: 0 })
      const form = readForm(schema, input, await readInputFile(input))
      if (input.values.attach) {
        const files = await readAttachments(input)
        if (attaches === 'many') form.attachments = files
        else form.proof = { ...(form.proof as object), file: files[0] }
      }
      requireFields(schema, form, usage)
      return withHedui(input, async (hedui) => {
        const who = { case: input.positionals[0]!, actor, role: ROLE, seen }
        const view = await act.run(hedui, { ...who, input: form })
        return say(input, view, describeCase(view))
      })
    },
  }
}

/** Where files go that are handed in: several with an answer, one with a proof of service. */
function attachmentsOf({ schema }: CaseAct): 'many' | 'proof' | null {
  const { attachments, proof } = schema.properties as { attachments?: object; proof?: { properties: object } }
  return attachments ? 'many' : proof && 'file' in proof.properties ? 'proof' : null
}

async function readAttachments({ config, values }: CommandInput): Promise<{ name: string; content: string }[]> {
  const files = [values.attach as string | string[]].flat()
  return Promise.all(
    files.map(async (name) => {
      const file = resolve(config.callerFolder, name)
      const bytes = await readFile(file).catch((cause) => {
        throw new HeduiError('INPUT_FILE', `cannot be read: ${cause.code}`, { file, cause })
      })
      return { name: basename(file), content: bytes.toString('base64') }
    }),
  )
}
