import type { RecordTypeName } from '../domain/record-types.ts'
import type { SetAside, Trace, TraceMissing, TraceTest, TraceValue } from '../domain/trace.ts'
import type { Language } from '../domain/trace-page.ts'
import { unitOfRecordField } from './expression-unit.ts'
import { sayPlaces, sayValue } from './render-value.ts'
import { word } from './trace-words.ts'

const isMonth = (text: string) => /^\d{4}-\d{2}/.test(text)

type Say = (field: string, value: TraceValue) => string

/** Why a record was set aside, or which one stands for it, in words; the clause itself where only it can say it. */
export function sayWhy(because: SetAside, type: string, language: Language): string {
  const say: Say = (field, value) => sayValue(value, unitOfRecordField(type as RecordTypeName, field), language)
  const { standsFor, test, fields, clause } = because
  const name = (field: string) => word('field', field, language)
  if (standsFor !== undefined) {
    const same = Object.entries(fields).map(([field, value]) => `${name(field)} ${say(field, value)}`)
    const first = sayPlaces([standsFor], language)
    return language === 'zh'
      ? `与 ${first} 相同（${same.join('，')}），只计一次`
      : `the same as ${first} (${same.join(', ')}): counted once already`
  }
  if (test) return sayTest(test, fields[test.field] ?? null, { say, language })
  const found = Object.entries(fields).map(([field, value]) =>
    language === 'zh' ? `${name(field)}为 ${say(field, value)}` : `${name(field)} ${say(field, value)}`,
  )
  const shown = found.length === 0 ? '' : language === 'zh' ? `（${found.join('，')}）` : ` (${found.join(', ')})`
  return language === 'zh' ? `不符合条件 ${clause}${shown}` : `does not meet ${clause}${shown}`
}

/** Before and after for days and months, below and above for amounts. */
const ORDER = {
  '<': { zh: ['早于', '低于'], en: ['before', 'below'] },
  '<=': { zh: ['不晚于', '不超过'], en: ['not after', 'at most'] },
  '>': { zh: ['晚于', '高于'], en: ['after', 'above'] },
  '>=': { zh: ['不早于', '不低于'], en: ['not before', 'at least'] },
} as const

const isOrder = (operator: string): operator is keyof typeof ORDER => operator in ORDER

function sayTest(test: TraceTest, found: TraceValue, { say, language }: { say: Say; language: Language }): string {
  const { field, operator, value, other, orAbsent } = test
  const name = word('field', field, language)
  const zh = language === 'zh'
  const is =
    found === null
      ? zh
        ? `${name}未注明`
        : `${name} not given`
      : zh
        ? `${name}为 ${say(field, found)}`
        : `${name} ${say(field, found)}`
  const against = other ? `${word('field', other, language)} ${say(field, value)}` : say(field, value)
  const asked: Readonly<Record<Exclude<TraceTest['operator'], keyof typeof ORDER>, string>> = {
    '==': zh
      ? other
        ? `须与${against} 相同`
        : `规则只计 ${against}`
      : other
        ? `must be the same as ${against}`
        : `only ${against} counts`,
    '!=': zh ? `规则不计 ${against}` : `${against} does not count`,
    in: zh ? `规则只计 ${against}` : `only ${against} count`,
    'not-in': zh ? `规则不计 ${against}` : `${against} do not count`,
    'some-in': zh ? `规则只计含 ${against} 之一的` : `only those with one of ${against} count`,
    'none-in': zh ? `规则不计含 ${against} 之一的` : `those with one of ${against} do not count`,
    given: zh ? '规则只计已注明的' : 'only those that give it count',
    absent: zh ? '规则只计未注明的' : 'only those that do not give it count',
  }
  const besides = orAbsent ? (zh ? '（或未注明的）' : ' (or not given)') : ''
  const order = isOrder(operator) ? ORDER[operator][language][typeof value === 'string' && isMonth(value) ? 0 : 1] : ''
  const must = isOrder(operator) ? (zh ? `须${order} ${against}` : `must be ${order} ${against}`) : asked[operator]
  return zh ? `${is}，${must}${besides}` : `${is}; ${must}${besides}`
}

/** What was missing, in words. */
export function sayMissing(missing: TraceMissing, trace: Trace, language: Language): string {
  const { why, source = '', person = '', parameter = '', authorization } = missing
  const zh = language === 'zh'
  const name = word('source', source, language)
  const use = trace.sources.find((each) => each.source === source)
  switch (why) {
    case 'source-missing':
      if (person) return zh ? `${name}：没有对 ${person} 的答复` : `${name}: holds no answer about ${person}`
      return zh ? `${name}：没有可用的数据` : `${name}: no data in force`
    case 'source-stale':
      return zh ? `${name}：数据日期 ${use?.asOf}，已超过有效期` : `${name}: the data of ${use?.asOf} are too old`
    case 'not-authorized':
      return zh
        ? `${name}：${person} 没有有效授权（${sayAuthorization(authorization, trace.asOf, language)}），其记录未读取`
        : `${name}: ${person} has no live authorization (${sayAuthorization(authorization, trace.asOf, language)}); the records are not read`
    case 'no-id-number':
      return zh
        ? `${person} 没有有效的身份证件号码，无法确认哪些记录是其本人的`
        : `${person} has no valid number, so no record can be told to be theirs`
    case 'parameter-missing': {
      const title = trace.parameters.find((each) => each.name === parameter)?.title?.[language]
      return zh
        ? `参数 ${parameter}${title ? `（${title}）` : ''}在该地区当日没有有效值`
        : `the parameter ${parameter}${title ? ` (${title})` : ''} has no value in force there on that day`
    }
    case 'declaration-missing': {
      const asked = trace.steps.find(({ step }) => step === 'requires')?.expression
      return zh ? `缺少规则所需的申报事项：${asked}` : `a declaration that the rule asks for is missing: ${asked}`
    }
    case 'record-incomplete': {
      const asked = trace.steps.find(({ step }) => step === 'known')?.expression
      return zh ? `记录缺少规则所需的内容：${asked}` : `the records leave out what the rule needs: ${asked}`
    }
    default:
      return zh ? `规则的表达式运行出错：${trace.error}` : `an expression of the rule failed: ${trace.error}`
  }
}

function sayAuthorization(authorization: TraceMissing['authorization'], asOf: string, language: Language): string {
  const zh = language === 'zh'
  if (!authorization) return zh ? '无授权书' : 'there is none'
  const { signedOn, endsOn, names } = authorization
  if (signedOn > asOf) return zh ? `${signedOn} 才签署` : `signed on ${signedOn} only`
  if (endsOn !== null && endsOn < asOf) return zh ? `已于 ${endsOn} 到期` : `it ended on ${endsOn}`
  if (!names) return zh ? '授权书未列该来源' : 'it does not name this source'
  return zh ? '不在有效期内' : 'it is not in force'
}
