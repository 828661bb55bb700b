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

create table attribution_share (
  id uuid not null,
  conversion_id uuid not null,
  model text not null,
  channel text not null,
  campaign_id uuid,
  share numeric not null,
  constraint attribution_share_conversion_id_model_channel_campaign_id_key UNIQUE NULLS NOT DISTINCT (conversion_id, model, channel, campaign_id),
  constraint attribution_share_pkey PRIMARY KEY (id),
  constraint attribution_share_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint attribution_share_conversion_id_fkey FOREIGN KEY (conversion_id) REFERENCES conversion(id),
  constraint attribution_share_model_check CHECK ((model = ANY (ARRAY['FIRST'::text, 'LAST'::text, 'LINEAR'::text, 'POSITION_BASED'::text]))),
  constraint attribution_share_share_check CHECK (((share > (0)::numeric) AND (share <= (1)::numeric)))
);

create table audience (
  id uuid not null,
  name text not null,
  people text not null,
  channel text not null,
  criteria jsonb not null,
  built_at timestamp with time zone not null,
  built_by uuid,
  constraint audience_pkey PRIMARY KEY (id),
  constraint audience_people_check CHECK ((people = ANY (ARRAY['CLIENTS'::text, 'LEADS'::text])))
);

create table audience_member (
  audience_id uuid not null,
  member_id uuid not null,
  constraint audience_member_pkey PRIMARY KEY (audience_id, member_id),
  constraint audience_member_audience_id_fkey FOREIGN KEY (audience_id) REFERENCES audience(id)
);

create table campaign (
  id uuid not null,
  name text not null,
  channel text not null,
  medium text not null,
  budget_amount numeric,
  budget_currency text,
  starts_on date not null,
  ends_on date,
  started_at timestamp with time zone,
  created_at timestamp with time zone not null,
  version integer not null,
  ended_at timestamp with time zone,
  constraint campaign_pkey PRIMARY KEY (id),
  constraint campaign_budget_amount_check CHECK ((budget_amount > (0)::numeric)),
  constraint campaign_channel_check CHECK ((channel = ANY (ARRAY['ONLINE'::text, 'OFFLINE'::text, 'PARTNER'::text, 'REFERRAL'::text]))),
  constraint campaign_check CHECK (((budget_amount IS NULL) = (budget_currency IS NULL))),
  constraint campaign_check1 CHECK ((ends_on >= starts_on))
);

create table campaign_cost (
  id uuid not null,
  campaign_id uuid not null,
  kind text not null,
  amount numeric not null,
  currency text not null,
  spent_on date not null,
  recorded_at timestamp with time zone not null,
  by uuid,
  cancelled_at timestamp with time zone,
  cancelled_by uuid,
  constraint campaign_cost_pkey PRIMARY KEY (id),
  constraint campaign_cost_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint campaign_cost_amount_check CHECK ((amount > (0)::numeric))
);

create table client_activation (
  id uuid not null,
  activated_at timestamp with time zone not null,
  constraint client_activation_pkey PRIMARY KEY (id)
);

create table client_consent (
  client_id uuid not null,
  channel text not null,
  granted boolean not null,
  changed_at timestamp with time zone not null,
  constraint client_consent_pkey PRIMARY KEY (client_id, channel)
);

create table client_hold (
  id uuid not null,
  client_id uuid not null,
  kind text not null,
  constraint client_hold_pkey PRIMARY KEY (id),
  constraint client_hold_kind_check CHECK ((kind = ANY (ARRAY['COMPLAINT'::text, 'COOLING_OFF'::text])))
);

create table client_merge (
  id uuid not null,
  survivor_id uuid not null,
  merged_on date not null,
  constraint client_merge_pkey PRIMARY KEY (id)
);

create table client_opening (
  id uuid not null,
  lead_id uuid not null,
  standing text not null,
  opened_at timestamp with time zone not null,
  constraint client_opening_pkey PRIMARY KEY (id),
  constraint client_opening_standing_check CHECK ((standing = ANY (ARRAY['ORIGIN'::text, 'LATER'::text, 'UNKNOWN_LEAD'::text, 'IMPORTED_LEAD'::text, 'DISQUALIFIED_LEAD'::text, 'MERGED'::text, 'ENDED'::text])))
);

create table consent_entry (
  id uuid not null,
  lead_id uuid not null,
  channel text not null,
  action text not null,
  text_version text,
  evidence_plain text,
  at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  by uuid,
  evidence bytea,
  constraint consent_entry_pkey PRIMARY KEY (id),
  constraint consent_entry_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id),
  constraint consent_entry_action_check CHECK ((action = ANY (ARRAY['GRANT'::text, 'WITHDRAW'::text])))
);

create table conversion (
  id uuid not null,
  lead_id uuid not null,
  client_id uuid not null,
  at timestamp with time zone not null,
  first_touch_at timestamp with time zone not null,
  first_touch_channel text not null,
  first_touch_campaign_id uuid,
  last_touch_at timestamp with time zone not null,
  last_touch_channel text not null,
  last_touch_campaign_id uuid,
  days_to_convert integer not null,
  campaign_id uuid,
  referrer_client_id uuid,
  attribution_rule_version integer,
  constraint conversion_client_id_key UNIQUE (client_id),
  constraint conversion_lead_id_key UNIQUE (lead_id),
  constraint conversion_pkey PRIMARY KEY (id),
  constraint conversion_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint conversion_first_touch_campaign_id_fkey FOREIGN KEY (first_touch_campaign_id) REFERENCES campaign(id),
  constraint conversion_last_touch_campaign_id_fkey FOREIGN KEY (last_touch_campaign_id) REFERENCES campaign(id),
  constraint conversion_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id),
  constraint conversion_days_to_convert_check CHECK ((days_to_convert >= 0))
);

create table goal (
  id uuid not null,
  name text not null,
  metric text not null,
  first_day date not null,
  last_day date not null,
  target numeric not null,
  currency text,
  campaign_id uuid,
  channel text,
  told numeric,
  told_on date,
  created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  version integer not null,
  constraint goal_pkey PRIMARY KEY (id),
  constraint goal_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint goal_check CHECK ((last_day >= first_day)),
  constraint goal_check1 CHECK (((metric = 'NET_NEW_ASSETS'::text) = (currency IS NOT NULL))),
  constraint goal_check2 CHECK (((campaign_id IS NULL) OR (metric <> 'NET_NEW_ASSETS'::text))),
  constraint goal_metric_check CHECK ((metric = ANY (ARRAY['NEW_CLIENTS'::text, 'CONVERSIONS'::text, 'NET_NEW_ASSETS'::text]))),
  constraint goal_target_check CHECK ((target > (0)::numeric))
);

create table lead (
  id uuid not null,
  origin text not null,
  person_name_plain text,
  mobile_plain text,
  email_plain text,
  mobile_hash text,
  email_hash text,
  channel text not null,
  medium text not null,
  campaign_id uuid,
  referrer_client_id uuid,
  owner_id uuid,
  consent_channels text[] not null,
  consent_text_version text,
  consent_evidence_plain text,
  consent_at timestamp with time zone,
  stage text not null,
  reached text not null,
  cycle integer not null,
  reason text,
  attempts integer not null,
  captured_at timestamp with time zone,
  first_contact_due_on date,
  first_contact_at timestamp with time zone,
  last_at timestamp with time zone,
  client_id uuid,
  source_file text,
  source_line integer,
  external_key text,
  contacted_on date,
  contacted_month smallint,
  converted_on date,
  created_at timestamp with time zone not null,
  version integer not null,
  person_kind text default 'PERSON'::text not null,
  uscc_plain text,
  uscc_hash text,
  partner_id uuid,
  sharing_text_version text,
  sharing_evidence_plain text,
  sharing_at timestamp with time zone,
  score integer,
  score_rule_version integer,
  score_reasons jsonb default '[]'::jsonb not null,
  assignment_code text,
  last_outcome text,
  attended_at timestamp with time zone,
  erased_at timestamp with time zone,
  qualified_at timestamp with time zone,
  qualified_evidence_plain text,
  person_name bytea,
  mobile bytea,
  email bytea,
  uscc bytea,
  consent_evidence bytea,
  sharing_evidence bytea,
  qualified_evidence bytea,
  constraint lead_pkey PRIMARY KEY (id),
  constraint lead_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint lead_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES partner(id),
  constraint lead_channel_check CHECK ((channel = ANY (ARRAY['ONLINE'::text, 'OFFLINE'::text, 'PARTNER'::text, 'REFERRAL'::text]))),
  constraint lead_check3 CHECK (((origin = 'IMPORTED'::text) OR (stage <> ALL (ARRAY['LOST'::text, 'DISQUALIFIED'::text])) OR (reason IS NOT NULL))),
  constraint lead_erased_is_nobody CHECK (((erased_at IS NULL) OR (num_nonnulls(person_name, mobile, email, uscc, consent_evidence, sharing_evidence, qualified_evidence, person_name_plain, mobile_plain, email_plain, uscc_plain, consent_evidence_plain, sharing_evidence_plain, qualified_evidence_plain, mobile_hash, email_hash, uscc_hash) = 0))),
  constraint lead_imported_is_whole CHECK (((origin = 'LIVE'::text) OR ((source_file IS NOT NULL) AND (source_line IS NOT NULL) AND (external_key IS NOT NULL)))),
  constraint lead_is_reachable CHECK (((origin = 'IMPORTED'::text) OR (erased_at IS NOT NULL) OR (mobile_hash IS NOT NULL) OR (email_hash IS NOT NULL))),
  constraint lead_live_is_whole CHECK (((origin = 'IMPORTED'::text) OR (erased_at IS NOT NULL) OR ((num_nonnulls(person_name, person_name_plain) > 0) AND (captured_at IS NOT NULL) AND (last_at IS NOT NULL)))),
  constraint lead_origin_check CHECK ((origin = ANY (ARRAY['LIVE'::text, 'IMPORTED'::text]))),
  constraint lead_person_kind_check CHECK ((person_kind = ANY (ARRAY['PERSON'::text, 'COMPANY'::text]))),
  constraint lead_reached_check CHECK ((reached = ANY (ARRAY['NEW'::text, 'CONTACTED'::text, 'FOLLOWING_UP'::text]))),
  constraint lead_stage_check CHECK ((stage = ANY (ARRAY['NEW'::text, 'CONTACTED'::text, 'FOLLOWING_UP'::text, 'CONVERTED'::text, 'LOST'::text, 'DISQUALIFIED'::text])))
);

create table lead_count (
  split text not null,
  key text not null,
  campaign_id uuid,
  origin text not null,
  stage text not null,
  reached text not null,
  leads bigint not null,
  constraint lead_count_split_key_campaign_id_origin_stage_reached_key UNIQUE NULLS NOT DISTINCT (split, key, campaign_id, origin, stage, reached),
  constraint lead_count_split_check CHECK ((split = ANY (ARRAY['CHANNEL'::text, 'MEDIUM'::text, 'ATTEMPTS'::text, 'CAMPAIGN'::text, 'OWNER'::text, 'MONTH'::text])))
);

create table lead_difference (
  campaign_id uuid,
  channel text not null,
  medium text not null,
  owner_id uuid,
  month text not null,
  origin text not null,
  attempts integer not null,
  stage text not null,
  reached text not null,
  leads bigint not null
);

create table lead_import (
  id uuid not null,
  file_sha256 text not null,
  campaign_id uuid not null,
  added integer not null,
  already_present integer not null,
  rejected jsonb not null,
  by uuid,
  at timestamp with time zone not null,
  constraint lead_import_pkey PRIMARY KEY (id),
  constraint lead_import_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id)
);

create table lead_rule (
  id uuid not null,
  kind text not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  terms jsonb not null,
  constraint lead_rule_kind_effective_from_key UNIQUE (kind, effective_from),
  constraint lead_rule_kind_version_key UNIQUE (kind, version),
  constraint lead_rule_pkey PRIMARY KEY (id),
  constraint lead_rule_kind_check CHECK ((kind = ANY (ARRAY['SCORING'::text, 'ASSIGNMENT'::text, 'CLOCKS'::text, 'ATTRIBUTION'::text]))),
  constraint lead_rule_version_check CHECK ((version > 0))
);

create table lead_rule_change (
  id uuid not null,
  kind text not null,
  effective_from date not null,
  reason text not null,
  terms jsonb not null,
  status text not null,
  maker_id uuid not null,
  checker_id uuid,
  proposed_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  rule_version integer,
  constraint lead_rule_change_pkey PRIMARY KEY (id),
  constraint lead_rule_change_check CHECK ((maker_id <> checker_id)),
  constraint lead_rule_change_kind_check CHECK ((kind = ANY (ARRAY['SCORING'::text, 'ASSIGNMENT'::text, 'CLOCKS'::text, 'ATTRIBUTION'::text]))),
  constraint lead_rule_change_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);

create table lead_task (
  id uuid not null,
  lead_id uuid not null,
  kind text not null,
  cycle integer not null,
  due_on date not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint lead_task_pkey PRIMARY KEY (id),
  constraint lead_task_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id),
  constraint lead_task_kind_check CHECK ((kind = ANY (ARRAY['FIRST_CONTACT_LATE'::text, 'SILENT'::text, 'CONVERSION_OVERDUE'::text])))
);

create table material (
  id uuid not null,
  campaign_id uuid not null,
  title text not null,
  body text not null,
  is_private_fund boolean not null,
  valid_to date,
  status text not null,
  maker_id uuid not null,
  checker_id uuid,
  proposed_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  version integer not null,
  constraint material_pkey PRIMARY KEY (id),
  constraint material_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint material_check CHECK ((maker_id <> checker_id)),
  constraint material_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);

create table partner (
  id uuid not null,
  name text not null,
  kind text not null,
  agreement_reference text not null,
  agreement_from date not null,
  agreement_to date,
  sharing_text_version text not null,
  created_at timestamp with time zone not null,
  version integer not null,
  constraint partner_pkey PRIMARY KEY (id),
  constraint partner_check CHECK ((agreement_to >= agreement_from)),
  constraint partner_kind_check CHECK ((kind = ANY (ARRAY['FINANCIAL_INSTITUTION'::text, 'COMPANY'::text, 'MEDIA'::text])))
);

create table settled_order (
  id uuid not null,
  client_id uuid not null,
  product_class text not null,
  side text not null,
  amount_minor bigint not null,
  currency text not null,
  settled_on date not null,
  reversed_at timestamp with time zone,
  constraint settled_order_pkey PRIMARY KEY (id),
  constraint settled_order_side_check CHECK ((side = ANY (ARRAY['BUY'::text, 'REDEEM'::text, 'SWITCH'::text])))
);

create table stage_move (
  id uuid not null,
  lead_id uuid not null,
  cycle integer not null,
  "from" text,
  "to" text not null,
  at timestamp with time zone not null,
  reason text,
  by uuid,
  constraint stage_move_pkey PRIMARY KEY (id),
  constraint stage_move_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id)
);

create table touch (
  id uuid not null,
  lead_id uuid not null,
  cycle integer not null,
  kind text not null,
  at timestamp with time zone not null,
  channel text,
  outcome text,
  source_channel text not null,
  campaign_id uuid,
  by uuid,
  note_plain text,
  material_id uuid,
  note bytea,
  constraint touch_pkey PRIMARY KEY (id),
  constraint touch_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint touch_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id),
  constraint touch_material_id_fkey FOREIGN KEY (material_id) REFERENCES material(id),
  constraint touch_kind_check CHECK ((kind = ANY (ARRAY['CAPTURE'::text, 'RESPONSE'::text, 'CONTACT'::text, 'FOLLOW_UP'::text, 'OPENING'::text])))
);

create table web_form (
  id uuid not null,
  key text not null,
  name text not null,
  campaign_id uuid not null,
  text_version text not null,
  channels text[] not null,
  created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  version integer not null,
  constraint web_form_key_key UNIQUE (key),
  constraint web_form_pkey PRIMARY KEY (id),
  constraint web_form_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint web_form_channels_check CHECK ((cardinality(channels) > 0))
);

create table web_submission (
  id uuid not null,
  form_id uuid not null,
  submission_id text not null,
  content_hash text not null,
  lead_id uuid,
  outcome text not null,
  received_at timestamp with time zone not null,
  constraint web_submission_form_id_submission_id_key UNIQUE (form_id, submission_id),
  constraint web_submission_pkey PRIMARY KEY (id),
  constraint web_submission_form_id_fkey FOREIGN KEY (form_id) REFERENCES web_form(id),
  constraint web_submission_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id),
  constraint web_submission_outcome_check CHECK ((outcome = ANY (ARRAY['CAPTURED'::text, 'RESPONDED'::text, 'REPEATED'::text])))
);

CREATE INDEX campaign_cost_campaign ON campaign_cost USING btree (campaign_id, id);
CREATE INDEX campaign_to_end ON campaign USING btree (ends_on) WHERE ((started_at IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX campaign_to_start ON campaign USING btree (starts_on) WHERE (started_at IS NULL);
CREATE INDEX client_activation_at ON client_activation USING btree (activated_at);
CREATE INDEX client_consent_open ON client_consent USING btree (channel, client_id) WHERE granted;
CREATE INDEX client_hold_client ON client_hold USING btree (client_id);
CREATE INDEX client_merge_survivor ON client_merge USING btree (survivor_id, id);
CREATE INDEX client_opening_lead ON client_opening USING btree (lead_id);
CREATE INDEX consent_entry_lead ON consent_entry USING btree (lead_id, id);
CREATE INDEX conversion_at ON conversion USING btree (at);
CREATE INDEX goal_open ON goal USING btree (id) WHERE (closed_at IS NULL);
CREATE INDEX lead_campaign ON lead USING btree (campaign_id, id);
CREATE INDEX lead_captured ON lead USING btree (captured_at) WHERE (captured_at IS NOT NULL);
CREATE INDEX lead_client ON lead USING btree (client_id) WHERE (client_id IS NOT NULL);
CREATE INDEX lead_first_contact ON lead USING btree (first_contact_due_on) WHERE ((stage = 'NEW'::text) AND (origin = 'LIVE'::text));
CREATE INDEX lead_following_up ON lead USING btree (last_at) WHERE ((stage = 'FOLLOWING_UP'::text) AND (origin = 'LIVE'::text));
CREATE INDEX lead_import_file ON lead_import USING btree (file_sha256);
CREATE INDEX lead_owner ON lead USING btree (owner_id, id) WHERE (owner_id IS NOT NULL);
CREATE INDEX lead_stage ON lead USING btree (stage, id);
CREATE INDEX lead_task_lead ON lead_task USING btree (lead_id, id);
CREATE INDEX lead_task_open ON lead_task USING btree (id) WHERE (closed_at IS NULL);
CREATE INDEX lead_to_erase ON lead USING btree (last_at) WHERE ((origin = 'LIVE'::text) AND (stage <> 'CONVERTED'::text) AND (erased_at IS NULL));
CREATE INDEX material_campaign ON material USING btree (campaign_id, id);
CREATE INDEX settled_order_client ON settled_order USING btree (client_id, settled_on);
CREATE INDEX settled_order_on ON settled_order USING btree (settled_on);
CREATE INDEX stage_move_lead ON stage_move USING btree (lead_id, id);
CREATE INDEX stage_move_to ON stage_move USING btree ("to", at);
CREATE INDEX touch_lead ON touch USING btree (lead_id, id);
CREATE INDEX web_submission_lead ON web_submission USING btree (lead_id, received_at);
CREATE UNIQUE INDEX campaign_name ON campaign USING btree (lower(name));
CREATE UNIQUE INDEX lead_email ON lead USING btree (email_hash) WHERE (stage <> 'DISQUALIFIED'::text);
CREATE UNIQUE INDEX lead_key ON lead USING btree (campaign_id, external_key) WHERE (origin = 'IMPORTED'::text);
CREATE UNIQUE INDEX lead_mobile ON lead USING btree (mobile_hash) WHERE (stage <> 'DISQUALIFIED'::text);
CREATE UNIQUE INDEX lead_source ON lead USING btree (source_file, source_line) WHERE (origin = 'IMPORTED'::text);
CREATE UNIQUE INDEX lead_task_one_open ON lead_task USING btree (lead_id, kind) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX lead_uscc ON lead USING btree (uscc_hash) WHERE (stage <> 'DISQUALIFIED'::text);
CREATE UNIQUE INDEX partner_name ON partner USING btree (lower(name));

CREATE OR REPLACE FUNCTION count_changed_leads()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into lead_difference
  select campaign_id, channel, medium, owner_id, month, origin, attempts, stage, reached, sum(sign)
  from (
    select campaign_id, channel, medium, owner_id, lead_month(captured_at, contacted_on, contacted_month) as month, origin,
      least(attempts, 100) as attempts, stage, reached, 1 as sign from came_out
    union all
    select campaign_id, channel, medium, owner_id, lead_month(captured_at, contacted_on, contacted_month), origin,
      least(attempts, 100), stage, reached, -1 from gone_in
  ) changed
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9 having sum(sign) <> 0;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION count_new_leads()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into lead_difference
  select campaign_id, channel, medium, owner_id, lead_month(captured_at, contacted_on, contacted_month), origin, least(attempts, 100),
    stage, reached, count(*)
  from came_in group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION keep_as_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION lead_month(captured_at timestamp with time zone, contacted_on date, contacted_month smallint)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case
    when captured_at is not null then to_char(captured_at at time zone 'Asia/Shanghai', 'YYYY-MM')
    when contacted_on is not null then to_char(contacted_on, 'YYYY-MM')
    when contacted_month is not null then '--' || lpad(contacted_month::text, 2, '0')
    else 'NONE' end
$function$;

CREATE TRIGGER access_log_kept BEFORE DELETE OR UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_kept BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_kept BEFORE DELETE OR UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_whole BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER lead_counted AFTER INSERT ON lead REFERENCING NEW TABLE AS came_in FOR EACH STATEMENT EXECUTE FUNCTION count_new_leads();
CREATE TRIGGER lead_recounted AFTER UPDATE ON lead REFERENCING OLD TABLE AS gone_in NEW TABLE AS came_out FOR EACH STATEMENT EXECUTE FUNCTION count_changed_leads();
