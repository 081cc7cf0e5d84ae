import { type Cell, NumberCell } from '../../src/feeds/delivered-row.ts'
import { parseManifest } from '../../src/feeds/manifest.ts'
import { compileManifest, type RowMapper, type RowOutcome } from '../../src/feeds/map-row.ts'

/** An adapter that uses every word of design §6. Tests replace parts of its text. */
export const ADAPTER = `id: land
title: { zh: 不动产, en: Land }
owner: 自然资源部门
trust: verified
freshnessDays: 60
maxQuarantinedShare: 0.1
retain: all
file: { format: delimited, encoding: utf-8, delimiter: ",", header: true }
identity: { name: 权利人, idNumber: 证件号, idType: 证件种类, address: 坐落, organizations: [统一社会信用代码] }
records:
  - type: property
    when: { column: 类别, in: [房屋] }
    key: [unit]
    prefer:
      - { field: kind, order: [certificate, contract] }
      - { field: current, order: [true, false] }
    void: { column: 更正, equals: 作废 }
    fields:
      unit: { from: 单元号, parse: code, required: true }
      certificate: { from: 证号, parse: text, sensitive: true }
      area: { from: 面积, parse: area }
      usage: { from: 用途, parse: text, default: 住宅 }
      nature: { parse: text, default: 国有 }
      share: { from: 份额, parse: share, default: 1 }
      registeredOn: { from: 登记时间, parse: date }
      kind: { from: 类型, parse: text, map: { 网签: contract }, otherwise: certificate }
      current: { from: 状态, parse: text, map: { 现势: true, 历史: false } }
  - type: vehicle
    when: { column: 类别, in: [农机] }
    key: [plateClass, plateNumber]
    fields:
      plateClass: { from: 号牌种类, parse: code }
      plateNumber: { from: 号牌, parse: text }
      statuses: { from: 车况, parse: letters }
      price: { from: 价格, parse: money }
`

/** The adapter with parts of its text replaced; each part must stand in it. */
export function adapterWith(...replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the adapter holds no "${from}"`)
    return text.replace(from, to)
  }, ADAPTER)
}

export const mapperOf = (text: string): RowMapper => compileManifest(parseManifest(text, 'land.yaml'))

type Value = string | number | undefined

/** Maps a row that is written as columns and values. */
export function mapped(
  mapper: RowMapper,
  row: Readonly<Record<string, Value>>,
  isKept?: (idNumber: string) => boolean,
): RowOutcome {
  const unknown = Object.keys(row).find((column) => !mapper.columns.includes(column))
  if (unknown) throw new Error(`the adapter maps no column ${unknown}`)
  const cells = mapper.columns.map((column): Cell => {
    const value = row[column]
    return typeof value === 'number' ? new NumberCell(String(value)) : value
  })
  return mapper.map({ line: 7, cells }, { date1904: false }, isKept)
}
