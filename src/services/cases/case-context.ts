import type { Hedui } from '../open-hedui.ts'

/** What cases need of the program; `hedui` itself is one. */
export type CaseContext = Pick<
  Hedui,
  'config' | 'database' | 'adapters' | 'calendar' | 'procedures' | 'secret' | 'vault' | 'hasher' | 'now'
>

/** Who acts in which case. */
export interface CaseActor {
  /** The case's id. */
  readonly case: string
  /** How many events of it the caller had seen (`seen` of a CaseView); where it has more, nothing is done. */
  readonly seen?: number | undefined
  readonly actor: string
  readonly role: string
}
