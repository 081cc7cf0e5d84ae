import { join } from 'node:path'
import type { Config } from '../config.ts'
import { parseCalendar } from '../domain/working-calendar.ts'
import type { WorkingCalendar } from '../domain/working-days.ts'
import { HeduiError } from '../errors.ts'
import { readTexts } from './load-rule-set.ts'

export const CALENDAR_FOLDER = 'calendar'

/**
 * The calendar of working days of the rules' folder, or the shipped one where that folder has none: other rules are not
 * another year. Throws HeduiError DEFINITION_CALENDAR.
 */
export async function loadCalendar({
  rulesFolder,
  root,
}: Pick<Config, 'rulesFolder' | 'root'>): Promise<WorkingCalendar> {
  const own = await readTexts(join(rulesFolder, CALENDAR_FOLDER), 'DEFINITION_CALENDAR')
  if (own.length > 0) return parseCalendar(own)
  const folder = join(root, 'rules', CALENDAR_FOLDER)
  const shipped = await readTexts(folder, 'DEFINITION_CALENDAR')
  if (shipped.length > 0) return parseCalendar(shipped)
  throw new HeduiError('DEFINITION_CALENDAR', 'the folder holds no calendar (*.yaml)', { file: folder })
}
