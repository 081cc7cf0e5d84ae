import { join } from 'node:path'
import type { Config } from '../config.ts'
import { parseProcedures } from '../domain/parse-procedures.ts'
import type { Procedures } from '../domain/procedure.ts'
import { HeduiError } from '../errors.ts'
import { readTexts } from './load-rule-set.ts'

export const PROCEDURE_FOLDER = 'procedure'

/**
 * The time limits and offices of the rules' folder, or the shipped ones where that folder has none. Throws HeduiError
 * DEFINITION_PROCEDURE.
 */
export async function loadProcedures({ rulesFolder, root }: Pick<Config, 'rulesFolder' | 'root'>): Promise<Procedures> {
  const own = await readTexts(join(rulesFolder, PROCEDURE_FOLDER), 'DEFINITION_PROCEDURE')
  if (own.length > 0) return parseProcedures(own)
  const folder = join(root, 'rules', PROCEDURE_FOLDER)
  const shipped = await readTexts(folder, 'DEFINITION_PROCEDURE')
  if (shipped.length > 0) return parseProcedures(shipped)
  throw new HeduiError('DEFINITION_PROCEDURE', 'the folder holds no procedure (*.yaml)', { file: folder })
}
