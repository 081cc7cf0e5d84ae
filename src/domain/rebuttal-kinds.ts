/** Words for what a household may submit (`rebuttal.accepts` of rules), in notices and forms. */

export interface RebuttalKind {
  readonly kind: string
  readonly zh: string
  readonly en: string
}

/** Of every kind that the shipped rules name; a test compares them. */
const KINDS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  agreement: ['赡养、抚养协议或调解书', 'a support agreement or a record of mediation'],
  'amount-wrong': [
    '金额有误的证明，如单位或银行更正',
    'proof that the amount is wrong, such as a correction by the payer or bank',
  ],
  'arbitration-award': ['劳动人事争议仲裁裁决书', 'an award of labor arbitration'],
  'balance-wrong': ['银行流水或余额更正证明', 'bank statements, or a correction of the balance'],
  'benefit-ended': ['待遇已停发的证明', 'proof that the benefit has ended'],
  compensation: [
    '拆迁补偿、工伤、交通事故等赔偿款的凭证',
    'papers on compensation, for demolition, an injury or an accident',
  ],
  'cooperative-member': ['仅为农民专业合作社成员的证明', 'proof of being only a member of a farmers’ cooperative'],
  'debts-paid': ['用于偿还债务的凭证', 'proof that debts were paid with it'],
  'declared-elsewhere': ['已在别处申报的证明', 'proof that it has been declared elsewhere'],
  demolished: ['房屋已拆除、灭失的证明', 'proof that the building is demolished or gone'],
  'disabled-use': ['残疾人代步用车的证明', 'proof that a disabled person uses the vehicle to get about'],
  disaster: ['住房因灾损毁的证明', 'proof that the dwelling was damaged in a disaster'],
  exchange: ['产权调换、置换的协议', 'an agreement on an exchange of property'],
  'group-policy': ['单位或村集体统一投保的证明', 'proof that an employer or village took out the policy'],
  'held-for-another': ['代他人持有的证明', 'proof that it is held for somebody else'],
  'homestead-counts-once': [
    '同一宅基地上的房屋只计一处的证明',
    'proof that buildings on one homestead are one dwelling',
  ],
  'identity-mismatch': ['记录不是本人的证明', 'proof that the record is of somebody else'],
  'identity-misused': [
    '身份被他人使用的证明或报案回执',
    'proof, or a report to the police, that somebody else used the identity',
  ],
  'income-ended': ['收入已终止的证明', 'proof that the income has ended'],
  'inherited-undivided': ['遗产尚未分割的证明', 'proof of an inheritance that is not yet divided'],
  judgment: ['法院判决书、调解书', 'a judgment or settlement of a court'],
  lapsed: ['保单已失效或退保的证明', 'proof that the policy has lapsed or was surrendered'],
  'left-the-household': ['已不再共同生活的证明', 'proof that the person no longer lives in the household'],
  'left-the-job': ['离职证明', 'proof of having left the job'],
  'medical-fund': ['用于治病的筹款、医疗费用凭证', 'papers on money raised for, or spent on, medical treatment'],
  'medical-transport': ['就医用车的证明', 'proof that the vehicle is for medical treatment'],
  'moved-household': ['户籍或居住地迁移的证明', 'proof that the household has moved'],
  'moved-to-own-account': ['转入本人其他账户的凭证', 'proof of a transfer to another account of one’s own'],
  'name-borrowed': ['名义被他人借用的证明', 'proof that somebody else borrowed the name'],
  'name-lent': ['名义出借他人、实际由他人所有的证明', 'proof that the name was lent and somebody else is the owner'],
  'no-ability': ['无赡养、抚养能力的证明', 'proof of being unable to support'],
  'no-employees': ['无雇工的证明', 'proof of having no employees'],
  'not-operating': ['未经营或已停业的证明', 'proof of not doing business'],
  'not-paid-in': ['认缴未实缴的证明', 'proof that the capital was not paid in'],
  'not-the-owner': ['不是所有人的证明', 'proof of not being the owner'],
  'one-off-payment': ['一次性收入的证明', 'proof that it was paid once only'],
  'paid-by-another': ['由他人代缴的证明', 'proof that somebody else pays it'],
  'paid-by-mistake': ['误缴、误发的证明', 'proof that it was paid by mistake'],
  'part-time': ['非全日制用工的证明', 'proof of part-time work'],
  'public-welfare-post': ['公益性岗位的证明', 'proof of a public-welfare post'],
  'record-wrong': ['记录有误的更正证明', 'a correction of the record'],
  'register-outdated': ['登记信息未更新的证明', 'proof that the register is out of date'],
  'registered-late': ['登记迟于实际发生的证明', 'proof that it was registered later than it happened'],
  released: ['释放、解除证明', 'a certificate of release'],
  'reported-already': ['已主动报告的证明', 'proof of having reported it already'],
  resettled: ['拆迁安置房的证明', 'proof of a dwelling for resettlement'],
  scrapped: ['车辆报废、注销证明', 'proof that the vehicle was scrapped'],
  'self-paid': ['个人自行缴纳的证明', 'proof of paying it oneself'],
  'served-outside-prison': ['暂予监外执行、社区矫正的证明', 'proof of serving outside prison'],
  'sick-leave': ['病假或停工医疗期的证明', 'proof of sick leave'],
  sold: ['已出售的证明', 'proof that it was sold'],
  'sold-not-transferred': ['已出售但未过户的证明', 'proof that it was sold and not yet transferred'],
  'sole-home': ['唯一住房的证明', 'proof that it is the only home'],
  'sole-livelihood': ['维持基本生活所必需的生产工具的证明', 'proof that the household lives by it alone'],
  stolen: ['被盗、遗失的报案证明', 'a report to the police of theft or loss'],
  'support-not-paid': ['未实际收到赡养费、抚养费的证明', 'proof that support is not in fact paid'],
  uninhabitable: ['危房、不能居住的证明', 'proof that nobody can live in it'],
  'value-below-limit': ['价值低于限额的评估', 'a valuation below the limit'],
  'value-wrong': ['价值有误的证明', 'proof that the value is wrong'],
  'wage-wrong': [
    '工资有误的证明，如工资条、银行流水',
    'proof that the wage is wrong, such as payslips or bank statements',
  ],
}

/** The words of kinds, in the rule's order; of a kind that is not known (a rule of a place's own), the kind itself. */
export function rebuttalKinds(kinds: readonly string[]): RebuttalKind[] {
  return kinds.map((kind) => {
    const [zh, en] = Object.hasOwn(KINDS, kind) ? KINDS[kind]! : [kind, kind]
    return { kind, zh, en }
  })
}

/** Kinds that have words. */
export const REBUTTAL_KINDS: readonly string[] = Object.keys(KINDS)
