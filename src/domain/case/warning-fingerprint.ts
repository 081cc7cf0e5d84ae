import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { EvidenceItem, RuleResult } from '../check-result.ts'

type RecordName = Pick<EvidenceItem, 'source' | 'type' | 'person' | 'key'>

const nameOf = ({ source, type, person, key }: RecordName) => canonicalize([source, type, person, key])!

/**
 * sha256 in hexadecimal of the rule, the person and the records that a result rests on, whatever their order, delivery or
 * row: the same warning on the same records in a later run has the same one. Keys come masked, so that two accounts with
 * the same last four digits are alike; who suppresses by it also compares the measure. A result that rests on no record
 * has the fingerprint of its rule and person alone.
 */
export function fingerprintOf({
  rule,
  person,
  evidence,
}: Pick<RuleResult, 'rule' | 'person'> & {
  readonly evidence: readonly RecordName[]
}): string {
  const records = [...new Set(evidence.map(nameOf))].sort()
  return createHash('sha256')
    .update(canonicalize([rule, person, records])!)
    .digest('hex')
}
