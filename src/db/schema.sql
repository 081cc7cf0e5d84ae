table attachment
  case_id uuid not null
  sha256 text not null
  name text not null
  type text not null
  bytes integer not null
  added_at timestamp with time zone not null
  sealed bytea not null
  constraint attachment_pkey PRIMARY KEY (case_id, sha256)
table audit
  id uuid not null
  at timestamp with time zone not null
  actor text not null
  role text not null
  action text not null
  reason text not null
  subject json not null
  constraint audit_pkey PRIMARY KEY (id)
table case_event
  case_id uuid not null
  number integer not null
  at timestamp(3) with time zone not null
  actor text not null
  role text not null
  kind text not null
  reason text
  payload json not null
  previous text not null
  hash text not null
  constraint case_event_pkey PRIMARY KEY (case_id, number)
  CREATE INDEX case_event_kind ON public.case_event USING btree (kind, at)
table case_tally
  case_id uuid not null
  head_number integer not null
  region text not null
  origin text not null
  state text not null
  outcome text
  direction text
  at timestamp with time zone not null
  constraint case_tally_direction_check CHECK ((direction = ANY (ARRAY['raised'::text, 'lowered'::text, 'same'::text])))
  constraint case_tally_pkey PRIMARY KEY (case_id)
table chain_checkpoint
  number integer not null
  at timestamp(3) with time zone not null
  previous text not null
  heads json not null
  hash text not null
  signature text not null
  constraint chain_checkpoint_pkey PRIMARY KEY (number)
table check_result
  run_id uuid not null
  household_id text collate "C" not null
  version_id uuid not null
  outcome text not null
  body json not null
  constraint check_result_pkey PRIMARY KEY (household_id, run_id)
  CREATE INDEX check_result_run ON public.check_result USING btree (run_id, household_id)
table delivery
  id uuid not null
  source text not null
  region text collate "C" not null
  as_of date not null
  sha256 text not null
  file_name text not null
  file_bytes bigint not null
  adapter_version text not null
  retain text not null
  state text not null
  counts json
  held_because json
  further_columns json
  register_at timestamp with time zone not null
  received_at timestamp with time zone not null
  published_at timestamp with time zone
  quality json
  mode text not null default 'snapshot'::text
  constraint delivery_mode_check CHECK ((mode = ANY (ARRAY['snapshot'::text, 'delta'::text])))
  constraint delivery_pkey PRIMARY KEY (id)
  constraint delivery_retain_check CHECK ((retain = ANY (ARRAY['all'::text, 'known'::text])))
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['loading'::text, 'held'::text, 'published'::text, 'discarded'::text, 'failed'::text])))
  CREATE INDEX delivery_latest ON public.delivery USING btree (source, as_of) WHERE (state = 'published'::text)
  CREATE UNIQUE INDEX delivery_same ON public.delivery USING btree (source, region, as_of, sha256) WHERE (state = ANY (ARRAY['loading'::text, 'held'::text, 'published'::text]))
table delivery_event
  delivery_id uuid not null
  id uuid not null
  at timestamp with time zone not null
  state text not null
  actor text not null
  reason text
  constraint delivery_event_pkey PRIMARY KEY (delivery_id, id)
table household_case
  id uuid not null
  household_id text collate "C" not null
  region text collate "C" not null
  origin text not null
  state text not null
  since timestamp with time zone not null
  is_open boolean not null
  escalated boolean not null
  opened_at timestamp with time zone not null
  head_number integer not null
  head_hash text not null
  due_on date
  provisional boolean not null
  checked_number integer not null default 0
  constraint household_case_pkey PRIMARY KEY (id)
  CREATE INDEX household_case_due ON public.household_case USING btree (due_on) WHERE is_open
  CREATE INDEX household_case_household ON public.household_case USING btree (household_id)
  CREATE INDEX household_case_work ON public.household_case USING btree (COALESCE(due_on, 'infinity'::date), id) WHERE is_open
  CREATE UNIQUE INDEX household_case_open ON public.household_case USING btree (household_id) WHERE is_open
table household_import
  id uuid not null
  file_name text not null
  valid_from date not null
  actor text not null
  imported_at timestamp with time zone not null
  constraint household_import_pkey PRIMARY KEY (id)
  CREATE INDEX household_import_at ON public.household_import USING btree (imported_at)
table household_person
  household_id text collate "C" not null
  version_id uuid not null
  position smallint not null
  person_hash bytea not null
  name_hash bytea not null
  has_number boolean not null
  facts json not null
  known_since timestamp with time zone not null
  constraint household_person_pkey PRIMARY KEY (household_id, version_id, "position")
table household_version
  household_id text collate "C" not null
  version_id uuid not null
  import_id uuid not null
  valid_from date not null
  imported_at timestamp with time zone not null
  region text collate "C" not null
  content_hash bytea not null
  facts json not null
  sealed_address bytea not null
  constraint household_version_pkey PRIMARY KEY (household_id, version_id)
  CREATE INDEX household_version_region ON public.household_version USING btree (region, household_id)
table idempotency_key
  actor text not null
  key text not null
  request_hash bytea not null
  request_id uuid not null
  claimed_at timestamp with time zone not null
  answer json
  constraint idempotency_key_pkey PRIMARY KEY (actor, key)
  CREATE INDEX idempotency_key_age ON public.idempotency_key USING btree (claimed_at)
table lead_identity
  delivery_id uuid not null
  person_hash bytea not null
  row integer not null
  sealed bytea not null
  constraint lead_identity_pkey PRIMARY KEY (delivery_id, person_hash, "row")
table membership
  person_hash bytea not null
  household_id text collate "C" not null
  constraint membership_pkey PRIMARY KEY (person_hash, household_id)
table near_kin
  id uuid not null
  handler text not null
  office text not null
  relation text not null
  person_hash bytea not null
  sealed bytea not null
  valid_from date not null
  valid_until date
  added_by text not null
  added_at timestamp with time zone not null
  reason text not null
  ended_by text
  ended_at timestamp with time zone
  end_reason text
  constraint near_kin_check CHECK (((valid_until IS NULL) OR (valid_until >= valid_from)))
  constraint near_kin_check1 CHECK ((((valid_until IS NULL) = (ended_by IS NULL)) AND ((valid_until IS NULL) = (end_reason IS NULL))))
  constraint near_kin_pkey PRIMARY KEY (id)
  CREATE INDEX near_kin_person ON public.near_kin USING btree (person_hash)
table notice
  id uuid not null
  case_id uuid not null
  kind text not null
  made_at timestamp with time zone not null
  sha256 text not null
  sealed bytea not null
  constraint notice_kind_check CHECK ((kind = ANY (ARRAY['outcome'::text, 'arbitration'::text])))
  constraint notice_pkey PRIMARY KEY (id)
  CREATE INDEX notice_case ON public.notice USING btree (case_id)
table outbox
  id uuid not null
  webhook_id uuid not null
  case_id uuid not null
  number integer not null
  body text not null
  state text not null
  tries integer not null
  written_at timestamp with time zone not null
  settled_at timestamp with time zone
  constraint outbox_pkey PRIMARY KEY (id)
  constraint outbox_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'parked'::text, 'cancelled'::text])))
  constraint outbox_webhook_id_case_id_number_key UNIQUE (webhook_id, case_id, number)
  CREATE INDEX outbox_parked ON public.outbox USING btree (webhook_id, id) WHERE (state = 'parked'::text)
  CREATE INDEX outbox_waiting ON public.outbox USING btree (webhook_id, case_id, number) WHERE (state = 'waiting'::text)
table outbox_lane
  webhook_id uuid not null
  case_id uuid not null
  due_at timestamp with time zone
  claim uuid
  constraint outbox_lane_pkey PRIMARY KEY (webhook_id, case_id)
  CREATE INDEX outbox_lane_due ON public.outbox_lane USING btree (webhook_id, due_at) WHERE (due_at IS NOT NULL)
table packet
  id uuid not null
  case_id uuid not null
  number integer not null
  issued_at timestamp with time zone not null
  sha256 text not null
  code text not null
  sealed bytea not null
  constraint packet_case_id_number_key UNIQUE (case_id, number)
  constraint packet_pkey PRIMARY KEY (id)
  CREATE UNIQUE INDEX packet_code ON public.packet USING btree (code)
table person
  person_hash bytea not null
  name_hash bytea not null
  has_number boolean not null
  sealed bytea not null
  known_since timestamp with time zone not null
  constraint person_pkey PRIMARY KEY (person_hash)
table quarantined_row
  delivery_id uuid not null
  row integer not null
  column_name text
  code text not null
  reason text not null
  constraint quarantined_row_pkey PRIMARY KEY (delivery_id, "row")
table record partition by LIST (delivery_id)
  delivery_id uuid not null
  person_hash bytea not null
  row integer not null
  name_hash bytea not null
  name_state text not null
  type text not null
  fate text not null
  rank smallint not null
  key text collate "C" not null
  fields json not null
  CREATE INDEX record_person ON ONLY public.record USING btree (person_hash)
table rule_set
  version text not null
  content json not null
  first_used_at timestamp with time zone not null
  constraint rule_set_pkey PRIMARY KEY (version)
table rule_set_event
  position integer not null
  version text not null
  at timestamp with time zone not null
  actor text not null
  action text not null
  effective_from date
  reason text not null
  constraint rule_set_event_action_check CHECK ((action = ANY (ARRAY['shipped'::text, 'drafted'::text, 'approved'::text, 'retired'::text, 'shadowed'::text, 'unshadowed'::text])))
  constraint rule_set_event_check CHECK (((action <> ALL (ARRAY['approved'::text, 'retired'::text])) OR (effective_from IS NOT NULL)))
  constraint rule_set_event_pkey PRIMARY KEY ("position")
table rule_set_text
  version text not null
  files json not null
  kept_at timestamp with time zone not null
  constraint rule_set_text_pkey PRIMARY KEY (version)
table rule_stop
  rule text not null
  region text not null
  number integer not null
  at timestamp with time zone not null
  actor text not null
  action text not null
  reason text not null
  figures json not null
  constraint rule_stop_action_check CHECK ((action = ANY (ARRAY['stopped'::text, 'released'::text])))
  constraint rule_stop_pkey PRIMARY KEY (rule, region, number)
table run
  id uuid not null
  as_of date not null
  scope json not null
  rule_set text not null
  trial boolean not null
  actor text not null
  deliveries json not null
  started_at timestamp with time zone not null
  finished_at timestamp with time zone
  counts json
  shadow_of uuid
  known_at timestamp with time zone not null
  households integer not null default 0
  constraint run_check CHECK (((shadow_of IS NULL) OR trial))
  constraint run_pkey PRIMARY KEY (id)
  CREATE INDEX run_shadow ON public.run USING btree (shadow_of) WHERE (shadow_of IS NOT NULL)
table run_event
  run_id uuid not null
  number integer not null
  at timestamp with time zone not null
  action text not null
  actor text not null
  reason text
  constraint run_event_action_check CHECK ((action = ANY (ARRAY['created'::text, 'cancelled'::text, 'resumed'::text, 'finished'::text, 'failed'::text])))
  constraint run_event_pkey PRIMARY KEY (run_id, number)
table run_range
  run_id uuid not null
  number integer not null
  household_ids text[] collate "C" not null
  constraint run_range_pkey PRIMARY KEY (run_id, number)
table run_range_done
  run_id uuid not null
  number integer not null
  worker text not null
  finished_at timestamp with time zone not null
  counts json not null
  failures json not null
  shadows json not null
  constraint run_range_done_pkey PRIMARY KEY (run_id, number)
table setting
  key text not null
  value text not null
  constraint setting_pkey PRIMARY KEY (key)
table suppression
  case_id uuid not null
  warning text not null
  household_id text collate "C" not null
  rule text not null
  person_id text
  fingerprint text not null
  measure text
  until date not null
  constraint suppression_pkey PRIMARY KEY (case_id, warning)
  CREATE INDEX suppression_household ON public.suppression USING btree (household_id)
table tip_off
  id uuid not null
  household_id text collate "C" not null
  region text not null
  channel text not null
  named boolean not null
  sealed bytea not null
  received_on date not null
  recorded_at timestamp with time zone not null
  state text not null
  since timestamp with time zone not null
  run_id uuid
  case_id uuid
  constraint tip_off_pkey PRIMARY KEY (id)
  CREATE INDEX tip_off_household ON public.tip_off USING btree (household_id)
  CREATE INDEX tip_off_state ON public.tip_off USING btree (state, received_on, id)
table tip_off_event
  tip_off_id uuid not null
  number integer not null
  at timestamp with time zone not null
  actor text not null
  action text not null
  reason text
  payload json not null
  constraint tip_off_event_action_check CHECK ((action = ANY (ARRAY['received'::text, 'check-begun'::text, 'case-linked'::text, 'visited'::text, 'nothing-found'::text, 'settled'::text])))
  constraint tip_off_event_pkey PRIMARY KEY (tip_off_id, number)
table trial_result
  run_id uuid not null
  household_id text collate "C" not null
  version_id uuid not null
  outcome text not null
  body json not null
  constraint trial_result_pkey PRIMARY KEY (household_id, run_id)
  CREATE INDEX trial_result_run ON public.trial_result USING btree (run_id, household_id)
table unidentified_row
  delivery_id uuid not null
  row integer not null
  type text not null
  why text not null
  sealed bytea not null
  fields json not null
  constraint unidentified_row_pkey PRIMARY KEY (delivery_id, "row")
table warning_tally
  case_id uuid not null
  warning text not null
  household_id text collate "C" not null
  version_date date not null
  person_id text
  rule text not null
  region text not null
  origin text not null
  match text not null
  sources text[] not null
  result text not null
  decided_at timestamp with time zone not null
  constraint warning_tally_pkey PRIMARY KEY (case_id, warning)
  CREATE INDEX warning_tally_rule ON public.warning_tally USING btree (rule, decided_at)
table webhook
  id uuid not null
  url text not null
  region text not null
  sealed_secret bytea not null
  actor text not null
  created_at timestamp with time zone not null
  ended_at timestamp with time zone
  ended_by text
  constraint webhook_pkey PRIMARY KEY (id)
table webhook_try
  outbox_id uuid not null
  id uuid not null
  at timestamp with time zone not null
  status integer
  error text
  constraint webhook_try_pkey PRIMARY KEY (id)
  CREATE INDEX webhook_try_outbox ON public.webhook_try USING btree (outbox_id, at)
