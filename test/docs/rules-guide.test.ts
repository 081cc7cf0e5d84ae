import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { dateInChina } from '../../src/domain/dates.ts'
import { type Outcome, run } from '../support/cli.ts'
import { createDatabase, ROOT } from '../support/hedui.ts'

/** Fenced blocks of a guide in their order, of one kind or of all. */
function blocksOf(text: string, kind?: string): { readonly kind: string; readonly text: string }[] {
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, name, body]) => ({
    kind: name!,
    text: body!,
  }))
  return kind === undefined ? blocks : blocks.filter((block) => block.kind === kind)
}

const guide = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8')
const GUIDES = { en: guide('rules-guide.md'), zh: guide('rules-guide.zh-CN.md') }

/** A command line as a shell takes it apart; quotes hold words together, and a # ends it. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(#.*)|(\S+)/g)].flatMap(([, quoted, comment, plain]) =>
    comment === undefined ? [quoted ?? plain!] : [],
  )
}

/** What an author puts in the place of RUN, VERSION, HOUSEHOLD and DAY. */
type Names = Map<string, string>

/** Runs the commands of a guide in a folder that stands for the program's, and gives what each said. */
async function follow(t: Test, text: string, env: Readonly<Record<string, string>>, folder: string) {
  const names: Names = new Map([['DAY', dateInChina(new Date())]])
  const said: { line: string; outcome: Outcome }[] = []
  for (const { kind, text: body } of blocksOf(text)) {
    const [, file] = /^# (my-rules\/\S+)$/m.exec(body) ?? []
    if (kind === 'yaml' && file) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), body)
    }
    if (kind !== 'sh') continue
    for (const line of body.trim().split('\n')) {
      const words = wordsOf(line).map((word) => names.get(word) ?? word)
      if (words[0] === 'export') continue
      if (words[0] === 'cp') {
        t.same(words, ['cp', '-r', 'rules', 'my-rules'])
        cpSync(join(ROOT, 'rules'), join(folder, 'my-rules'), { recursive: true })
        continue
      }
      t.same(words.splice(0, 5), ['npm', 'run', '-s', 'hedui', '--'], line)
      const outcome = await run(words, env, folder)
      t.equal(outcome.code, 0, `${line}\n${outcome.stdout}\n${outcome.stderr}`)
      said.push({ line, outcome })
      learn(names, outcome, folder, words)
      if (!words.includes('--lang')) continue
      // The one command that the Chinese guide gives otherwise than in what people write.
      const chinese = words.map((word) => (word === 'en' ? 'zh' : word))
      said.push({ line: line.replace('--lang en', '--lang zh'), outcome: await run(chinese, env, folder) })
    }
  }
  return said
}

/** Reads from the program's words what an author would. */
function learn(names: Names, { stdout, stderr }: Outcome, folder: string, words: readonly string[]): void {
  if (words[0] === 'check' && !words.includes('--rules'))
    names.set('RUN', /run (\S+), rules/.exec(stdout + stderr)![1]!)
  if (words[1] === 'draft') names.set('VERSION', /--rule-set (sha256:\w+)/.exec(stdout)![1]!)
  if (words[1] === 'compare') {
    const lines = readFileSync(join(folder, 'changes.csv'), 'utf8').split('\n')
    names.set('HOUSEHOLD', /H\d{6}/.exec(lines.find((line) => line.includes('foreign-accounts'))!)![0])
  }
}

t.test('both guides have the same files and commands, but for names and words', async (t) => {
  const same = (text: string) =>
    blocksOf(text).map((block) =>
      block.kind === 'sh' ? { ...block, text: block.text.replace(/"[^"]*"|--lang \w\w/g, '…') } : block,
    )
  t.same(same(GUIDES.zh), same(GUIDES.en))
  t.ok(blocksOf(GUIDES.en, 'sh').length >= 10)
})

t.test("the guide's commands do what it says", async (t) => {
  const { connectionString } = await createDatabase(t)
  const folder = t.testdir({})
  const env = { DATABASE_URL: connectionString, INIT_CWD: folder, HEDUI_LOG_LEVEL: 'warn' }
  const said = await follow(t, GUIDES.en, env, folder)
  const of = (part: string) => {
    const found = said.filter(({ line }) => line.includes(part))
    t.ok(found.length > 0, part)
    return found.map(({ outcome }) => outcome.stdout + outcome.stderr).join('\n')
  }

  t.match(of('rules check'), /sound/)
  const trial = readFileSync(join(folder, 'trial.ndjson'), 'utf8').trim().split('\n')
  const results = trial.flatMap((line) => JSON.parse(line).results).filter(({ rule }) => rule === 'foreign-accounts')
  t.equal(results.length, 200, 'each household has a result of the ninth warning')
  const warned = results.filter(({ outcome }) => outcome === 'warned').length
  t.ok(warned > 0, `${warned} households are warned`)
  t.match(
    of('rules compare'),
    new RegExp(`foreign-accounts +外币账户预警 +${warned} `),
    'the table tells the same number',
  )
  t.match(of('--lang en'), /Accounts in foreign currency/)
  t.match(of('--lang zh'), /外币账户预警/)
  t.match(of('rules shadow'), /runs beside every live run/)
  t.match(of('rules approve'), /in force since/)
  t.match(of('rules history'), /approved from \d{4}-\d{2}-\d{2} by Li Si/)

  const rulesOn = async (asOf: string) => {
    const { stdout } = await run(['check', '--household', 'H000001', '--as-of', asOf, '--json'], env, folder)
    return Object.keys(JSON.parse(stdout).warningsByRule)
  }
  t.ok((await rulesOn(dateInChina(new Date()))).includes('foreign-accounts'), 'from that day on every check uses it')
  t.notOk((await rulesOn('2026-11-01')).includes('foreign-accounts'), 'an earlier day has the rules of its time')
})

t.test('what the guide says of a mistake, and of a limit that changes', async (t) => {
  const folder = t.testdir({})
  const env = { INIT_CWD: folder }
  cpSync(join(ROOT, 'rules'), join(folder, 'my-rules'), { recursive: true })
  const [rule, parameter, later] = blocksOf(GUIDES.en, 'yaml').map((block) => block.text)
  const ruleFile = join(folder, 'my-rules', 'supplementary', 'foreign-accounts.yaml')
  const parameterFile = join(folder, 'my-rules', 'parameters', 'foreign-accounts.yaml')
  writeFileSync(parameterFile, parameter!)

  writeFileSync(ruleFile, rule!.replace('d.currency !=', 'd.curency !='))
  const wrong = await run(['rules', 'check', 'my-rules'], env, folder)
  t.equal(wrong.code, 1)
  const [, place, message] = /^(\S+:\d+:\d+) … (.*)$/m.exec(GUIDES.en)!
  t.match(wrong.stderr, place!)
  t.match(wrong.stderr, message!)

  writeFileSync(ruleFile, rule!)
  writeFileSync(parameterFile, parameter! + later!)
  t.match(await run(['rules', 'check', 'my-rules'], env, folder), { code: 0, stdout: /sound/ })
})
