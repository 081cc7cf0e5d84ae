import { spawn, spawnSync } from 'node:child_process'
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
  for (const stage of ['sample', 'households import', 'ingest vehicle', 'ingest bank', 'check']) {
    t.match(stdout, new RegExp(`${stage} +[\\d.]+ s +\\d+ (rows|households)/s`), stage)
  }
  t.match(stderr, /a secret was made in/)
  t.notMatch(stderr, /\r|\x1b/, 'plain lines in a pipe')
  t.equal(home.serverPid(), undefined, 'the last one out stops the server')
})

t.test('demo made again serves its county, and SIGTERM stops it as well', async (t) => {
  const demo = home.start('demo', '--households', '20', '--port', '0')
  const [, port] = await demo.says(ADDRESS)
  t.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /<dd>20<\/dd>/)
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
