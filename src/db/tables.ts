import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { QualityReport } from '../domain/quality-report.ts'
import type { RuleSetAction } from '../domain/rule-set-life.ts'

/** The tables as Kysely types them; src/db/schema.sql is what the migrations make of them. */

type Timestamp = ColumnType<Date, Date | string, Date | string>
/** A json column: read as a value, written as its text. */
type Json<T> = JSONColumnType<T & object, string, string>
type MaybeJson<T> = ColumnType<T | null, string | null, string | null>

export interface Tables {
  setting: { key: string; value: string }
  household_import: { id: string; file_name: string; valid_from: string; actor: string; imported_at: Timestamp }
  person: { person_hash: Buffer; name_hash: Buffer; has_number: boolean; sealed: Buffer; known_since: Timestamp }
  household_version: {
    household_id: string
    version_id: string
    import_id: string
    valid_from: string
    imported_at: Timestamp
    region: string
    content_hash: Buffer
    facts: Json<Record<string, unknown>>
    sealed_address: Buffer
  }
  household_person: {
    household_id: string
    version_id: string
    position: number
    person_hash: Buffer
    name_hash: Buffer
    has_number: boolean
    facts: Json<Record<string, unknown>>
    /** Since when the register knows the person, as in `person`, which lies elsewhere. */
    known_since: Timestamp
  }
  /** Households that have ever had a person in them. */
  membership: { person_hash: Buffer; household_id: string }
  delivery: {
    id: string
    source: string
    region: string
    as_of: string
    sha256: string
    file_name: string
    file_bytes: number
    adapter_version: string
    retain: 'all' | 'known'
    mode: Generated<DeliveryMode>
    state: DeliveryState
    counts: MaybeJson<DeliveryCounts>
    held_because: MaybeJson<string[]>
    further_columns: MaybeJson<string[]>
    quality: MaybeJson<QualityReport>
    register_at: Timestamp
    received_at: Timestamp
    published_at: Timestamp | null
  }
  delivery_event: {
    delivery_id: string
    id: string
    at: Timestamp
    state: DeliveryState
    actor: string
    reason: string | null
  }
  record: {
    delivery_id: string
    person_hash: Buffer
    row: number
    name_hash: Buffer
    name_state: string
    type: string
    fate: Generated<'record' | 'replaced' | 'voided' | 'void'>
    rank: number
    key: string
    fields: Json<Record<string, unknown>>
  }
  lead_identity: { delivery_id: string; person_hash: Buffer; row: number; sealed: Buffer }
  unidentified_row: {
    delivery_id: string
    row: number
    type: string
    why: string
    sealed: Buffer
    fields: Json<Record<string, unknown>>
  }
  quarantined_row: { delivery_id: string; row: number; column_name: string | null; code: string; reason: string }
  rule_set: { version: string; content: Json<unknown>; first_used_at: Timestamp }
  rule_set_text: { version: string; files: Json<{ file: string; text: string }[]>; kept_at: Timestamp }
  rule_set_event: {
    position: number
    version: string
    at: Timestamp
    actor: string
    action: RuleSetAction
    effective_from: string | null
    reason: string
  }
  run: {
    id: string
    as_of: string
    scope: Json<unknown>
    rule_set: string
    trial: boolean
    actor: string
    deliveries: Json<string[]>
    known_at: Timestamp
    households: number
    started_at: Timestamp
    finished_at: Timestamp | null
    counts: MaybeJson<RunCounts>
    /** The live run whose dossiers a shadow saw; null for any other run. */
    shadow_of: string | null
  }
  run_range: { run_id: string; number: number; household_ids: string[] }
  run_range_done: {
    run_id: string
    number: number
    worker: string
    finished_at: Timestamp
    counts: Json<RunCounts>
    failures: Json<{ householdId: string; code: string }[]>
    shadows: Json<unknown[]>
  }
  run_event: {
    run_id: string
    number: number
    at: Timestamp
    action: 'created' | 'cancelled' | 'resumed' | 'finished' | 'failed'
    actor: string
    reason: string | null
  }
  check_result: ResultRow
  /** Of trials and shadows; nothing that makes cases reads them. */
  trial_result: ResultRow
  idempotency_key: {
    actor: string
    key: string
    request_hash: Buffer
    request_id: string
    claimed_at: Timestamp
    answer: MaybeJson<unknown>
  }
  household_case: {
    id: string
    household_id: string
    region: string
    origin: string
    state: string
    since: Timestamp
    is_open: boolean
    escalated: boolean
    opened_at: Timestamp
    head_number: number
    head_hash: string
    due_on: string | null
    provisional: boolean
    checked_number: Generated<number>
  }
  case_event: {
    case_id: string
    number: number
    at: Timestamp
    actor: string
    role: string
    kind: string
    reason: string | null
    payload: Json<unknown>
    previous: string
    hash: string
  }
  packet: {
    id: string
    case_id: string
    number: number
    issued_at: Timestamp
    sha256: string
    code: string
    sealed: Buffer
  }
  notice: {
    id: string
    case_id: string
    kind: 'outcome' | 'arbitration'
    made_at: Timestamp
    sha256: string
    sealed: Buffer
  }
  attachment: {
    case_id: string
    sha256: string
    name: string
    type: string
    bytes: number
    added_at: Timestamp
    sealed: Buffer
  }
  suppression: {
    case_id: string
    warning: string
    household_id: string
    rule: string
    person_id: string | null
    fingerprint: string
    measure: string | null
    until: string
  }
  chain_checkpoint: {
    number: number
    at: Timestamp
    previous: string
    heads: Json<[string, number, string][]>
    hash: string
    signature: string
  }
  audit: {
    id: string
    at: Timestamp
    actor: string
    role: string
    action: string
    reason: string
    subject: Json<unknown>
  }
  tip_off: {
    id: string
    household_id: string
    region: string
    channel: string
    named: boolean
    sealed: Buffer
    received_on: string
    recorded_at: Timestamp
    state: string
    since: Timestamp
    run_id: string | null
    case_id: string | null
  }
  tip_off_event: {
    tip_off_id: string
    number: number
    at: Timestamp
    actor: string
    action: string
    reason: string | null
    payload: Json<unknown>
  }
  near_kin: {
    id: string
    handler: string
    office: string
    relation: string
    person_hash: Buffer
    sealed: Buffer
    valid_from: string
    valid_until: string | null
    added_by: string
    added_at: Timestamp
    reason: string
    ended_by: string | null
    ended_at: Timestamp | null
    end_reason: string | null
  }
  /** What came of each case and warning, counted from the events; made anew at any time. */
  case_tally: {
    case_id: string
    head_number: number
    region: string
    origin: string
    state: string
    outcome: string | null
    direction: string | null
    at: Timestamp
  }
  warning_tally: {
    case_id: string
    warning: string
    household_id: string
    version_date: string
    person_id: string | null
    rule: string
    region: string
    origin: string
    match: string
    sources: string[]
    result: string
    decided_at: Timestamp
  }
  rule_stop: {
    rule: string
    region: string
    number: number
    at: Timestamp
    actor: string
    action: 'stopped' | 'released'
    reason: string
    figures: Json<unknown>
  }
  webhook: {
    id: string
    url: string
    region: string
    sealed_secret: Buffer
    actor: string
    created_at: Timestamp
    ended_at: Timestamp | null
    ended_by: string | null
  }
  outbox: {
    id: string
    webhook_id: string
    case_id: string
    number: number
    body: string
    state: 'waiting' | 'delivered' | 'parked' | 'cancelled'
    tries: number
    written_at: Timestamp
    settled_at: Timestamp | null
  }
  outbox_lane: { webhook_id: string; case_id: string; due_at: Timestamp | null; claim: string | null }
  webhook_try: { outbox_id: string; id: string; at: Timestamp; status: number | null; error: string | null }
}

interface ResultRow {
  run_id: string
  household_id: string
  version_id: string
  outcome: string
  body: Json<unknown>
}

export type DeliveryMode = 'snapshot' | 'delta'

export type DeliveryState = 'loading' | 'held' | 'published' | 'discarded' | 'failed'

/**
 * What became of the rows of a delivery; `rows` is the sum of all the others. Leads and unidentified rows are kept
 * apart from the records; replaced, voided and void rows stay to be shown and take no part in checks.
 */
export interface DeliveryCounts {
  readonly rows: number
  readonly kept: number
  readonly dropped: number
  readonly quarantined: number
  readonly unidentified: number
  readonly leads: number
  readonly replaced: number
  readonly voided: number
  readonly voids: number
  readonly organizations: number
}

export interface RunCounts {
  readonly households: number
  readonly warned: number
  readonly unverifiable: number
  readonly clear: number
  /** Warnings, unverifiable results … by rule id. */
  readonly warningsByRule: Readonly<Record<string, number>>
  readonly leads: number
}
