import { formatYuanGrouped, parseYuan } from '../../domain/money.ts'
import type { Office } from '../../domain/procedure.ts'

type Words = Readonly<Record<string, string>>

const SCHEMES: Words = {
  'urban-dibao': '城市最低生活保障',
  'rural-dibao': '农村最低生活保障',
  'low-income': '最低生活保障边缘（低收入）家庭',
  'extreme-poverty': '特困人员救助供养',
}

const ROLES: Words = { applicant: '申请人', member: '共同生活成员', supporter: '赡养、抚养、扶养义务人' }

const RELATIONS: Words = {
  self: '本人',
  spouse: '配偶',
  child: '子女',
  son: '子',
  daughter: '女',
  parent: '父母',
  father: '父',
  mother: '母',
  sibling: '兄弟姐妹',
  grandchild: '孙子女、外孙子女',
  grandparent: '祖父母、外祖父母',
  'son-in-law': '女婿',
  'daughter-in-law': '儿媳',
  other: '其他',
}

const PROTECTIONS: Words = {
  'under-age': '未成年人',
  'age-unknown': '年龄不详',
  'disabled-or-unknown': '残疾或情况不详',
  'seriously-ill-or-unknown': '重病或情况不详',
}

const SOURCE_STATES: Words = { fresh: '有效', stale: '已过有效期', missing: '无数据' }
const TRUST: Words = { verified: '已核验', unverified: '未核验，须向提供单位确认' }

const UNITS: Words = {
  CNY: '元',
  'CNY/month': '元/月',
  'CNY/year': '元/年',
  count: '',
  months: '个月',
  dm2: 'm²',
  percent: '%',
}

const BASES: Words = {
  'seed-named': '来源文件列明的八项预警之一',
  inferred: '由来源文件推定的预警',
  supplementary: '补充规则',
}

const WARNING_STATES: Words = {
  proposed: '待核实',
  confirmed: '待说明',
  dismissed: '核实后不予发出',
  withdrawn: '已撤回',
  'rebutted-accepted': '说明成立',
  'rebutted-refused': '说明未被采纳',
  upheld: '维持',
}

const TABLES = {
  scheme: SCHEMES,
  role: ROLES,
  relation: RELATIONS,
  protection: PROTECTIONS,
  sourceState: SOURCE_STATES,
  trust: TRUST,
  unit: UNITS,
  basis: BASES,
  warningState: WARNING_STATES,
} as const

/** A code in Chinese words; the code itself where there are none. */
export const say = (kind: keyof typeof TABLES, code: string): string => TABLES[kind][code] ?? code

/** "2026年11月1日", "2026年11月". */
export function sayDate(date: string): string {
  const [year, month, day] = date.split('-')
  return `${year}年${Number(month)}月${day === undefined ? '' : `${Number(day)}日`}`
}

/** "2026年11月1日 16:05" in China, of an ISO instant. */
export function sayInstant(at: string): string {
  const china = new Date(Date.parse(at) + 8 * 3_600_000).toISOString()
  return `${sayDate(china.slice(0, 10))} ${china.slice(11, 16)}`
}

/** "1,234.50元" of a decimal string of yuan. */
export function sayYuan(amount: string): string {
  const fen = parseYuan(amount)
  return `${fen === null ? amount : formatYuanGrouped(fen)}元`
}

/** A measure with its unit: "36,720.00元", "2", "12个月"; "—" where there is none. */
export function sayMeasure(value: string | number | null, unit: string): string {
  if (value === null) return '—'
  const fen = typeof value === 'string' ? parseYuan(value) : null
  const number = fen !== null ? formatYuanGrouped(fen) : unit === 'dm2' ? (Number(value) / 100).toFixed(2) : `${value}`
  return `${number}${say('unit', unit)}`
}

/** "一", "十二", to 99. */
export function sayOrdinal(number: number): string {
  const digits = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九']
  if (number > 99) return String(number)
  const [tens, ones] = [Math.floor(number / 10), number % 10]
  return `${tens > 1 ? digits[tens] : ''}${tens > 0 ? '十' : ''}${digits[ones]}`
}

const UNKNOWN = '＿＿＿＿＿＿＿＿＿＿＿＿（由办理机关填写）'

/** An office as pairs; what the region has not said is a blank to be filled. */
export const sayOffice = (office: Office): [string, string][] => [
  ['机关', office.name],
  ['地址', office.address ?? UNKNOWN],
  ['电话', office.phone ?? UNKNOWN],
  ['办公时间', office.hours ?? UNKNOWN],
]

/** "云溪县民政局（地址…，电话…）" */
export function sayOfficeInline({ name, address, phone }: Office): string {
  const parts = [address && `地址：${address}`, phone && `电话：${phone}`].filter(Boolean)
  return parts.length === 0 ? name : `${name}（${parts.join('，')}）`
}

/** The verification code in groups of four, however it comes. */
export const groupCode = (code: string): string =>
  code
    .replace(/[^0-9A-Za-z]/g, '')
    .replace(/(.{4})(?=.)/g, '$1-')
    .toUpperCase()
