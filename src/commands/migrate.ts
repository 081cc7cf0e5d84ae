import { resolve } from 'node:path'
import { migrateSchema } from '../services/migrate-schema.ts'
import { type Command, textOf } from './command.ts'

export const migrate: Command = {
  name: 'migrate',
  usage: 'migrate [--dump FILE]',
  summary: 'bring the schema up to this program (every command does); --dump writes the schema as text',
  options: { dump: { type: 'string' } },
  positionals: [],
  run: async (input) => {
    const { config, terminal } = input
    const dump = textOf(input, 'dump')
    const done = await migrateSchema(config, {
      notice: (text) => terminal.say(text),
      ...(dump ? { dump: resolve(config.callerFolder, dump) } : {}),
    })
    await terminal.print(done.length > 0 ? `migrated: ${done.join(', ')}` : 'the schema is up to date')
    return 0
  },
}
