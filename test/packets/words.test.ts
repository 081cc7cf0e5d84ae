import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import t from 'tap'
import { findAccusingWords } from '../../src/domain/case/accusing-words.ts'
import { OUTCOMES } from '../../src/domain/case/words.ts'
import { REBUTTAL_KINDS } from '../../src/domain/rebuttal-kinds.ts'

/** Where the texts stand that somebody reads before a person has decided: the program, its rules and adapters. */
const FOLDERS = ['src', 'rules', 'adapters', 'docs']
const TEXTS = ['.ts', '.tsx', '.yaml', '.yml', '.json', '.html', '.css', '.sql', '.md']

/** Words that stand where they accuse nobody, and why. */
const ALLOWED: readonly (readonly [file: RegExp, word: RegExp, why: string])[] = [
  [/^src\/domain\/case\/accusing-words\.ts$/, /./, 'the list itself'],
  [/^src\/feeds\//, /^suspect$|^suspicious$/, 'bytes of a file that may not be text in its encoding'],
  [/^src\/db\//, /^(?:violates|violation)$/, 'what PostgreSQL calls a broken constraint'],
]

const root = join(import.meta.dirname, '..', '..')

async function* textsOf(folder: string): AsyncGenerator<readonly [file: string, text: string]> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* textsOf(path)
    else if (TEXTS.includes(extname(entry.name))) yield [path, await readFile(join(root, path), 'utf8')]
  }
}

t.test('no text of the program, of its rules, adapters or published schemas accuses', async (t) => {
  const found: string[] = []
  const used = new Set<string>()
  let files = 0
  for (const folder of FOLDERS)
    for await (const [file, text] of textsOf(folder)) {
      files++
      // The linter's own name of a group, where a line is excused from it.
      for (const [i, line] of text.split('\n').entries())
        for (const word of findAccusingWords(line.replace('lint/suspicious/', ''))) {
          const allowed = ALLOWED.find(([where, what]) => where.test(file) && what.test(word))
          if (allowed) used.add(allowed[2])
          else found.push(`${file}:${i + 1} ${word}`)
        }
    }
  t.ok(files > 300, `${files} files`)
  t.same(found, [])
  t.same([...used].sort(), ALLOWED.map(([, , why]) => why).sort(), 'no allowance is idle')
})

t.test('the words of the lessons are found wherever they stand', async (t) => {
  const cases: [string, string[]][] = [
    ['该户涉嫌骗保', ['涉嫌', '骗保']],
    ['欺诈、违规、骗取、冒领、虚报、瞒报、隐瞒', ['欺诈', '违规', '骗取', '冒领', '虚报', '瞒报', '隐瞒']],
    ['违法嫌疑；处罚，追缴', ['违法', '嫌疑', '处罚', '追缴']],
    ['Fraudulent claims by suspects', ['Fraudulent', 'suspects']],
    ['a cheat, a violation, an offender', ['cheat', 'violation', 'offender']],
    ['行政处罚法第六十四条', []],
    ['依照行政处罚法予以处罚', ['处罚']],
    ['家庭存款合计71,430.21元，超过限额，请予说明', []],
    ['an inconsistency to be explained, never a finding', []],
    ['unsuspecting', []],
  ]
  for (const [text, words] of cases) t.same(findAccusingWords(text), words, text)
})

t.test('codes of outcomes and kinds of evidence accuse nobody', async (t) => {
  for (const word of [...OUTCOMES, ...REBUTTAL_KINDS]) t.same(findAccusingWords(word.replaceAll('-', ' ')), [], word)
})
