import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { auditVerify } from '../../src/commands/audit.ts'
import { CASE_ACT_COMMANDS } from '../../src/commands/case-acts.ts'
import { correctionsList, countyVisits } from '../../src/commands/case-reports.ts'
import { caseAttachment, caseList, caseNotice, caseShow, casesTick } from '../../src/commands/cases.ts'
import { kinAdd, kinEnd, kinList } from '../../src/commands/kin.ts'
import { PACKET_FILE_COMMANDS, packetDraft, packetShow } from '../../src/commands/packets.ts'
import { precision, rulesRelease, rulesStops } from '../../src/commands/precision.ts'
import {
  tipOffAdd,
  tipOffCheck,
  tipOffList,
  tipOffRead,
  tipOffSettle,
  tipOffShow,
} from '../../src/commands/tip-offs.ts'
import { webhooksAdd, webhooksList, webhooksMessages, webhooksRemove } from '../../src/commands/webhooks.ts'
import type { CaseView } from '../../src/services/cases/case-view.ts'
import { createCaseWork } from '../support/cases.ts'
import { type Outcome, run } from '../support/cli.ts'
import { openCommandDesk } from '../support/command-desk.ts'
import { rowOf } from '../support/departments.ts'
import { testConfig } from '../support/hedui.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'

const CLERK = ['--actor', '周敏']
const CHIEF = ['--actor', '吴昊']

const work = await createCaseWork(t)
await work.importLines([
  householdOf('H1', [memberOf('P1', WANG)], { monthlyBenefit: '620.00' }),
  householdOf('H2', [memberOf('P1', LI)]),
])
await work.deliver('bank', [rowOf.deposit(WANG, { 余额: 20000 }), rowOf.deposit(LI, { 账号: '6218', 余额: 20000 })])
const checked = (await work.check()).summary

const folder = join(work.folder, 'desk')
mkdirSync(folder)
const env = { DATABASE_URL: work.hedui.config.databaseUrl!, INIT_CWD: folder, HEDUI_LOG_LEVEL: 'silent' }
const config = testConfig(env.DATABASE_URL, env)
const commands = [
  ...[packetDraft, packetShow, ...PACKET_FILE_COMMANDS, caseList, caseShow, ...CASE_ACT_COMMANDS],
  ...[caseNotice, caseAttachment, casesTick, auditVerify, correctionsList, countyVisits, kinAdd, kinEnd, kinList],
  ...[tipOffAdd, tipOffList, tipOffShow, tipOffRead, tipOffCheck, tipOffSettle, precision, rulesStops, rulesRelease],
  ...[webhooksAdd, webhooksList, webhooksMessages, webhooksRemove],
]
const desk = openCommandDesk(t, config, commands)
/** No database answers here. */
const nowhere = openCommandDesk(t, { ...config, databaseUrl: 'postgres://x@127.0.0.1:1/none' }, commands)
desk.setDay('2026-11-02')
const hedui = desk.run
/** A command that is done, and what it tells with --json. */
async function done<T = CaseView>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await hedui(...args, '--json')
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${stderr}`)
  return JSON.parse(stdout)
}

const PDF = Buffer.from('%PDF-1.4\n存款说明')
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
writeFileSync(join(folder, '说明.pdf'), PDF)
writeFileSync(join(folder, 'receipt.png'), PNG)
writeFileSync(
  join(folder, 'answer.json'),
  JSON.stringify({
    receivedOn: '2026-11-01',
    answers: [{ warning: 'W1', evidenceKinds: ['other'], statement: '代亲戚保管' }],
    vouchedBy: { name: '王守仁', relation: '本人' },
  }),
)

const SERVICE = ['--method', 'in-person', '--by', '孙伟', '--received-by', '王守仁', '--proof-kind', '送达回证']
let id = ''

t.test('drafts, confirms and seals; anybody can verify what was sealed', async (t) => {
  const drafted = await hedui('packet', 'draft', checked.run, ...CLERK)
  t.match(drafted, { code: 0, stdout: /2 warned households: 2 cases opened, 0 changed/ })
  const { cases } = await done<{ cases: { id: string; seen: number }[] }>('case', 'list', '--household', 'H1')
  t.match(cases, [{ state: 'drafted', householdId: 'H1', seen: 2 }])
  id = cases[0]!.id
  const stale = await hedui('case', 'confirm', id, ...CLERK, '--reason', '核对无误', '--seen', '1')
  t.match(stale, { code: 1, stdout: '', stderr: /STATE_CASE_CHANGED/ })

  const confirmed = await done('case', 'confirm', id, ...CLERK, '--reason', '核对无误', '--warnings', 'W1')
  t.match(confirmed, { state: 'confirmed', packets: [{ number: 1, id: String }] })
  const { id: packet, code } = confirmed.packets[0]!
  const [zip, pdf, shown] = await Promise.all([
    hedui('packet', 'zip', packet!, '--reason', '送达', '--out', 'packet.zip'),
    hedui('packet', 'pdf', packet!, '--reason', '送达'),
    hedui('packet', 'show', packet!, '--reason', '送达'),
  ])
  t.match(zip, { code: 0, stdout: `packet.zip: ${readFileSync(join(folder, 'packet.zip')).length} bytes` })
  t.ok(pdf.stdout.includes(code!))
  t.equal(readFileSync(join(folder, `${packet}.pdf`), 'latin1').slice(0, 5), '%PDF-')
  t.match(shown.stdout, /household H1.*W1 .*20000\.00 > 18360\.00.*10 working days/s)
  t.match(await hedui('packet', 'zip', packet!), { code: 1, stderr: /INPUT_REASON/ })
  t.equal((await run(['verify', 'packet.zip'], env)).code, 0)
  const bytes = readFileSync(join(folder, 'packet.zip'))
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(join(folder, 'changed.zip'), bytes)
  t.equal((await run(['verify', 'changed.zip'], env)).code, 1)
})

t.test('serves, keeps the answer, assesses, and another person decides', async (t) => {
  const service = [...SERVICE, '--proof-reference', '回证1', '--on', desk.day(), '--attach', 'receipt.png']
  const served = await hedui('case', 'serve', id, ...CLERK, ...service)
  t.match(served, { code: 0, stdout: /: served; to be answered by 2026-11-16\n.*served 2026-11-02 \(in-person\)/s })
  // Options are laid over the file.
  const answer = ['--input', 'answer.json', '--received-on', desk.day(), '--attach', '说明.pdf']
  const rebutted = await done('case', 'rebut', id, ...CLERK, ...answer)
  t.match(rebutted, { state: 'rebutted', rebuttals: [{ receivedOn: desk.day(), attachments: [{ name: '说明.pdf' }] }] })
  const receipt = rebutted.packets[0]!.service!.proof.attachment!
  await done('case', 'attachment', id, receipt, '--reason', '复核', '--out', 'kept.png')
  t.same(readFileSync(join(folder, 'kept.png')), PNG)
  const verdict = ['--warning', 'W1', '--verdict', 'untrue', '--findings', '证明与账户不符']
  await done('case', 'assess', id, ...CLERK, ...verdict)

  desk.setDay('2026-11-17')
  const recovery = ['--recovery-began', '2026-10', '--recovery-entitlement', 'none', '--effective-from', '2026-12']
  const decision = ['--outcome', 'cancel-and-recover', '--reason', '核实清楚', '--basis', '649号第68条', ...recovery]
  const same = await hedui('case', 'decide', id, ...CLERK, ...decision)
  t.match(same, { code: 1, stderr: /STATE_SAME_PERSON/ })
  const decided = await hedui('case', 'decide', id, ...CHIEF, ...decision)
  // 620.00 of October and of November, the household entitled to nothing.
  t.match(decided, { code: 0, stdout: /decided by 吴昊: cancel-and-recover, 1240\.00 to pay back/ })
  const notice = /notice \(outcome\) (\S+)/.exec(decided.stdout)![1]!
  await done('case', 'notice', notice, '--reason', '送达', '--out', 'notice.pdf')
  t.equal(readFileSync(join(folder, 'notice.pdf'), 'latin1').slice(0, 5), '%PDF-')
})

t.test('closes when the notice was served and the time for review is over', async (t) => {
  const close = ['case', 'close', id, ...CLERK, '--reason', '办结']
  t.match(await hedui(...close), { code: 1, stderr: /STATE_CASE .*has not been served; allowed: .*serve-outcome/ })
  const service = [...SERVICE, '--proof-reference', '回证2', '--on', desk.day()]
  await done('case', 'serve-outcome', id, ...CLERK, ...service)
  // The sixtieth day after 17 November is Saturday 16 January: it ends on the Monday.
  desk.setDay('2027-01-18')
  t.match(await hedui(...close), { code: 1, stderr: /2027-01-18/ })
  desk.setDay('2027-01-19')
  t.equal((await done('case', 'close', id, ...CLERK, '--reason', '办结')).state, 'closed')

  const ticked = await hedui('cases', 'tick')
  // Nobody handled the other case for months.
  t.match(ticked, { code: 0, stdout: /1 open cases: 0 expired, 0 escalated, 1 lapsed/ })
  t.match(await hedui('audit', 'verify'), { code: 0, stdout: /2 cases.*1 checkpoints: nothing was changed/ })
  await work.query(`delete from case_event where case_id = $1 and kind = 'rebuttal-assessed'`, [id])
  t.match(await hedui('audit', 'verify'), { code: 1, stdout: new RegExp(`case ${id} \\d+: gap`) })
})

t.test('what is used wrongly is told before anything is opened', async (t) => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['packet', 'draft'], /RUN is missing/],
    [['packet', 'draft', 'x'], /INPUT_ACTOR .*--actor NAME/],
    [['case', 'confirm', 'x', '--reason', 'y'], /INPUT_ACTOR .*--actor NAME/],
    [['case', 'confirm', 'x', ...CLERK], /INPUT_REASON .*--reason TEXT/],
    [['case', 'confirm', 'x', ...CLERK, '--seen', 'two'], /--seen must be a whole number/],
    [['case', 'list', '--state', 'open'], /--state must be one of drafted, confirmed/],
    [['case', 'serve', 'x', ...CLERK], /--method in-person\|left.* is missing.*usage: hedui case serve CASE/s],
    [['case', 'extend', 'x', ...CLERK, '--days', 'ten'], /--days must be a whole number/],
    [['case', 'confirm-source', 'x', ...CLERK, '--access', 'maybe'], /--access must be yes or no/],
    [['case', 'rebut', 'x', ...CLERK, '--input', 'gone.json'], /INPUT_FILE .*gone\.json/],
    [['case', 'rebut', 'x', ...CLERK, '--input', '说明.pdf'], /INPUT_JSON/],
    [['case', 'rebut', 'x', ...CLERK, '--received-on', '2026-11-02'], /"answers" in --input FILE\.json is missing/],
    [['case', 'close', 'x', '--color', 'red'], /--color.*usage: hedui case close/s],
    [['tip-off', 'read', 'x', '--reason', 'y'], /INPUT_ACTOR/],
    [['tip-off', 'read', 'x', ...CLERK], /INPUT_REASON/],
    [['webhooks', 'messages', '--state', 'lost'], /--state must be one of waiting, delivered, parked, cancelled/],
  ]
  for (const [args, says] of wrong) {
    const { code, stdout, stderr } = await nowhere.run(...args)
    t.match(stderr, says, args.join(' '))
    t.equal(code, /INPUT_USAGE/.test(stderr) ? 2 : 1)
    t.equal(stdout, '')
  }
})

t.test('tip-offs, near kin, reports', async (t) => {
  desk.setDay('2027-01-20')
  writeFileSync(join(folder, 'report.json'), JSON.stringify({ text: '有商铺', reporter: { name: '欧阳知情' } }))
  const kept = await done<{ id: string }>(
    ...['tip-off', 'add', 'H2', ...CLERK, '--channel', 'phone', '--input', 'report.json'],
  )
  const kin = ['--handler', '孙伟', '--office', '南沟乡', '--relation', 'child', '--reason', '备案']
  const answers = await Promise.all([
    hedui('tip-off', 'list'),
    hedui('tip-off', 'read', kept.id, ...CLERK, '--reason', '核查'),
    hedui('tip-off', 'settle', kept.id, ...CLERK, '--reason', '无'),
    hedui('kin', 'add', ...CHIEF, ...kin, '--name', LI.name, '--id-number', LI.idNumber),
    hedui('precision', '--region', '3699'),
    hedui('corrections', 'list'),
    hedui('county-visits'),
    hedui('rules', 'release', 'deposits', ...CHIEF, '--reason', '已修正'),
    hedui('webhooks', 'add', 'http://cases.example.cn/', ...CHIEF),
    hedui('case', 'list', '--all', '--state', 'lapsed', '--json'),
  ])
  const expected: readonly Partial<Record<keyof Outcome, unknown>>[] = [
    { code: 0, stdout: new RegExp(`${kept.id} +H2 +2027-01-20 +received`) },
    { code: 0, stdout: /有商铺\n {2}欧阳知情/ },
    { code: 1, stderr: /STATE_CASE/ },
    { code: 0, stdout: /child of 孙伟 from 2027-01-20/ },
    { code: 0, stdout: /cases 2, open 0;.*lapsed 1.*canceled 1/s },
    { code: 0, stdout: /no correction/ },
    { code: 0, stdout: /H2 +tip-off/ },
    { code: 1, stderr: /INPUT_NOT_FOUND .*not stopped/ },
    { code: 1, stderr: /INPUT_INVALID .*HEDUI_WEBHOOK_HOSTS/ },
    { code: 0, stdout: /"householdId":"H2"/ },
  ]
  for (const [i, answer] of answers.entries()) t.match(answer, expected[i])
  t.notMatch(answers[0]!.stdout, /欧阳|商铺/)
})
