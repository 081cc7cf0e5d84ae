import { formatYuan, formatYuanGrouped } from '../domain/money.ts'
import type { Random } from './prng.ts'

/** The ways in which departments write one and the same value; every one of them is read as that value (design §6, §7). */

const DOTS = ['·', '•', '・', '･', '‧', '．', '.', '。', '∙', '⋅', ' ', '-', '']

const TRADITIONAL = new Map(
  (
    '张張 刘劉 陈陳 杨楊 赵趙 黄黃 吴吳 孙孫 马馬 罗羅 郑鄭 谢謝 许許 韩韓 邓鄧 冯馮 国國 华華 丽麗 红紅 军軍 兰蘭 ' +
    '凤鳳 伟偉 强強 龙龍 云雲 刚剛 静靜 晓曉 龚龔 贾賈 陆陸 卢盧 钱錢 严嚴 邹鄒 谭譚 贺賀 顾顧 汤湯 萧蕭 颖穎'
  )
    .split(' ')
    .map((pair) => [pair[0]!, pair[1]!] as const),
)

const fullWidth = (text: string) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))

/** Another spelling of a name, with the same fold: dots, blanks, full width, case, traditional characters. */
export function respellName(random: Random, name: string): string {
  if (/[A-Za-z]/.test(name))
    return random.pick([name.toUpperCase(), fullWidth(name), name.replace(' ', '  '), name.replace(/[ -]/g, '·')])
  if (name.includes('·')) return name.replaceAll('·', random.pick(DOTS))
  const characters = [...name]
  switch (random.int(4)) {
    case 0:
      return random.pick([` ${name}`, `${name}\u3000`, ` ${name} `])
    case 1:
      return characters.join(random.pick([' ', '\u3000']))
    default:
      return characters.map((c) => TRADITIONAL.get(c) ?? c).join('')
  }
}

/** Whether the number may stand as one of 15 digits: born before 2000, sequence below 996. */
const had15Digits = (idNumber: string) => idNumber.slice(6, 8) === '19' && Number(idNumber.slice(14, 17)) < 996

/** Another spelling of a valid number, read as the same: apostrophe, blanks, small x, full width, 15 digits. */
export function respellIdNumber(random: Random, idNumber: string): string {
  switch (random.int(6)) {
    case 0:
      return `'${idNumber}`
    case 1:
      return random.pick([` ${idNumber}`, `${idNumber} `, `\u3000${idNumber}`])
    case 2:
      return `${idNumber.slice(0, 6)} ${idNumber.slice(6, 14)} ${idNumber.slice(14)}`
    case 3:
      return fullWidth(idNumber)
    case 4:
      return had15Digits(idNumber) ? idNumber.slice(0, 6) + idNumber.slice(8, 17) : idNumber.toLowerCase()
    default:
      return idNumber.toLowerCase()
  }
}

/** 1234.50, now and then 1,234.50, ￥1200, 1200元. */
export function spellMoney(random: Random, fen: number): string {
  if (fen < 0 || random.chance(0.75)) return formatYuan(fen)
  const whole = fen % 100 === 0
  const plain = whole ? String(fen / 100) : formatYuan(fen)
  return random.pick([formatYuanGrouped(fen), plain, `￥${plain}`, `￥${formatYuanGrouped(fen)}`, `${plain}元`])
}

/** An amount in a workbook or in JSON: half of them numbers. */
export function spellMoneyCell(random: Random, fen: number): string | number {
  return random.chance(0.55) ? fen / 100 : spellMoney(random, fen)
}

/** 2026-01-03, 2026/1/3, 2026/01/03, 20260103. */
export function spellDate(random: Random, date: string): string {
  const [year, month, day] = date.split('-') as [string, string, string]
  switch (random.int(10)) {
    case 0:
      return `${year}/${Number(month)}/${Number(day)}`
    case 1:
      return `${year}/${month}/${day}`
    case 2:
      return year + month + day
    default:
      return date
  }
}

/** A date in a workbook: now and then its serial (days since 1899-12-30). */
export function spellDateCell(random: Random, date: string): string | number {
  return random.chance(0.5) ? Date.parse(`${date}T00:00:00Z`) / 86_400_000 + 25569 : spellDate(random, date)
}

/** 202610, now and then 2026-10 or the number 202610. */
export function spellMonthCell(random: Random, month: string): string | number {
  const compact = month.replace('-', '')
  switch (random.int(10)) {
    case 0:
      return month
    case 1:
      return Number(compact)
    default:
      return compact
  }
}

/** Square metres with two places, or whole. */
export function spellArea(areaDm2: number): string {
  return areaDm2 % 100 === 0 && areaDm2 % 300 === 0 ? String(areaDm2 / 100) : formatYuan(areaDm2)
}
