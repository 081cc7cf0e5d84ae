import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { validate as findDockerfileProblems } from 'dockerfile-utils'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { CATALOGUE } from '../src/errors.ts'

const ROOT = join(import.meta.dirname, '..')
const READMES = ['README.md', 'README.zh-CN.md']
const TEXTS = [...READMES, 'CONTRIBUTING.md', 'CHANGELOG.md']
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

interface Package {
  readonly dependencies: Record<string, string>
  readonly devDependencies: Record<string, string>
  readonly optionalDependencies: Record<string, string>
}
const PACKAGE: Package = JSON.parse(read('package.json'))

/** What stands between <!-- name --> and <!-- /name -->. */
function section(file: string, name: string): string {
  const [, inside] = read(file).split(`<!-- ${name} -->`)
  const [text, after] = (inside ?? '').split(`<!-- /${name} -->`)
  if (after === undefined) throw new Error(`${file} lacks the markers of "${name}"`)
  return text!
}

/** Cells of the rows of a section's tables whose first cell begins with a word in backticks. */
function tableRows(file: string, name: string): string[][] {
  return section(file, name)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const text = { type: 'string', minLength: 1 } as const
const texts = { type: 'array', items: text, minItems: 1 } as const
const duration = { type: 'string', pattern: '^\\d+(ms|s|m|h)$' } as const
const object = (required: readonly string[], properties: object) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

/** The part of the Compose Specification that docker-compose.yml uses; no container engine runs in the tests. */
const COMPOSE_SCHEMA = object(['services'], {
  name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
  services: {
    type: 'object',
    minProperties: 1,
    additionalProperties: {
      ...object(['restart', 'healthcheck', 'environment'], {
        image: { type: 'string', pattern: '^[a-z0-9./-]+:[\\w.-]+$' },
        build: text,
        command: texts,
        restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
        network_mode: { enum: ['bridge', 'host', 'none'] },
        environment: {
          type: 'object',
          propertyNames: { pattern: '^[A-Z][A-Z0-9_]*$' },
          additionalProperties: { type: ['string', 'number'] },
        },
        ports: { type: 'array', items: { type: 'string', pattern: '^(\\d{1,3}(\\.\\d{1,3}){3}:)?\\d+:\\d+$' } },
        volumes: { type: 'array', items: { type: 'string', pattern: '^[\\w.-]+:/[\\w./-]+(:ro)?$' } },
        shm_size: { type: 'string', pattern: '^\\d+(kb|mb|gb)$' },
        depends_on: {
          type: 'object',
          additionalProperties: object(['condition'], {
            condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] },
          }),
        },
        read_only: { type: 'boolean' },
        cap_drop: texts,
        security_opt: texts,
        healthcheck: object(['test'], {
          test: {
            type: 'array',
            minItems: 2,
            items: [{ enum: ['CMD', 'CMD-SHELL'] }],
            additionalItems: text,
          },
          interval: duration,
          timeout: duration,
          start_period: duration,
          retries: { type: 'integer', minimum: 1 },
        }),
      }),
      // A service has an image or a build, and a network of its own or the host's: then it publishes nothing.
      oneOf: [{ required: ['image'] }, { required: ['build'] }],
      not: { required: ['network_mode', 'ports'] },
    },
  },
  volumes: { type: 'object', additionalProperties: { type: ['object', 'null'] } },
})

interface Service {
  readonly image?: string
  readonly network_mode?: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly healthcheck: { readonly test: readonly string[] }
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

t.test('docker-compose.yml', async (t) => {
  const compose: Compose = parseYaml(read('docker-compose.yml'))
  const services = Object.values(compose.services)
  const { database, service } = compose.services as { database: Service; service: Service }

  t.test('is of the form of the Compose Specification', async (t) => {
    const isValid = new Ajv({ allErrors: true, strict: false }).compile(COMPOSE_SCHEMA)
    isValid(compose)
    t.same(isValid.errors ?? [], [])
    for (const { depends_on = {}, volumes = [] } of services) {
      for (const name of Object.keys(depends_on)) t.ok(name in compose.services, `depends on ${name}`)
      for (const volume of volumes) t.ok(volume.split(':')[0]! in compose.volumes, `names the volume ${volume}`)
    }
  })

  t.test('runs PostgreSQL 18 and keeps its data in a named volume where that image has it', async (t) => {
    t.equal(database.image, 'postgres:18')
    t.same(database.volumes, ['database:/var/lib/postgresql'])
    t.match(database.healthcheck.test.join(' '), /pg_isready/)
  })

  t.test('binds no port beyond this machine', async (t) => {
    for (const port of services.flatMap(({ ports = [] }) => ports)) t.match(port, /^127\.0\.0\.1:/)
    t.equal(service.network_mode, 'host', 'the service binds 127.0.0.1 itself')
    t.match(read('src/commands/serve.ts'), /host: '127\.0\.0\.1'/)
  })

  t.test('holds no secret and does not start without them', async (t) => {
    t.match(database.environment.POSTGRES_PASSWORD, /^\$\{POSTGRES_PASSWORD:\?[^}]+\}$/)
    t.match(service.environment.HEDUI_SECRET, /^\$\{HEDUI_SECRET:\?[^}]+\}$/)
    t.match(
      service.environment.DATABASE_URL,
      /^postgres:\/\/hedui:\$\{POSTGRES_PASSWORD:\?[^}]+\}@127\.0\.0\.1:5432\/hedui$/,
    )
  })

  t.test('waits for the database and asks the service for its health', async (t) => {
    t.same(service.depends_on, { database: { condition: 'service_healthy' } })
    const [, program, flag, script] = service.healthcheck.test
    t.same([program, flag], ['node', '-e'])
    t.match(script, '/health')
    t.doesNotThrow(() => new Function(script!), 'the script is JavaScript')
  })

  t.test('sets only what the program reads', async (t) => {
    const config = read('src/config.ts')
    for (const name of Object.keys(service.environment)) t.ok(config.includes(`env.${name}`), name)
  })
})

t.test('Dockerfile', async (t) => {
  const dockerfile = read('Dockerfile')

  t.test('has no problems', async (t) => {
    t.same(findDockerfileProblems(dockerfile), [])
  })

  t.test('starts from Node 26, leaves out what only development needs, and runs as an ordinary user', async (t) => {
    t.match(dockerfile, /^FROM node:26-slim$/m)
    t.match(dockerfile, /npm ci --omit=dev --omit=optional/)
    const lines = dockerfile.trim().split('\n')
    t.match(lines.at(-2), /^USER node$/)
    t.match(lines.at(-1), /^CMD \["node", "src\/main\.ts", "serve"\]$/)
  })

  t.test('copies only what is there and what .dockerignore lets in', async (t) => {
    const allowed = read('.dockerignore')
      .match(/^!.+$/gm)!
      .map((line) => line.slice(1))
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '))
    t.ok(copied.length > 0)
    for (const source of copied) {
      t.ok(existsSync(join(ROOT, source)), `${source} is there`)
      t.ok(allowed.includes(source), `.dockerignore lets ${source} in`)
    }
  })
})

for (const file of READMES) {
  t.test(file, async (t) => {
    t.test('lists the error codes of the catalogue, with their statuses, and no others', async (t) => {
      const listed = tableRows(file, 'error codes').map(([code, status]) => [code!.replaceAll('`', ''), Number(status)])
      const catalogue = Object.entries(CATALOGUE).map(([code, [status]]) => [code, status])
      t.same(listed.toSorted(), catalogue.toSorted())
    })

    t.test('says of every dependency and of nothing else what it is for, in its version', async (t) => {
      const { dependencies, devDependencies, optionalDependencies } = PACKAGE
      const rows = tableRows(file, 'dependencies')
      const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      t.same(
        rows.map(([name]) => name).toSorted(),
        wanted.map(([name, version]) => `\`${name}\` ${version}`).toSorted(),
      )
      for (const [name, ...cells] of rows) {
        t.equal(cells.length, 5, `${name} has purpose, reasons, licence, date and size`)
        t.ok(cells.every(Boolean), `${name} has no empty cell`)
      }
    })

    t.test('names the two commands and shows the picture on its first screen', async (t) => {
      const screen = read(file).split('\n').slice(0, 40).join('\n')
      t.match(screen, /^npm start\b/m)
      t.match(screen, /^npm test\b/m)
      t.match(screen, '](docs/overview.svg)')
    })

    t.test('explains every setting of the program and no other', async (t) => {
      const names = new Set(read('src/config.ts').match(/\b(?:HEDUI_[A-Z_]+|DATABASE_URL)\b/g))
      const explained = [...read(file).matchAll(/^\| `(HEDUI_[A-Z_]+|DATABASE_URL)`/gm)].map(([, name]) => name)
      t.same(explained.toSorted(), [...names].toSorted())
    })
  })
}

t.test('the READMEs show the same commands', async (t) => {
  const [english, chinese] = READMES.map((file) =>
    [...read(file).matchAll(/^(?:npm|curl|docker|export|cp|sed|diff|head|sha256sum) .*$/gm)].map(([line]) =>
      line.replace(/\s+#.*$/, '').replace(/ --reason .*$/, ''),
    ),
  )
  t.ok(english!.length > 20)
  t.same(english, chinese)
})

t.test('every relative link of the texts leads somewhere', async (t) => {
  for (const file of TEXTS) {
    for (const [, target] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue
      const [path, anchor] = target!.split('#') as [string, string?]
      const linked = path === '' ? file : join(dirname(file), path)
      t.ok(existsSync(join(ROOT, linked)), `${file}: ${target}`)
      if (anchor) t.ok(anchors(linked).includes(anchor), `${file}: ${target} is a heading`)
    }
  }
})

/** Anchors of a text's headings, as GitHub makes them. */
function anchors(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

t.test('every command in the texts is one of the program, with options that it has', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/main.ts', '--help'], { cwd: ROOT })
  // Two spaces, then the usage; six, then what it does.
  const usages = [...stdout.matchAll(/^ {2}(\S.*)$/gm)].map(([, usage]) => usage!)
  const names = usages.map((usage) => usage.match(/^[a-z]+(?:-[a-z]+)*(?: [a-z]+(?:-[a-z]+)*)?/)![0])
  t.ok(names.includes('households import') && names.includes('check'))
  /** The list shortens what has many options ("case serve CASE …"); the command's own help does not. */
  const usageOf = async (name: string): Promise<string | undefined> => {
    const i = names.indexOf(name)
    if (!usages[i]?.endsWith('…')) return usages[i]
    const asked = ['src/main.ts', ...name.split(' '), '--help']
    usages[i] = (await promisify(execFile)(process.execPath, asked, { cwd: ROOT })).stdout
    return usages[i]
  }
  for (const file of TEXTS) {
    const body = read(file)
      .replaceAll('npm start -- ', 'npm run -s hedui -- demo ')
      .replace(/ \\\n\s*/g, ' ')
    const written = [
      ...body.matchAll(/(?:npm run -s hedui --|node src\/main\.ts|scripts\/bootstrap\.mjs src\/main\.ts) ([^\n`]*)/g),
    ]
    for (const [, line] of written) {
      const words = line!.replace(/\s+#.*$/, '')
      if (/^(--help|COMMAND|命令)/.test(words)) continue
      const usage = await usageOf(names.find((name) => words === name || words.startsWith(`${name} `)) ?? '')
      t.ok(usage, `${file}: ${words}`)
      for (const [option] of words.matchAll(/--[a-z-]+/g)) t.ok(usage?.includes(option), `${file}: ${words}: ${option}`)
    }
  }
})

t.test('package-lock.json names no registry, and package.json no range', async (t) => {
  t.notMatch(read('package-lock.json'), '"resolved"')
  t.match(read('.npmrc'), /^omit-lockfile-registry-resolved=true$/m)
  const { dependencies, devDependencies, optionalDependencies } = PACKAGE
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
    t.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name)
  }
})

t.test('LICENSE is the whole of Apache-2.0', async (t) => {
  const licence = read('LICENSE')
  t.match(licence, /Apache License\s+Version 2\.0, January 2004/)
  for (const part of [
    '1. Definitions.',
    '9. Accepting Warranty',
    'END OF TERMS AND CONDITIONS',
    'APPENDIX: How to apply',
  ]) {
    t.match(licence, part)
  }
  t.equal(JSON.parse(read('package.json')).license, 'Apache-2.0')
})

t.test('the picture is SVG that asks nobody for anything', async (t) => {
  const svg = read('docs/overview.svg')
  t.match(svg, /^<svg [^>]*role="img"/)
  t.match(svg, 'prefers-color-scheme: dark')
  t.notMatch(svg, /<script|<image|@import|url\(https?:/)
})
