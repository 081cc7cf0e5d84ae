import type { RuleSet } from '../../src/rules/rule-set.ts'
import { PARAMETERS, ruleSetOf, ruleWith, textWith } from '../rules/rule-sets.ts'
import { rowOf } from './departments.ts'
import { authorizationOf, householdOf, LI, memberOf, personOf, QIAN, WANG, ZHAO } from './people.ts'
import type { Work } from './work.ts'

const LET = "let:\n  open: deposits.filter(d, has(d.status) && d.status == 'open')\n"

/** One unit a vehicle, above none. */
export const CARS = ruleWith(
  ['id: trial', 'id: cars'],
  ['zh: 试', 'zh: 车辆'],
  ['sources: [bank]', 'sources: [vehicle]'],
  ['unit: CNY', 'unit: count'],
  [LET, ''],
  ['evidence: open', 'evidence: vehicles'],
  ['measure: sum(evidence.map(d, d.balance))', 'measure: size(evidence)'],
  ['limit: param.months * param.standard', 'limit: 0'],
)

/** Warns every rural household, for nothing. */
export const RURAL = ruleWith(
  ['id: trial', 'id: rural'],
  ['sources: [bank]', "sources: []\napplies: household.scheme == 'rural-dibao'"],
  ['unit: CNY', 'unit: count'],
  [LET, ''],
  ['evidence: open\n', ''],
  ['measure: sum(evidence.map(d, d.balance))', 'measure: household.size'],
  ['limit: param.months * param.standard', 'limit: 0'],
)

/** Deposits above 3 × 100.00, and every rural household. */
export const OLD: RuleSet = ruleSetOf([ruleWith(), RURAL])
/** Deposits above 2 × 100.00, and vehicles. */
export const NEW: RuleSet = ruleSetOf([ruleWith(), CARS], [textWith(PARAMETERS, ['value: 3,', 'value: 2,'])])

/**
 * Five households and their deposits: H1 250.00 (and a vehicle), H2 300.00 rural, H3 300.01, H4 without authorization,
 * H5 350.00 rural. Two townships of 369901 and one of 369902.
 */
export async function addCompared(work: Work): Promise<void> {
  const member = (person: typeof WANG, more = {}) => [memberOf('P1', person, more)]
  await work.importLines([
    householdOf('H1', member(WANG), { region: '369901003001' }),
    householdOf('H2', member(LI), { region: '369901003', scheme: 'rural-dibao' }),
    householdOf('H3', member(ZHAO), { region: '369901004' }),
    householdOf('H4', member(QIAN, authorizationOf({ sources: [] })), { region: '369902001' }),
    householdOf('H5', member(personOf(5, '周文')), { region: '369901004', scheme: 'rural-dibao' }),
  ])
  await work.deliver('bank', [
    rowOf.deposit(WANG, { 余额: 250 }),
    rowOf.deposit(LI, { 余额: 300, 账号: '2' }),
    rowOf.deposit(ZHAO, { 余额: 300.01, 账号: '3' }),
    rowOf.deposit(QIAN, { 余额: 9000, 账号: '4' }),
    rowOf.deposit(personOf(5, '周文'), { 余额: 350, 账号: '5' }),
  ])
  await work.deliver('vehicle', [rowOf.vehicle(WANG)])
}
