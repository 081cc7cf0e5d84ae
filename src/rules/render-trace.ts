import { parseYuan } from '../domain/money.ts'
import { RECORD_TYPES, type RecordField } from '../domain/record-types.ts'
import type { SetAside, Trace, TraceNode, TraceParameter, TraceRecord, TraceStep, TraceValue } from '../domain/trace.ts'
import type { Language, PageBlock, PageSection, TracePage } from '../domain/trace-page.ts'
import { leavesOf, sayCalculation, sayForEach, sayStep, untakenOf } from './render-equation.ts'
import { sayMissing, sayWhy } from './render-reasons.ts'
import { sayAmount, sayCount, sayPlaces, sayValue } from './render-value.ts'
import { word } from './trace-words.ts'

/** A trace as a calculation that a stranger can follow, in Chinese or English. Ids of people, never names or numbers. */
export function renderTrace(trace: Trace, language: Language): TracePage {
  const zh = language === 'zh'
  const { rule, title, householdId, person, asOf, outcome, note } = trace
  const who = zh ? `家庭 ${householdId}` : `household ${householdId}`
  const found = word('outcome', note ?? outcome, language)
  const sections = [
    section(zh ? '依据' : 'Authority', ruleBlocks(trace, language)),
    section(zh ? '缺少什么' : 'What is missing', missingBlocks(trace, language)),
    section(zh ? '适用' : 'Whom it applies to', stepBlocks(trace, ['applies', 'requires'], language)),
    section(zh ? '计算' : 'The sum', sumBlocks(trace, language)),
    section(zh ? '各数的来历' : 'Where the numbers are from', numberBlocks(trace, language)),
    section(zh ? '计入的记录' : 'Records taken', takenBlocks(trace, language)),
    section(zh ? '未计入的记录及原因' : 'Records set aside, and why', setAsideBlocks(trace, language)),
    section(zh ? '数据' : 'Data', sourceBlocks(trace, language)),
  ]
  return {
    title: `${title[language]} · ${rule}`,
    subtitle: [who, person, zh ? `核对日期 ${asOf}` : `as of ${asOf}`, found].filter(Boolean).join(' · '),
    sections: sections.filter(({ blocks }) => blocks.length > 0),
    footer: zh
      ? '预警只表示数据之间不一致、须由家庭说明，不是结论。'
      : 'A warning is an inconsistency to be explained, never a finding.',
  }
}

const section = (heading: string, blocks: readonly PageBlock[]): PageSection => ({ heading, blocks })
const pairs = (rows: readonly (readonly [string, string])[]): PageBlock[] =>
  rows.length === 0 ? [] : [{ kind: 'pairs', rows }]

function ruleBlocks({ authority, basis, region }: Trace, language: Language): PageBlock[] {
  const zh = language === 'zh'
  const place = region === '' ? [] : [[zh ? '地区' : 'region', region] as const]
  return pairs([
    [zh ? '规则依据' : 'rule', authority[language]],
    [zh ? '来历' : 'basis', word('basis', basis, language)],
    ...place,
  ])
}

function missingBlocks(trace: Trace, language: Language): PageBlock[] {
  return trace.missing.map((missing) => ({ kind: 'text', text: sayMissing(missing, trace, language) }))
}

const STEP_WORDS = {
  applies: ['适用条件', 'applies'],
  requires: ['须先申报', 'requires'],
  let: ['', ''],
  evidence: ['证据', 'evidence'],
  measure: ['金额或数量', 'measure'],
  limit: ['限额', 'limit'],
  known: ['所知是否足够', 'known enough'],
  warn: ['比较', 'comparison'],
  material: ['是否影响资格', 'matters'],
} as const

function stepBlocks({ steps }: Trace, wanted: readonly TraceStep['step'][], language: Language): PageBlock[] {
  const chosen = steps.filter(({ step, state }) => wanted.includes(step) && state !== 'not-reached')
  return pairs(chosen.map((step) => [labelOf(step, language), sayVerdict(step, language)]))
}

const labelOf = ({ step, name }: TraceStep, language: Language) => name ?? STEP_WORDS[step][language === 'zh' ? 0 : 1]

/** "flexible is one of unemployed, unable: no" */
function sayVerdict({ calculation, value, state, expression }: TraceStep, language: Language): string {
  if (state === 'failed') return language === 'zh' ? `运行出错：${expression}` : `failed: ${expression}`
  const isSaid = calculation !== null && calculation.kind !== 'expression'
  const text = isSaid ? sayCalculation(calculation, language) : expression
  const verdict = typeof value === 'boolean' ? VERDICTS[language][Number(value)]! : sayValue(value, null, language)
  return language === 'zh' ? `${text}：${verdict}` : `${text}: ${verdict}`
}

const VERDICTS = { zh: ['不成立', '成立'], en: ['does not hold', 'holds'] } as const

function sumBlocks(trace: Trace, language: Language): PageBlock[] {
  const steps = trace.steps.filter(
    ({ step, state }) => !['applies', 'requires', 'evidence'].includes(step) && state !== 'not-reached',
  )
  if (steps.length === 0) return []
  const rows = steps.flatMap((step) => {
    const people = sayForEach(step, language)
    // Of one person the sum is what was computed.
    const lines = people.length === 0 || step.calculation?.operator === 'sum' ? [sayLine(step, trace, language)] : []
    const all = people.length === 1 ? people : [...people, ...lines]
    return all.map((line, i) => [i === 0 ? labelOf(step, language) : '', line] as const)
  })
  return pairs(rows)
}

/** Each parameter and declared fact of the sum once, with where it is from; then the parameters that chose records. */
function numberBlocks(trace: Trace, language: Language): PageBlock[] {
  const calculations = trace.steps.flatMap(({ calculation }) => calculation ?? [])
  const leaves = calculations.flatMap(leavesOf)
  const once = new Map(leaves.map((leaf) => [`${leaf.person ?? ''} ${leaf.expression}`, leaf]))
  const others = otherParameters(trace, calculations).filter(({ name }) => !once.has(` param.${name}`))
  return pairs([
    ...[...once.values()].map(
      (leaf) => [sayAmount(leaf.value, leaf.unit, language), sayLeaf(leaf, trace, language)] as const,
    ),
    ...others.map(
      (parameter) => [sayAmount(parameter.value, parameter.unit, language), sayParameter(parameter, language)] as const,
    ),
  ])
}

/** Parameters with a value, but for those of ways that the calculation did not take; none where nothing was computed. */
function otherParameters({ parameters, steps, selections }: Trace, calculations: readonly TraceNode[]) {
  if (!steps.some(({ step, state }) => step === 'measure' && state === 'done')) return []
  const untaken = calculations.flatMap(untakenOf)
  const chosen = selections.map(({ expression }) => expression)
  const mentions = (texts: readonly string[], name: string) =>
    texts.some((text) => new RegExp(`\\bparam\\.${name}\\b`).test(text))
  return parameters.filter(({ name, value }) => value !== null && (mentions(chosen, name) || !mentions(untaken, name)))
}

function sayLine(step: TraceStep, { outcome, note }: Trace, language: Language): string {
  if (step.state === 'failed' || step.step === 'known' || step.step === 'material') return sayVerdict(step, language)
  if (step.step !== 'warn') return sayStep(step, language)
  const found = word('outcome', note ?? outcome, language)
  const isPlain = /^measure [<>]=? limit$/.test(step.expression)
  const condition = isPlain ? '' : language === 'zh' ? `（${step.expression}）` : ` (${step.expression})`
  return `${sayVerdict(step, language)}${condition} → ${found}`
}

/** The Chinese page is a part of the letter to a household; the English one is for those who write rules by these names. */
const withName = (title: string, name: string, language: Language) => (language === 'zh' ? title : `${title} (${name})`)

/** What a number of the sum is: the parameter with where it is from, or what was declared. */
function sayLeaf({ kind, expression, person }: TraceNode, trace: Trace, language: Language): string {
  if (kind === 'fact') {
    const name = word('fact', expression, language)
    const said = name === expression ? name : withName(name, expression, language)
    return person === undefined ? said : language === 'zh' ? `${person}：${said}` : `${person}: ${said}`
  }
  const parameter = trace.parameters.find(({ name }) => `param.${name}` === expression)
  return parameter ? sayParameter(parameter, language) : expression
}

function sayParameter({ name, title, region, scheme, from, until, authority }: TraceParameter, language: Language) {
  const zh = language === 'zh'
  const place = region === '' ? (zh ? '各地' : 'everywhere') : zh ? `地区 ${region}` : `region ${region}`
  const since = zh ? `${from} 起${until ? `至 ${until}` : ''}` : `since ${from}${until ? ` until ${until}` : ''}`
  const parts = [place, scheme === null ? '' : word('value', scheme, language), since, authority?.[language] ?? '']
  const called = title ? withName(title[language], `param.${name}`, language) : `param.${name}`
  return [called, ...parts.filter(Boolean)].join(zh ? '，' : ', ')
}

type Placed = TraceRecord & { readonly place: number }

const placed = ({ records }: Trace, states: readonly TraceRecord['state'][]): Placed[] =>
  records.map((record, place) => ({ ...record, place })).filter(({ state }) => states.includes(state))

function takenBlocks(trace: Trace, language: Language): PageBlock[] {
  const zh = language === 'zh'
  const records = placed(trace, ['taken', 'counted-once', 'unknown'])
  if (records.length === 0) return []
  const measure = trace.steps.find(({ step }) => step === 'measure')!
  const unit = givenUnit(measure.calculation) ?? measure.unit
  const counted = isUnitOf(measure.unit, unit) ? word('unit', measure.unit ?? '', language) : ''
  const gives = zh ? '计入' : 'counts'
  const inUnit = counted === '' ? gives : zh ? `${gives}（${counted}）` : `${gives} (${counted})`
  const head = [...recordHead(language), zh ? '说明' : 'note', inUnit]
  const rows = records.map((record) => [
    ...recordCells(record, language),
    record.because ? sayWhy(record.because, record.type, language) : describeFields(record, language),
    record.gives === null ? '—' : sayValue(record.gives, unit, language),
  ])
  const total = [
    '',
    '',
    '',
    '',
    '',
    '',
    zh ? '合计' : 'total',
    isUnitOf(measure.unit, unit)
      ? sayValue(measure.value, measure.unit, language)
      : sayAmount(measure.value, measure.unit, language),
  ]
  return [{ kind: 'table', rows: [head, ...rows, ...(addsUp(records, measure) ? [total] : [])], right: [5, 7] }]
}

/** Whether the measure is the sum of what the records give, or their number where they give months. */
function addsUp(records: readonly TraceRecord[], { state, value }: TraceStep): boolean {
  const gives = records.map((record) => record.gives).filter((each) => each !== null)
  const amounts = gives.map(amountOf).filter((each) => each !== null)
  if (state !== 'done' || gives.length === 0) return false
  return amounts.length === 0
    ? value === gives.length
    : amounts.reduce((sum, each) => sum + each, 0) === amountOf(value)
}

const amountOf = (value: TraceValue): number | null =>
  typeof value === 'string' ? parseYuan(value) : typeof value === 'number' ? value : null

/** Whether the measure is of the unit of what records give: months are counted, and not added. */
const isUnitOf = (measure: string | null, given: string | null) => measure?.split('/')[0] === given?.split('/')[0]

function givenUnit(node: TraceNode | null): string | null {
  if (!node) return null
  if (node.items) return node.unit
  return node.terms?.map(givenUnit).find((unit) => unit !== null) ?? null
}

const recordHead = (language: Language) =>
  language === 'zh'
    ? ['号', '来源', '人员', '记录', '数据日期', '行']
    : ['no.', 'source', 'person', 'record', 'as of', 'row']

const recordCells = ({ place, source, person, key, asOf, row }: Placed, language: Language): string[] => [
  sayPlaces([place], language),
  word('source', source, language),
  person,
  key,
  asOf,
  String(row),
]

/**
 * Amounts, areas and days that the rule reads beside what the record gives and what stands in its key; codes stand there or
 * speak for themselves.
 */
function describeFields({ type, fields, gives, key }: TraceRecord, language: Language): string {
  const known = RECORD_TYPES[type as keyof typeof RECORD_TYPES].fields as Record<string, RecordField>
  const units: Readonly<Record<string, string | null>> = {
    money: 'CNY',
    area: 'dm2',
    decimal: null,
    date: null,
    month: null,
  }
  const told = Object.entries(fields).flatMap(([field, value]) => {
    const unit = units[known[field]?.kind ?? '']
    if (unit === undefined || value === gives || key.split('|').includes(String(value))) return []
    const name = word('field', field, language)
    if (value === null) return language === 'zh' ? `${name}未注明` : `${name} not given`
    return `${name} ${sayAmount(value, unit, language)}`
  })
  return told.join(language === 'zh' ? '，' : ', ')
}

function setAsideBlocks(trace: Trace, language: Language): PageBlock[] {
  const records = placed(trace, ['set-aside'])
  if (records.length === 0) return []
  const head = [...recordHead(language), language === 'zh' ? '原因' : 'why']
  const rows = records.map((record) => [
    ...recordCells(record, language),
    record.because ? saySetAside(record, record.because, language) : '',
  ])
  return [{ kind: 'table', rows: [head, ...rows], right: [5] }]
}

/** A clause that reads no field by itself ("young + old") says nothing without what the rule read of the record. */
function saySetAside(record: TraceRecord, because: SetAside, language: Language): string {
  const why = sayWhy(because, record.type, language)
  const isBare = !because.test && because.standsFor === undefined && Object.keys(because.fields).length === 0
  const told = isBare ? describeFields(record, language) : ''
  if (told === '') return why
  return language === 'zh' ? `${why}（${told}）` : `${why} (${told})`
}

const STATES = {
  zh: { fresh: '有效', stale: '已过有效期', missing: '无数据' },
  en: { fresh: 'fresh', stale: 'stale', missing: 'missing' },
} as const

function sourceBlocks({ sources, records, selections }: Trace, language: Language): PageBlock[] {
  const zh = language === 'zh'
  const rows = sources.map(({ source, delivery, asOf, state }) => {
    const count = records.filter((record) => record.source === source).length
    const read = zh ? `读到${sayCount(count, language)}` : `${sayCount(count, language)} read`
    const from =
      delivery === null ? '' : zh ? `数据日期 ${asOf}，批次 ${delivery}` : `as of ${asOf}, delivery ${delivery}`
    const parts = [STATES[language][state], from, selections.length > 0 || count > 0 ? read : '']
    return [word('source', source, language), parts.filter(Boolean).join(zh ? '，' : ', ')] as const
  })
  return pairs(rows)
}
