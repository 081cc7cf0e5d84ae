import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CATALOGUE } from '../src/errors.ts'
import { checkLayout, EXCEPTIONS, type SourceFile } from './layout/check-layout.ts'
import { readSource } from './layout/read-source.ts'

const SRC = join(import.meta.dirname, '..', 'src')
const files: readonly SourceFile[] = globSync('**/*.{ts,tsx}', { cwd: SRC }).map((path) => ({
  path: path.replaceAll('\\', '/'),
  text: readFileSync(join(SRC, path), 'utf8'),
}))

t.test('the source keeps to the layout of design §3', async (t) => {
  t.ok(files.length > 100, `${files.length} files are read`)
  t.same(checkLayout(files), [])
})

t.test('no exception outlives what it was made for', async (t) => {
  for (const exception of Object.keys(EXCEPTIONS)) {
    const [path, target] = exception.split(' -> ')
    const file = files.find((each) => each.path === path)
    const name = target!.split('/').at(-1)!
    t.ok(file && readSource(file.text).imports.some(({ from }) => from.endsWith(`/${name}`)), exception)
  }
})

t.test('error codes are of the five kinds', async (t) => {
  for (const code of Object.keys(CATALOGUE)) t.match(code, /^(INPUT|DEFINITION|RECORD|SOURCE|STATE)_[A-Z]/)
})

/** Small files that break one rule each, with what must be said. */
const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ['rules/a.ts', "import { x } from '../feeds/manifest.ts'", /rules imports feeds/],
  ['rules/a.ts', "import type { X } from '../services/open-hedui.ts'", /rules imports services/],
  ['rules/a.ts', "const x = await import('../db/connect.ts')", /rules imports db/],
  ['rules/a.ts', "export * from '../matching/score.ts'", /rules imports matching/],
  ['rules/a.ts', "export { x } from '../config.ts'", /rules imports config/],
  ['rules/a.ts', "import {\n  a, // from 'yaml'\n  b,\n} from 'pino'", /pure folder imports pino/],
  ['rules/a.ts', "import '../http/app.ts'", /rules imports http/],
  ['domain/a.ts', "import { readFileSync } from 'node:fs'", /pure folder imports node:fs/],
  ['domain/a.ts', "import { readFile } from 'node:fs/promises'", /pure folder imports node:fs/],
  ['domain/a.ts', "import { x } from '../rules/parameters.ts'", /domain imports rules/],
  ['feeds/a.ts', "import { x } from './readers/open-file.ts'", /pure feeds import a reader/],
  ['feeds/a.ts', "import { open } from 'yauzl'", /pure folder imports yauzl/],
  ['feeds/readers/a.ts', "import pg from 'pg'", /pure folder imports pg/],
  ['packets/a.ts', "import { sql } from 'kysely'", /pure folder imports kysely/],
  ['matching/a.ts', "import fastify from 'fastify'", /pure folder imports fastify/],
  ['matching/a.ts', 'const now = Date.now()', /clock \(Date\.now\)/],
  ['matching/a.ts', 'const now = new Date()', /clock \(new Date\(\)\)/],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of another file
  ['matching/a.ts', 'const x = `${new Date().toISOString()}`', /clock/],
  ['matching/a.ts', 'const x = Math.random()', /random/],
  ['matching/a.ts', "import { randomBytes } from 'node:crypto'", /random/],
  ['matching/a.ts', 'const x = crypto.randomUUID()', /random/],
  ['matching/a.ts', 'const x = process.env.TZ', /the process/],
  ['http/routes/a.ts', "import { x } from '../../db/queries/runs.ts'", /http imports db/],
  ['http/a.ts', "import type { x } from '../rules/rule-set.ts'", /http imports rules/],
  ['commands/a.ts', "import type { Row } from '../db/tables.ts'", /commands imports db/],
  ['commands/a.ts', "import { x } from '../rules/rule-set.ts'", /commands imports rules/],
  ['services/a.ts', "import { x } from '../http/app.ts'", /services imports http/],
  ['services/a.ts', "import pg from 'pg'", /imports pg/],
  ['services/a.ts', "import { Kysely } from 'kysely'", /imports kysely, which belongs to db/],
  ['services/a.ts', 'await db.query(text)', /has SQL/],
  ['services/a.ts', 'const q = sql`select 1`', /has SQL/],
  ['services/a.ts', 'const q = sql<Row>`select 1`', /has SQL/],
  ['db/a.ts', "import { x } from '../services/open-hedui.ts'", /db imports services/],
  ['web/a.tsx', "import { x } from '../domain/dates.ts'", /web imports domain/],
  ['sample/a.ts', "import { x } from '../db/copy.ts'", /sample imports db/],
  ['services/a.ts', 'const x = process.env.HOME', /process\.env/],
  ['services/a.ts', "const x = process['env']", /process\.env/],
  ['services/a.ts', 'const { env } = process', /process\.env/],
  ['commands/a.ts', 'process.exit(1)', /process\.exit/],
  ['services/a.ts', "console.log('x')", /console/],
  ['services/a.ts', 'const x = await import(name)', /computed import/],
  ['services/utils/a.ts', '', /drawer/],
  ['services/helpers.ts', '', /drawer/],
  ['services/openHedui.ts', '', /kebab-case/],
  ['tools/a.ts', '', /folder that design §3 does not know/],
  ['services/a.ts', 'class RunManager {}', /Manager/],
  ['services/a.ts', 'export class HouseholdService extends Base {}', /Service/],
  ['services/a.ts', '\n'.repeat(501), /more than 500/],
  ['errors.ts', "import { x } from './domain/dates.ts'", /errors imports domain/],
  ['config.ts', "import { x } from './services/open-hedui.ts'", /config imports services/],
]

t.test('what breaks the layout is found', async (t) => {
  for (const [path, text, message] of BROKEN) {
    const problems = checkLayout([{ path, text }])
    t.ok(
      problems.some((problem) => message.test(problem)),
      `${path}: ${text.slice(0, 60)} ${problems}`,
    )
  }
})

t.test('what keeps to the layout is left alone, also where a text or a comment speaks of something else', async (t) => {
  for (const [path, text] of [
    ['rules/a.ts', "// import x from 'pg'\n/* Date.now() */ const x = \"import 'pg'; Date.now()\""],
    ['rules/a.ts', "const quote = /['`]/u\nconst date = new Date(0)\nconst half = 4 / 2 / 1 // 'pg'"],
    [
      'rules/a.ts',
      "import { x } from '../domain/dates.ts'\nimport { HeduiError } from '../errors.ts'\nimport { y } from './b.ts'",
    ],
    [
      'feeds/readers/a.ts',
      "import { open } from 'node:fs/promises'\nimport yauzl from 'yauzl'\nimport type { Cell } from '../delivered-row.ts'",
    ],
    ['domain/a.ts', "import { Ajv2020 } from 'ajv/dist/2020.js'\nimport { createHash } from 'node:crypto'"],
    ['services/a.ts', "import type pg from 'pg'\nimport { checkDossier } from '../rules/check-dossier.ts'"],
    ['db/queries/a.ts', "import { sql } from 'kysely'\nconst q = sql`select now()`"],
    ['main.ts', 'process.exit(0)'],
    ['config.ts', 'const x = process.env'],
    ['commands/a.ts', "const { postgresVersion } = await import('../services/open-hedui.ts')"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of another file
    ['services/a.ts', 'const label = `console.log ${a / b} and ${`process.env ${c}`}`'],
  ] as const) {
    t.same(checkLayout([{ path, text }]), [], text)
  }
})
