import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { connect } from '../../src/db/connect.ts'
import { openHedui } from '../../src/services/open-hedui.ts'
import { createDatabase, ROOT, SECRET, testConfig } from '../support/hedui.ts'
import { errorOf } from '../support/work.ts'

const { connectionString } = await createDatabase(t)
const urlWith = (change: (url: URL) => void) => {
  const url = new URL(connectionString)
  change(url)
  return url.toString()
}

const REFUSED = {
  'a wrong password': [
    urlWith((url) => {
      url.password = 'open-sesame'
    }),
    /password was refused/,
  ],
  'a user that there is not': [
    urlWith((url) => {
      url.username = 'nobody'
      url.password = 'open-sesame'
    }),
    /refused/,
  ],
  'a database that there is not': [
    urlWith((url) => {
      url.pathname = '/none'
    }),
    /no such database/,
  ],
  'a port where nothing listens': [
    urlWith((url) => {
      url.port = '1'
    }),
    /nothing answers/,
  ],
  'a host that there is not': [
    urlWith((url) => {
      url.hostname = 'no.such.host.invalid'
    }),
    /host name is not known|EAI_AGAIN|getaddrinfo/,
  ],
} as const

for (const [title, [url, says]] of Object.entries(REFUSED)) {
  t.test(`${title} is SOURCE_DATABASE, and the password is not told`, async (t) => {
    const error = await errorOf(connect(url))
    t.match(error, { code: 'SOURCE_DATABASE', message: says })
    const { password, host } = new URL(url)
    t.ok(error.message.includes(host), 'the address is told')
    t.notOk(error.located.includes(password))
    t.notOk(String(error.stack).includes(password))
  })
}

t.test('an existing PostgreSQL is an ordinary client of DATABASE_URL', async (t) => {
  const hedui = await openHedui(testConfig(connectionString))
  const { rows } = await hedui.database.pool.query('select current_database() as name')
  t.equal(`/${rows[0].name}`, new URL(connectionString).pathname)
  await hedui.close()
})

t.test('with a DATABASE_URL the secret must be configured', async (t) => {
  const config = loadConfig({ DATABASE_URL: connectionString }, ROOT)
  t.match(await errorOf(openHedui(config)), { code: 'DEFINITION_SECRET', message: /HEDUI_SECRET is not set/ })
})

t.test('another secret than that of the database is refused', async (t) => {
  await (await openHedui(testConfig(connectionString))).close()
  const other = Buffer.alloc(32, 8).toString('base64')
  const error = await errorOf(openHedui(testConfig(connectionString, { HEDUI_SECRET: other })))
  t.match(error, { code: 'DEFINITION_SECRET', message: /not the one of this database/ })
  t.notOk(error.message.includes(other))
  await (await openHedui(testConfig(connectionString, { HEDUI_SECRET: SECRET.toString('hex') }))).close()
})

const SETTINGS = {
  'a secret that is too short': [{ HEDUI_SECRET: 'c2hvcnQ=' }, 'DEFINITION_SECRET'],
  'a database of another kind': [{ DATABASE_URL: 'mysql://x/y' }, 'DEFINITION_SETTING'],
  'a log level that there is not': [{ HEDUI_LOG_LEVEL: 'loud' }, 'DEFINITION_SETTING'],
  'a port that is none': [{ HEDUI_PORT: '70000' }, 'DEFINITION_SETTING'],
} as const

for (const [title, [env, code]] of Object.entries(SETTINGS)) {
  t.test(`${title} is refused at the start`, async (t) => {
    t.equal((await errorOf(Promise.try(() => loadConfig(env, ROOT)))).code, code)
  })
}
