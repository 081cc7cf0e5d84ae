import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../src/config.ts'
import type { EmbeddedServer } from '../src/db/embedded-server.ts'
import { type Hedui, openHedui } from '../src/services/open-hedui.ts'
import { BENCH_FOLDER } from './ingest-data.ts'

/** Count it up when what is generated or how it is loaded changes: kept databases are then made again. */
const GENERATOR = 3
const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** A secret of the benchmark's own, so that no key file is made. */
export const SECRET = Buffer.alloc(32, 7).toString('base64')

export interface ChecksDatabase {
  readonly households: number
  readonly url: string
  /** For the processes that work in it. */
  readonly environment: Readonly<Record<string, string>>
  /** Id of the process in which the server runs. */
  readonly postmaster: number
  drop(): Promise<void>
}

/**
 * A copy, to be used up, of the database of so many households, which is made where there is none of this generator and
 * this schema. Every measurement of a size thus begins with the same tables.
 */
export async function openChecksDatabase(
  server: EmbeddedServer,
  households: number,
  { say, signal }: { say: (text: string) => void; signal: AbortSignal },
): Promise<ChecksDatabase> {
  const settings = {
    HEDUI_SECRET: SECRET,
    HEDUI_LOG_LEVEL: 'error',
    HEDUI_RULES: writeRules(),
  }
  const main = await openHedui(loadConfig({ ...settings, DATABASE_URL: server.connectionString }))
  const { pool } = main.database
  const kept = `checks_${households}`
  const copy = `${kept}_used`
  const mark = `generator ${GENERATOR}, schema ${schemaVersion()}`
  try {
    const { rows } = await pool.query(
      `select shobj_description(oid, 'pg_database') as mark from pg_database where datname = $1`,
      [kept],
    )
    if (rows[0]?.mark !== mark) {
      const begun = performance.now()
      await pool.query(`drop database if exists ${kept} with (force)`)
      await pool.query(`create database ${kept}`)
      await fill({ ...settings, DATABASE_URL: server.connectionStringFor(kept) }, households, signal)
      await pool.query(`comment on database ${kept} is '${mark}'`)
      say(`made ${households} households and their records in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
    }
    await pool.query(`drop database if exists ${copy} with (force)`)
    await pool.query(`create database ${copy} template ${kept} strategy file_copy`)
    await pool.query('checkpoint')
    const postmaster = await findPostmaster(main)
    const url = server.connectionStringFor(copy)
    return {
      households,
      url,
      environment: { ...settings, DATABASE_URL: url },
      postmaster,
      async drop() {
        await pool.query(`drop database if exists ${copy} with (force)`)
        await main.close()
      },
    }
  } catch (error) {
    await main.close()
    throw error
  }
}

async function fill(
  environment: Readonly<Record<string, string>>,
  households: number,
  signal: AbortSignal,
): Promise<void> {
  const env = { ...process.env, ...environment }
  const child = fork(join(import.meta.dirname, 'checks-load-child.ts'), { env, signal })
  child.send(households)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the process that makes ${households} households ended with ${code}`)
}

/** A comment that changes is enough to make the databases again; a change of the tables that goes unseen is worse. */
function schemaVersion(): string {
  const folder = join(ROOT, 'src', 'db', 'migrations')
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)))
  return hash.digest('hex').slice(0, 16)
}

/** The eight warnings and the parameters, without supplementary rules: what the eight statements compute too. */
function writeRules(): string {
  const folder = join(BENCH_FOLDER, 'checks-rules')
  rmSync(folder, { recursive: true, force: true })
  for (const name of ['eight-warnings', 'parameters'])
    cpSync(join(ROOT, 'rules', name), join(folder, name), { recursive: true })
  return folder
}

/** The parent of every backend. */
async function findPostmaster({ database }: Hedui): Promise<number> {
  const { rows } = await database.pool.query('select pg_backend_pid() as pid')
  const stat = readFileSync(`/proc/${rows[0].pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
