import { basename, posix } from 'node:path'
import { type ReadSource, readSource } from './read-source.ts'

export interface SourceFile {
  /** Within src, with `/`. */
  readonly path: string
  readonly text: string
}

const PURE = ['domain', 'feeds', 'matching', 'rules', 'packets']
const PURE_PACKAGES = [
  'yaml',
  'ajv',
  '@marcbachmann/cel-js',
  'opencc-js',
  'fuse.js',
  'canonicalize',
  'node:crypto',
  'node:util',
]
/** What lays papers out: it reads no file, for fonts come in as bytes. */
const PAPER_PACKAGES = ['pdfmake']
/** What puts a packet's files into one. */
const ARCHIVE_PACKAGES = ['fflate']
const READER_PACKAGES = ['node:fs', 'node:stream', 'node:path', 'node:zlib', 'yauzl', 'saxes']

/** Which folders (or files of src) each folder imports beside itself; design §3. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  domain: ['errors'],
  feeds: ['domain', 'errors'],
  matching: ['domain', 'errors'],
  rules: ['domain', 'errors'],
  packets: ['domain', 'errors'],
  db: ['domain', 'errors'],
  sample: ['domain', 'errors'],
  services: ['config', 'db', 'domain', 'errors', 'feeds', 'matching', 'packets', 'rules', 'sample'],
  jobs: ['config', 'db', 'domain', 'errors', 'services'],
  http: ['config', 'domain', 'errors', 'services'],
  commands: ['config', 'domain', 'errors', 'http', 'jobs', 'sample', 'services'],
  web: [],
  main: ['commands', 'config', 'domain', 'errors'],
  config: ['errors'],
  errors: [],
}

/** Single imports that the table above would refuse, and why each is there. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {}

/** Packages that touch the world, and the only folders that may have them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  fastify: ['http'],
  '@fastify': ['http'],
  kysely: ['db'],
  'pg-copy-streams': ['db'],
  'pg-boss': ['jobs'],
  pino: ['commands', 'http', 'jobs'],
  react: ['web'],
  antd: ['web'],
}

/** What pure code must not do: `asOf` is an argument. */
const IMPURE: readonly (readonly [string, RegExp])[] = [
  ['the clock (Date.now)', /\bDate\s*\.\s*now\b/],
  ['the clock (new Date())', /\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())/],
  ['the clock (performance.now)', /\bperformance\b/],
  ['random numbers', /\bMath\s*\.\s*random\b|\b(?:randomBytes|randomUUID|randomUUIDv7|randomInt|getRandomValues)\b/],
  ['the process', /\bprocess\b/],
  ['timers', /\b(?:setTimeout|setInterval|setImmediate)\b/],
  ['the network', /\bfetch\s*\(/],
]

const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
/** "rules" of rules/rule-set.ts, "errors" of errors.ts. */
const folderOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : basename(path, '.ts'))
const isReader = (path: string) => path.startsWith('feeds/readers/')

function checkImport(path: string, { from, typeOnly }: ReadSource['imports'][number]): string[] {
  const folder = folderOf(path)
  if (!from.startsWith('.')) {
    const name = packageOf(from)
    if (PURE.includes(folder)) {
      const allowed = [
        ...PURE_PACKAGES,
        ...(isReader(path) ? READER_PACKAGES : []),
        ...(path.startsWith('packets/pdf/') ? PAPER_PACKAGES : []),
        ...(path === 'packets/archive.ts' ? ARCHIVE_PACKAGES : []),
      ]
      return allowed.includes(name) ? [] : [`a pure folder imports ${from}`]
    }
    const owners = PACKAGES[name] ?? PACKAGES[name.split('/')[0]!]
    if (name === 'pg') return folder === 'db' || (folder === 'services' && typeOnly) ? [] : ['imports pg']
    return owners && !owners.includes(folder) ? [`imports ${from}, which belongs to ${owners.join(', ')}`] : []
  }
  const target = posix.join(posix.dirname(path), from)
  if (target.startsWith('..')) return [`imports ${from}, which is outside src`]
  const other = folderOf(target)
  if (PURE.includes(folder) && folder !== 'packets' && isReader(target) && !isReader(path))
    return ['pure feeds import a reader']
  if (other === folder || IMPORTS[folder]?.includes(other) || EXCEPTIONS[`${path} -> ${target}`]) return []
  return [`${folder} imports ${other} (${target})`]
}

function checkCode(path: string, { code, lines }: ReadSource): string[] {
  const problems: string[] = []
  const folder = folderOf(path)
  const found = (what: string, pattern: RegExp, allowed: boolean) => {
    if (!allowed && pattern.test(code)) problems.push(`has ${what}`)
  }
  if (PURE.includes(folder)) for (const [what, pattern] of IMPURE) found(what, pattern, false)
  found('SQL', /\bsql\s*(?:<[^`'()]*>)?\s*`|\.\s*query\s*(?:<[^`'()]*>)?\s*\(|\bsql\s*\.\s*\w+\s*\(/, folder === 'db')
  found('process.env', /\bprocess\s*(?:\.\s*env\b|\[)|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/, path === 'config.ts')
  found('process.exit', /\bprocess\s*\.\s*(?:exit|reallyExit|abort)\b/, path === 'main.ts')
  found('console', /\bconsole\s*\./, false)
  found('a computed import', /\bimport\s*\(\s*(?!['`]\d+['`]\s*[,)])/, false)
  found('a class named Manager, Helper, Util or Service', /\bclass\s+\w*(?:Manager|Helper|Utils?|Service)\b/, false)
  if (lines > 500) problems.push(`has ${lines} lines, more than 500`)
  return problems
}

function checkName(path: string): string[] {
  const problems: string[] = []
  const parts = path.replace(/\.\w+$/, '').split('/')
  if (!IMPORTS[folderOf(path)]) problems.push('is in a folder that design §3 does not know')
  if (parts.some((part) => /^(?:utils?|helpers?|common|misc|lib)$/.test(part)))
    problems.push('is in a drawer (utils, helpers)')
  const isComponent = path.startsWith('web/')
  if (!isComponent && parts.some((part) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(part)))
    problems.push('is not in kebab-case')
  return problems
}

/** What breaks the layout of design §3, each as "path: what". */
export function checkLayout(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const read = readSource(text)
    const problems = [
      ...checkName(path),
      ...read.imports.flatMap((each) => checkImport(path, each)),
      ...checkCode(path, read),
    ]
    return problems.map((problem) => `${path}: ${problem}`)
  })
}
