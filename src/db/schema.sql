table audit
  id uuid not null
  at timestamp with time zone not null
  actor text not null
  role text not null
  action text not null
  reason text not null
  subject json not null
  constraint audit_pkey PRIMARY KEY (id)
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
