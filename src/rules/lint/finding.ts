import type { ErrorCode, Place } from '../../errors.ts'

/** An error makes a rule wrong; a warning is what may be meant so, and someone should look. */
export type Severity = 'error' | 'warning'

/** Something that the linter has found, with the place that an author goes to. */
export interface Finding {
  readonly severity: Severity
  /** The check that found it: a name of checks.ts, or `load` and `example`. */
  readonly check: string
  readonly code: ErrorCode
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly path: string | null
  readonly message: string
}

/** What a check gives; the linter adds its name. */
export interface Problem {
  readonly severity: Severity
  readonly code: ErrorCode
  readonly place: Place
  readonly message: string
}

/** A problem as a finding of a check. */
export function findingOf(check: string, { severity, code, place, message }: Problem): Finding {
  return {
    severity,
    check,
    code,
    file: place.file ?? null,
    line: place.line ?? null,
    column: typeof place.column === 'number' ? place.column : null,
    path: place.path ?? null,
    message,
  }
}

/** By file, line and column, then the check's name: the order in which an author reads. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareText(a.check, b.check)
  )
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
