import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { migrate as migrateDatabase } from '../db/migrate.ts'
import { dumpSchema } from '../db/schema-dump.ts'
import { openDatabase } from '../services/open-hedui.ts'
import { type Command, textOf } from './command.ts'

export const migrate: Command = {
  name: 'migrate',
  usage: 'migrate [--dump FILE]',
  summary: 'bring the schema up to this program (every command does); --dump writes the schema as text',
  options: { dump: { type: 'string' } },
  positionals: [],
  run: async (input) => {
    const { config, terminal } = input
    const { database, close } = await openDatabase(config, { notice: (text) => terminal.say(text) })
    try {
      const done = await migrateDatabase(database)
      await terminal.print(done.length > 0 ? `migrated: ${done.join(', ')}` : 'the schema is up to date')
      const dump = textOf(input, 'dump')
      if (dump) await writeFile(resolve(config.callerFolder, dump), await dumpSchema(database))
    } finally {
      await close()
    }
    return 0
  },
}
