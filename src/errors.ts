/**
 * The catalogue of error codes. Each code has one meaning, one HTTP status and one sentence of help; README lists them
 * and a test compares the two. Kinds, by what is wrong:
 * `INPUT_` the caller · `DEFINITION_` a rule, an adapter, a setting · `RECORD_` one row · `SOURCE_` a whole file or
 * the database · `STATE_` not allowed in this state.
 */
export const CATALOGUE = {
  INPUT_USAGE: [400, 'the command or its options are wrong; see --help'],
  INPUT_JSON: [400, 'the text is not JSON'],
  INPUT_INVALID: [400, 'a field is missing, unknown or of the wrong form'],
  INPUT_ID_NUMBER: [400, 'the number is not a valid resident identity number'],
  INPUT_NAME_CONFLICT: [400, 'the register knows this number under another name; settle it first, or allow renames'],
  INPUT_DUPLICATE: [400, 'the same id stands twice in one file'],
  INPUT_AS_OF: [400, 'the as-of date is missing, or differs from the one in the file'],
  INPUT_UNKNOWN_SOURCE: [400, 'there is no adapter of this name'],
  INPUT_NOT_FOUND: [404, 'there is no such thing'],
  INPUT_ACTOR: [400, 'an act of a person needs --actor NAME'],
  INPUT_REASON: [400, 'this act needs a reason: --reason TEXT'],
  INPUT_BACKDATED: [
    400,
    'the day is in the past, which changes what past days answer; say --backdated if that is meant',
  ],
  INPUT_FILE: [400, 'the file cannot be read or written'],
  INPUT_PASSWORD: [400, 'the archive is encrypted and the password is missing or wrong'],
  INPUT_MEDIA_TYPE: [415, 'the body must be application/json'],
  INPUT_TOO_LARGE: [413, 'the body is larger than allowed'],
  INPUT_IDEMPOTENCY_KEY: [422, 'this Idempotency-Key was used for another request'],
  INPUT_PROOF: [400, 'service of notice needs proof'],
  INPUT_ATTACHMENT: [400, 'an attachment is no PDF, JPEG or PNG, or too large'],
  INPUT_PACKET: [400, 'the file is no sealed packet'],
  INPUT_FORBIDDEN: [403, 'the role may not do this; until tokens are configured only this machine is answered'],
  DEFINITION_SETTING: [500, 'a setting in the environment is wrong'],
  DEFINITION_SECRET: [
    500,
    'the secret for hashing and encryption is missing, malformed or not the one of this database',
  ],
  DEFINITION_ADAPTER: [500, 'an adapter is wrong'],
  DEFINITION_RULE: [500, 'a rule is wrong'],
  DEFINITION_PARAMETER: [500, 'a parameter file is wrong'],
  DEFINITION_EXAMPLE: [500, 'an example does not give what it says'],
  DEFINITION_CALENDAR: [500, 'a file of the calendar of working days is wrong'],
  DEFINITION_PROCEDURE: [500, 'a file of time limits and offices is wrong'],
  RECORD_MALFORMED: [422, 'the line cannot be taken apart'],
  RECORD_COLUMNS: [422, 'the line has another number of columns than the header'],
  RECORD_UNDECODABLE: [422, 'the line holds bytes that are not of the declared encoding, or U+FFFD'],
  RECORD_NO_IDENTITY: [422, 'name and number are both blank'],
  RECORD_MISSING: [422, 'a required value is missing'],
  RECORD_UNPARSEABLE: [422, 'a value is present but cannot be parsed'],
  RECORD_UNKNOWN_CODE: [422, 'a code is not one that the adapter knows'],
  RECORD_OUT_OF_RANGE: [422, 'a value is outside what the record type allows'],
  SOURCE_FILE: [422, 'the file cannot be read as what the adapter declares'],
  SOURCE_ENCODING: [422, 'the file is not in the encoding that the adapter declares'],
  SOURCE_COLUMNS: [422, 'the header lacks a column that the adapter maps'],
  SOURCE_TRUNCATED: [422, 'the file ends early or its row count disagrees with its head or tail line'],
  SOURCE_DATABASE: [503, 'the database cannot be used'],
  SOURCE_SCHEMA: [503, 'the database has another schema version than this program'],
  SOURCE_EMBEDDED: [503, 'the embedded PostgreSQL server cannot be started'],
  STATE_DELIVERY: [409, 'the delivery is not in a state that allows this'],
  STATE_DISCARDED: [409, 'the delivery was discarded'],
  STATE_RULE_SET: [409, 'the rule set is not in a state that allows this'],
  STATE_SAME_PERSON: [409, 'who made it does not approve it; another person does'],
  STATE_DEMO: [409, 'the database holds more than a demonstration'],
  STATE_RUN: [409, 'the run is not in a state that allows this'],
  STATE_CASE: [409, 'the case is not in a state that allows this; the message says what is allowed'],
  STATE_CASE_CHANGED: [409, 'somebody else acted on the case meanwhile; look at it again'],
  STATE_UNVERIFIED: [409, 'a warning rests on a source that has not confirmed it, or on a lead that nobody settled'],
  STATE_PROTECTED: [409, 'somebody protected is concerned: the guardian receives the packet, or a visit comes first'],
  STATE_NEAR_KIN: [409, 'near kin of the household does not act in its case'],
  STATE_RECOVERY: [409, 'nothing is recovered unless an answer was found untrue'],
  STATE_RULE_STOPPED: [409, 'the rule issues no packets: its warnings were wrong too often; a person releases it'],
  STATE_NOT_REPLAYED: [409, 'the packet’s own contents do not give its results; nothing is issued'],
  STATE_BUSY: [409, 'another process is doing the same; try again when it has finished'],
} as const satisfies Record<string, readonly [number, string]>

export type ErrorCode = keyof typeof CATALOGUE

/** Where something is wrong: what applies of file, line (from 1), column and path into the value. */
export interface Place {
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | string | undefined
  readonly path?: string | undefined
}

/**
 * An error that a user is meant to read. `message` says what was wrong, where and what is allowed, and never holds a
 * person's data; anything thrown that is not a HeduiError is a defect.
 */
export class HeduiError extends Error {
  override readonly name = 'HeduiError'
  readonly code: ErrorCode
  readonly place: Place
  /** Further errors of the same kind, where several were found at once. */
  readonly others: readonly HeduiError[]

  constructor(
    code: ErrorCode,
    message: string,
    { others = [], cause, ...place }: Place & { others?: readonly HeduiError[]; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.place = place
    this.others = others
  }

  get status(): number {
    return CATALOGUE[this.code][0]
  }

  /** "rules/x.yaml:12:5 (limit): …", as far as the place is known. */
  get located(): string {
    const { file, line, column, path } = this.place
    const at = [file, line, column].filter((part) => part !== undefined).join(':')
    const where = [at, path ? `(${path})` : ''].filter(Boolean).join(' ')
    return where ? `${where}: ${this.message}` : this.message
  }
}

/** All that `errors` say as one error of the first one's code, or nothing where there are none. */
export function throwIfAny(errors: readonly HeduiError[]): void {
  const [first, ...others] = errors
  if (first) throw new HeduiError(first.code, first.message, { ...first.place, others, cause: first.cause })
}
