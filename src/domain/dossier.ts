import type { Lead, SourceUse } from './check-result.ts'
import type { HouseholdFacts, PersonFacts } from './household.ts'
import type { Scheme } from './household-schema.ts'
import type { RecordFields, RecordTypeName } from './record-types.ts'

/** A record of one of the household's people, with where it comes from. */
export interface DossierRecord {
  readonly type: RecordTypeName
  /** The person's id in the household. */
  readonly person: string
  readonly source: string
  readonly delivery: string
  readonly row: number
  readonly asOf: string
  /** The key as stored; see record-key.ts. */
  readonly key: string
  /** The key for people to read, sensitive parts masked. */
  readonly shownKey: string
  readonly fields: RecordFields
}

/** One household with all its records: what rules see. */
export interface Dossier {
  readonly asOf: string
  readonly household: HouseholdFacts
  readonly people: readonly PersonFacts[]
  /** Exact matches only, and only from sources that their person has authorized. In any order. */
  readonly records: readonly DossierRecord[]
  /** One entry for each source that the rules need. */
  readonly sources: readonly SourceUse[]
  /** People of whom a source holds no answer, for it kept only people whom the register knew at the time. */
  readonly unanswered: readonly { readonly source: string; readonly person: string }[]
  readonly leads: readonly Lead[]
  /**
   * The schemes of other households of the register that are granted and of which a person is applicant or member;
   * absent where no rule asks.
   */
  readonly otherSchemes?: readonly { readonly person: string; readonly scheme: Scheme }[]
}
