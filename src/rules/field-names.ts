import { RECORD_TYPES } from '../domain/record-types.ts'
import { HOUSEHOLD_FIELDS, listedRecordType, PERSON_FIELDS, SUPPORT_FIELDS } from './cel-environment.ts'

const FACTS: Readonly<Record<string, object>> = {
  Household: HOUSEHOLD_FIELDS,
  Person: PERSON_FIELDS,
  Support: SUPPORT_FIELDS,
}

/** The names of the fields of a CEL type such as "Deposit" or "Person"; none of a type that has none. */
export function fieldNames(celType: string): readonly string[] {
  const record = listedRecordType(`list<${celType}>`)
  if (record) return [...Object.keys(RECORD_TYPES[record].fields), 'person', 'role', 'key', 'asOf']
  return Object.keys(FACTS[celType] ?? {})
}
