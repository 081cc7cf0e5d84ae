import { ruleCheck, ruleWarning } from '../check.ts'
import { expressionOf } from '../rule-to-lint.ts'

const PLACE = /\{([^{}]*)\}/g

const placesIn = (text: string) => new Set([...text.matchAll(PLACE)].map(([, path]) => path!.trim()))

/** A reason says the facts and the sum (lesson 7): measure, limit, and the same in both languages. */
export const toldReason = ruleCheck('told-reason', function* (rule) {
  const limit = rule.noteOf(expressionOf(rule, 'limit')!.root).value
  const constant = limit.kind === 'number' ? limit.constant : undefined
  // A limit that is a plain figure may be said in words; so may how many there are where there may be none.
  const isPlain = constant !== undefined
  const mayCountInWords = constant === 0n && rule.definition.unit === 'count'
  const parameter = limit.kind === 'number' ? limit.spelled : undefined
  const told = { zh: placesIn(rule.definition.reason.zh), en: placesIn(rule.definition.reason.en) }
  for (const language of ['zh', 'en'] as const) {
    const place = rule.yaml.placeOf(['reason', language])
    if (!told[language].has('measure') && !mayCountInWords) yield ruleWarning(place, 'does not say {measure}')
    if (!told[language].has('limit') && !told[language].has(parameter ?? 'limit') && !isPlain)
      yield ruleWarning(place, 'does not say {limit}')
    const other = told[language === 'zh' ? 'en' : 'zh']
    const missing = [...other].filter((path) => !told[language].has(path) && path !== 'measure' && path !== 'limit')
    if (missing.length > 0)
      yield ruleWarning(
        place,
        `does not say ${missing.map((path) => `{${path}}`).join(', ')}, which the other language says`,
      )
  }
})

/** A warning is a question: what may be answered to it? */
export const rebuttalKinds = ruleCheck('rebuttal-kinds', function* (rule) {
  if (rule.definition.rebuttal.accepts.length > 0) return
  yield ruleWarning(
    rule.yaml.placeOf(['rebuttal']),
    'names no kind of rebuttal: say what the household may submit (rebuttal.accepts)',
  )
})
