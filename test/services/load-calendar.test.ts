import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { procedureOf } from '../../src/domain/procedure.ts'
import { loadAdapters } from '../../src/services/load-adapters.ts'
import { CALENDAR_FOLDER, loadCalendar } from '../../src/services/load-calendar.ts'
import { loadProcedures, PROCEDURE_FOLDER } from '../../src/services/load-procedure.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import { openHedui } from '../../src/services/open-hedui.ts'
import { createHedui, ROOT } from '../support/hedui.ts'
import { emptyFolder, rulesFolder } from '../support/rule-folders.ts'

const config = loadConfig({})

/** A folder of small rules with one file of its own. */
function folderWith(t: Parameters<typeof rulesFolder>[0], path: string, text: string) {
  return rulesFolder(t, { files: { [path]: text } })
}

t.test('the program opens with calendar and procedures, and not with wrong ones', async (t) => {
  const hedui = await createHedui(t)
  for (const [folder, code] of [
    ['calendar', 'DEFINITION_CALENDAR'],
    ['procedure', 'DEFINITION_PROCEDURE'],
  ] as const) {
    const wrong = { ...hedui.config, rulesFolder: folderWith(t, `${folder}/a.yaml`, 'day: 1\n') }
    await t.rejects(openHedui(wrong), { code }, folder)
  }
  t.same(hedui.calendar.years, [2024, 2025, 2026])
  t.equal(procedureOf(hedui.procedures, '369901003').offices.court.name, '云溪县人民法院')
})

t.test('a folder of rules without them uses the shipped ones', async (t) => {
  const own = { ...config, rulesFolder: rulesFolder(t) }
  t.same((await loadCalendar(own)).years, [2024, 2025, 2026])
  t.same(
    (await loadProcedures(own)).map(({ region }) => region),
    ['', '3699'],
  )
})

t.test('a folder of rules with its own uses those', async (t) => {
  const national = readFileSync(join(ROOT, 'rules/procedure/national.yaml'), 'utf8')
  const procedures = { ...config, rulesFolder: folderWith(t, 'procedure/national.yaml', national) }
  t.same(
    (await loadProcedures(procedures)).map(({ region }) => region),
    [''],
  )
  const calendar = readFileSync(join(ROOT, 'rules/calendar/CN.yaml'), 'utf8')
  const alone = calendar.replace(/ {2}- year: 2024[\s\S]*?(?= {2}- year: 2025)/, '')
  const years = { ...config, rulesFolder: folderWith(t, 'calendar/CN.yaml', alone) }
  t.same((await loadCalendar(years)).years, [2025, 2026])
  await t.rejects(loadCalendar({ ...config, rulesFolder: folderWith(t, 'calendar/a.yaml', 'day: 1\n') }), {
    code: 'DEFINITION_CALENDAR',
    place: { file: /a\.yaml$/, path: 'day' },
  })
  await t.rejects(
    loadProcedures({ ...config, rulesFolder: folderWith(t, 'procedure/a.yaml', 'region: "36"\nday: 1\n') }),
    {
      code: 'DEFINITION_PROCEDURE',
      place: { file: /a\.yaml$/, path: 'day' },
    },
  )
})

t.test('a program without them does not start', async (t) => {
  const root = emptyFolder(t)
  mkdirSync(join(root, 'rules'))
  const nowhere = { root, rulesFolder: join(root, 'rules') }
  await t.rejects(loadCalendar(nowhere), { code: 'DEFINITION_CALENDAR', place: { file: /calendar$/ } })
  await t.rejects(loadProcedures(nowhere), { code: 'DEFINITION_PROCEDURE', place: { file: /procedure$/ } })
  writeFileSync(join(root, 'rules', CALENDAR_FOLDER), 'a file in place of a folder')
  await t.rejects(loadCalendar(nowhere), { code: 'DEFINITION_CALENDAR', message: 'the folder cannot be read: ENOTDIR' })
})

t.test('the version of a rule set does not hang on calendar and procedures', async (t) => {
  const adapters = await loadAdapters(config.adaptersFolder)
  const folder = emptyFolder(t)
  cpSync(config.rulesFolder, folder, { recursive: true })
  const { version } = await loadRuleSet(folder, adapters)
  for (const name of [CALENDAR_FOLDER, PROCEDURE_FOLDER]) {
    t.ok(readdirSync(join(folder, name)).length > 0)
    rmSync(join(folder, name), { recursive: true })
  }
  t.equal((await loadRuleSet(folder, adapters)).version, version)
  t.equal(version, JSON.parse(readFileSync(join(ROOT, 'rules/shipped.json'), 'utf8')).version)
})
