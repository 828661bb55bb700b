-- What the migrations make; written by the end-to-end test, never by hand.

create table asset_snapshot (
  id uuid not null,
  client_id uuid not null,
  as_of date not null,
  aum_with_firm numeric not null,
  external_declared numeric not null,
  external_verified numeric not null,
  currency text not null,
  source text not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  constraint asset_snapshot_pkey PRIMARY KEY (id),
  constraint asset_snapshot_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint asset_snapshot_aum_with_firm_check CHECK ((aum_with_firm >= (0)::numeric)),
  constraint asset_snapshot_external_declared_check CHECK ((external_declared >= (0)::numeric)),
  constraint asset_snapshot_external_verified_check CHECK ((external_verified >= (0)::numeric))
);

create table class_assignment (
  id uuid not null,
  client_id uuid not null,
  class text not null,
  rule_version text not null,
  grounds jsonb not null,
  reason text not null,
  effective_from timestamp with time zone not null,
  effective_to timestamp with time zone,
  constraint class_assignment_pkey PRIMARY KEY (id),
  constraint class_assignment_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint class_assignment_check CHECK ((effective_to >= effective_from))
);

create table client (
  id uuid not null,
  kind text not null,
  status text not null,
  class text not null,
  grade text not null,
  adviser_id uuid not null,
  origin_lead_id uuid,
  preferred_language text not null,
  privacy_notice_version text not null,
  identity_verification_id uuid,
  asset_snapshot_id uuid,
  grade_assignment_id uuid not null,
  class_below_since date,
  grade_below_since date,
  grading_due_on date,
  age_band text,
  age_band_due_on date,
  full_civil_capacity boolean not null,
  onboarded_at timestamp with time zone not null,
  version integer not null,
  constraint client_pkey PRIMARY KEY (id),
  constraint client_kind_check CHECK ((kind = ANY (ARRAY['INDIVIDUAL'::text, 'INSTITUTION'::text]))),
  constraint diamond_is_ultra_high_net_worth CHECK (((grade = 'DIAMOND'::text) = (class = 'ULTRA_HIGH_NET_WORTH'::text)))
);

create table client_copy (
  client_id uuid not null,
  adviser_id uuid not null,
  kind text not null,
  status text not null,
  class text not null,
  grade text not null,
  age_band text,
  full_civil_capacity boolean not null,
  institution_type text,
  updated_at timestamp with time zone not null,
  constraint client_copy_pkey PRIMARY KEY (client_id)
);

create table event_sequence (
  key text not null,
  last bigint not null,
  constraint event_sequence_pkey PRIMARY KEY (key)
);

create table grade_assignment (
  id uuid not null,
  client_id uuid not null,
  grade text not null,
  rule_version text not null,
  grounds jsonb not null,
  reason text not null,
  effective_from timestamp with time zone not null,
  effective_to timestamp with time zone,
  constraint grade_assignment_pkey PRIMARY KEY (id),
  constraint grade_assignment_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint grade_assignment_check CHECK ((effective_to >= effective_from))
);

create table grading_rule_set (
  id uuid not null,
  version text not null,
  effective_from date not null,
  source text not null,
  tables jsonb not null,
  constraint grading_rule_set_effective_from_key UNIQUE (effective_from),
  constraint grading_rule_set_version_key UNIQUE (version),
  constraint grading_rule_set_pkey PRIMARY KEY (id)
);

create table id_document (
  client_id uuid not null,
  type text not null,
  sealed_number text not null,
  number_hash text not null,
  last_four text not null,
  constraint id_document_belongs_to_one_client UNIQUE (type, number_hash),
  constraint id_document_pkey PRIMARY KEY (client_id),
  constraint id_document_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table identity_verification (
  id uuid not null,
  client_id uuid not null,
  method text not null,
  evidence_reference text not null,
  verified_by uuid not null,
  verified_at timestamp with time zone not null,
  constraint identity_verification_pkey PRIMARY KEY (id),
  constraint identity_verification_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table inbox (
  consumer text not null,
  event_id uuid not null,
  received_at timestamp with time zone not null,
  constraint inbox_pkey PRIMARY KEY (consumer, event_id)
);

create table individual_profile (
  client_id uuid not null,
  name text not null,
  gender text,
  date_of_birth date not null,
  occupation text not null,
  address text not null,
  annual_income numeric not null,
  annual_income_currency text not null,
  investment_years integer not null,
  experience_kinds text[] not null,
  mobile text not null,
  email text,
  constraint individual_profile_pkey PRIMARY KEY (client_id),
  constraint individual_profile_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint individual_profile_annual_income_check CHECK ((annual_income >= (0)::numeric)),
  constraint individual_profile_investment_years_check CHECK ((investment_years >= 0))
);

create table outbox (
  "position" bigint generated always as identity not null,
  id uuid not null,
  topic text not null,
  key text not null,
  type text not null,
  version integer not null,
  sequence bigint not null,
  payload jsonb not null,
  occurred_at timestamp with time zone not null,
  traceparent text,
  actor_role text,
  published_at timestamp with time zone,
  constraint outbox_id_key UNIQUE (id),
  constraint outbox_pkey PRIMARY KEY ("position")
);

create table request (
  command text not null,
  request_id text not null,
  content_hash text not null,
  answer_id uuid not null,
  at timestamp with time zone not null,
  constraint request_pkey PRIMARY KEY (command, request_id)
);

create table risk_tolerance (
  client_id uuid not null,
  level text not null,
  valid_to date not null,
  assessment_id uuid not null,
  told_at timestamp with time zone not null,
  constraint risk_tolerance_pkey PRIMARY KEY (client_id),
  constraint risk_tolerance_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table status_change (
  id uuid not null,
  client_id uuid not null,
  from_status text not null,
  to_status text not null,
  reason text not null,
  by uuid not null,
  at timestamp with time zone not null,
  constraint status_change_pkey PRIMARY KEY (id),
  constraint status_change_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

CREATE INDEX asset_snapshot_client ON asset_snapshot USING btree (client_id, id);
CREATE INDEX class_assignment_client ON class_assignment USING btree (client_id, id);
CREATE INDEX client_adviser ON client USING btree (adviser_id, id);
CREATE INDEX client_age_band_due ON client USING btree (age_band_due_on, id) WHERE (age_band_due_on IS NOT NULL);
CREATE INDEX client_copy_adviser ON client_copy USING btree (adviser_id);
CREATE INDEX client_grade ON client USING btree (grade, id);
CREATE INDEX client_grading_due ON client USING btree (grading_due_on, id) WHERE (grading_due_on IS NOT NULL);
CREATE INDEX client_status ON client USING btree (status, id);
CREATE INDEX grade_assignment_client ON grade_assignment USING btree (client_id, id);
CREATE INDEX identity_verification_client ON identity_verification USING btree (client_id, id);
CREATE INDEX outbox_published ON outbox USING btree (published_at) WHERE (published_at IS NOT NULL);
CREATE INDEX outbox_waiting ON outbox USING btree ("position") WHERE (published_at IS NULL);
CREATE INDEX status_change_client ON status_change USING btree (client_id, id);
CREATE UNIQUE INDEX class_assignment_open ON class_assignment USING btree (client_id) WHERE (effective_to IS NULL);
CREATE UNIQUE INDEX grade_assignment_open ON grade_assignment USING btree (client_id) WHERE (effective_to IS NULL);
