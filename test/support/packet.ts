import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Dossier, DossierRecord } from '../../src/domain/dossier.ts'
import type { PersonFacts } from '../../src/domain/household.ts'
import { procedureOf } from '../../src/domain/procedure.ts'
import { rebuttalKinds } from '../../src/domain/rebuttal-kinds.ts'
import type { Trace } from '../../src/domain/trace.ts'
import type { Packet, PacketWarning } from '../../src/packets/packet.ts'
import { renderTrace } from '../../src/rules/render-trace.ts'
import { rulesOfRegion } from '../../src/rules/rule-set.ts'
import { checkDossierWithTraces } from '../../src/rules/trace-dossier.ts'
import { loadAdapters } from '../../src/services/load-adapters.ts'
import { loadProcedures } from '../../src/services/load-procedure.ts'
import { ALL_SOURCES, dossier, person, record } from '../rules/dossiers.ts'
import { ROOT, shippedRules } from '../rules/rule-sets.ts'

export interface SamplePacket {
  /** Names of the household's people, the addressee's first; the others come masked. */
  readonly names?: readonly string[]
  readonly address?: string
  /** How many accounts the addressee has. */
  readonly accounts?: number
}

/** 25 characters, with the dot between its parts. */
export const LONG_NAME = '阿不都热西提·阿不都热合曼·吐尔逊·买买提依明江·艾力'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const digits = (number: number, length: number) => String(number).padStart(length, '0')

function recordsOf(accounts: number): DossierRecord[] {
  const deposit = { institution: '云溪县农村信用合作联社', currency: 'CNY', status: 'open' } as const
  const bank = Array.from({ length: accounts }, (_, i) => ({
    ...record('deposit', i % 3 === 2 ? 'P2' : 'P1', 118 + i, {
      ...deposit,
      account: digits(i, 4),
      balance: 2_350_000 + i * 31_007,
      averageBalance: 1_100_000,
      openedOn: '2021-04-06',
    }),
    shownKey: `${deposit.institution}|****${digits(4711 + i * 37, 4)}`,
  }))
  const closed = {
    ...record('deposit', 'P2', 977, { ...deposit, account: '9977', balance: 0, status: 'closed' }),
    shownKey: `${deposit.institution}|****9977`,
  }
  const paid = Array.from({ length: 6 }, (_, i) =>
    record('contribution', 'P2', 40 + i, {
      insurance: i % 2 === 0 ? '110' : '310',
      month: `2026-${digits(4 + i, 2)}`,
      paidMonth: `2026-${digits(4 + i, 2)}`,
      base: 412_300,
      payer: '云溪县𬭎䶮物业服务有限责任公司（第二分公司）',
      payerKind: 'employer',
    }),
  )
  const car = record('vehicle', 'P1', 7, {
    plateClass: '小型汽车',
    plateNumber: '云A·8F6M2',
    brand: '五菱',
    vehicleType: '小型面包车',
    use: '非营运',
    firstRegistered: '2019-06-12',
    statuses: ['正常'],
  })
  return [...bank, closed, ...paid, car]
}

const PEOPLE: readonly PersonFacts[] = [
  person({ employment: 'employed', monthlyIncome: 150_000 }),
  person({ id: 'P2', role: 'member', relation: 'spouse', birthDate: '1974-11-02', employment: 'unemployed' }),
  person({ id: 'P3', role: 'member', relation: 'child', birthDate: '2012-02-29', employment: 'student' }),
]

const mask = (name: string) => name.replace(/(?<=.)[^·]/gu, '*')

/** A packet as a run of the sample county would give it: rules and sums are the program's, people are invented. */
export async function samplePacket({
  names = [LONG_NAME, '欧阳㛃', '阿依努尔·阿不都热西提'],
  address = '云溪县南沟乡䶮河村3组𬭎园小区12号楼2单元301室（原臺灣路國營紡織廠家屬院）',
  accounts = 3,
}: SamplePacket = {}): Promise<Packet> {
  const [ruleSet, adapters, procedures] = await Promise.all([
    shippedRules(),
    loadAdapters(join(ROOT, 'adapters')),
    loadProcedures({ rulesFolder: join(ROOT, 'rules'), root: ROOT }),
  ])
  const given: Dossier = dossier({
    people: PEOPLE,
    records: recordsOf(accounts),
    household: { savings: 300_000, vehicles: 0, dwellings: 1, monthlyIncome: 150_000, monthlyBenefit: 74_500 },
  })
  const run = '5f0c6c4e-8a5b-4a51-9d0e-3f1a6b1f2c77'
  const { result, traces } = checkDossierWithTraces(ruleSet, given, run, { of: 'all' })
  const rules = rulesOfRegion(ruleSet, given.household.region)
  const procedure = procedureOf(procedures, given.household.region)
  const warnings = result.results
    .filter(({ outcome }) => outcome === 'warned')
    .map((each, i): PacketWarning => {
      const { definition } = rules.find((rule) => rule.definition.id === each.rule)!
      const trace = traces.find(({ rule, person: of }) => rule === each.rule && of === each.person) as Trace
      return {
        id: `W${i + 1}`,
        title: definition.title,
        basis: definition.basis,
        authority: definition.authority,
        inForceFrom: '2026-07-01',
        result: each,
        trace,
        page: renderTrace(trace, 'zh'),
        accepts: rebuttalKinds(definition.rebuttal?.accepts ?? []),
        confirmed: {
          by: '陈立新',
          at: '2026-11-03T02:15:30.120Z',
          reason: '已与提供单位核对，账户和数额与登记一致。',
        },
        confirmations:
          i > 0
            ? []
            : [
                {
                  warning: 'W1',
                  source: 'bank',
                  amount: '37968.21',
                  access: true,
                  period: { from: '2026-10-01', until: '2026-10-31' },
                  reference: '云溪县农信社 2026年第118号回函，2026-11-02，负责人：何平',
                },
              ],
      }
    })
  return {
    format: 'hedui-packet/1',
    id: '0e6f3a52-6b7e-4a3f-8a64-9d6d2f6b9b10',
    caseId: '1a2b3c4d-0000-4000-8000-5e6f70819203',
    number: 1,
    title: '核告〔2026〕3699-1A2B3C-1',
    issued: { at: '2026-11-03T06:40:00.000Z', on: '2026-11-03', by: '陈立新' },
    household: {
      id: given.household.id,
      scheme: 'urban-dibao',
      region: given.household.region,
      category: 'A',
      size: 3,
      address,
    },
    addressee: { person: 'P1', name: names[0]! },
    people: PEOPLE.map(({ id, role, relation, authorization }, i) => ({
      id,
      role,
      relation,
      name: i === 0 ? names[0]! : mask(names[i]!),
      idNumber: `369***********${digits(i * 10 + 7, 4)}`,
      protected: id === 'P3' ? (['under-age'] as const) : [],
      authorization,
    })),
    check: { run, asOf: given.asOf, ruleSet: ruleSet.version },
    sources: ALL_SOURCES.map((source) => {
      const adapter = adapters.get(source)!.manifest
      return {
        source,
        title: adapter.title,
        owner: adapter.owner,
        trust: 'verified',
        state: 'fresh',
        asOf: '2026-10-31',
        deliveries: [
          {
            id: `${source}-1`,
            asOf: '2026-10-31',
            fileName: `${source}_369901_20261031_全量.csv`,
            sha256: hash(source),
            rows: 20_481,
            publishedAt: '2026-11-01T00:12:09.000Z',
          },
        ],
      }
    }),
    warnings,
    answer: {
      workingDays: procedure.rebuttalDays,
      extensionDays: procedure.extensionDays,
      office: procedure.offices.asks,
    },
    review: {
      calendarDays: procedure.reviewCalendarDays,
      office: procedure.offices.review,
      suitMonths: procedure.suitMonths,
      court: procedure.offices.court,
    },
    legal: procedure.legalBasis.filter(({ use }) => use.includes('packet')).map(({ use: _, ...text }) => text),
    replay: { ruleSet: null, sources: {}, dossier: given },
    chain: { number: 6, hash: hash('chain') },
  }
}
