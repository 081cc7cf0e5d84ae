import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeGb18030 } from '../../src/sample/gb18030.ts'
import { escapeXml, workbookOf } from '../feeds/readers/write-workbook.ts'
import type { TestPerson } from './people.ts'

/** The five files of county/README.md in small, written by the tests themselves. */

export type Source = 'vehicle' | 'property' | 'tax' | 'social-insurance' | 'bank'
export type Row = Readonly<Record<string, string | number>>

export const COLUMNS = {
  vehicle:
    '序号 号牌种类 号牌号码 中文品牌 车辆类型 使用性质 所有人 身份证明名称 身份证明号码 初次登记日期 机动车状态 购置价 住所地址',
  property:
    '不动产单元号 不动产权证号 权利人 证件种类 证件号 坐落 建筑面积 规划用途 房屋性质 共有方式 共有份额 登记时间 登记类型 权属状态',
  tax: '序号 姓名 证件类型 证件号码 税款所属期起 税款所属期止 所得项目 本期收入 已缴税额 扣缴义务人 统一社会信用代码 更正标志',
  bank: '查询日期 机构名称 产品类别 产品名称 户名 证件类型 证件号码 账号 币种 余额 近12个月日均余额 年缴保费 现金价值 状态 开户日期',
} as const

const NAMES = { vehicle: 'vehicle.csv', property: 'property.csv', tax: 'tax.txt', bank: 'bank.xlsx' } as const

export const rowOf = {
  vehicle: ({ name, idNumber }: TestPerson, more: Row = {}): Row => ({
    号牌种类: '02',
    号牌号码: '赣XA0001',
    使用性质: '非营运',
    所有人: name,
    身份证明名称: '居民身份证',
    身份证明号码: idNumber,
    机动车状态: 'A',
    ...more,
  }),
  property: ({ name, idNumber }: TestPerson, more: Row = {}): Row => ({
    不动产单元号: 'U1',
    权利人: name,
    证件种类: '居民身份证',
    证件号: idNumber,
    建筑面积: '50.00',
    规划用途: '住宅',
    登记类型: '首次登记',
    权属状态: '现势',
    ...more,
  }),
  tax: ({ name, idNumber }: TestPerson, more: Row = {}): Row => ({
    姓名: name,
    证件类型: '居民身份证',
    证件号码: idNumber,
    税款所属期起: '2026-10-01',
    所得项目: '工资薪金',
    本期收入: '1000.00',
    统一社会信用代码: '91369901MA10000571',
    ...more,
  }),
  contribution: ({ name, idNumber }: TestPerson, more: Row = {}): Row => ({
    lx: 'JF',
    aac003: name,
    aac002: idNumber,
    aae140: '110',
    aae002: '202610',
    aae003: '202610',
    aab004: '甲公司',
    jfzt: '101',
    ...more,
  }),
  benefit: ({ name, idNumber }: TestPerson, more: Row = {}): Row => ({
    lx: 'DY',
    aac003: name,
    aac002: idNumber,
    dylb: '01',
    aae140: '110',
    aae002: '202610',
    aae019: '100.00',
    ...more,
  }),
  deposit: ({ name, idNumber }: TestPerson, more: Row = {}): Row => ({
    机构名称: '江右银行',
    产品类别: '存款',
    户名: name,
    证件类型: '居民身份证',
    证件号码: idNumber,
    账号: '6217000000000000001',
    币种: 'CNY',
    余额: 1000,
    状态: '正常',
    ...more,
  }),
} as const

export interface FileOptions {
  /** In place of the source's own. */
  readonly columns?: readonly string[]
  readonly name?: string
  readonly asOf?: string
  /** Rows that head and tail claim, where not those that there are. */
  readonly head?: number | null
  readonly tail?: number | null
  readonly encode?: (text: string) => Uint8Array
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const utf8 = (text: string) => Buffer.from(text, 'utf8')
const withBom = (text: string) => utf8(`\uFEFF${text}`)

/** The bytes of one source's file. */
export function bytesOf(source: Source, rows: readonly Row[], options: FileOptions = {}): Uint8Array {
  if (source === 'social-insurance')
    return (options.encode ?? utf8)(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const columns = options.columns ?? COLUMNS[source].split(' ')
  const cells = rows.map((row) => columns.map((column) => row[column]))
  if (source === 'bank') return workbookOf({ sheets: { 核对结果: sheetOf([columns, ...cells]) } })
  if (source === 'tax') {
    const { asOf = '2026-11-01', head = rows.length, tail = rows.length } = options
    const lines = [
      ...(head === null ? [] : [`#BATCH|${asOf}|${head}`]),
      columns.join('|'),
      ...cells.map((row) => row.map((cell) => cell ?? '').join('|')),
      ...(tail === null ? [] : [`#END|${tail}`]),
    ]
    return (options.encode ?? encodeGb18030)(`${lines.join('\n')}\n`)
  }
  const newline = source === 'vehicle' ? '\r\n' : '\n'
  const lines = [columns, ...cells].map((row) => row.map((cell) => quoted(String(cell ?? ''))).join(',') + newline)
  return (options.encode ?? (source === 'vehicle' ? encodeGb18030 : withBom))(lines.join(''))
}

function sheetOf(rows: readonly (readonly (string | number | undefined)[])[]): string {
  return rows
    .map((cells, i) => {
      const texts = cells.map((cell, column) => {
        const at = `${String.fromCharCode(65 + column)}${i + 1}`
        if (cell === undefined) return ''
        if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`
        return `<c r="${at}" t="inlineStr"><is><t>${escapeXml(cell)}</t></is></c>`
      })
      return `<row r="${i + 1}">${texts.join('')}</row>`
    })
    .join('')
}

/** Writes one source's file into a folder and gives its path. */
export function writeSource(folder: string, source: Source, rows: readonly Row[], options: FileOptions = {}): string {
  const name = options.name ?? (source === 'social-insurance' ? 'social-insurance.jsonl' : NAMES[source])
  const path = join(folder, name)
  writeFileSync(path, bytesOf(source, rows, options))
  return path
}
