import type { Reader } from '../connect.ts'

/** A household from a day on, until the next version: what a recovery asks of it. */
export interface BenefitVersion {
  readonly validFrom: string
  readonly scheme: string
  readonly region: string
  readonly grantedFrom: string | null
  /** Fen; null where nothing was given. */
  readonly monthlyBenefit: number | null
  /** Applicant and members. */
  readonly size: number
}

/** The versions of a household by the day from which they hold; of two that begin on one day the later import. */
export async function listBenefitVersions(reader: Reader, householdId: string): Promise<BenefitVersion[]> {
  const { rows } = await reader.query(
    `select distinct on (v.valid_from) v.valid_from as "validFrom", v.region, v.facts ->> 'scheme' as scheme,
       v.facts ->> 'grantedFrom' as "grantedFrom", (v.facts ->> 'monthlyBenefit')::bigint as "monthlyBenefit",
       (select count(*)::int from household_person p
        where p.household_id = $1 and p.version_id = v.version_id
          and p.facts ->> 'role' <> 'supporter') as size
     from household_version v where v.household_id = $1
     order by v.valid_from, v.imported_at desc, v.version_id desc`,
    [householdId],
  )
  return rows
}
