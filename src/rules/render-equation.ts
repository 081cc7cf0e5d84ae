import type { TraceNode, TraceStep } from '../domain/trace.ts'
import type { Language } from '../domain/trace-page.ts'
import { sayAmount, sayCount, sayValue } from './render-value.ts'

const SIGNS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  '*': [' × ', ' × '],
  '/': [' ÷ ', ' ÷ '],
  '%': [' mod ', ' mod '],
  '+': [' + ', ' + '],
  '-': [' − ', ' − '],
  '<': [' < ', ' < '],
  '<=': [' ≤ ', ' ≤ '],
  '>': [' > ', ' > '],
  '>=': [' ≥ ', ' ≥ '],
  '==': [' = ', ' = '],
  '!=': [' ≠ ', ' ≠ '],
  in: [' 属于 ', ' is one of '],
  '&&': [' 且 ', ' and '],
  '||': [' 或 ', ' or '],
}

/** How tightly an operator holds its terms together. */
const STRENGTH: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['<', '<=', '>', '>=', '==', '!=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
]

/** A sum of more than this is said by the number of its records: they are listed anyway. */
const MOST_ADDENDS = 8

const strengthOf = (operator: string) => STRENGTH.findIndex((operators) => operators.includes(operator))

/** A calculation with numbers in the place of names: "24 × 765.00 × 2". Parts that were not asked for are left out. */
export function sayCalculation(node: TraceNode, language: Language): string {
  return say(node, language).text
}

interface Said {
  readonly text: string
  /** Of the outermost operator; high for what needs no parentheses. */
  readonly strength: number
}

const WHOLE = STRENGTH.length

function say(node: TraceNode, language: Language): Said {
  const { operator, value, unit, kind, state, expression } = node
  const terms = node.terms?.filter((term) => term.state !== 'not-reached') ?? []
  const whole = (text: string): Said => ({ text, strength: WHOLE })
  if (state === 'failed') return whole(expression)
  // Texts are joined, not added.
  const isText = operator === '+' && typeof value === 'string' && unit === null
  if (isText) return whole(sayValue(value, unit, language))
  if (kind !== 'operation') return whole(sayLeaf(node, language))
  const sign = SIGNS[operator!]?.[language === 'zh' ? 0 : 1]
  const isUnary = operator === '-' && node.terms?.length === 1
  if (sign && !isUnary) return sayJoined(operator!, terms, { sign, language })
  if (operator === '!') return whole(`${language === 'zh' ? '非' : 'not'} ${bracketed(terms[0]!, language)}`)
  if (operator === '?:') return say(terms.at(-1)!, language)
  if (operator === '-') return whole(`−${bracketed(terms[0]!, language)}`)
  if (operator === 'sum') return saySum(node, terms[0]!, language)
  if (operator === 'percentOf')
    return { text: `${bracketed(terms[0]!, language)} × ${sayCalculation(terms[1]!, language)}%`, strength: 4 }
  if (operator === 'max' || operator === 'min') {
    const texts = terms.map((term) => sayCalculation(term, language))
    if (language === 'en') return whole(`${operator}(${texts.join(', ')})`)
    return whole(`${operator === 'max' ? '最大值' : '最小值'}（${texts.join('，')}）`)
  }
  // "2026-09, 2026-10 = 2 months"
  if (operator === 'size' && Array.isArray(terms[0]?.value) && terms[0].value.length > 0)
    return whole(sayValue(terms[0].value, terms[0].unit, language))
  if (operator === 'list')
    return whole(terms.map((term) => sayCalculation(term, language)).join(language === 'zh' ? '，' : ', '))
  return whole(sayValue(value, unit, language))
}

function sayJoined(
  operator: string,
  terms: readonly TraceNode[],
  { sign, language }: { sign: string; language: Language },
): Said {
  const strength = strengthOf(operator)
  // Of "a || b" only what decided it is left.
  if (terms.length === 1) return say(terms[0]!, language)
  const texts = terms.map((term, i) => {
    const said = say(term, language)
    const isMixed = strength < 2 && said.strength < 2
    const isOpen = said.strength < strength || (i > 0 && said.strength === strength) || isMixed
    return isOpen ? inBrackets(said.text, language) : said.text
  })
  return { text: texts.join(sign), strength }
}

function bracketed(node: TraceNode, language: Language): string {
  const { text, strength } = say(node, language)
  return strength === WHOLE ? text : inBrackets(text, language)
}

const inBrackets = (text: string, language: Language) => (language === 'zh' ? `（${text}）` : `(${text})`)

function sayLeaf({ kind, value, unit, expression }: TraceNode, language: Language): string {
  if (kind === 'expression' && typeof value === 'boolean') return `${expression}: ${sayValue(value, unit, language)}`
  return sayValue(value, unit, language)
}

function saySum({ value, unit }: TraceNode, list: TraceNode, language: Language): Said {
  const values = list.items?.map((item) => item.value) ?? (Array.isArray(list.value) ? list.value : [])
  if (values.length < 2) return { text: sayValue(value, unit, language), strength: WHOLE }
  if (values.length > MOST_ADDENDS) {
    const many = sayCount(values.length, language)
    const text = language === 'zh' ? `${many}合计` : `sum of ${many}`
    return { text, strength: WHOLE }
  }
  const text = values.map((each) => sayValue(each, list.unit, language)).join(' + ')
  return { text, strength: strengthOf('+') }
}

/** A step as an equation: "24 × 765.00 × 2 = 36,720.00 CNY"; its value alone where there is nothing to compute. */
export function sayStep({ calculation, value, unit }: TraceStep, language: Language): string {
  const amount = sayAmount(value, unit, language)
  if (!calculation) return amount
  const text = sayCalculation(calculation, language)
  return text === sayValue(value, unit, language) ? amount : `${text} = ${amount}`
}

/**
 * What is computed for each of some people, a line a person: "S1: (13,200.00 − 700.00 × 12) × 50% = 2,400.00 CNY". Empty
 * where the step computes nothing of the kind.
 */
export function sayForEach({ calculation, unit }: TraceStep, language: Language): string[] {
  if (!calculation) return []
  const isSum = calculation.operator === 'sum'
  const people =
    (isSum ? calculation.terms![0]! : calculation).terms?.filter(({ person }) => person !== undefined) ?? []
  return people.map((node) => {
    const amount = sayAmount(node.value, node.unit ?? unit, language)
    const text = sayCalculation(node, language)
    const said = text === sayValue(node.value, node.unit ?? unit, language) ? amount : `${text} = ${amount}`
    return language === 'zh' ? `${node.person}：${said}` : `${node.person}: ${said}`
  })
}

/** The parameters and declared facts that a calculation reads, each once, in order. */
export function leavesOf(node: TraceNode): TraceNode[] {
  if (node.state === 'not-reached') return []
  if (node.kind === 'parameter' || node.kind === 'fact') return [node]
  return (node.terms ?? []).flatMap(leavesOf)
}

/** The expressions of a calculation that were not asked for. */
export function untakenOf({ state, expression, terms = [] }: TraceNode): string[] {
  return state === 'not-reached' ? [expression] : terms.flatMap(untakenOf)
}
