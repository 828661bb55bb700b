-- What the migrations make; written by the end-to-end test, never by hand.

create table answer_sheet (
  id uuid not null,
  assessment_id uuid not null,
  client_id uuid not null,
  submitted_at timestamp with time zone not null,
  answers jsonb not null,
  facts jsonb not null,
  constraint answer_sheet_assessment_id_key UNIQUE (assessment_id),
  constraint answer_sheet_pkey PRIMARY KEY (id),
  constraint answer_sheet_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
);

create table assessment (
  id uuid not null,
  client_id uuid not null,
  questionnaire_id uuid not null,
  rule_version text,
  channel text not null,
  state text not null,
  started_at timestamp with time zone not null,
  submitted_at timestamp with time zone,
  attempt_no integer,
  score integer,
  sub_scores jsonb,
  band_level text,
  gates_fired jsonb default '[]'::jsonb not null,
  scored_level text,
  final_level text,
  marks_lowest_category boolean,
  lowest_category boolean,
  flags jsonb default '[]'::jsonb not null,
  interview_reasons jsonb default '[]'::jsonb not null,
  valid_from date,
  valid_to date,
  supersedes_id uuid,
  version integer not null,
  constraint assessment_pkey PRIMARY KEY (id),
  constraint assessment_questionnaire_id_fkey FOREIGN KEY (questionnaire_id) REFERENCES questionnaire(id),
  constraint assessment_supersedes_id_fkey FOREIGN KEY (supersedes_id) REFERENCES assessment(id)
);

create table assessment_rule (
  id uuid not null,
  version text not null,
  effective_from date not null,
  content_hash text not null,
  definition jsonb not null,
  constraint assessment_rule_version_key UNIQUE (version),
  constraint assessment_rule_pkey PRIMARY KEY (id)
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

create table inbox (
  consumer text not null,
  event_id uuid not null,
  received_at timestamp with time zone not null,
  constraint inbox_pkey PRIMARY KEY (consumer, event_id)
);

create table interview (
  id uuid not null,
  assessment_id uuid not null,
  assessor_id uuid not null,
  held_at timestamp with time zone not null,
  mode text not null,
  checklist jsonb not null,
  summary text not null,
  recording_ref text,
  outcome text not null,
  new_level text,
  constraint interview_assessment_id_key UNIQUE (assessment_id),
  constraint interview_pkey PRIMARY KEY (id),
  constraint interview_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
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

create table questionnaire (
  id uuid not null,
  code text not null,
  version text not null,
  audience text not null,
  status text not null,
  effective_from date not null,
  content_hash text not null,
  definition jsonb not null,
  constraint questionnaire_code_version_key UNIQUE (code, version),
  constraint questionnaire_pkey PRIMARY KEY (id),
  constraint questionnaire_audience_check CHECK ((audience = ANY (ARRAY['INDIVIDUAL'::text, 'INSTITUTION'::text]))),
  constraint questionnaire_status_check CHECK ((status = ANY (ARRAY['DRAFT'::text, 'ACTIVE'::text, 'RETIRED'::text])))
);

create table report_confirmation (
  id uuid not null,
  assessment_id uuid not null,
  report_id uuid not null,
  client_id uuid not null,
  report_hash text not null,
  confirmed_at timestamp with time zone not null,
  constraint report_confirmation_assessment_id_key UNIQUE (assessment_id),
  constraint report_confirmation_report_id_key UNIQUE (report_id),
  constraint report_confirmation_pkey PRIMARY KEY (id),
  constraint report_confirmation_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id),
  constraint report_confirmation_report_id_fkey FOREIGN KEY (report_id) REFERENCES risk_report(id)
);

create table request (
  command text not null,
  request_id text not null,
  content_hash text not null,
  answer_id uuid not null,
  at timestamp with time zone not null,
  constraint request_pkey PRIMARY KEY (command, request_id)
);

create table risk_profile (
  client_id uuid not null,
  level text not null,
  lowest_category boolean not null,
  valid_from date not null,
  valid_to date not null,
  assessment_id uuid not null,
  version integer not null,
  constraint risk_profile_pkey PRIMARY KEY (client_id),
  constraint risk_profile_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
);

create table risk_report (
  id uuid not null,
  number text not null,
  assessment_id uuid not null,
  client_id uuid not null,
  level text not null,
  issued_at timestamp with time zone not null,
  content text not null,
  content_hash text not null,
  constraint risk_report_assessment_id_key UNIQUE (assessment_id),
  constraint risk_report_number_key UNIQUE (number),
  constraint risk_report_pkey PRIMARY KEY (id),
  constraint risk_report_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
);

CREATE INDEX answer_sheet_client ON answer_sheet USING btree (client_id, submitted_at);
CREATE INDEX assessment_awaiting_interview ON assessment USING btree (id) WHERE (state = ANY (ARRAY['INTERVIEW_REQUIRED'::text, 'INTERVIEW_SCHEDULED'::text]));
CREATE INDEX assessment_client ON assessment USING btree (client_id, id DESC);
CREATE INDEX assessment_draft ON assessment USING btree (started_at) WHERE (state = 'DRAFT'::text);
CREATE INDEX client_copy_adviser ON client_copy USING btree (adviser_id);
CREATE INDEX outbox_published ON outbox USING btree (published_at) WHERE (published_at IS NOT NULL);
CREATE INDEX outbox_waiting ON outbox USING btree ("position") WHERE (published_at IS NULL);
CREATE INDEX questionnaire_effective ON questionnaire USING btree (audience, effective_from DESC) WHERE (status = 'ACTIVE'::text);
CREATE UNIQUE INDEX assessment_one_effective ON assessment USING btree (client_id) WHERE (state = 'EFFECTIVE'::text);

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% rows do not change', tg_table_name;
end $function$;

CREATE TRIGGER answer_sheet_is_immutable BEFORE UPDATE ON answer_sheet FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER risk_report_is_immutable BEFORE UPDATE ON risk_report FOR EACH ROW EXECUTE FUNCTION refuse_change();
