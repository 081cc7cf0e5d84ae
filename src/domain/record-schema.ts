import { RECORD_TYPES, type RecordField, type RecordTypeName } from './record-types.ts'

const DATE_PATTERN = '^\\d{4}-\\d{2}-\\d{2}$'
const MONTH_PATTERN = '^\\d{4}-\\d{2}$'

function fieldSchema(field: RecordField): object {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = field
  switch (field.kind) {
    case 'string':
      return field.oneOf ? { enum: field.oneOf } : { type: 'string', minLength: 1 }
    case 'string[]':
      return { type: 'array', items: { type: 'string', minLength: 1 } }
    case 'int':
    case 'money':
    case 'area':
      return { type: 'integer', minimum, maximum }
    case 'decimal':
      return { type: 'number', minimum, maximum }
    case 'date':
      return { type: 'string', pattern: DATE_PATTERN }
    case 'month':
      return { type: 'string', pattern: MONTH_PATTERN }
    case 'bool':
      return { type: 'boolean' }
  }
}

/** The JSON Schema of a record type: its fields and no others. */
export function recordSchema(name: RecordTypeName): object {
  const fields: Record<string, RecordField> = RECORD_TYPES[name].fields
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(fields).filter((field) => !fields[field]!.optional),
    properties: Object.fromEntries(Object.entries(fields).map(([field, kind]) => [field, fieldSchema(kind)])),
  }
}
