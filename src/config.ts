import { availableParallelism } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HeduiError } from './errors.ts'

/** Settings of the program, read once; the only place that looks at the environment. */
export interface Config {
  /** The folder of the program: where rules/ and adapters/ lie unless set otherwise. */
  readonly root: string
  /** The folder from which the user called: relative paths start there. */
  readonly callerFolder: string
  /** HEDUI_HOME: the embedded server's data and the generated secret. */
  readonly home: string
  /** DATABASE_URL, or null: then the embedded server is used. */
  readonly databaseUrl: string | null
  /** HEDUI_CITUS=1: the schema is to be laid on Citus, which the database must have. */
  readonly citus: boolean
  /** HEDUI_SECRET, 32 bytes, or null: generated under `home` on the embedded server, refused otherwise. */
  readonly secret: Buffer | null
  readonly rulesFolder: string
  readonly adaptersFolder: string
  readonly logLevel: string
  readonly port: number
  /** HEDUI_THREADS: how many threads check the ranges of a run; as many as there are cores unless set. */
  readonly threads: number
  /** HEDUI_RETENTION_DAYS: for how long the rows of a superseded delivery are kept. */
  readonly retentionDays: number
  /** HEDUI_MAX_WARNED_SHARE: percent of the households that a rule applies to, above which a comparison flags it. */
  readonly maxWarnedSharePercent: number
  /** HEDUI_FONTS: TrueType files for characters that the program's own font lacks, tried in order; none unless set. */
  readonly fonts: readonly string[]
  /** HEDUI_WEBHOOK_HOSTS: hosts to which events of cases may be sent, as "host" or "host:port"; none unless set. */
  readonly webhookHosts: readonly string[]
  /** The operating system's name of the user, for the audit where no --actor is asked for. */
  readonly user: string
}

type Environment = Readonly<Record<string, string | undefined>>

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** Parses the secret: 32 bytes in base64, base64url or hex. Throws HeduiError DEFINITION_SECRET. */
export function parseSecret(text: string): Buffer {
  const trimmed = text.trim()
  const bytes = /^[0-9a-fA-F]{64}$/.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (bytes.length !== 32) {
    throw new HeduiError(
      'DEFINITION_SECRET',
      'HEDUI_SECRET must be 32 bytes in base64 or hex (openssl rand -base64 32)',
    )
  }
  return bytes
}

/** A share in percent, "10" or "2.5", or null where it is none. */
export function parsePercent(text: string): number | null {
  const percent = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN
  return percent <= 100 ? percent : null
}

/** Hosts from a list with commas: "cases.example.cn, 10.0.0.8:8443". Throws HeduiError DEFINITION_SETTING. */
function parseHosts(text: string): readonly string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase())
  const named = hosts.filter(Boolean)
  // A host as URLs write it: with a scheme, a path or a user it would never equal one.
  const isHost = (host: string) =>
    /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?$/.test(host) &&
    URL.parse(`http://${host}`)?.href === `http://${host.replace(/:80$/, '')}/`
  if (!named.every(isHost)) {
    throw new HeduiError(
      'DEFINITION_SETTING',
      'HEDUI_WEBHOOK_HOSTS must be hosts with commas between them, such as "cases.example.cn, 10.0.0.8:8443"',
    )
  }
  return Object.freeze(named)
}

/** The settings from an environment; wrong ones throw HeduiError DEFINITION_SETTING or DEFINITION_SECRET. */
export function loadConfig(env: Environment = process.env, cwd: string = process.cwd()): Config {
  const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
  const callerFolder = env.INIT_CWD && isAbsolute(env.INIT_CWD) ? env.INIT_CWD : cwd
  const folder = (name: string, otherwise: string) => (env[name] ? resolve(callerFolder, env[name]) : otherwise)
  const logLevel = env.HEDUI_LOG_LEVEL || 'warn'
  if (!LEVELS.includes(logLevel)) {
    throw new HeduiError('DEFINITION_SETTING', `HEDUI_LOG_LEVEL must be one of ${LEVELS.join(', ')}`)
  }
  const port = Number(env.HEDUI_PORT || 8086)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new HeduiError('DEFINITION_SETTING', 'HEDUI_PORT must be a port number, 0 to 65535')
  }
  const threads = Number(env.HEDUI_THREADS || availableParallelism())
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
    throw new HeduiError('DEFINITION_SETTING', 'HEDUI_THREADS must be a whole number of threads, 1 to 256')
  }
  const retentionDays = Number(env.HEDUI_RETENTION_DAYS || 400)
  if (!Number.isInteger(retentionDays) || retentionDays < 0 || retentionDays > 36_500) {
    throw new HeduiError('DEFINITION_SETTING', 'HEDUI_RETENTION_DAYS must be a whole number of days, 0 to 36500')
  }
  const maxWarnedSharePercent = parsePercent(env.HEDUI_MAX_WARNED_SHARE || '10')
  if (maxWarnedSharePercent === null) {
    throw new HeduiError('DEFINITION_SETTING', 'HEDUI_MAX_WARNED_SHARE must be a share in percent, 0 to 100')
  }
  const citus = env.HEDUI_CITUS || '0'
  if (citus !== '0' && citus !== '1') {
    throw new HeduiError('DEFINITION_SETTING', 'HEDUI_CITUS must be 1 (the database is on Citus) or 0')
  }
  const databaseUrl = env.DATABASE_URL || null
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new HeduiError('DEFINITION_SETTING', 'DATABASE_URL must begin with postgres:// or postgresql://')
  }
  return Object.freeze({
    root,
    callerFolder,
    home: folder('HEDUI_HOME', join(root, '.hedui')),
    databaseUrl,
    citus: citus === '1',
    secret: env.HEDUI_SECRET ? parseSecret(env.HEDUI_SECRET) : null,
    rulesFolder: folder('HEDUI_RULES', join(root, 'rules')),
    adaptersFolder: folder('HEDUI_ADAPTERS', join(root, 'adapters')),
    logLevel,
    port,
    threads,
    retentionDays,
    maxWarnedSharePercent,
    fonts: Object.freeze(
      (env.HEDUI_FONTS || '')
        .split(',')
        .map((file) => file.trim())
        .filter(Boolean)
        .map((file) => resolve(callerFolder, file)),
    ),
    webhookHosts: parseHosts(env.HEDUI_WEBHOOK_HOSTS || ''),
    user: env.SUDO_USER || env.USER || env.LOGNAME || 'unknown',
  })
}
