import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createCliHome } from '../support/cli-home.ts'
import { until } from '../support/embedded-home.ts'
import { ROOT } from '../support/hedui.ts'

const ADDRESS = /^http:\/\/127\.0\.0\.1:(\d+)\/$/m

/** The demonstrations of this file share a home: the second finds the first. */
const home = createCliHome(t)

t.test('demo makes a county, checks it and ends with --no-serve', async (t) => {
  const { code, stdout, stderr } = await home.run('demo', '--no-serve', '--households', '50')
  t.equal(code, 0, stderr)
  t.match(stdout, /county of 50 households/)
  t.match(stdout, /50 households as of .*: \d+ warned, \d+ unverifiable, \d+ clear; \d+ leads/)
  for (const rule of ['deposits', 'vehicles', 'wage-below-minimum'])
    t.match(stdout, new RegExp(`${rule} +\\d+ warnings`))
  t.match(stdout, /rows \d+: kept \d+.*quarantined \d+, unidentified \d+, leads \d+/)
  for (const stage of ['sample', 'households import', 'ingest vehicle', 'ingest bank', 'check', 'packet draft']) {
    t.match(stdout, new RegExp(`${stage} +[\\d.]+ s +[\\d.]+ (rows|households|cases)/s`), stage)
  }
  const [, warned] = /as of .*: (\d+) warned/.exec(stdout)!
  t.match(stdout, `cases ${warned}: a person confirms each warning (hedui case list); 2 were`)
  const [, packet] = /packet pdf (\S+) --reason demo/.exec(stdout)!
  const file = join(t.testdir({}), 'packet.pdf')
  t.match(await home.run('packet', 'pdf', packet!, '--reason', 'demo', '--out', file), { code: 0 })
  t.equal(readFileSync(file, 'latin1').slice(0, 5), '%PDF-')
  t.match(stderr, /a secret was made in/)
  t.notMatch(stderr, /\r|\x1b/, 'plain lines in a pipe')
  t.equal(home.serverPid(), undefined, 'the last one out stops the server')
})

t.test('demo made again serves its county, and SIGTERM stops it as well', async (t) => {
  const demo = home.start('demo', '--households', '20', '--port', '0')
  const [, port] = await demo.says(ADDRESS)
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text()
  t.match(page, /<dd>20<\/dd>/)
  t.match(page, /<h2>个案<\/h2>.*待确认.*<code>drafted<\/code>/s)
  demo.child.kill('SIGTERM')
  t.match(await demo.done, { code: 0 })
  t.equal(home.serverPid(), undefined)
})

const script = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0
t.test(
  'a terminal sees a bar',
  { skip: script ? false : 'there is no script(1) that could play a terminal' },
  async (t) => {
    const folder = t.testdir({})
    const command = `${process.execPath} ${join(ROOT, 'src', 'main.ts')} sample --households 400 --seed 1 --out ${folder}/c`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, NODE_OPTIONS: '', TERM: 'xterm', COLUMNS: '100' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    await until(() => child.exitCode !== null)
    t.equal(child.exitCode, 0)
    t.match(text, /sample.* [█░]+ +\d+% \d+\/400 households/)
    t.match(text, /\x1b\[/, 'drawn over itself')
  },
)
