import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CASE_STATES } from '../../src/domain/case/words.ts'
import { CHECK_RESULT_SCHEMA } from '../../src/domain/check-result-schema.ts'
import { HOUSEHOLD_SCHEMA } from '../../src/domain/household-schema.ts'
import { RECORD_TYPES } from '../../src/domain/record-types.ts'
import { CATALOGUE } from '../../src/errors.ts'
import { homePage } from '../../src/http/home-page.ts'
import { ROOT, shippedRules } from './rule-sets.ts'

/** Words that judge (lessons 1): a warning is an inconsistency to be explained, never a finding. */
const JUDGING = /欺诈|违规|骗保|诈骗|骗取|冒领|瞒报|fraud|cheat/i

const judging = (text: string): string[] =>
  text.split('\n').flatMap((line, i) => (JUDGING.test(line) ? [`line ${i + 1}: ${line.trim()}`] : []))

t.test('the words are found where they stand', async (t) => {
  t.same(judging('一\n疑似欺诈\nFraud score'), ['line 2: 疑似欺诈', 'line 3: Fraud score'])
  for (const word of ['欺诈', '违规', '骗保', '诈骗', 'fraudulent', 'Cheating']) t.equal(judging(word).length, 1, word)
  t.same(judging('家庭成员人民币存款合计{measure}元 needs an explanation'), [])
})

t.test('no rule, parameter, calendar or adapter judges', async (t) => {
  const files = globSync(['rules/**/*.yaml', 'adapters/*.yaml'], { cwd: ROOT })
  t.ok(files.length >= 15, `${files.length} files`)
  for (const file of files) t.same(judging(readFileSync(join(ROOT, file), 'utf8')), [], file)
})

t.test('no error judges', async (t) => {
  t.same(judging(JSON.stringify(CATALOGUE, null, 1)), [])
})

t.test('no word of a result, a household or a record judges', async (t) => {
  for (const schema of [CHECK_RESULT_SCHEMA, HOUSEHOLD_SCHEMA, RECORD_TYPES])
    t.same(judging(JSON.stringify(schema, null, 1)), [])
})

t.test('the home page and the pages of the service do not judge', async (t) => {
  const files = globSync(['src/http/**/*.ts', 'src/web/**/*.{ts,tsx}', 'src/commands/*.ts', 'src/packets/**/*.ts'], {
    cwd: ROOT,
  })
  for (const file of files) t.same(judging(readFileSync(join(ROOT, file), 'utf8')), [], file)
  const { rules } = await shippedRules()
  const titles = new Map(rules.map(({ definition }) => [definition.id, definition.title]))
  const cases = { byState: CASE_STATES.map((state) => ({ state, count: 1, escalated: 1 })), overdue: 1 }
  for (const language of ['zh', 'en'] as const) {
    const page = homePage({ households: 0, cases, lastRun: null, sources: [], held: [] }, titles, language)
    t.match(page, language === 'zh' ? '不是结论' : 'never a finding', 'the page says what a warning is')
    t.same(judging(page), [], language)
  }
})
