import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'

export interface SmallRules {
  /** More vehicles than this are warned of. */
  readonly limit?: number
  /** CEL over vehicles. */
  readonly measure?: string
  readonly id?: string
  readonly comment?: string
  /** Whole files by their paths in the folder, beside or in place of the small rule's. */
  readonly files?: Readonly<Record<string, string>>
}

/** A sound rule over the vehicles of a household, with the examples that rules must have. */
export function vehicleRule({ limit = 0, measure = 'size(vehicles)', id = 'vehicle-count', comment = '' }: SmallRules) {
  const example = (count: number, outcome: string) => {
    const vehicles = Array.from(
      { length: count },
      (_, i) => `{ plateClass: '02', plateNumber: 'X${i}', statuses: [A] }`,
    )
    return `  - given: { asOf: 2026-11-01, records: { vehicles: [${vehicles.join(', ')}] } }
    expect: { outcome: ${outcome}, measure: ${count}, limit: ${limit} }`
  }
  return `# ${comment || 'a small rule'}
id: ${id}
order: 10
title: { zh: 车辆, en: Vehicles }
basis: supplementary
authority: made for a test
scope: household
sources: [vehicle]
unit: count
evidence: vehicles
measure: ${measure}
limit: param.vehicleLimit
reason: { zh: "{measure}辆", en: "{measure} vehicles" }
rebuttal: { accepts: [sold] }
examples:
${example(limit, 'clear')}
${example(limit + 1, 'warned')}
  - given: { asOf: 2026-11-01, sources: { vehicle: missing } }
    expect: { outcome: unverifiable, missing: [source-missing] }
`
}

const parameters = ({ limit = 0 }: SmallRules) => `vehicleLimit:
  unit: count
  values:
    - { region: "", from: 2000-01-01, value: ${limit}, authority: made for a test }
standardMonthly:
  unit: CNY
  title: { zh: 标准, en: Standard }
  values:
    - { region: "", from: 2026-07-01, value: "765.05", authority: made for a test }
    - { region: "3699", scheme: rural-dibao, from: 2026-07-01, until: 2027-06-30, value: "0.07", authority: made for a test }
months:
  unit: months
  values:
    - { region: "", from: 2000-01-01, value: 24, authority: made for a test }
`

/** An empty folder that is gone at the end of the test. */
export function emptyFolder(test: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hedui-rules-'))
  test.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder of rules of the form of rules/: one rule over vehicles and four parameter values. */
export function rulesFolder(test: Pick<Test, 'teardown'>, rules: SmallRules = {}): string {
  const folder = emptyFolder(test)
  writeRules(folder, rules)
  return folder
}

/** Writes the files of small rules over those of a folder. */
export function writeRules(folder: string, rules: SmallRules): void {
  const files = {
    'supplementary/vehicle-count.yaml': vehicleRule(rules),
    'parameters/all.yaml': parameters(rules),
    ...rules.files,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

export interface Rules {
  /** The folder of the settings. */
  readonly folder: string
  /** The folder whose rules ship with the program; null: none do. */
  readonly shipped: string | null
}

/** The same program with other rules, and with others that ship with it. */
export async function withRules(
  test: Pick<Test, 'teardown'>,
  hedui: Hedui,
  { folder, shipped }: Rules,
): Promise<Hedui> {
  const root = emptyFolder(test)
  mkdirSync(join(root, 'rules'))
  if (shipped !== null) {
    const { version } = await loadRuleSet(shipped, hedui.adapters)
    writeFileSync(join(root, 'rules', 'shipped.json'), JSON.stringify({ version }))
  }
  return { ...hedui, config: { ...hedui.config, root, rulesFolder: folder } }
}
