import type { Language } from '../domain/trace-page.ts'

type Words = Readonly<Record<string, readonly [zh: string, en: string]>>

const SOURCES: Words = {
  bank: ['银行', 'bank'],
  property: ['不动产', 'property'],
  'social-insurance': ['社保', 'social insurance'],
  tax: ['税务', 'tax'],
  vehicle: ['车管', 'vehicle'],
  business: ['市场监管', 'business'],
  death: ['死亡登记', 'death'],
  payroll: ['财政供养', 'payroll'],
  'housing-fund': ['公积金', 'housing fund'],
  prison: ['监管场所', 'prison'],
}

const FIELDS: Words = {
  key: ['编号', 'key'],
  person: ['人员', 'person'],
  role: ['身份', 'role'],
  asOf: ['数据日期', 'as-of date'],
  plateClass: ['号牌种类', 'plate class'],
  plateNumber: ['号牌号码', 'plate number'],
  brand: ['品牌', 'brand'],
  vehicleType: ['车辆类型', 'vehicle type'],
  use: ['使用性质', 'use'],
  firstRegistered: ['初次登记日期', 'first registered'],
  statuses: ['机动车状态', 'statuses'],
  price: ['购置价', 'price'],
  insuredValue: ['保险价值', 'insured value'],
  unit: ['不动产单元号', 'unit'],
  area: ['建筑面积', 'area'],
  usage: ['规划用途', 'usage'],
  nature: ['房屋性质', 'nature'],
  share: ['份额', 'share'],
  registeredOn: ['登记日期', 'registered on'],
  current: ['现势', 'current'],
  kind: ['种类', 'kind'],
  item: ['所得项目', 'item'],
  month: ['所属月份', 'month'],
  paidMonth: ['缴费月份', 'month of payment'],
  amount: ['金额', 'amount'],
  tax: ['税额', 'tax'],
  payer: ['支付单位', 'payer'],
  payerKind: ['缴费主体', 'kind of payer'],
  insurance: ['险种', 'insurance'],
  base: ['缴费基数', 'base'],
  institution: ['机构', 'institution'],
  account: ['账号', 'account'],
  currency: ['币种', 'currency'],
  balance: ['余额', 'balance'],
  averageBalance: ['日均余额', 'average balance'],
  status: ['状态', 'status'],
  openedOn: ['开户日期', 'opened on'],
  closedOn: ['销户日期', 'closed on'],
  product: ['产品', 'product'],
  value: ['市值', 'value'],
  annualPremium: ['年缴保费', 'annual premium'],
  cashValue: ['现金价值', 'cash value'],
  form: ['主体类型', 'form'],
  capital: ['注册资本', 'capital'],
  employees: ['从业人数', 'employees'],
  diedOn: ['死亡日期', 'date of death'],
  employer: ['单位', 'employer'],
  monthlyDeposit: ['月缴存额', 'monthly deposit'],
  lastPaidMonth: ['最近缴存月份', 'last month paid'],
  from: ['起始日期', 'from'],
  until: ['终止日期', 'until'],
}

const FACTS: Words = {
  asOf: ['核对日期', 'date of the check'],
  'household.size': ['家庭人数', 'members of the household'],
  'household.scheme': ['救助类别', 'scheme'],
  'household.region': ['地区', 'region'],
  'household.category': ['类别', 'category'],
  'household.monthlyIncome': ['申报家庭月收入', 'declared monthly income of the household'],
  'household.monthlyBenefit': ['每月救助金额', 'monthly benefit'],
  'household.savings': ['申报存款', 'declared savings'],
  'household.vehicles': ['申报车辆数', 'declared vehicles'],
  'household.dwellings': ['申报住房数', 'declared dwellings'],
  'household.grantedFrom': ['开始享受月份', 'granted from'],
  'person.age': ['年龄', 'age'],
  'person.employment': ['申报就业状况', 'declared employment'],
  'person.monthlyIncome': ['申报月收入', 'declared monthly income'],
  'person.monthlyBenefits': ['申报每月社会保险待遇', 'declared monthly benefits'],
  'person.disabled': ['残疾', 'disabled'],
  'person.seriousIllness': ['重病', 'serious illness'],
  'person.vehicleExempt': ['车辆豁免', 'vehicle exempt'],
  'person.role': ['身份', 'role'],
  'person.relation': ['关系', 'relation'],
  'person.support.householdSize': ['赡养人家庭人数', "people in the supporter's household"],
  'person.support.othersIncome12Months': [
    '赡养人家庭其他成员近12个月收入',
    "others' income in the supporter's household, 12 months",
  ],
  'person.support.supported': ['赡养人数', 'people to support'],
  'person.support.children': ['分担赡养的子女数', 'children who share the duty'],
  'person.support.judgedMonthly': ['判决或协议的月赡养费', 'monthly support by judgment or agreement'],
  'person.support.paidMonthly': ['申报实付月赡养费', 'monthly support paid as declared'],
}

const VALUES: Words = {
  open: ['正常', 'open'],
  closed: ['已销户', 'closed'],
  'in-force': ['有效', 'in force'],
  lapsed: ['失效', 'lapsed'],
  employer: ['单位', 'employer'],
  self: ['个人', 'self'],
  government: ['政府', 'government'],
  pension: ['养老金', 'pension'],
  unemployment: ['失业保险金', 'unemployment'],
  other: ['其他', 'other'],
  employed: ['在业', 'employed'],
  flexible: ['灵活就业', 'flexible'],
  unemployed: ['无业', 'unemployed'],
  unable: ['无劳动能力', 'unable'],
  student: ['学生', 'student'],
  retired: ['退休', 'retired'],
  'urban-dibao': ['城市低保', 'urban dibao'],
  'rural-dibao': ['农村低保', 'rural dibao'],
  'low-income': ['低收入', 'low income'],
  'extreme-poverty': ['特困', 'extreme poverty'],
  true: ['是', 'yes'],
  false: ['否', 'no'],
}

const OUTCOMES: Words = {
  warned: ['预警，须予说明', 'warned: an explanation is asked for'],
  clear: ['未预警', 'clear'],
  unverifiable: ['无法核实', 'unverifiable'],
  'not-applicable': ['不适用', 'not applicable'],
  immaterial: ['有差异，但不影响待遇资格，不预警', 'clear: a difference that cannot change entitlement'],
}

const UNITS: Words = {
  CNY: ['元', 'CNY'],
  'CNY/month': ['元/月', 'CNY a month'],
  'CNY/year': ['元/年', 'CNY a year'],
  count: ['', ''],
  months: ['个月', 'months'],
  dm2: ['m²', 'm²'],
  percent: ['%', '%'],
}

const BASES: Words = {
  'seed-named': ['来源文件列明', 'named by the source document'],
  inferred: ['由来源文件推定', 'inferred from the source document'],
  supplementary: ['补充规则', 'supplementary'],
}

const TABLES = {
  source: SOURCES,
  field: FIELDS,
  fact: FACTS,
  value: VALUES,
  outcome: OUTCOMES,
  unit: UNITS,
  basis: BASES,
} as const

/** A code in words; the code itself where there are none. */
export function word(table: keyof typeof TABLES, code: string, language: Language): string {
  return TABLES[table][code]?.[language === 'zh' ? 0 : 1] ?? code
}
