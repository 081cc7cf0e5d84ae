import { daysInMonth } from '../domain/dates.ts'
import type { BankAsset } from './bank-assets.ts'
import type { Income } from './incomes.ts'
import { documentOf, type Layout, NOT_A_DATE, NOT_A_MONTH, NOT_MONEY, spellAddress } from './layout.ts'
import type { Property } from './properties.ts'
import type { SocialInsurance } from './social-insurance.ts'
import { spellArea, spellDate, spellDateCell, spellMoney, spellMoneyCell, spellMonthCell } from './spellings.ts'
import type { Vehicle } from './vehicles.ts'

/** The five files of county/README.md, column by column. */

const lastDayOf = (month: string) => `${month}-${daysInMonth(Number(month.slice(0, 4)), Number(month.slice(5)))}`

const columns = (names: string) => names.split(' ')

export const vehicleLayout: Layout<Vehicle> = {
  source: 'vehicle',
  file: 'vehicle.csv',
  columns: columns(
    '序号 号牌种类 号牌号码 中文品牌 车辆类型 使用性质 所有人 身份证明名称 身份证明号码 初次登记日期 机动车状态 购置价 住所地址',
  ),
  name: 6,
  idNumber: 8,
  idType: 7,
  cells: (random, owner, fact) => [
    null,
    fact.plateClass,
    fact.plateNumber,
    fact.brand,
    fact.vehicleType,
    fact.use,
    owner.name,
    documentOf(owner),
    owner.idNumber,
    fact.registered && spellDate(random, fact.registered),
    fact.statuses,
    fact.priceFen === null ? null : spellMoney(random, fact.priceFen),
    spellAddress(random, owner.address),
  ],
  required: () => [1, 2],
  parsed: () => [
    [9, NOT_A_DATE],
    [11, NOT_MONEY],
  ],
  coded: () => [],
  texts: [3, 6],
  hasBytes: true,
  breaks: 'columns',
  hasOrganizations: true,
}

export const propertyLayout: Layout<Property> = {
  source: 'property',
  file: 'property.csv',
  columns: columns(
    '不动产单元号 不动产权证号 权利人 证件种类 证件号 坐落 建筑面积 规划用途 房屋性质 共有方式 共有份额 登记时间 登记类型 权属状态',
  ),
  name: 2,
  idNumber: 4,
  idType: 3,
  cells: (random, owner, fact) => [
    fact.unit,
    fact.certificate,
    owner.name,
    documentOf(owner),
    owner.idNumber,
    spellAddress(random, fact.address),
    spellArea(fact.areaDm2),
    fact.usage,
    fact.nature,
    fact.coOwnership,
    fact.share,
    fact.registered && spellDate(random, fact.registered),
    fact.registration,
    fact.state,
  ],
  rank: (fact) => (fact.registration === '网签备案' ? 0 : 1),
  required: () => [0, 6, 7],
  parsed: () => [
    [6, ['约90', '九十', '12.3.4']],
    [10, ['一半', '三分之一']],
    [11, NOT_A_DATE],
  ],
  coded: () => [[13, ['注销中', '冻结']]],
  texts: [2, 5],
  hasBytes: true,
  breaks: 'columns',
  hasOrganizations: true,
}

export const taxLayout: Layout<Income> = {
  source: 'tax',
  file: 'tax.txt',
  columns: columns(
    '序号 姓名 证件类型 证件号码 税款所属期起 税款所属期止 所得项目 本期收入 已缴税额 扣缴义务人 统一社会信用代码 更正标志',
  ),
  name: 1,
  idNumber: 3,
  idType: 2,
  cells: (random, owner, fact) => [
    null,
    owner.name,
    documentOf(owner),
    owner.idNumber,
    random.chance(0.04) ? fact.month : spellDate(random, `${fact.month}-01`),
    spellDate(random, lastDayOf(fact.month)),
    fact.item,
    spellMoney(random, fact.amountFen),
    spellMoney(random, fact.amountFen > 500000 ? Math.floor(fact.amountFen / 33) : 0),
    fact.payer.name,
    fact.payer.code,
    fact.mark,
  ],
  isVoid: (fact) => fact.mark === '作废',
  required: () => [4, 6, 7],
  parsed: () => [
    [4, NOT_A_MONTH],
    [7, NOT_MONEY],
    [8, NOT_MONEY],
  ],
  coded: () => [],
  texts: [1, 9],
  hasBytes: true,
  breaks: 'columns',
  hasOrganizations: false,
}

export const socialInsuranceLayout: Layout<SocialInsurance> = {
  source: 'social-insurance',
  file: 'social-insurance.jsonl',
  columns: columns('aac003 aac002 lx aae140 aae002 aae003 aac040 aab004 jfzt dylb aae019'),
  name: 0,
  idNumber: 1,
  idType: null,
  cells(random, owner, fact) {
    const head = [owner.name, owner.idNumber, fact.kind, fact.insurance, spellMonthCell(random, fact.month)]
    if (fact.kind === 'DY') return [...head, null, null, null, null, fact.type, spellMoneyCell(random, fact.amountFen)]
    const paid = [spellMonthCell(random, fact.paidMonth), spellMoneyCell(random, fact.baseFen)]
    return [...head, ...paid, fact.payer?.name ?? '', fact.paidBy, null, null]
  },
  required: (fact) => (fact.kind === 'JF' ? [3, 4, 5] : [4, 9, 10]),
  parsed: (fact) =>
    fact.kind === 'JF'
      ? [
          [4, NOT_A_MONTH],
          [5, NOT_A_MONTH],
          [6, NOT_MONEY],
        ]
      : [
          [4, NOT_A_MONTH],
          [10, NOT_MONEY],
        ],
  coded: (fact) => [[2, ['XX']], fact.kind === 'JF' ? [8, ['104', '109']] : [9, ['77', '03']]],
  texts: [0, 7],
  hasBytes: true,
  breaks: 'json',
  hasOrganizations: false,
}

export const bankLayout: Layout<BankAsset> = {
  source: 'bank',
  file: 'bank.xlsx',
  columns: columns(
    '查询日期 机构名称 产品类别 产品名称 户名 证件类型 证件号码 账号 币种 余额 近12个月日均余额 年缴保费 现金价值 状态 开户日期',
  ),
  name: 4,
  idNumber: 6,
  idType: 5,
  cells(random, owner, fact, drawnOn) {
    const money = (fen: number | null) => (fen === null ? null : spellMoneyCell(random, fen))
    const opened = (date: string | null) => date && spellDateCell(random, date)
    const head = [spellDateCell(random, drawnOn), fact.institution]
    const holder = [owner.name, documentOf(owner), owner.idNumber]
    switch (fact.kind) {
      case 'deposit':
        return [
          ...head,
          '存款',
          fact.product,
          ...holder,
          fact.account,
          fact.currency,
          money(fact.balanceFen),
          money(fact.averageFen),
          null,
          null,
          fact.status,
          opened(fact.openedOn),
        ]
      case 'security':
        return [
          ...head,
          fact.category,
          fact.product,
          ...holder,
          null,
          'CNY',
          money(fact.valueFen),
          null,
          null,
          null,
          null,
          null,
        ]
      case 'policy':
        return [
          ...head,
          '保险',
          fact.product,
          ...holder,
          null,
          null,
          null,
          null,
          money(fact.premiumFen),
          money(fact.cashFen),
          fact.status,
          opened(fact.openedOn),
        ]
    }
  },
  required: (fact) => (fact.kind === 'deposit' ? [1, 7, 8, 9] : fact.kind === 'security' ? [1, 3, 9] : [1, 3, 11]),
  parsed(fact) {
    const money = (...places: number[]) => places.map((place) => [place, NOT_MONEY] as const)
    if (fact.kind === 'security') return money(9)
    return fact.kind === 'deposit' ? [...money(9, 10), [14, NOT_A_DATE]] : money(11, 12)
  },
  coded: (fact) =>
    fact.kind === 'security'
      ? [[2, ['其他']]]
      : [
          [2, ['其他']],
          [13, ['冻结', '待定']],
        ],
  texts: [1, 4],
  hasBytes: false,
  breaks: null,
  hasOrganizations: false,
}
