import type { Office } from '../domain/procedure.ts'

/**
 * What the program knows for a 劳动人事争议仲裁申请书; whatever is null or unknown is a blank line for a hand to fill, and
 * the employer and the identity number always are. Amounts are decimal strings of yuan.
 */
export interface ArbitrationForm {
  readonly id: string
  readonly caseId: string
  readonly issued: { readonly at: string; readonly on: string }
  readonly applicant: {
    readonly name: string
    readonly sex: 'male' | 'female' | null
    readonly birthDate: string | null
    readonly address: string | null
  }
  readonly wage: {
    /** As declared to the office of social assistance. */
    readonly declaredMonthly: string
    readonly declaredAsOf: string
    /** The minimum wage a month, with where it stands and from when it holds. */
    readonly minimumMonthly: string
    readonly region: string | null
    readonly authority: string | null
    readonly inForceFrom: string | null
  }
  /** The months worked for less, "YYYY-MM" to "YYYY-MM"; null where nobody has said. */
  readonly months: { readonly from: string; readonly until: string } | null
  /** What there is of evidence already: "家庭经济状况核对预警告知书（核告〔2026〕…）" … */
  readonly evidence: readonly { readonly name: string; readonly source: string }[]
  /** The commission; null where the region has not named one. */
  readonly commission: Office | null
}
