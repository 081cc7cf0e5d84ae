import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { KnownSource } from '../../src/rules/lint/check.ts'
import type { Finding } from '../../src/rules/lint/finding.ts'
import { lintRuleSet } from '../../src/rules/lint/lint-rule-set.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, 'broken', `${name}.yaml`), 'utf8')

const SOURCES: ReadonlyMap<string, KnownSource> = new Map<string, KnownSource>([
  ['bank', { types: ['deposit', 'security', 'policy'], months: null }],
  ['property', { types: ['property'], months: null }],
  ['social-insurance', { types: ['contribution', 'benefit'], months: 6 }],
  ['tax', { types: ['income'], months: 12 }],
  ['vehicle', { types: ['vehicle'], months: null }],
])

const PARAMETERS = `${read('parameters')}
wage: { unit: CNY/month, values: [{ region: "", from: 2000-01-01, value: "100.00", authority: invented for the tests }] }
yearly: { unit: CNY/year, values: [{ region: "", from: 2000-01-01, value: "100.00", authority: invented for the tests }] }
area: { unit: dm2, values: [{ region: "", from: 2000-01-01, value: 3000, authority: invented for the tests }] }
share: { unit: percent, values: [{ region: "", from: 2000-01-01, value: 50, authority: invented for the tests }] }
people: { unit: count, values: [{ region: "", from: 2000-01-01, value: 2, authority: invented for the tests }] }
long: { unit: months, values: [{ region: "", from: 2000-01-01, value: 3, authority: invented for the tests }, { region: "44", from: 2000-01-01, value: 18, authority: invented for the tests }] }
`

interface Parts {
  readonly [word: string]: unknown
}

const MONTHS3 = 'i.month >= monthsBefore(asOf, 3) && i.month < month(asOf)'

/** A rule over everything, of which a case states what it is about. */
function ruleOf(parts: Parts): string {
  const { order: _, ...own } = {
    order: 0,
    id: 'trial',
    title: { zh: '试', en: 'Trial' },
    basis: 'supplementary',
    authority: 'invented for the tests',
    scope: 'household',
    who: 'members',
    sources: ['bank', 'property', 'social-insurance', 'tax', 'vehicle'],
    unit: 'CNY',
    measure: 'household.savings',
    limit: 0,
    reason: { zh: '{measure} {limit}', en: '{measure} {limit}' },
    ...parts,
  }
  return JSON.stringify({ order: 10, ...own })
}

/** Findings of checks that look at values; what a case leaves out is no matter here. */
const ABOUT: ReadonlySet<string> = new Set([
  'load',
  'forbidden-attribute',
  'unlike-units',
  'averaged-amount',
  'unlike-dates',
  'unknown-word',
  'literal-money',
  'window-too-long',
  'window-form',
  'optional-field',
  'needless-has',
  'fallible-call',
  'unreachable-applies',
  'unreachable-warning',
])

function lint(parts: Parts): Finding[] {
  return lintRuleSet({
    rules: [{ file: 'rule.yaml', text: ruleOf(parts) }],
    parameters: [{ file: 'parameters.yaml', text: PARAMETERS }],
    forbidden: [],
    sources: SOURCES,
  })
}

const told = (findings: readonly Finding[], checks: ReadonlySet<string> = ABOUT) =>
  findings
    .filter(({ check }) => checks.has(check))
    .map(({ check }) => check)
    .sort()

/** What is written as `measure`, in a unit, against a limit; and the checks that find something. */
type Case = readonly [what: string, parts: Parts, found: readonly string[]]

const cases = (name: string, table: readonly Case[]) =>
  t.test(name, async (t) => {
    for (const [what, parts, found] of table) t.same(told(lint(parts)), [...found].sort(), what)
  })

const incomes = (predicate = MONTHS3) => `sum(incomes.filter(i, ${predicate}).map(i, i.amount))`

cases('units go together or do not', [
  [
    'balances with months of the standard',
    { measure: 'sum(deposits.map(d, d.balance))', limit: 'param.months * param.standard * household.size' },
    [],
  ],
  [
    'balances with months',
    { measure: 'sum(deposits.map(d, d.balance))', limit: 'param.months' },
    ['unlike-units', 'unlike-units'],
  ],
  [
    'balances with people',
    { measure: 'sum(deposits.map(d, d.balance))', limit: 'household.size' },
    ['unlike-units', 'unlike-units'],
  ],
  [
    'area with people',
    { unit: 'dm2', measure: 'sum(properties.map(p, p.area))', limit: 'household.size' },
    ['unlike-units', 'unlike-units'],
  ],
  [
    'area for each person',
    { unit: 'dm2', measure: 'sum(properties.map(p, p.area))', limit: 'param.area * household.size' },
    [],
  ],
  ['a count where money is declared', { measure: 'size(deposits)', limit: 0 }, ['unlike-units']],
  [
    'money where a count is declared',
    { unit: 'count', measure: 'sum(deposits.map(d, d.balance))', limit: 0 },
    ['unlike-units'],
  ],
  [
    'premiums of a year with wages of a month',
    { measure: 'sum(policies.map(p, p.annualPremium))', limit: 'household.monthlyIncome' },
    ['unlike-units'],
  ],
  [
    'premiums of a year with twelve wages',
    { measure: 'sum(policies.map(p, p.annualPremium))', limit: 'household.monthlyIncome * 12' },
    [],
  ],
  [
    'premiums of a year with three wages',
    { measure: 'sum(policies.map(p, p.annualPremium))', limit: 'household.monthlyIncome * 3' },
    ['unlike-units'],
  ],
  [
    'premiums of a year with months of the standard',
    { unit: 'CNY/year', measure: 'sum(policies.map(p, p.annualPremium))', limit: 'param.months * param.standard' },
    [],
  ],
  ['incomes of three months with three wages', { measure: incomes(), limit: '3 * household.monthlyIncome' }, []],
  [
    'incomes of three months with six wages',
    { measure: incomes(), limit: '6 * household.monthlyIncome' },
    ['unlike-units'],
  ],
  ['incomes of three months with one wage', { measure: incomes(), limit: 'household.monthlyIncome' }, ['unlike-units']],
  [
    'incomes of one month with one wage',
    { unit: 'CNY/month', measure: incomes('i.month == monthsBefore(asOf, 1)'), limit: 'household.monthlyIncome' },
    [],
  ],
  [
    'incomes of the months of a parameter with as many wages',
    {
      measure: incomes('i.month >= monthsBefore(asOf, param.months) && i.month < month(asOf)'),
      limit: 'household.monthlyIncome * param.months',
    },
    [],
  ],
  [
    'incomes of all that is delivered with one wage',
    { measure: 'sum(incomes.map(i, i.amount))', limit: 'household.monthlyIncome' },
    ['unlike-units'],
  ],
  ['one income with one wage', { evidence: 'incomes.filter(i, i.amount > household.monthlyIncome)' }, []],
  ['one income with what is paid a year', { evidence: 'incomes.filter(i, i.amount > param.yearly)' }, ['unlike-units']],
  [
    'incomes after tax, a share of them',
    {
      measure:
        'percentOf(sum(incomes.filter(i, i.month >= monthsBefore(asOf, 3) && i.month < month(asOf)).map(i, i.amount - 0)), param.share)',
      limit: '3 * household.monthlyIncome',
    },
    [],
  ],
  ['a share in months', { measure: 'percentOf(household.savings, param.months)', limit: 0 }, ['unlike-units']],
  ['money times money', { measure: 'household.savings * param.standard', limit: 0 }, ['unlike-units']],
  ['months with years of age', { applies: 'people.exists(p, has(p.age) && p.age > param.months)' }, ['unlike-units']],
  [
    'savings and a wage as one or the other',
    { measure: 'household.size > 2 ? household.savings : household.size', limit: 0 },
    ['unlike-units'],
  ],
  ['the greater of zero and an amount', { measure: 'max([0, household.savings - param.standard])', limit: 0 }, []],
  [
    'the greater of zero and an amount a month, with an amount a year',
    { measure: 'max([0, household.monthlyIncome])', limit: 'param.yearly' },
    ['unlike-units'],
  ],
  [
    'the greater of an amount and a count',
    { measure: 'max([household.savings, household.size])', limit: 0 },
    ['unlike-units'],
  ],
  [
    'distinct months',
    { unit: 'months', measure: 'size(distinct(contributions.map(c, c.month)))', limit: 'param.months' },
    [],
  ],
  [
    'rows as months',
    { unit: 'months', measure: 'size(contributions)', limit: 'param.months' },
    ['unlike-units', 'unlike-units'],
  ],
  [
    'rows of distinct months',
    { unit: 'months', measure: "size(distinctBy(contributions, 'month'))", limit: 'param.months' },
    [],
  ],
  ['months of savings', { unit: 'months', measure: 'household.savings / param.standard', limit: 'param.months' }, []],
  ['savings for each person', { measure: 'household.savings / household.size', limit: 'param.standard' }, []],
  [
    'through let',
    { let: { total: incomes(), due: 'household.monthlyIncome * 6' }, measure: 'total', limit: 'due' },
    ['unlike-units'],
  ],
])

cases('an amount of several months is not divided by months', [
  [
    'by three',
    { unit: 'CNY/month', measure: `${incomes()} / 3`, limit: 'household.monthlyIncome' },
    ['averaged-amount'],
  ],
  ['by a parameter', { unit: 'CNY/month', measure: `${incomes()} / param.months`, limit: 0 }, ['averaged-amount']],
  [
    'by its rows',
    { measure: `${incomes()} / size(incomes.filter(i, ${MONTHS3}))`, limit: 0 },
    ['averaged-amount', 'fallible-call'],
  ],
  ['a year by twelve', { measure: 'param.yearly / 12', limit: 'household.monthlyIncome' }, ['averaged-amount']],
  ['by the people', { measure: `${incomes()} / household.size`, limit: 0 }, []],
  ['a share of it', { measure: `${incomes()} * param.share / 100`, limit: 0 }, []],
])

cases('dates go with dates, months with months', [
  ['a month with the date of the check', { evidence: 'incomes.filter(i, i.month < asOf)' }, ['unlike-dates']],
  [
    'a date with the month of the check',
    { evidence: 'deposits.filter(d, has(d.openedOn) && d.openedOn >= monthsBefore(asOf, 3))' },
    ['unlike-dates'],
  ],
  [
    'the month of a date',
    { evidence: 'deposits.filter(d, has(d.openedOn) && month(d.openedOn) >= monthsBefore(asOf, 3))' },
    [],
  ],
  [
    'the first day of a month',
    { evidence: "deposits.filter(d, has(d.openedOn) && d.openedOn >= monthsBefore(asOf, 3) + '-01')" },
    [],
  ],
  ['a month without its hyphen', { evidence: "incomes.filter(i, i.month == '202610')" }, ['unlike-dates']],
  ['a year among months', { evidence: "incomes.filter(i, i.month in ['2026-10', '2026'])" }, ['unlike-dates']],
])

cases('words are those that a field knows', [
  [
    'another word',
    { evidence: "deposits.filter(d, has(d.status) && d.status == 'opened')" },
    ['unknown-word', 'unreachable-warning'],
  ],
  [
    'another word, turned round',
    { evidence: "deposits.filter(d, has(d.status) && 'opened' != d.status)" },
    ['unknown-word'],
  ],
  ['one of the words', { evidence: "deposits.filter(d, has(d.status) && d.status == 'open')" }, []],
  [
    'through a list of words',
    {
      let: { states: 'deposits.filter(d, has(d.status)).map(d, d.status)' },
      measure: "'opened' in states ? 1 : 0",
      unit: 'count',
    },
    ['unknown-word'],
  ],
  [
    'words of two fields',
    { evidence: 'deposits.filter(d, has(d.status) && d.status == household.scheme)' },
    ['unknown-word'],
  ],
  ['any text', { evidence: "deposits.filter(d, d.currency == 'RMB')" }, []],
])

cases('optional fields are asked for first', [
  ['and', { evidence: "deposits.filter(d, has(d.status) && d.status == 'open')" }, []],
  ['and, too late', { evidence: "deposits.filter(d, d.status == 'open' && has(d.status))" }, ['optional-field']],
  ['or not', { evidence: "deposits.filter(d, !has(d.status) || d.status == 'open')" }, []],
  ['or, the wrong way', { evidence: "deposits.filter(d, has(d.status) || d.status == 'open')" }, ['optional-field']],
  [
    'or not, beside another condition',
    { evidence: "deposits.filter(d, (!has(d.status) && d.balance > 0) || d.status == 'open')" },
    ['optional-field'],
  ],
  ['neither of two', { evidence: "deposits.filter(d, (!has(d.status) || d.balance < 0) || d.status == 'open')" }, []],
  [
    'nested',
    { evidence: "deposits.filter(d, d.balance > 0 && (has(d.status) && (d.currency == 'CNY' && d.status == 'open')))" },
    [],
  ],
  ['a ternary', { evidence: "deposits.filter(d, has(d.status) ? d.status == 'open' : true)" }, []],
  [
    'a ternary, the wrong way',
    { evidence: "deposits.filter(d, has(d.status) ? true : d.status == 'open')" },
    ['optional-field'],
  ],
  ['not not', { evidence: "deposits.filter(d, !(!has(d.status) || d.status != 'open'))" }, []],
  ['another field', { evidence: "deposits.filter(d, has(d.openedOn) && d.status == 'open')" }, ['optional-field']],
  [
    'another record',
    { evidence: "deposits.filter(d, deposits.exists(e, has(e.status)) && d.status == 'open')" },
    ['optional-field'],
  ],
  [
    'the same name of another record',
    { evidence: "deposits.filter(d, has(d.status) && deposits.exists(d, d.status == 'open'))" },
    ['optional-field'],
  ],
  ['a filter before a map', { measure: 'size(deposits.filter(d, has(d.status)).map(d, d.status))', unit: 'count' }, []],
  [
    'a filter before a map of another name, through let',
    { let: { known: 'deposits.filter(d, has(d.status))' }, measure: 'size(known.map(x, x.status))', unit: 'count' },
    [],
  ],
  [
    'a filter that only one side asks',
    { measure: 'size(deposits.filter(d, has(d.status) || d.balance > 0).map(d, d.status))', unit: 'count' },
    ['optional-field'],
  ],
  ['a map with a condition', { measure: 'size(deposits.map(d, has(d.status), d.status))', unit: 'count' }, []],
  [
    'applies',
    {
      applies: "has(household.category) && household.category == 'A'",
      measure: "household.category == 'A' ? 1 : 0",
      unit: 'count',
    },
    [],
  ],
  [
    'requires, inside',
    { requires: 'has(household.monthlyBenefit)', measure: 'household.monthlyBenefit', unit: 'CNY/month' },
    [],
  ],
  ['not asked', { measure: 'household.monthlyBenefit', unit: 'CNY/month' }, ['optional-field']],
  [
    'a field of what may be absent',
    { scope: 'person', who: 'supporters', measure: 'has(person.support.paidMonthly) ? 1 : 0', unit: 'count' },
    ['optional-field'],
  ],
  [
    'a field of what is there',
    {
      scope: 'person',
      who: 'supporters',
      requires: 'has(person.support) && has(person.support.paidMonthly)',
      measure: 'person.support.paidMonthly',
      unit: 'CNY/month',
    },
    [],
  ],
  [
    'a field of a filtered person',
    {
      measure: 'sum(people.filter(p, has(p.support) && has(p.support.paidMonthly)).map(p, p.support.paidMonthly))',
      unit: 'CNY/month',
    },
    [],
  ],
  ['age of whom the rule asks', { scope: 'person', measure: 'person.age > 60 ? 1 : 0', unit: 'count' }, []],
  ['age before numbers are asked for', { scope: 'person', applies: 'person.age > 60' }, ['optional-field']],
  [
    'age of supporters in a rule over members',
    { measure: 'size(people.filter(p, p.age > 60))', unit: 'count' },
    ['optional-field'],
  ],
  ['has() of nothing', { evidence: 'deposits.filter(d, !has(d.stat))' }, ['needless-has']],
  ['a parameter that is asked for', { measure: 'has(param.standard) ? param.standard : 0' }, []],
  [
    'a parameter that is asked for too late',
    { measure: 'param.standard', known: 'has(param.standard)' },
    ['optional-field'],
  ],
])

cases('what fails on some households is asked first', [
  ['the greatest of no values', { measure: 'max(deposits.map(d, d.balance))' }, ['fallible-call']],
  ['asked', { measure: 'size(deposits) > 0 ? max(deposits.map(d, d.balance)) : 0' }, []],
  ['asked as zero', { measure: 'deposits.size() == 0 ? 0 : max(deposits.map(d, d.balance))' }, []],
  ['asked of another list', { measure: 'size(policies) > 0 ? max(deposits.map(d, d.balance)) : 0' }, ['fallible-call']],
  ['asked too little', { measure: 'size(deposits) >= 0 ? max(deposits.map(d, d.balance)) : 0' }, ['fallible-call']],
  ['exists', { measure: 'deposits.exists(d, d.balance > 0) ? max(deposits.map(d, d.balance)) : 0' }, []],
  [
    'asked of the list before a filter',
    { measure: 'size(deposits) > 0 ? max(deposits.filter(d, d.balance > 0).map(d, d.balance)) : 0' },
    ['fallible-call'],
  ],
  ['the first of no records', { measure: 'deposits[0].balance' }, ['fallible-call']],
  ['written values', { measure: 'max([0, household.savings])' }, []],
  ['by zero', { measure: 'household.savings / household.dwellings' }, ['fallible-call']],
  ['by what is not zero', { measure: 'household.dwellings > 0 ? household.savings / household.dwellings : 0' }, []],
])

cases('windows of months', [
  [
    'a parameter that is longer somewhere',
    { measure: incomes('i.month >= monthsBefore(asOf, param.long) && i.month < month(asOf)'), limit: 'param.standard' },
    ['window-too-long'],
  ],
  [
    'of another source',
    { evidence: 'benefits.filter(b, b.month >= monthsBefore(asOf, 12) && b.month < month(asOf))' },
    ['window-too-long'],
  ],
  [
    'through let',
    {
      let: { start: 'monthsBefore(asOf, 24)' },
      evidence: 'incomes.filter(i, start <= i.month && i.month < month(asOf))',
    },
    ['window-too-long'],
  ],
  [
    'turned round',
    { evidence: 'incomes.filter(i, month(asOf) > i.month && monthsBefore(asOf, 24) <= i.month)' },
    ['window-too-long'],
  ],
  [
    'nothing',
    { evidence: 'incomes.filter(i, i.month >= monthsBefore(asOf, 0) && i.month < month(asOf))' },
    ['window-too-long'],
  ],
  ['without an end', { evidence: 'incomes.filter(i, i.month >= monthsBefore(asOf, 3))' }, ['window-form']],
  [
    'one month short',
    { evidence: 'incomes.filter(i, i.month > monthsBefore(asOf, 3) && i.month < month(asOf))' },
    ['window-form'],
  ],
])

cases('conditions that never hold', [
  [
    'two words at once',
    { scope: 'person', applies: "person.employment == 'student' && person.employment == 'retired'" },
    ['unreachable-applies'],
  ],
  [
    'a word and not',
    { scope: 'person', applies: "person.employment == 'student' && !(person.employment in ['student', 'retired'])" },
    ['unreachable-applies'],
  ],
  [
    'not any of its words',
    {
      scope: 'person',
      applies: "!(person.employment in ['employed', 'flexible', 'unemployed', 'unable', 'student', 'retired'])",
    },
    ['unreachable-applies'],
  ],
  [
    'young and old',
    { scope: 'person', requires: 'has(person.age) && person.age < 10 && person.age > 20' },
    ['unreachable-applies'],
  ],
  [
    'between two figures that are one apart',
    { scope: 'person', requires: 'has(person.age) && person.age > 10 && person.age < 11' },
    ['unreachable-applies'],
  ],
  [
    'between two figures that are two apart',
    { scope: 'person', requires: 'has(person.age) && person.age > 10 && person.age < 12' },
    [],
  ],
  ['between two texts', { evidence: "deposits.filter(d, d.currency > 'A' && d.currency < 'B')" }, []],
  ['a decimal between two figures', { evidence: 'properties.filter(p, p.share > 0.0 && p.share < 1.0)' }, []],
  ['a decimal between two ints', { evidence: 'properties.filter(p, p.share > 0 && p.share < 1)' }, []],
  [
    'a condition and not',
    { applies: 'people.exists(p, p.disabled) && !people.exists(p, p.disabled)' },
    ['unreachable-applies'],
  ],
  ['two conditions', { applies: 'people.exists(p, p.disabled) && !people.exists(p, p.vehicleExempt)' }, []],
  [
    'the same spelling of two variables',
    { evidence: 'deposits.filter(d, d.balance > 0).filter(d, !(d.balance > 0) || true)' },
    [],
  ],
  ['false', { applies: 'false' }, ['unreachable-applies']],
  ['one is two', { applies: '1 == 2' }, ['unreachable-applies']],
  ['true for everyone', { applies: 'household.size > 3 || household.size <= 3' }, ['unreachable-applies']],
  ['a plain true', { applies: 'true' }, []],
  [
    'a warning that never comes',
    { warn: 'measure > 5 && measure < 3', unit: 'count', measure: 'size(deposits)' },
    ['unreachable-warning'],
  ],
  [
    'words that are left',
    { scope: 'person', applies: "!(person.employment in ['employed', 'flexible']) && person.role != 'applicant'" },
    [],
  ],
])

cases('attributes that may not be used', [
  [
    'a name of let',
    { let: { ethnicGroup: '1' }, measure: 'ethnicGroup', unit: 'count' },
    ['forbidden-attribute', 'forbidden-attribute'],
  ],
  ['a name that only begins so', { let: { nationwide: '1' }, measure: 'nationwide', unit: 'count' }, []],
  [
    'cut out of a key',
    { evidence: "deposits.filter(d, d.key.substring(0, 6) == '540100')" },
    ['forbidden-attribute', 'forbidden-attribute'],
  ],
  ['the length of an id', { scope: 'person', applies: 'size(person.id) > 6' }, ['forbidden-attribute']],
  ['a pattern', { scope: 'person', applies: "person.id.matches('^54')" }, ['forbidden-attribute']],
  ['the order of two ids', { scope: 'person', applies: 'people.exists(p, p.id < person.id)' }, ['forbidden-attribute']],
  ['the order of ids', { scope: 'person', applies: "person.id < '5'" }, ['forbidden-attribute']],
  ['a person by id', { scope: 'person', applies: "person.id in ['P1', 'P2']" }, ['forbidden-attribute']],
  [
    'cut out of what a let holds',
    {
      let: { owners: 'deposits.map(d, d.person)' },
      measure: "size(owners.filter(o, o.startsWith('54')))",
      unit: 'count',
    },
    ['forbidden-attribute'],
  ],
  ['by what is put together', { scope: 'person', applies: "person.id + '' == '54'" }, ['forbidden-attribute']],
  ['as a number', { scope: 'person', applies: 'int(person.id) > 540000' }, ['forbidden-attribute']],
  ['ids of two records', { evidence: 'deposits.filter(d, people.exists(p, p.id == d.person))' }, []],
  ['accounts by key', { measure: "sum(distinctBy(deposits, 'key').map(d, d.balance))" }, []],
  ['a text of an ethnic group', { evidence: "deposits.filter(d, d.institution == '回族')" }, ['forbidden-attribute']],
  [
    'the dot of a name',
    { evidence: "incomes.filter(i, has(i.payer) && i.payer.contains('·'))" },
    ['forbidden-attribute'],
  ],
  ['where a household lives', { applies: "household.region.startsWith('54')" }, ['forbidden-attribute']],
  ['where a household lives, whole', { applies: "household.region == '540102'" }, ['forbidden-attribute']],
])
