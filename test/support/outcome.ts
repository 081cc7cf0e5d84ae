import { join } from 'node:path'
import type { Outcome } from '../../src/domain/case/words.ts'
import { procedureOf } from '../../src/domain/procedure.ts'
import type { ArbitrationForm } from '../../src/packets/arbitration-form.ts'
import type { NoticeRebuttal, OutcomeNotice } from '../../src/packets/outcome-notice.ts'
import type { Packet } from '../../src/packets/packet.ts'
import { loadProcedures } from '../../src/services/load-procedure.ts'
import { ROOT } from '../rules/rule-sets.ts'

const REBUTTAL: NoticeRebuttal = {
  id: 'R1',
  receivedOn: '2026-11-12',
  late: false,
  vouchedBy: { name: '阿不都热西提', relation: 'self' },
  attachments: [
    { name: '农信社流水.pdf', sha256: 'a3'.repeat(32) },
    { name: '医院收费票据（2026年7月至9月）.jpg', sha256: 'b7'.repeat(32) },
  ],
  answers: [
    {
      warning: 'W1',
      kinds: ['用于治病的筹款、医疗费用凭证'],
      statement: '账户里的钱是亲友和平台为孩子治病筹来的，已经交给医院大部分。',
      verdict: null,
      findings: null,
      assessedBy: '周敏',
    },
  ],
}

const FINDINGS = {
  accepted: '与医院收费系统、筹款平台出具的证明一致，属于专项用途的款项。',
  refused: '提交的票据合计2,310.00元，其余款项没有材料说明。',
  untrue: '医院和筹款平台回函：没有该项收费和筹款。',
} as const

/** 649号 art. 68 by month: the standard rises on 1 July 2026, and the household was entitled to 0 or 120.00 a month. */
const RECOVERY = {
  began: '2026-05',
  months: [
    { month: '2026-05', paid: '745.00', standard: '730.00', size: 3, entitled: '0.00', recover: '745.00' },
    { month: '2026-06', paid: '745.00', standard: '730.00', size: 3, entitled: '0.00', recover: '745.00' },
    { month: '2026-07', paid: '780.00', standard: '765.00', size: 3, entitled: '120.00', recover: '660.00' },
    { month: '2026-08', paid: '780.00', standard: '765.00', size: 3, entitled: '120.00', recover: '660.00' },
  ],
  total: '2810.00',
} as const

/** A notice of each outcome as a decision on the sample packet would give it. */
export async function sampleOutcome(packet: Packet, outcome: Outcome): Promise<OutcomeNotice> {
  const procedure = procedureOf(await loadProcedures({ rulesFolder: join(ROOT, 'rules'), root: ROOT }), '369901003')
  const ends = outcome === 'deemed-withdrawal' || outcome === 'cancel-and-recover'
  const isAnswered = outcome === 'continue' || outcome === 'adjust' || outcome === 'cancel-and-recover'
  const verdict = outcome === 'continue' ? 'accepted' : outcome === 'adjust' ? 'refused' : 'untrue'
  const uses = outcome === 'cancel-and-recover' ? ['outcome', 'recovery'] : ['outcome']
  return {
    id: '7d1f0e0c-53f5-4a0e-9a6d-2a2f6f0f5b11',
    caseId: packet.caseId,
    title: '核决〔2026〕3699-1A2B3C-1',
    decided: { at: '2026-11-26T01:30:00.000Z', on: '2026-11-26', by: '马文静' },
    household: packet.household,
    addressee: packet.addressee,
    outcome,
    packets: [
      {
        number: 1,
        title: packet.title,
        issuedOn: packet.issued.on,
        servedOn: outcome === 'no-issue' ? null : '2026-11-05',
        answerUntil: outcome === 'no-issue' ? null : '2026-11-19',
        contactedAgainOn: outcome === 'deemed-withdrawal' ? ['2026-11-23'] : [],
      },
    ],
    warnings: packet.warnings.map(({ id, title, authority, result }) => ({
      id,
      title,
      authority: authority.zh,
      asOf: packet.check.asOf,
      reason: result.reason?.zh ?? '',
      evidence: result.evidence.map(({ source, key, asOf }) => ({
        source: packet.sources.find((each) => each.source === source)?.title.zh ?? source,
        key,
        asOf,
      })),
      state: outcome === 'continue' ? 'rebutted-accepted' : outcome === 'no-issue' ? 'withdrawn' : 'upheld',
    })),
    rebuttals: isAnswered
      ? [{ ...REBUTTAL, answers: REBUTTAL.answers.map((each) => ({ ...each, verdict, findings: FINDINGS[verdict] })) }]
      : [],
    reason: '经逐项核实提供单位的回函和您家庭提交的材料，并于2026年11月20日入户走访，作出本决定。',
    basis: '《最低生活保障审核确认办法》（民发〔2021〕57号）第三十一条、第三十二条。',
    monthlyBenefit: '745.00',
    effectiveFrom: ends || outcome === 'adjust' ? '2026-12' : null,
    newMonthlyBenefit: outcome === 'adjust' ? '320.00' : ends ? '0.00' : null,
    recovery: outcome === 'cancel-and-recover' ? RECOVERY : null,
    legal: procedure.legalBasis
      .filter(({ use }) => use.some((each) => uses.includes(each)))
      .map(({ use: _, ...text }) => text),
    office: procedure.offices.asks,
    review: packet.review,
  }
}

/** A minimum wage of 2,000.00 against a declared wage of 1,500.00. */
export const sampleArbitration = (packet: Packet, more: Partial<ArbitrationForm> = {}): ArbitrationForm => ({
  id: '2b7e1516-28ae-4d2a-abf7-158809cf4f3c',
  caseId: packet.caseId,
  issued: { at: '2026-11-26T01:30:00.000Z', on: '2026-11-26' },
  applicant: {
    name: packet.addressee.name,
    sex: 'male',
    birthDate: '1970-03-07',
    address: packet.household.address,
  },
  wage: {
    declaredMonthly: '1500.00',
    declaredAsOf: '2026-11-01',
    minimumMonthly: '2000.00',
    region: '3699',
    authority: '云溪县最低工资标准（样例，虚构）',
    inForceFrom: '2026-04-01',
  },
  months: { from: '2026-04', until: '2026-10' },
  evidence: [
    { name: `家庭经济状况核对预警告知书（${packet.title}）`, source: '云溪县民政局' },
    { name: '申报工资的材料', source: '申请人申报' },
  ],
  commission: null,
  ...more,
})
