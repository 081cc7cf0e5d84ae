import { dateInChina } from '../domain/dates.ts'
import { chooseFolder, chooseVersion, type RuleBook, type RuleContext } from './choose-rule-set.ts'
import type { RuleSet } from './load-rule-set.ts'

/** A rule set by what a person calls it: "live", a stored version or a unique beginning of one, or a folder. */
export type RuleSetName =
  | { readonly kind: 'live' }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'folder'; readonly folder: string }

/** "live" or a version; a folder of the server is nobody's to name from outside. */
export function ruleSetName(text: string): RuleSetName {
  return text === 'live' ? { kind: 'live' } : { kind: 'version', version: text }
}

export interface ComparedRuleSet {
  readonly ruleSet: RuleSet
  /** What whoever means the live set should be told: nobody may have approved it. */
  readonly notice: string | null
}

/**
 * The rule set of a name, to be compared: "live" is the one in force today. Throws as loadRuleSet and loadStoredRuleSet.
 */
export async function chooseCompared(
  context: RuleContext,
  book: RuleBook,
  name: RuleSetName,
): Promise<ComparedRuleSet> {
  const today = dateInChina(context.now())
  switch (name.kind) {
    case 'live':
      return book.inForceOn(today)
    case 'version':
      return { ruleSet: (await chooseVersion(context, name.version, today)).ruleSet, notice: null }
    case 'folder':
      return { ruleSet: (await chooseFolder(context, name.folder, today)).ruleSet, notice: null }
  }
}
