import type { Node } from './expression-tree.ts'
import { knowField } from './field-knowledge.ts'
import type { Inference, Place } from './infer-value.ts'
import { totalOver, unitsOf } from './units.ts'
import { BOOL, type ListValue, type NumberValue, numberOf, TEXT, type TextValue, UNKNOWN, type Value } from './value.ts'

const COUNT = unitsOf('count')
const MONTHS_OR_COUNT = unitsOf('months', 'count')

/** Methods of texts by what they give. */
const TEXT_METHODS: Readonly<Record<string, Value>> = {
  startsWith: BOOL,
  endsWith: BOOL,
  contains: BOOL,
  matches: BOOL,
  lowerAscii: TEXT,
  upperAscii: TEXT,
  trim: TEXT,
  substring: TEXT,
  indexOf: numberOf(COUNT),
  lastIndexOf: numberOf(COUNT),
  split: { kind: 'list', of: TEXT },
  join: TEXT,
}

/** The value of a function or method that is no macro. */
export function inferCall(node: Node, place: Place, inference: Inference): Value {
  if (node.op === 'rcall') {
    const [name, receiverNode, args] = node.args
    if (name === 'bind' && receiverNode.op === 'id' && receiverNode.args === 'cel')
      return inferBind(args, place, inference)
    const receiver = inference.infer(receiverNode, place)
    for (const argument of args) inference.infer(argument, place)
    return name === 'size' ? sizeOf(receiver) : keepField(TEXT_METHODS[name] ?? UNKNOWN, receiver)
  }
  if (node.op !== 'call') return UNKNOWN
  const [name, args] = node.args
  const values = args.map((argument) => inference.infer(argument, place))
  const [first, second] = values
  if (!first) return UNKNOWN
  switch (name) {
    case 'size':
      return sizeOf(first)
    case 'sum':
      return sumOf(first)
    case 'max':
    case 'min':
      return first.kind === 'list' && first.of.kind === 'number' ? { ...first.of } : numberOf(null)
    case 'percentOf':
      return first.kind === 'number' ? { ...numberOf(first.units), ofMonth: first.ofMonth === true } : numberOf(null)
    case 'distinct':
      return first.kind === 'list' ? { ...first, distinctMonths: isMonth(first.of) } : UNKNOWN
    case 'distinctBy':
      return first.kind === 'list' ? distinctBy(first, second) : UNKNOWN
    case 'month':
      return { kind: 'text', form: 'month', ...(first.kind === 'text' && first.isAsOf ? { isNow: true } : {}) }
    case 'monthsBefore':
      return monthsBefore(first, second)
    case 'int':
    case 'double':
      return first.kind === 'number' ? { ...first, isDecimal: name === 'double' } : numberOf(null)
    case 'string':
      return first.kind === 'text' ? first : TEXT
    default:
      return UNKNOWN
  }
}

const isMonth = (value: Value) => value.kind === 'text' && value.form === 'month'

/** What is cut out of a field is still of that field. */
function keepField(result: Value, receiver: Value): Value {
  const field = receiver.kind === 'text' ? receiver.field : undefined
  if (field === undefined || result.kind !== 'text') return result
  return { ...result, field }
}

function sizeOf(value: Value): NumberValue {
  if (value.kind !== 'list') return numberOf(COUNT)
  return { ...numberOf(value.distinctMonths ? MONTHS_OR_COUNT : COUNT), rowsOfMonths: value.window !== undefined }
}

/** Amounts of single months add up to one over the months of the list's window; all others keep their unit. */
function sumOf(list: Value): NumberValue {
  if (list.kind !== 'list' || list.of.kind !== 'number') return numberOf(null)
  return numberOf(list.of.ofMonth ? [totalOver(list.window ?? '*')] : list.of.units)
}

function distinctBy(list: ListValue, field: Value | undefined): ListValue {
  const name = field?.kind === 'text' ? field.literal : undefined
  const known = list.of.kind === 'object' && name !== undefined ? knowField(list.of.type, name) : null
  return { ...list, distinctMonths: known ? isMonth(known.value) : false }
}

function monthsBefore(date: Value, count: Value | undefined): TextValue {
  if (date.kind !== 'text' || !date.isAsOf || count?.kind !== 'number') return { kind: 'text', form: 'month' }
  return { kind: 'text', form: 'month', back: { spelled: count.spelled ?? null, largest: count.largest ?? null } }
}

function inferBind(args: readonly Node[], place: Place, inference: Inference): Value {
  const [name, bound, body] = args
  if (name?.op !== 'id' || !bound || !body) return UNKNOWN
  const value = inference.infer(bound, place)
  const scope = new Map([...place.scope, [name.args, { id: inference.nextId(name.args), value }]])
  return inference.infer(body, { ...place, scope })
}
