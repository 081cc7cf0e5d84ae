import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { RECORD_TYPES } from '../../src/domain/record-types.ts'
import { createRuleEnvironment } from '../../src/rules/cel-environment.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import { parseParameters } from '../../src/rules/parameters.ts'
import { validateRule } from '../../src/rules/rule-schema.ts'
import { parseRuleSet } from '../../src/rules/rule-set.ts'
import { celExamples, exampleHousehold, README, tableUnder } from './readme.ts'
import { fieldTables } from './readme-tables.ts'
import { problemsOf, ROOT, SOURCES } from './rule-sets.ts'

const { given, dossier } = exampleHousehold()

const PARAMETERS = Object.entries(given.params)
  .map(([name, value]) => {
    const values =
      value === null ? '[]' : `[{ region: "", from: 2000-01-01, value: ${JSON.stringify(value)}, authority: a }]`
    return `${name}:\n  unit: ${typeof value === 'number' ? 'months' : 'CNY'}\n  values: ${values}\n`
  })
  .join('')

/** What an expression gives inside a rule over README's household: its value, or the text of its error. */
function run(expression: string): { readonly value?: unknown; readonly error?: string } {
  const rule = `id: example
order: 1
title: { zh: 例, en: Example }
basis: supplementary
authority: none
scope: household
sources: [bank, tax]
unit: count
let: { shown: ${JSON.stringify(expression)} }
measure: 0
limit: 0
known: "true || has(param.minimumWage)"
reason: { zh: 例, en: example }
`
  const ruleSet = parseRuleSet({
    rules: [{ file: 'rule.yaml', text: rule }],
    parameters: [{ file: 'parameters.yaml', text: PARAMETERS }],
    sources: SOURCES,
  })
  let found: { value?: unknown; error?: string } | undefined
  checkDossier(
    ruleSet,
    dossier,
    null,
    () => {},
    (_rule, { values, error }, { missing }) => {
      if (error) found = { error: (error as { summary?: string }).summary ?? (error as Error).message }
      else if (!values) throw new Error(`the rule did not read records: ${JSON.stringify(missing)}`)
      else found = { value: values.shown }
    },
  )
  return found!
}

/** A value that shows what is an int ("3n") and what a double ("3"). */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}n` : part))

const literals = createRuleEnvironment('household', new Map())

t.test('every example of rules/README.md gives what it says', async (t) => {
  const examples = celExamples()
  t.ok(examples.length > 60, `${examples.length} examples`)
  for (const { expression, gives } of examples) {
    const { value, error } = run(expression)
    if (gives.startsWith('error: ')) t.equal(`error: ${error}`, gives, expression)
    else t.equal(error ?? shown(value), shown(literals.evaluate(gives)), expression)
  }
})

t.test('an example that gives something else is found out', async (t) => {
  t.not(shown(run('1 + 1').value), shown(literals.evaluate('3')))
  t.not(shown(run('1').value), shown(literals.evaluate('1.0')))
  t.match(run('deposits[9]'), { error: /index out of bounds/ })
})

/** Names of CEL's functions and of this program's, once each. */
const functions = () => [
  ...new Set(
    createRuleEnvironment('person', new Map())
      .getDefinitions()
      .functions.map(({ name }) => name),
  ),
]

t.test('every function and macro has an example, or is named as one of no use', async (t) => {
  const expressions = celExamples().map(({ expression }) => expression)
  const useless = README.slice(README.indexOf('### There, and of no use here'))
  const isNamed = (name: string) => useless.includes(`\`${name}\``)
  const isShown = (name: string) => expressions.some((text) => new RegExp(`(^|[^\\w])${name}\\(`).test(text))
  t.ok(functions().length > 40)
  for (const name of functions()) {
    t.ok(isShown(name) || isNamed(name), name)
    t.notOk(isShown(name) && isNamed(name), `${name} is one or the other`)
  }
  for (const [, name] of useless.matchAll(/`([a-zA-Z]\w*)`/g)) t.ok(functions().includes(name!), `there is a ${name}`)
})

t.test('every operator has an example', async (t) => {
  const expressions = celExamples().map(({ expression }) => ` ${expression.replaceAll(/'[^']*'/g, "''")} `)
  for (const operator of ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||', '?', 'in'])
    t.ok(
      expressions.some((text) => text.includes(` ${operator} `)),
      operator,
    )
  for (const [what, form] of [
    ['not', /!\(/],
    ['minus', /^ -\w/],
    ['index', /\w\[\d/],
    ['list', / \[\d/],
    ['map', /\{\d: /],
  ] as const)
    t.ok(
      expressions.some((text) => form.test(text)),
      what,
    )
})

t.test('the tables of fields are those of the program', async (t) => {
  for (const [heading, rows] of fieldTables()) {
    const found = tableUnder(`### ${heading}`).map(([field, holds, absent]) => [
      field!.replaceAll('`', ''),
      holds,
      absent,
    ])
    t.same(found, rows, heading)
  }
})

t.test('each list is said to come of the source whose adapter gives it', async (t) => {
  for (const file of globSync('adapters/*.yaml', { cwd: ROOT })) {
    const { id, records } = parse(readFileSync(join(ROOT, file), 'utf8')) as { id: string; records: { type: string }[] }
    for (const { type } of records) {
      const { list } = RECORD_TYPES[type as keyof typeof RECORD_TYPES]
      t.match(README, `### \`${list}\` — source \`${id}\``)
    }
  }
})

t.test('every variable is told of', async (t) => {
  const told = tableUnder('## What expressions can read').flatMap(([cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  )
  const types = ['string', 'bool', 'int', 'uint', 'double', 'map', 'list', 'bytes', 'null_type', 'type']
  const others = [...types, 'google', 'optional', 'cel']
  const variables = createRuleEnvironment('person', new Map())
    .getDefinitions()
    .variables.map(({ name }) => name)
    .filter((name) => !others.includes(name))
  t.same(told.filter((name) => !['let', 'evidence', 'measure', 'limit', 'person'].includes(name)).sort(), [
    ...variables.filter((name) => name !== 'person').sort(),
  ])
  t.ok(told.includes('person'))
})

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
}

/** Words of a schema: "given", "given.asOf" … as deep as `depth`. */
function wordsOf({ properties = {} }: Schema, depth: number, path = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    `${path}${name}`,
    ...(depth > 1 ? wordsOf(schema, depth - 1, `${path}${name}.`) : []),
  ])
}

const wordsUnder = (heading: string) =>
  tableUnder(heading).map(([word, ...cells]) => [word!.replaceAll('`', ''), ...cells])

t.test('the words of a rule file and of its examples are those of the program', async (t) => {
  const schema = validateRule.schema as Schema
  const told = wordsUnder('## Words of a rule file')
  t.same(
    told.map(([word]) => word),
    wordsOf(schema, 1),
  )
  t.same(
    told.filter(([, must]) => must === 'yes').map(([word]) => word),
    schema.required,
  )
  const words = wordsUnder('### Words of an example').map(([word]) => word!)
  t.same(words.toSorted(), wordsOf(schema.properties!.examples!.items!, 2).sort())
})

t.test('the words of a parameter file are those of the program', async (t) => {
  const told = wordsUnder('## Words of a parameter file')
  const words = (prefix: string) =>
    told
      .flatMap(([word]) => (word!.startsWith(prefix) ? [word!.slice(prefix.length)] : []))
      .filter((word) => !word.includes('.'))
  const refused = (text: string) => problemsOf(() => parseParameters([{ file: 'p.yaml', text }]))[0]!.message
  const value = '{ region: "", from: 2000-01-01, value: 1, authority: a }'
  t.match(refused('a: { unit: count, values: [], x: 1 }'), `allowed: ${words('').join(', ')}`)
  t.match(
    refused(`a: { unit: count, values: [${value.replace('{', '{ x: 1,')}] }`),
    `allowed: ${words('values.').join(', ')}`,
  )
  // What must be there is refused where it is not.
  const whole = {
    'values.region': 'region: "", ',
    'values.from': 'from: 2000-01-01, ',
    'values.value': 'value: 1, ',
    'values.authority': ', authority: a',
  }
  for (const [word, part] of Object.entries(whole)) {
    t.equal(told.find(([name]) => name === word)?.[1], 'yes', word)
    t.match(refused(`a: { unit: count, values: [${value.replace(part, '')}] }`), word.slice(7))
  }
})
