import t from 'tap'
import { type Outcome, run } from '../support/cli.ts'

/** No database answers here: what is refused as wrong usage is refused before one is asked for. */
const NOWHERE = { DATABASE_URL: 'postgres://x:open-sesame@127.0.0.1:1/none' }

const AT_ONCE = 3

const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [[], /hedui ingest|ingest SOURCE FILE/],
  [['chek'], /no command "chek".*did you mean check\?/],
  [['household', 'import'], /did you mean households import\?/],
  [['households'], /say which: hedui households import/],
  [['deliveries'], /deliveries list.*deliveries release/],
  [['check'], /say which households/],
  [['check', '--all', '--region', '36'], /say which households/],
  [['check', '--all', 'H1'], /say which households/],
  [['check', '--all', '--ids-file', 'x'], /say which households/],
  [['runs'], /say which: hedui runs list, hedui runs show, hedui runs results/],
  [['runs', 'list', '--most', '0'], /--most must be a whole number from 1/],
  [['runs', 'show'], /RUN is missing.*usage: hedui runs show RUN/s],
  [['runs', 'diff', 'x'], /OTHER is missing/],
  [['runs', 'results', 'x', '--format', 'pdf'], /--format must be one of ndjson, csv, xlsx/],
  [['runs', 'results', 'x', '--format', 'xlsx'], /a workbook goes into a file: --out FILE/],
  [
    ['runs', 'results', 'x', '--reason', 'curiosity'],
    /--reason must be one of application, review, tip-off, spot-check/,
  ],
  [['runs', 'cancel', 'x', '--actor', 'Li'], /--reason TEXT/],
  [['townships', '--region', 'north'], /--region must be digits/],
  [['spot-check', '--share', '5'], /--seed takes any text/],
  [['spot-check', '--seed', 'a', '--share', '0.05'], /percent from 0\.1 to 100/],
  [['work', '--threads', '0'], /--threads must be a whole number from 1/],
  [['check', '--due', '--household', 'H1'], /say which households/],
  [['due', '--as-of', '2026-13-01'], /--as-of must be a real date/],
  [['rules', 'compare', 'live', 'live'], /say which run/],
  [['check', '--al'], /--al.*usage: hedui check/s],
  [['check', '--all', '--as-of', '2026-02-30'], /--as-of must be a real date/],
  [['check', '--region', 'abc'], /--region must be digits/],
  [['ingest', 'vehicle'], /FILE is missing.*usage: hedui ingest/s],
  [['ingest', 'vehicle', 'a.csv', 'b.csv'], /too many words: b\.csv/],
  [['ingest', 'vehicle', 'a.csv', '--retain', 'some'], /--retain must be all or known/],
  [['packet'], /say which: hedui packet draft, hedui packet show, hedui packet json/],
  [['case', 'clse', 'x'], /say which: hedui case list, .*did you mean case close\?/s],
  [['sample', '--households', '0', '--out', 'x'], /--households must be a whole number from 1/],
  [['sample'], /--out is missing/],
  [['serve', '--port', 'high'], /--port must be a whole number/],
  [['demo', '--households', '-5'], /--households/],
]

t.test('wrong usage ends with 2 and says what is right', async (t) => {
  const outcomes: [readonly string[], RegExp, Outcome][] = []
  for (let i = 0; i < WRONG.length; i += AT_ONCE) {
    const some = WRONG.slice(i, i + AT_ONCE).map(
      async ([args, says]) => [args, says, await run(args, NOWHERE)] as const,
    )
    for (const [args, says, outcome] of await Promise.all(some)) outcomes.push([args, says, outcome])
  }
  for (const [args, says, { code, stdout, stderr }] of outcomes) {
    const words = args.join(' ')
    t.equal(code, 2, words)
    t.match(args.length === 0 ? stdout : stderr, says, words)
    if (args.length > 0) t.equal(stdout, '', `${words}: nothing on stdout`)
  }
})

t.test('an act of a person without --actor is refused before anything is opened', async (t) => {
  for (const args of [
    ['deliveries', 'release', 'x'],
    ['deliveries', 'discard', 'x'],
    ['runs', 'cancel', 'x', '--reason', 'y'],
    ['runs', 'resume', 'x', '--reason', 'y'],
    ['case', 'confirm', 'x', '--reason', 'y'],
    ['households', 'import', 'x', '--allow-renames'],
  ]) {
    const { code, stderr } = await run(args, NOWHERE)
    t.match(stderr, /INPUT_ACTOR .*--actor NAME/)
    t.equal(code, 1)
  }
})

t.test('--help ends with 0 and lists the commands', async (t) => {
  const all = await run(['--help'], NOWHERE)
  t.equal(all.code, 0)
  for (const command of [
    'demo',
    'households import',
    'ingest',
    'check',
    'deliveries list',
    'deliveries release',
    'deliveries discard',
    'deliveries expire',
    'quarantine show',
    'source validate',
    'rules check',
    'rules list',
    'rules compare',
    'runs list',
    'runs show',
    'runs results',
    'runs diff',
    'runs cancel',
    'runs resume',
    'townships',
    'spot-check',
    'work',
    'due',
    'rules draft',
    'rules approve',
    'rules retire',
    'rules shadow',
    'rules unshadow',
    'rules history',
    'rules show',
    'rules stops',
    'rules release',
    'packet draft',
    'packet show',
    'packet json',
    'packet pdf',
    'packet zip',
    'case list',
    'case show',
    'case confirm-source',
    'case settle-lead',
    'case confirm',
    'case dismiss',
    'case withdraw',
    'case visit',
    'case serve',
    'case fail-service',
    'case extend',
    'case pause',
    'case resume',
    'case rebut',
    'case assess',
    'case contact-again',
    'case decide',
    'case record-award',
    'case serve-outcome',
    'case close',
    'case notice',
    'case attachment',
    'cases tick',
    'tip-off add',
    'tip-off list',
    'tip-off show',
    'tip-off read',
    'tip-off check',
    'tip-off visit',
    'tip-off settle',
    'kin add',
    'kin end',
    'kin list',
    'corrections list',
    'county-visits',
    'precision',
    'precision groups',
    'audit verify',
    'webhooks add',
    'webhooks list',
    'webhooks remove',
    'webhooks messages',
    'webhooks resend',
    'verify',
    'serve',
    'migrate',
    'sample',
    'keys backup',
    'keys restore',
    'keys public',
    'doctor',
  ]) {
    t.ok(all.stdout.includes(`  ${command}`), command)
  }
  const one = await run(['ingest', '--help'], NOWHERE)
  t.match(one, { code: 0, stdout: /ingest SOURCE FILE.*--retain all\|known/ })
  const act = await run(['case', 'serve', '--help'], NOWHERE)
  t.match(act, { code: 0, stdout: /--on DATE .*--proof-kind TEXT .*\[--attach FILE\]/ })
})
