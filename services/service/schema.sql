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

create table advice (
  id uuid not null,
  client_id uuid not null,
  kind text not null,
  text_plain text,
  decision_id uuid,
  given_by uuid not null,
  given_at timestamp with time zone not null,
  text bytea,
  constraint advice_pkey PRIMARY KEY (id),
  constraint advice_kind_check CHECK ((kind = ANY (ARRAY['CONSULTATION'::text, 'RECOMMENDATION'::text, 'PORTFOLIO'::text, 'ALLOCATION'::text])))
);

create table bereavement (
  client_id uuid not null,
  until date not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  constraint bereavement_pkey PRIMARY KEY (client_id)
);

create table calendar_day (
  day date not null,
  kind text not null,
  labels jsonb not null,
  source text not null,
  constraint calendar_day_pkey PRIMARY KEY (day),
  constraint calendar_day_kind_check CHECK ((kind = ANY (ARRAY['OFF'::text, 'WORK'::text])))
);

create table care_date (
  id uuid not null,
  client_id uuid not null,
  kind text not null,
  month_plain integer,
  day_plain integer,
  is_leap_month boolean not null,
  registered_by uuid not null,
  registered_at timestamp with time zone not null,
  month bytea,
  day bytea,
  constraint care_date_client_id_kind_key UNIQUE (client_id, kind),
  constraint care_date_pkey PRIMARY KEY (id),
  constraint care_date_check CHECK (((kind = 'BIRTHDAY_LUNAR'::text) OR (NOT is_leap_month))),
  constraint care_date_kind_check CHECK ((kind = ANY (ARRAY['BIRTHDAY_SOLAR'::text, 'BIRTHDAY_LUNAR'::text])))
);

create table care_gift (
  id uuid not null,
  grade text not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  value numeric not null,
  yearly_cap numeric not null,
  currency text not null,
  labels jsonb not null,
  constraint care_gift_grade_version_key UNIQUE (grade, version),
  constraint care_gift_pkey PRIMARY KEY (id)
);

create table care_rule (
  id uuid not null,
  code text not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  terms jsonb not null,
  labels jsonb not null,
  wishes jsonb not null,
  constraint care_rule_code_version_key UNIQUE (code, version),
  constraint care_rule_pkey PRIMARY KEY (id)
);

create table care_task (
  id uuid not null,
  client_id uuid not null,
  rule_code text not null,
  year integer not null,
  due_on date not null,
  communication_id uuid not null,
  gift_value numeric,
  gift_currency text,
  sent_at timestamp with time zone,
  constraint care_task_client_id_rule_code_year_key UNIQUE (client_id, rule_code, year),
  constraint care_task_pkey PRIMARY KEY (id),
  constraint care_task_communication_id_fkey FOREIGN KEY (communication_id) REFERENCES communication(id)
);

create table client_event (
  id uuid not null,
  version integer not null,
  title text not null,
  kind text not null,
  mode text not null,
  place text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  capacity integer not null,
  grades text[],
  status text not null,
  created_by uuid not null,
  constraint client_event_pkey PRIMARY KEY (id),
  constraint client_event_capacity_check CHECK ((capacity > 0)),
  constraint client_event_check CHECK ((ends_at > starts_at)),
  constraint client_event_kind_check CHECK ((kind = ANY (ARRAY['EVENING'::text, 'LECTURE'::text, 'THEMED'::text]))),
  constraint client_event_mode_check CHECK ((mode = ANY (ARRAY['ON_SITE'::text, 'ONLINE'::text]))),
  constraint client_event_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'CANCELLED'::text])))
);

create table client_fact (
  client_id uuid not null,
  onboarded_on date not null,
  constraint client_fact_pkey PRIMARY KEY (client_id)
);

create table client_move (
  id bigint generated always as identity not null,
  "table" text not null,
  row_id uuid not null,
  from_id uuid not null,
  to_id uuid not null,
  moved_at timestamp with time zone not null,
  constraint client_move_pkey PRIMARY KEY (id)
);

create table communication (
  id uuid not null,
  client_id uuid not null,
  mailing_id uuid,
  kind text not null,
  channel text not null,
  template_id uuid not null,
  variables jsonb not null,
  state text not null,
  reason text,
  attempts integer not null,
  not_before timestamp with time zone not null,
  queued_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  ended_at timestamp with time zone,
  handed_at timestamp with time zone,
  claim_id uuid,
  reported_at timestamp with time zone,
  constraint communication_pkey PRIMARY KEY (id),
  constraint communication_mailing_id_fkey FOREIGN KEY (mailing_id) REFERENCES mailing(id),
  constraint communication_template_id_fkey FOREIGN KEY (template_id) REFERENCES message_template(id),
  constraint communication_check CHECK (((state <> ALL (ARRAY['SUPPRESSED'::text, 'BOUNCED'::text, 'UNCERTAIN'::text])) OR (reason IS NOT NULL))),
  constraint communication_state_check CHECK ((state = ANY (ARRAY['QUEUED'::text, 'SENDING'::text, 'SENT'::text, 'DELIVERED'::text, 'READ'::text, 'BOUNCED'::text, 'SUPPRESSED'::text, 'UNCERTAIN'::text])))
);

create table complaint (
  id uuid not null,
  version integer not null,
  number text not null,
  status text not null,
  profile text not null,
  clock_id uuid not null,
  client_id uuid,
  complainant_kind text not null,
  complainant_name_plain text,
  complainant_contact_plain text,
  authority_reference_plain text,
  representatives_plain text[],
  channel text not null,
  received_at timestamp with time zone not null,
  filed_by uuid not null,
  category text not null,
  severity text not null,
  product_ids uuid[] not null,
  claim_plain text,
  concerned_staff_ids uuid[] not null,
  handler_id uuid,
  complexity text not null,
  clock_from timestamp with time zone not null,
  acknowledge_due_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  due_is_provisional boolean not null,
  acknowledged_at timestamp with time zone,
  findings_plain text,
  decision_plain text,
  remedies text,
  redress_type text,
  redress_amount numeric,
  redress_currency text,
  root_cause text,
  is_summary_resolution boolean not null,
  resolved_at timestamp with time zone,
  resolved_by uuid,
  on_time boolean,
  failed_follow_ups integer not null,
  satisfaction integer,
  ended_at timestamp with time zone,
  merged_into_id uuid,
  rectification_id uuid,
  complainant_name bytea,
  complainant_contact bytea,
  authority_reference bytea,
  representatives bytea,
  claim bytea,
  findings bytea,
  decision bytea,
  acknowledge_due_is_provisional boolean default false not null,
  constraint complaint_number_key UNIQUE (number),
  constraint complaint_pkey PRIMARY KEY (id),
  constraint complaint_clock_id_fkey FOREIGN KEY (clock_id) REFERENCES complaint_clock(id),
  constraint complaint_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES complaint(id),
  constraint complaint_rectification_id_fkey FOREIGN KEY (rectification_id) REFERENCES rectification(id),
  constraint complaint_check1 CHECK (((status = 'MERGED'::text) = (merged_into_id IS NOT NULL))),
  constraint complaint_check2 CHECK (((redress_amount IS NULL) = (redress_currency IS NULL))),
  constraint complaint_complainant_kind_check CHECK ((complainant_kind = ANY (ARRAY['CLIENT'::text, 'THIRD_PARTY'::text, 'HEIR'::text, 'NON_CLIENT'::text]))),
  constraint complaint_complexity_check CHECK ((complexity = ANY (ARRAY['SIMPLE'::text, 'COMPLEX'::text, 'SPECIAL'::text]))),
  constraint complaint_decided CHECK (((status <> 'RESOLVED'::text) OR (((COALESCE(findings_plain, ''::text) || (COALESCE(findings, '\x'::bytea))::text) <> ''::text) AND ((COALESCE(decision_plain, ''::text) || (COALESCE(decision, '\x'::bytea))::text) <> ''::text) AND (remedies IS NOT NULL) AND (root_cause IS NOT NULL)))),
  constraint complaint_satisfaction_check CHECK (((satisfaction >= 1) AND (satisfaction <= 5))),
  constraint complaint_status_check CHECK ((status = ANY (ARRAY['RECEIVED'::text, 'ACKNOWLEDGED'::text, 'INVESTIGATING'::text, 'RESOLVED'::text, 'FOLLOWED_UP'::text, 'CLOSED'::text, 'WITHDRAWN'::text, 'NOT_OURS'::text, 'MERGED'::text, 'REOPENED'::text, 'UNDER_REVIEW'::text])))
);

create table complaint_action (
  id uuid not null,
  complaint_id uuid not null,
  action text not null,
  from_status text,
  to_status text not null,
  note_plain text,
  by uuid,
  at timestamp with time zone not null,
  note bytea,
  constraint complaint_action_pkey PRIMARY KEY (id),
  constraint complaint_action_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id)
);

create table complaint_clock (
  id uuid not null,
  profile text not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  terms jsonb not null,
  constraint complaint_clock_profile_version_key UNIQUE (profile, version),
  constraint complaint_clock_pkey PRIMARY KEY (id)
);

create table complaint_extension (
  id uuid not null,
  complaint_id uuid not null,
  complexity text not null,
  status text not null,
  reason_plain text,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  told_via text,
  told_at timestamp with time zone,
  due_before timestamp with time zone not null,
  due_after timestamp with time zone,
  reason bytea,
  constraint complaint_extension_pkey PRIMARY KEY (id),
  constraint complaint_extension_complaint_id_fkey FOREIGN KEY (complaint_id) REFERENCES complaint(id),
  constraint complaint_extension_check CHECK (((status <> 'GRANTED'::text) OR ((told_via IS NOT NULL) AND (told_at IS NOT NULL) AND (due_after IS NOT NULL)))),
  constraint complaint_extension_complexity_check CHECK ((complexity = ANY (ARRAY['COMPLEX'::text, 'SPECIAL'::text]))),
  constraint complaint_extension_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'GRANTED'::text, 'REFUSED'::text])))
);

create table complaint_number (
  year integer not null,
  last integer not null,
  constraint complaint_number_pkey PRIMARY KEY (year)
);

create table consent_copy (
  id uuid not null,
  client_id uuid not null,
  purpose text not null,
  channel text not null,
  is_granted boolean not null,
  text_version text not null,
  changed_at timestamp with time zone not null,
  constraint consent_copy_client_id_purpose_channel_key UNIQUE (client_id, purpose, channel),
  constraint consent_copy_pkey PRIMARY KEY (id)
);

create table contact_point (
  id uuid not null,
  version integer not null,
  client_id uuid not null,
  channel text not null,
  address_plain text,
  registered_by uuid not null,
  registered_at timestamp with time zone not null,
  address bytea,
  constraint contact_point_client_id_channel_key UNIQUE (client_id, channel),
  constraint contact_point_pkey PRIMARY KEY (id),
  constraint contact_point_channel_check CHECK ((channel = ANY (ARRAY['EMAIL'::text, 'SMS'::text, 'WECHAT'::text])))
);

create table cooling_off (
  order_id uuid not null,
  client_id uuid not null,
  until timestamp with time zone not null,
  constraint cooling_off_pkey PRIMARY KEY (order_id)
);

create table early_receipt (
  id uuid not null,
  communication_id uuid not null,
  outcome text not null,
  reason text,
  at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  constraint early_receipt_communication_id_outcome_at_key UNIQUE (communication_id, outcome, at),
  constraint early_receipt_pkey PRIMARY KEY (id),
  constraint early_receipt_communication_id_fkey FOREIGN KEY (communication_id) REFERENCES communication(id),
  constraint early_receipt_outcome_check CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'READ'::text, 'BOUNCED'::text])))
);

create table fee_copy (
  order_id uuid not null,
  client_id uuid not null,
  amount_minor bigint not null,
  currency text not null,
  charged_on date not null,
  constraint fee_copy_pkey PRIMARY KEY (order_id)
);

create table feedback (
  id uuid not null,
  version integer not null,
  client_id uuid not null,
  kind text not null,
  channel text not null,
  text_plain text,
  received_at timestamp with time zone not null,
  given_by uuid not null,
  due_at timestamp with time zone not null,
  state text not null,
  handler_id uuid,
  answer_plain text,
  answered_at timestamp with time zone,
  is_improved boolean,
  conclusion_plain text,
  text bytea,
  answer bytea,
  conclusion bytea,
  constraint feedback_pkey PRIMARY KEY (id),
  constraint feedback_answered CHECK (((state = ANY (ARRAY['ANSWERED'::text, 'CONCLUDED'::text])) = (answered_at IS NOT NULL))),
  constraint feedback_concluded CHECK (((state = 'CONCLUDED'::text) = (is_improved IS NOT NULL))),
  constraint feedback_kind_check CHECK ((kind = ANY (ARRAY['SUGGESTION'::text, 'PRAISE'::text, 'CRITICISM'::text]))),
  constraint feedback_state_check CHECK ((state = ANY (ARRAY['RECEIVED'::text, 'IN_HAND'::text, 'ANSWERED'::text, 'CONCLUDED'::text])))
);

create table holding_copy (
  client_id uuid not null,
  product_id uuid not null,
  rating text not null,
  units numeric not null,
  changed_at timestamp with time zone not null,
  constraint holding_copy_pkey PRIMARY KEY (client_id, product_id)
);

create table interaction (
  id uuid not null,
  client_id uuid not null,
  channel text not null,
  direction text not null,
  at timestamp with time zone not null,
  subject_code text not null,
  summary_plain text,
  confidentiality text not null,
  answered_after_seconds integer,
  logged_by uuid not null,
  logged_at timestamp with time zone not null,
  participants_plain jsonb,
  recording_reference text,
  summary bytea,
  participants bytea,
  in_cooling_off boolean default false not null,
  constraint interaction_pkey PRIMARY KEY (id),
  constraint interaction_channel_check CHECK ((channel = ANY (ARRAY['PHONE'::text, 'FACE'::text, 'ONLINE'::text, 'WECHAT'::text]))),
  constraint interaction_check CHECK (((answered_after_seconds IS NULL) OR ((channel = 'PHONE'::text) AND (direction = 'INBOUND'::text) AND (answered_after_seconds >= 0)))),
  constraint interaction_check1 CHECK ((at <= logged_at)),
  constraint interaction_confidentiality_check CHECK ((confidentiality = ANY (ARRAY['NORMAL'::text, 'CONFIDENTIAL'::text]))),
  constraint interaction_direction_check CHECK ((direction = ANY (ARRAY['INBOUND'::text, 'OUTBOUND'::text])))
);

create table interaction_subject (
  code text not null,
  labels jsonb not null,
  "position" integer not null,
  effective_from date not null,
  effective_to date,
  source text not null,
  constraint interaction_subject_pkey PRIMARY KEY (code)
);

create table mailing (
  id uuid not null,
  kind text not null,
  template_id uuid not null,
  channel text not null,
  variables jsonb not null,
  audience jsonb not null,
  recipients integer not null,
  created_by uuid,
  created_at timestamp with time zone not null,
  event_id uuid,
  constraint mailing_pkey PRIMARY KEY (id),
  constraint mailing_event_id_fkey FOREIGN KEY (event_id) REFERENCES client_event(id),
  constraint mailing_template_id_fkey FOREIGN KEY (template_id) REFERENCES message_template(id),
  constraint mailing_channel_check CHECK ((channel = ANY (ARRAY['EMAIL'::text, 'SMS'::text, 'WECHAT'::text])))
);

create table material_event (
  id uuid not null,
  version integer not null,
  source text not null,
  severity text not null,
  product_ids uuid[] not null,
  event text not null,
  effective_on date not null,
  cause text,
  template_id uuid not null,
  detected_at timestamp with time zone not null,
  deadline timestamp with time zone not null,
  deadline_is_provisional boolean not null,
  call_by date not null,
  audience integer not null,
  opened_by uuid,
  calls_planned_at timestamp with time zone,
  constraint material_event_cause_key UNIQUE (cause),
  constraint material_event_pkey PRIMARY KEY (id),
  constraint material_event_template_id_fkey FOREIGN KEY (template_id) REFERENCES message_template(id),
  constraint material_event_check CHECK (((source = 'FIRM_EVENT'::text) = (cardinality(product_ids) = 0))),
  constraint material_event_product_ids_check CHECK ((cardinality(product_ids) <= 20)),
  constraint material_event_severity_check CHECK ((severity = ANY (ARRAY['SEVERE'::text, 'NORMAL'::text]))),
  constraint material_event_source_check CHECK ((source = ANY (ARRAY['RATING_CHANGED'::text, 'SUSPENDED'::text, 'DEFAULT'::text, 'PRODUCT_EVENT'::text, 'FIRM_EVENT'::text])))
);

create table message_template (
  id uuid not null,
  version integer not null,
  code text not null,
  revision integer not null,
  kind text not null,
  status text not null,
  subject text not null,
  body text not null,
  variables text[] not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  constraint message_template_code_revision_key UNIQUE (code, revision),
  constraint message_template_pkey PRIMARY KEY (id),
  constraint message_template_check CHECK ((decided_by <> proposed_by)),
  constraint message_template_kind_check CHECK ((kind = ANY (ARRAY['CARE'::text, 'MARKETING'::text, 'PERIODIC'::text, 'MATERIAL_EVENT'::text, 'SERVICE'::text]))),
  constraint message_template_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text])))
);

create table notice (
  id uuid not null,
  material_event_id uuid not null,
  client_id uuid not null,
  communication_id uuid not null,
  informed_at timestamp with time zone,
  informed_via text,
  constraint notice_material_event_id_client_id_key UNIQUE (material_event_id, client_id),
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_communication_id_fkey FOREIGN KEY (communication_id) REFERENCES communication(id),
  constraint notice_material_event_id_fkey FOREIGN KEY (material_event_id) REFERENCES material_event(id),
  constraint notice_check CHECK (((informed_at IS NULL) = (informed_via IS NULL))),
  constraint notice_informed_via_check CHECK ((informed_via = ANY (ARRAY['READ'::text, 'CONFIRMED'::text, 'CALLED'::text])))
);

create table plan_step (
  id uuid not null,
  version integer not null,
  plan_id uuid not null,
  client_id uuid not null,
  "position" integer not null,
  labels jsonb not null,
  owner_id uuid,
  due_on date not null,
  state text not null,
  note_plain text,
  done_by uuid,
  done_at timestamp with time zone,
  note bytea,
  constraint plan_step_plan_id_position_key UNIQUE (plan_id, "position"),
  constraint plan_step_pkey PRIMARY KEY (id),
  constraint plan_step_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES service_plan(id),
  constraint plan_step_check CHECK (((state = 'OPEN'::text) = (done_at IS NULL))),
  constraint plan_step_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'DONE'::text, 'SKIPPED'::text])))
);

create table points_copy (
  client_id uuid not null,
  balance numeric not null,
  changed_at timestamp with time zone not null,
  constraint points_copy_pkey PRIMARY KEY (client_id)
);

create table rectification (
  id uuid not null,
  version integer not null,
  root_cause text not null,
  status text not null,
  opened_at timestamp with time zone not null,
  measures text,
  completed_by uuid,
  completed_at timestamp with time zone,
  constraint rectification_pkey PRIMARY KEY (id),
  constraint rectification_check CHECK (((status = 'DONE'::text) = ((measures IS NOT NULL) AND (completed_by IS NOT NULL) AND (completed_at IS NOT NULL)))),
  constraint rectification_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'DONE'::text])))
);

create table registration (
  id uuid not null,
  version integer not null,
  event_id uuid not null,
  client_id uuid,
  lead_id uuid,
  state text not null,
  registered_at timestamp with time zone not null,
  queued_at timestamp with time zone not null,
  checked_in_at timestamp with time zone,
  constraint registration_pkey PRIMARY KEY (id),
  constraint registration_event_id_fkey FOREIGN KEY (event_id) REFERENCES client_event(id),
  constraint registration_check CHECK (((client_id IS NULL) <> (lead_id IS NULL))),
  constraint registration_state_check CHECK ((state = ANY (ARRAY['REGISTERED'::text, 'WAITING'::text, 'CANCELLED'::text, 'ATTENDED'::text])))
);

create table service_plan (
  id uuid not null,
  version integer not null,
  client_id uuid not null,
  template_code text,
  opened_for text,
  labels jsonb not null,
  state text not null,
  opened_on date not null,
  opened_by uuid,
  ended_at timestamp with time zone,
  constraint service_plan_client_id_opened_for_key UNIQUE (client_id, opened_for),
  constraint service_plan_pkey PRIMARY KEY (id),
  constraint service_plan_check CHECK (((state = 'OPEN'::text) = (ended_at IS NULL))),
  constraint service_plan_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'COMPLETED'::text, 'CANCELLED'::text])))
);

create table statement (
  id uuid not null,
  client_id uuid not null,
  kind text not null,
  period_from date not null,
  period_to date not null,
  holdings jsonb not null,
  points numeric not null,
  fees jsonb not null,
  communication_id uuid not null,
  made_at timestamp with time zone not null,
  constraint statement_client_id_kind_period_to_key UNIQUE (client_id, kind, period_to),
  constraint statement_pkey PRIMARY KEY (id),
  constraint statement_communication_id_fkey FOREIGN KEY (communication_id) REFERENCES communication(id),
  constraint statement_kind_check CHECK ((kind = ANY (ARRAY['MONTHLY'::text, 'QUARTERLY'::text, 'YEARLY'::text])))
);

create table survey (
  id uuid not null,
  version integer not null,
  client_id uuid not null,
  case_kind text not null,
  case_id uuid not null,
  opened_at timestamp with time zone not null,
  closes_at timestamp with time zone not null,
  score integer,
  comment_plain text,
  answered_by uuid,
  answered_at timestamp with time zone,
  communication_id uuid not null,
  comment bytea,
  constraint survey_case_kind_case_id_key UNIQUE (case_kind, case_id),
  constraint survey_pkey PRIMARY KEY (id),
  constraint survey_communication_id_fkey FOREIGN KEY (communication_id) REFERENCES communication(id),
  constraint survey_case_kind_check CHECK ((case_kind = ANY (ARRAY['COMPLAINT'::text, 'FEEDBACK'::text, 'SERVICE_PLAN'::text]))),
  constraint survey_check CHECK (((score IS NULL) = (answered_at IS NULL))),
  constraint survey_score_check CHECK (((score >= 1) AND (score <= 5)))
);

create table table_version (
  id uuid not null,
  version integer not null,
  "table" text not null,
  code text not null,
  revision integer not null,
  effective_from date not null,
  source text not null,
  terms jsonb not null,
  status text not null,
  proposed_by uuid,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  constraint table_version_table_code_revision_key UNIQUE ("table", code, revision),
  constraint table_version_pkey PRIMARY KEY (id),
  constraint table_version_check CHECK ((decided_by <> proposed_by)),
  constraint table_version_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text])))
);

create table work_item (
  id uuid not null,
  version integer not null,
  client_id uuid not null,
  kind text not null,
  reference text not null,
  due_on date not null,
  note_plain text,
  state text not null,
  planned_by uuid,
  done_at timestamp with time zone,
  note bytea,
  constraint work_item_client_id_kind_reference_key UNIQUE (client_id, kind, reference),
  constraint work_item_pkey PRIMARY KEY (id),
  constraint work_item_kind_check CHECK ((kind = ANY (ARRAY['REVIEW'::text, 'ASSESSMENT'::text, 'FOLLOW_UP'::text, 'INTERVIEW'::text, 'ALERT'::text, 'NOTICE_CALL'::text]))),
  constraint work_item_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'DONE'::text])))
);

CREATE INDEX advice_of_client ON advice USING btree (client_id, id DESC);
CREATE INDEX care_task_gifts ON care_task USING btree (client_id, due_on) WHERE (gift_value IS NOT NULL);
CREATE INDEX client_event_start ON client_event USING btree (starts_at);
CREATE INDEX client_move_of ON client_move USING btree (from_id, to_id);
CREATE INDEX communication_of_client ON communication USING btree (client_id, id DESC);
CREATE INDEX communication_of_mailing ON communication USING btree (mailing_id, id DESC);
CREATE INDEX communication_queued ON communication USING btree (not_before, id) WHERE (state = 'QUEUED'::text);
CREATE INDEX communication_sending ON communication USING btree (id) WHERE (state = 'SENDING'::text);
CREATE INDEX communication_sent ON communication USING btree (client_id, kind, sent_at) WHERE (sent_at IS NOT NULL);
CREATE INDEX complaint_action_of_complaint ON complaint_action USING btree (complaint_id, id);
CREATE INDEX complaint_by_status ON complaint USING btree (status, id DESC);
CREATE INDEX complaint_extension_of_complaint ON complaint_extension USING btree (complaint_id, id);
CREATE INDEX complaint_of_client ON complaint USING btree (client_id, id DESC);
CREATE INDEX complaint_of_handler ON complaint USING btree (handler_id, id DESC);
CREATE INDEX complaint_open_due ON complaint USING btree (due_at) WHERE (status = ANY (ARRAY['RECEIVED'::text, 'ACKNOWLEDGED'::text, 'INVESTIGATING'::text, 'REOPENED'::text, 'UNDER_REVIEW'::text]));
CREATE INDEX complaint_root_cause ON complaint USING btree (root_cause, resolved_at) WHERE (root_cause IS NOT NULL);
CREATE INDEX cooling_off_of_client ON cooling_off USING btree (client_id, until);
CREATE INDEX fee_copy_of_client ON fee_copy USING btree (client_id, charged_on);
CREATE INDEX feedback_by_state ON feedback USING btree (state, id DESC);
CREATE INDEX feedback_of_client ON feedback USING btree (client_id, id DESC);
CREATE INDEX feedback_received ON feedback USING btree (received_at);
CREATE INDEX holding_copy_of_product ON holding_copy USING btree (product_id, client_id) WHERE (units > (0)::numeric);
CREATE INDEX interaction_calls ON interaction USING btree (at) WHERE ((channel = 'PHONE'::text) AND (direction = 'INBOUND'::text));
CREATE INDEX interaction_of_client ON interaction USING btree (client_id, id DESC);
CREATE INDEX interaction_of_client_and_channel ON interaction USING btree (client_id, channel, id DESC);
CREATE INDEX mailing_of_event ON mailing USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX material_event_calls ON material_event USING btree (deadline) WHERE (calls_planned_at IS NULL);
CREATE INDEX notice_of_client ON notice USING btree (client_id, id DESC);
CREATE INDEX notice_of_communication ON notice USING btree (communication_id);
CREATE INDEX notice_of_material_event ON notice USING btree (material_event_id, id DESC);
CREATE INDEX plan_step_open_of_client ON plan_step USING btree (client_id, due_on) WHERE (state = 'OPEN'::text);
CREATE INDEX plan_step_open_of_owner ON plan_step USING btree (owner_id, due_on) WHERE ((state = 'OPEN'::text) AND (owner_id IS NOT NULL));
CREATE INDEX registration_by_client ON registration USING btree (client_id, id DESC);
CREATE INDEX registration_waiting ON registration USING btree (event_id, queued_at, id) WHERE (state = 'WAITING'::text);
CREATE INDEX service_plan_of_client ON service_plan USING btree (client_id, id DESC);
CREATE INDEX statement_of_client ON statement USING btree (client_id, id DESC);
CREATE INDEX survey_of_client ON survey USING btree (client_id, id DESC);
CREATE INDEX survey_opened ON survey USING btree (opened_at);
CREATE INDEX work_item_by_reference ON work_item USING btree (kind, reference) WHERE (state = 'OPEN'::text);
CREATE INDEX work_item_open ON work_item USING btree (client_id, due_on) WHERE (state = 'OPEN'::text);
CREATE UNIQUE INDEX care_task_of_communication ON care_task USING btree (communication_id);
CREATE UNIQUE INDEX complaint_extension_proposed ON complaint_extension USING btree (complaint_id) WHERE (status = 'PROPOSED'::text);
CREATE UNIQUE INDEX rectification_open ON rectification USING btree (root_cause) WHERE (status = 'OPEN'::text);
CREATE UNIQUE INDEX registration_of_client ON registration USING btree (event_id, client_id) WHERE (client_id IS NOT NULL);
CREATE UNIQUE INDEX registration_of_lead ON registration USING btree (event_id, lead_id) WHERE (lead_id IS NOT NULL);
CREATE UNIQUE INDEX service_plan_open ON service_plan USING btree (client_id, template_code) WHERE (state = 'OPEN'::text);

CREATE OR REPLACE FUNCTION keep_as_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION keep_complaint_action()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or old.note_plain is null then
    raise exception 'complaint_action is append-only: write a new entry instead';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION keep_interaction()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  moved interaction := old;
begin
  moved.client_id := new.client_id;
  if new is distinct from moved and old.summary_plain is null and old.participants_plain is null
    and current_setting('client_graph.erasing', true) is distinct from 'on' then
    raise exception 'interaction is append-only: write a new entry instead';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if current_setting('client_graph.erasing', true) = 'on' then
    return null;
  end if;
  raise exception '% is append-only: write a new entry instead', tg_table_name;
end $function$;

CREATE TRIGGER access_log_kept BEFORE DELETE OR UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_kept BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_kept BEFORE DELETE OR UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_whole BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER complaint_action_append_only BEFORE DELETE OR UPDATE ON complaint_action FOR EACH ROW EXECUTE FUNCTION keep_complaint_action();
CREATE TRIGGER interaction_append_only BEFORE UPDATE ON interaction FOR EACH ROW EXECUTE FUNCTION keep_interaction();
