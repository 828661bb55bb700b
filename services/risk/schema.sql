-- What the migrations make, beside the tables of the kit; written by the end-to-end test, never by hand.

create table access_limit (
  effective_from date not null,
  version text not null,
  files integer not null,
  work_from time without time zone not null,
  work_to time without time zone not null,
  constraint access_limit_pkey PRIMARY KEY (effective_from),
  constraint access_limit_check CHECK ((work_to > work_from)),
  constraint access_limit_files_check CHECK ((files > 0))
);

create table alert_occurrence (
  id uuid not null,
  alert_id uuid not null,
  client_id uuid not null,
  type text not null,
  at timestamp with time zone not null,
  evidence jsonb not null,
  constraint alert_occurrence_pkey PRIMARY KEY (id),
  constraint alert_occurrence_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES risk_alert(id)
);

create table alert_rule (
  id uuid not null,
  version text not null,
  effective_from date not null,
  content_hash text not null,
  definition jsonb not null,
  constraint alert_rule_version_key UNIQUE (version),
  constraint alert_rule_pkey PRIMARY KEY (id)
);

create table answer_sheet (
  id uuid not null,
  assessment_id uuid not null,
  client_id uuid not null,
  submitted_at timestamp with time zone not null,
  answers_plain jsonb,
  facts_plain jsonb,
  answers bytea,
  facts bytea,
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
  score numeric,
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
  staff_id uuid,
  ended_reason text,
  ended_at timestamp with time zone,
  expiry_told_at timestamp with time zone,
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

create table client_merge (
  merged_id uuid not null,
  survivor_id uuid not null,
  merged_at timestamp with time zone not null,
  before jsonb not null,
  constraint client_merge_pkey PRIMARY KEY (merged_id)
);

create table client_merge_row (
  merged_id uuid not null,
  table_name text not null,
  row_id uuid not null,
  constraint client_merge_row_pkey PRIMARY KEY (merged_id, table_name, row_id),
  constraint client_merge_row_merged_id_fkey FOREIGN KEY (merged_id) REFERENCES client_merge(merged_id) ON DELETE CASCADE
);

create table holding_copy (
  client_id uuid not null,
  product_id uuid not null,
  rating text not null,
  constraint holding_copy_pkey PRIMARY KEY (client_id, product_id)
);

create table interview (
  id uuid not null,
  assessment_id uuid not null,
  assessor_id uuid not null,
  held_at timestamp with time zone not null,
  mode text not null,
  checklist jsonb not null,
  summary_plain text,
  recording_ref_plain text,
  outcome text not null,
  new_level text,
  ordinal integer default 1 not null,
  client_id uuid,
  summary bytea,
  recording_ref bytea,
  constraint interview_ordinal UNIQUE (assessment_id, ordinal),
  constraint interview_pkey PRIMARY KEY (id),
  constraint interview_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
);

create table interview_appointment (
  id uuid not null,
  assessment_id uuid not null,
  assessor_id uuid not null,
  at timestamp with time zone not null,
  mode text not null,
  made_at timestamp with time zone not null,
  ordinal integer not null,
  constraint interview_appointment_assessment_id_ordinal_key UNIQUE (assessment_id, ordinal),
  constraint interview_appointment_pkey PRIMARY KEY (id),
  constraint interview_appointment_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
);

create table investor_copy (
  client_id uuid not null,
  investor text not null,
  valid_to date not null,
  constraint investor_copy_pkey PRIMARY KEY (client_id)
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

create table questionnaire_proposal (
  id uuid not null,
  code text not null,
  questionnaire_version text not null,
  audience text not null,
  effective_from date not null,
  content_hash text not null,
  definition jsonb not null,
  proposed_by_id uuid not null,
  proposed_at timestamp with time zone not null,
  state text not null,
  decided_by_id uuid,
  decided_at timestamp with time zone,
  reason text,
  version integer not null,
  constraint questionnaire_proposal_pkey PRIMARY KEY (id),
  constraint questionnaire_proposal_audience_check CHECK ((audience = ANY (ARRAY['INDIVIDUAL'::text, 'INSTITUTION'::text]))),
  constraint questionnaire_proposal_check CHECK (((decided_by_id IS NULL) OR (state = 'REJECTED'::text) OR (decided_by_id <> proposed_by_id)))
);

create table report_confirmation (
  id uuid not null,
  assessment_id uuid not null,
  report_id uuid not null,
  client_id uuid not null,
  report_hash text not null,
  confirmed_at timestamp with time zone not null,
  constraint report_confirmation_report_id_key UNIQUE (report_id),
  constraint report_confirmation_pkey PRIMARY KEY (id),
  constraint report_confirmation_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id),
  constraint report_confirmation_report_id_fkey FOREIGN KEY (report_id) REFERENCES risk_report(id)
);

create table review (
  id uuid not null,
  assessment_id uuid not null,
  client_id uuid not null,
  asked_by text not null,
  asked_by_id uuid not null,
  asked_at timestamp with time zone not null,
  comment_plain text,
  state text not null,
  outcome text,
  decided_at timestamp with time zone,
  interview_id uuid,
  version integer not null,
  comment bytea,
  constraint review_pkey PRIMARY KEY (id),
  constraint review_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id),
  constraint review_interview_id_fkey FOREIGN KEY (interview_id) REFERENCES interview(id)
);

create table risk_alert (
  id uuid not null,
  client_id uuid not null,
  type text not null,
  subject text not null,
  addressee text not null,
  severity text not null,
  count integer not null,
  evidence jsonb not null,
  rule_version text not null,
  raised_at timestamp with time zone not null,
  last_raised_at timestamp with time zone not null,
  worsened_count integer,
  due_at timestamp with time zone not null,
  is_due_provisional boolean not null,
  state text not null,
  escalated_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  acknowledged_by_id uuid,
  action text,
  action_note_plain text,
  actioned_at timestamp with time zone,
  actioned_by_id uuid,
  close_reason text,
  close_note_plain text,
  closed_at timestamp with time zone,
  closed_by_id uuid,
  is_open boolean generated always as ((state <> 'CLOSED'::text)) stored not null,
  version integer not null,
  action_note bytea,
  close_note bytea,
  constraint risk_alert_pkey PRIMARY KEY (id),
  constraint risk_alert_severity_check CHECK ((severity = ANY (ARRAY['INFO'::text, 'WARN'::text, 'SEVERE'::text])))
);

create table risk_profile (
  client_id uuid not null,
  level text not null,
  lowest_category boolean not null,
  valid_from date not null,
  valid_to date not null,
  assessment_id uuid not null,
  version integer not null,
  ended_reason text,
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
  content_plain text,
  content_hash text not null,
  ordinal integer default 1 not null,
  content bytea,
  constraint risk_report_number_key UNIQUE (number),
  constraint risk_report_ordinal UNIQUE (assessment_id, ordinal),
  constraint risk_report_pkey PRIMARY KEY (id),
  constraint risk_report_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
);

create table table_change (
  id uuid not null,
  kind text not null,
  subject text not null,
  table_version text not null,
  effective_from date not null,
  content_hash text not null,
  definition jsonb not null,
  state text not null,
  proposed_by_id uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by_id uuid,
  decided_at timestamp with time zone,
  version integer not null,
  constraint table_change_pkey PRIMARY KEY (id),
  constraint table_change_kind_check CHECK ((kind = ANY (ARRAY['ASSESSMENT_RULES'::text, 'ALERT_RULES'::text, 'QUESTIONNAIRE_RETIREMENT'::text]))),
  constraint table_change_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);

CREATE INDEX alert_occurrence_alert ON alert_occurrence USING btree (alert_id);
CREATE INDEX alert_occurrence_recent ON alert_occurrence USING btree (client_id, type, at);
CREATE INDEX answer_sheet_client ON answer_sheet USING btree (client_id, submitted_at);
CREATE INDEX assessment_awaiting_interview ON assessment USING btree (id) WHERE (state = ANY (ARRAY['INTERVIEW_REQUIRED'::text, 'INTERVIEW_SCHEDULED'::text]));
CREATE INDEX assessment_client ON assessment USING btree (client_id, id DESC);
CREATE INDEX assessment_draft ON assessment USING btree (started_at) WHERE (state = 'DRAFT'::text);
CREATE INDEX assessment_valid_to ON assessment USING btree (valid_to) WHERE (state = 'EFFECTIVE'::text);
CREATE INDEX client_merge_survivor ON client_merge USING btree (survivor_id);
CREATE INDEX holding_copy_product ON holding_copy USING btree (product_id);
CREATE INDEX interview_client ON interview USING btree (client_id);
CREATE INDEX questionnaire_effective ON questionnaire USING btree (audience, effective_from DESC) WHERE (status = 'ACTIVE'::text);
CREATE INDEX questionnaire_proposal_open ON questionnaire_proposal USING btree (id) WHERE (state = 'OPEN'::text);
CREATE INDEX report_confirmation_client ON report_confirmation USING btree (client_id);
CREATE INDEX review_assessment ON review USING btree (assessment_id);
CREATE INDEX review_client ON review USING btree (client_id);
CREATE INDEX review_open ON review USING btree (id) WHERE (state = 'OPEN'::text);
CREATE INDEX risk_alert_client ON risk_alert USING btree (client_id, id DESC);
CREATE INDEX risk_alert_client_open ON risk_alert USING btree (client_id, id DESC) WHERE is_open;
CREATE INDEX risk_alert_due ON risk_alert USING btree (due_at) WHERE (state = 'OPEN'::text);
CREATE INDEX risk_alert_open ON risk_alert USING btree (id DESC) WHERE (state <> 'CLOSED'::text);
CREATE INDEX risk_alert_subject ON risk_alert USING btree (subject) WHERE is_open;
CREATE INDEX risk_report_client ON risk_report USING btree (client_id);
CREATE INDEX table_change_open ON table_change USING btree (id) WHERE (state = 'OPEN'::text);
CREATE UNIQUE INDEX assessment_one_effective ON assessment USING btree (client_id) WHERE (state = 'EFFECTIVE'::text);
CREATE UNIQUE INDEX questionnaire_proposal_one_open ON questionnaire_proposal USING btree (code) WHERE (state = 'OPEN'::text);
CREATE UNIQUE INDEX review_one_open ON review USING btree (assessment_id) WHERE (state = 'OPEN'::text);
CREATE UNIQUE INDEX risk_alert_one_open ON risk_alert USING btree (client_id, type, subject) WHERE (state <> 'CLOSED'::text);

CREATE OR REPLACE FUNCTION graver(one text, other text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array_position(array['INFO', 'WARN', 'SEVERE'], one) > array_position(array['INFO', 'WARN', 'SEVERE'], other)
$function$;

CREATE OR REPLACE FUNCTION keep_as_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% rows do not change', tg_table_name;
end $function$;

CREATE TRIGGER access_log_kept BEFORE DELETE OR UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER alert_occurrence_is_immutable BEFORE UPDATE OF id, alert_id, type, at, evidence ON alert_occurrence FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answer_sheet_is_immutable BEFORE UPDATE OF id, assessment_id, submitted_at, answers, facts ON answer_sheet FOR EACH ROW WHEN ((old.answers IS NOT NULL)) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_kept BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_kept BEFORE DELETE OR UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_whole BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER risk_report_is_immutable BEFORE UPDATE OF id, number, assessment_id, level, issued_at, content, content_hash, ordinal ON risk_report FOR EACH ROW WHEN ((old.content IS NOT NULL)) EXECUTE FUNCTION refuse_change();
