import { RECORD_TYPES, type RecordTypeName } from '../../domain/record-types.ts'
import { RECORD_CLASSES } from '../cel-environment.ts'

/** The lists of records that rules may name: "deposits" holds the record type deposit, in CEL Deposit. */
export const RECORD_LISTS: ReadonlyMap<string, { readonly type: RecordTypeName; readonly celType: string }> = new Map(
  (Object.keys(RECORD_TYPES) as RecordTypeName[]).map((type) => [
    RECORD_TYPES[type].list,
    { type, celType: RECORD_CLASSES[type].typeName },
  ]),
)
