import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dossier, DossierRecord } from '../../src/domain/dossier.ts'
import type { PersonIdentity } from '../../src/domain/household.ts'
import { isIdNumberAt } from '../../src/domain/id-number.ts'
import type { LegalText, Procedure } from '../../src/domain/procedure.ts'
import { showKey } from '../../src/domain/record-key.ts'
import type { PacketInput } from '../../src/packets/packet-input.ts'
import { renderTrace } from '../../src/rules/render-trace.ts'
import { type RuleSet, rulesOfRegion } from '../../src/rules/rule-set.ts'
import { checkDossierWithTraces } from '../../src/rules/trace-dossier.ts'
import { dossier, person, record } from '../rules/dossiers.ts'
import { ruleSetOf } from '../rules/rule-sets.ts'
import { personOf } from '../support/people.ts'

const text = (name: string) => readFileSync(join(import.meta.dirname, 'golden', name), 'utf8')

export const RULES = ruleSetOf(['vehicles.yaml', 'clear.yaml', 'deposits.yaml'].map(text), [text('parameters.yaml')])

export const RUN = '0192c3d4-0000-7000-8000-0000000000aa'

/** Two accounts that end alike, one of them held jointly; a passport; a name with a dot. */
export const JOINT = '6217000000001234'
export const OTHER = '6228000000001234'
export const CLOSED = '9901'
export const WIFE = personOf(2, '阿依古丽·买买提')
export const IDENTITIES: Readonly<Record<string, PersonIdentity>> = {
  P1: { ...toIdentity(personOf(1, '王守仁')) },
  P2: { ...toIdentity(WIFE) },
  P3: { name: 'Maria da Silva', idType: 'passport', number: 'G1234567', hasNumber: false },
}

const NOBODY: PersonIdentity = { name: '某人', idType: 'resident-id', number: null, hasNumber: false }

function toIdentity({ name, idNumber }: { name: string; idNumber: string }): PersonIdentity {
  if (!isIdNumberAt(Buffer.from(idNumber), 0)) throw new Error('the test’s own number is wrong')
  return { name, idType: 'resident-id', number: idNumber, hasNumber: true }
}

const deposit = (owner: string, row: number, account: string, fen: number, more: Record<string, string> = {}) => {
  const fields = { institution: '甲银行', account, currency: 'CNY', balance: fen, status: 'open', ...more }
  const made = record('deposit', owner, row, fields)
  return { ...made, shownKey: showKey(made.key, [false, true]) }
}

/** Read by the two rules that warn: 30,000.00 + 6,720.01, and a car. */
export const READ: readonly DossierRecord[] = [
  deposit('P1', 11, JOINT, 3_000_000),
  deposit('P2', 12, JOINT, 3_000_000),
  deposit('P2', 13, OTHER, 672_001),
  deposit('P1', 14, CLOSED, 500_000, { institution: '乙银行', status: 'closed' }),
  record('vehicle', 'P1', 21, { plateClass: '02', plateNumber: '赣X0001', statuses: ['A'] }),
]

/** What the packet has no use for: a supporter's, another type of the same source, another source. */
export const NOT_READ: readonly DossierRecord[] = [
  deposit('P3', 15, '6217999999999999', 9_900_000),
  record('security', 'P1', 16, { institution: '甲证券', product: '稳健一号', value: 100 }),
  record('property', 'P1', 31, { unit: 'U1', area: 5000, usage: '住宅', share: 1 }),
]

const NUMBERLESS = { birthDate: null, hasNumber: false }

export const DOSSIER: Dossier = dossier({
  people: [
    person({ employment: 'unemployed' }),
    person({ id: 'P2', role: 'member', relation: 'spouse', birthDate: '1970-01-01', disabled: true }),
    person({ id: 'P3', role: 'supporter', relation: 'child', ...NUMBERLESS }),
  ],
  records: [...READ, ...NOT_READ],
  household: { category: 'A', monthlyBenefit: 74_500 },
  leads: [{ source: 'bank', person: 'P1', row: 99, delivery: 'bank-1', why: 'name-differs' }],
  unanswered: [
    { source: 'bank', person: 'P3' },
    { source: 'tax', person: 'P1' },
  ],
})

const office = (name: string) => ({ name, address: '示例路1号', phone: '0399-5550101', hours: null })
const article = (id: string, use: LegalText['use']): LegalText => ({
  id,
  authority: `${id}号文`,
  text: `${id}的原文`,
  use,
})

export const PROCEDURE = {
  region: '3699',
  rebuttalDays: 10,
  extensionDays: 10,
  reviewCalendarDays: 60,
  suitMonths: 6,
  offices: { asks: office('云溪县民政局'), review: office('云溪县人民政府'), court: office('云溪县人民法院') },
  legalBasis: [article('57', ['packet', 'outcome']), article('649', ['recovery']), article('24', ['packet'])],
} as unknown as Procedure

const file = (source: string, id: string, asOf: string, row: number) => ({
  source,
  id,
  asOf,
  fileName: `${source}.csv`,
  sha256: String(row).repeat(64),
  rows: 100 * row,
  publishedAt: `${asOf}T08:00:00.000Z`,
})

/** What the issuing of a packet gathers, made by hand; its rules and sums are the program's. */
export function inputOf({
  rules: ruleSet = RULES,
  given = DOSSIER,
  ...more
}: Partial<PacketInput> & { readonly rules?: RuleSet; readonly given?: Dossier } = {}): PacketInput {
  const { result, traces } = checkDossierWithTraces(ruleSet, given, RUN)
  const rules = rulesOfRegion(ruleSet, given.household.region)
  const warned = result.results.filter(({ outcome }) => outcome === 'warned')
  return {
    id: '0192c3d4-0000-7000-8000-0000000000bb',
    caseId: '0192c3d4-0000-7000-8000-00001a2b3c4d',
    number: 1,
    issued: { at: '2026-12-31T16:30:00.000Z', by: '陈立新' },
    household: {
      facts: given.household,
      address: '云溪县南沟乡1号',
      people: given.people.map((facts) => ({ facts, identity: IDENTITIES[facts.id] ?? NOBODY })),
    },
    addressee: 'P1',
    protections: [
      { person: 'P3', why: ['age-unknown'] },
      { person: 'P2', why: ['seriously-ill-or-unknown', 'disabled-or-unknown'] },
    ],
    run: RUN,
    ruleSet: { version: ruleSet.version, content: ruleSet.content, inForceFrom: '2026-07-01' },
    sources: [
      {
        source: 'bank',
        title: { zh: '金融资产', en: 'Financial assets' },
        owner: '金融机构',
        trust: 'unverified',
        records: [
          { type: 'deposit', key: ['institution', 'account'], sensitive: ['account'] },
          { type: 'security', key: ['institution', 'product'], sensitive: [] },
        ],
      },
      {
        source: 'vehicle',
        title: { zh: '机动车', en: 'Vehicles' },
        owner: '公安机关',
        trust: 'verified',
        records: [{ type: 'vehicle', key: ['plateClass', 'plateNumber'], sensitive: [] }],
      },
      {
        source: 'property',
        title: { zh: '不动产', en: 'Property' },
        owner: '不动产登记机构',
        trust: 'verified',
        records: [{ type: 'property', key: ['unit'], sensitive: [] }],
      },
    ],
    deliveries: [
      file('bank', 'bank-1', '2026-10-31', 1),
      file('bank', 'bank-0', '2026-09-30', 2),
      file('vehicle', 'vehicle-1', '2026-10-31', 3),
      file('property', 'property-1', '2026-10-31', 4),
    ],
    dossier: given,
    warnings: warned.map((each, i) => {
      const trace = traces.find(({ rule, person: of }) => rule === each.rule && of === each.person)!
      return {
        id: `W${i + 1}`,
        rule: rules.find(({ definition }) => definition.id === each.rule)!,
        result: each,
        trace,
        page: renderTrace(trace, 'zh'),
        confirmed: {
          by: '陈立新',
          at: '2026-12-30T02:00:00.000Z',
          reason: `已向银行核实，户名证件号码${WIFE.idNumber}无误`,
        },
        confirmations:
          each.rule === 'deposits'
            ? [
                {
                  warning: `W${i + 1}`,
                  source: 'bank',
                  amount: '36720.01',
                  access: true,
                  period: { from: '2026-10-01', until: '2026-10-31' },
                  reference: `甲银行回函第8号，账号${JOINT}`,
                },
              ]
            : [],
      }
    }),
    procedure: PROCEDURE,
    chain: { number: 4, hash: 'c'.repeat(64) },
    ...more,
  }
}
