import type { OutcomeNotice } from '../outcome-notice.ts'
import { sayDate, sayYuan } from './say.ts'

/** What each outcome means, in the words of the notice. The first paragraph is the decision itself. */
export function sayDecision(notice: OutcomeNotice): string[] {
  const { outcome, monthlyBenefit, newMonthlyBenefit, effectiveFrom, recovery } = notice
  const from = effectiveFrom === null ? '' : sayDate(effectiveFrom)
  // Of a household that receives nothing yet no amount is told.
  const isPaid = monthlyBenefit !== null && monthlyBenefit !== '0.00'
  // design §10 and 57号 art. 32: nothing changes before the household was told (case-state.ts moves the month alike).
  const late = `本告知书于${from}或者以后送达的，自送达的次月起执行。`
  const now = isPaid ? `（每月${sayYuan(monthlyBenefit)}）` : ''
  switch (outcome) {
    case 'continue':
      return [`${notice.rebuttals.length > 0 ? '您家庭的说明成立。' : ''}您家庭的救助继续，待遇不变${now}。`]
    case 'no-issue':
      return [
        `预警不成立，现予撤回。您家庭的待遇不受影响${now}。`,
        '给您带来的不便，我们深表歉意。数据有误的，由我单位请提供单位更正；这项预警作为一次错误记入规则的准确率统计。',
      ]
    case 'adjust':
      return [
        `自${from}起，您家庭的救助金${isPaid ? `由每月${sayYuan(monthlyBenefit)}` : ''}调整为每月${newMonthlyBenefit === null ? '＿＿＿＿元' : sayYuan(newMonthlyBenefit)}。`,
        late,
        '此前已经领取的救助金不受影响。',
      ]
    case 'deemed-withdrawal':
      return [
        `您家庭在答复期限内没有答复，经以其他方式再次联系后仍没有答复。现按自愿退出社会救助办理，自${from}起停止发放救助金${now}。`,
        late,
        '对过去不再追究：此前已经领取的救助金不要求退回。',
        '没有答复不视为承认预警所列的情况，本决定也不认定您家庭有任何过错。您随时可以补交说明，我单位收到后重新核实；您也可以重新提出申请。',
      ]
    case 'cancel-and-recover':
      return [
        `经核实，您家庭的说明与事实不符。自${from}起停止发放救助金${now}。`,
        late,
        recovery === null
          ? '应当退回的金额另行告知。'
          : `自${sayDate(recovery.began)}（情况发生的月份）起多领取的救助金共${sayYuan(recovery.total)}，应当退回，逐月计算见附表。退回的方式和期限，请到下列窗口商定。`,
      ]
    case 'arbitration':
      return [
        '申报的工资低于当地最低工资标准，差额应当由用人单位支付，不由您家庭承担。随本告知书发给您《劳动人事争议仲裁申请书》，请您填写后向劳动人事争议仲裁委员会提出。',
        `仲裁期间，本案暂停办理，答复期限停止计算，您家庭的待遇不变${now}。收到裁决书后，请将复印件交到下列窗口。`,
      ]
  }
}

/** What an assessor found of an answer. */
export const VERDICT_WORDS = {
  accepted: '说明成立',
  refused: '说明未被采纳',
  untrue: '经核实，说明与事实不符',
} as const

/** Outcomes of which the law of recovery is quoted. */
export const withRecovery = ({ outcome, recovery }: OutcomeNotice): boolean =>
  outcome === 'cancel-and-recover' && recovery !== null
