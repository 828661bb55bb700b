-- What the migrations make, beside the tables of the kit; written by the end-to-end test, never by hand.

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
  constraint campaign_pkey PRIMARY KEY (id),
  constraint campaign_budget_amount_check CHECK ((budget_amount > (0)::numeric)),
  constraint campaign_channel_check CHECK ((channel = ANY (ARRAY['ONLINE'::text, 'OFFLINE'::text, 'PARTNER'::text, 'REFERRAL'::text]))),
  constraint campaign_check CHECK (((budget_amount IS NULL) = (budget_currency IS NULL))),
  constraint campaign_check1 CHECK ((ends_on >= starts_on))
);

create table client_opening (
  id uuid not null,
  lead_id uuid not null,
  standing text not null,
  opened_at timestamp with time zone not null,
  constraint client_opening_pkey PRIMARY KEY (id),
  constraint client_opening_standing_check CHECK ((standing = ANY (ARRAY['ORIGIN'::text, 'LATER'::text, 'UNKNOWN_LEAD'::text, 'IMPORTED_LEAD'::text, 'DISQUALIFIED_LEAD'::text])))
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
  constraint conversion_client_id_key UNIQUE (client_id),
  constraint conversion_lead_id_key UNIQUE (lead_id),
  constraint conversion_pkey PRIMARY KEY (id),
  constraint conversion_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint conversion_first_touch_campaign_id_fkey FOREIGN KEY (first_touch_campaign_id) REFERENCES campaign(id),
  constraint conversion_last_touch_campaign_id_fkey FOREIGN KEY (last_touch_campaign_id) REFERENCES campaign(id),
  constraint conversion_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id),
  constraint conversion_days_to_convert_check CHECK ((days_to_convert >= 0))
);

create table lead (
  id uuid not null,
  origin text not null,
  person_name text,
  mobile text,
  email text,
  mobile_hash text,
  email_hash text,
  channel text not null,
  medium text not null,
  campaign_id uuid,
  referrer_client_id uuid,
  owner_id uuid,
  consent_channels text[] not null,
  consent_text_version text,
  consent_evidence text,
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
  constraint lead_pkey PRIMARY KEY (id),
  constraint lead_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint lead_channel_check CHECK ((channel = ANY (ARRAY['ONLINE'::text, 'OFFLINE'::text, 'PARTNER'::text, 'REFERRAL'::text]))),
  constraint lead_check CHECK (((origin = 'IMPORTED'::text) OR ((person_name IS NOT NULL) AND (captured_at IS NOT NULL) AND (last_at IS NOT NULL)))),
  constraint lead_check1 CHECK (((origin = 'LIVE'::text) OR ((source_file IS NOT NULL) AND (source_line IS NOT NULL) AND (external_key IS NOT NULL)))),
  constraint lead_check2 CHECK (((origin = 'IMPORTED'::text) OR (mobile_hash IS NOT NULL) OR (email_hash IS NOT NULL))),
  constraint lead_check3 CHECK (((origin = 'IMPORTED'::text) OR (stage <> ALL (ARRAY['LOST'::text, 'DISQUALIFIED'::text])) OR (reason IS NOT NULL))),
  constraint lead_origin_check CHECK ((origin = ANY (ARRAY['LIVE'::text, 'IMPORTED'::text]))),
  constraint lead_reached_check CHECK ((reached = ANY (ARRAY['NEW'::text, 'CONTACTED'::text, 'FOLLOWING_UP'::text]))),
  constraint lead_stage_check CHECK ((stage = ANY (ARRAY['NEW'::text, 'CONTACTED'::text, 'FOLLOWING_UP'::text, 'CONVERTED'::text, 'LOST'::text, 'DISQUALIFIED'::text])))
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
  constraint touch_pkey PRIMARY KEY (id),
  constraint touch_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint touch_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES lead(id),
  constraint touch_kind_check CHECK ((kind = ANY (ARRAY['CAPTURE'::text, 'CONTACT'::text, 'FOLLOW_UP'::text, 'OPENING'::text])))
);

CREATE INDEX campaign_to_start ON campaign USING btree (starts_on) WHERE (started_at IS NULL);
CREATE INDEX client_opening_lead ON client_opening USING btree (lead_id);
CREATE INDEX lead_campaign ON lead USING btree (campaign_id, id);
CREATE INDEX lead_import_file ON lead_import USING btree (file_sha256);
CREATE INDEX lead_owner ON lead USING btree (owner_id, id) WHERE (owner_id IS NOT NULL);
CREATE INDEX stage_move_lead ON stage_move USING btree (lead_id, id);
CREATE INDEX touch_lead ON touch USING btree (lead_id, id);
CREATE UNIQUE INDEX campaign_name ON campaign USING btree (lower(name));
CREATE UNIQUE INDEX lead_email ON lead USING btree (email_hash) WHERE (stage <> 'DISQUALIFIED'::text);
CREATE UNIQUE INDEX lead_key ON lead USING btree (campaign_id, external_key) WHERE (origin = 'IMPORTED'::text);
CREATE UNIQUE INDEX lead_mobile ON lead USING btree (mobile_hash) WHERE (stage <> 'DISQUALIFIED'::text);
CREATE UNIQUE INDEX lead_source ON lead USING btree (source_file, source_line) WHERE (origin = 'IMPORTED'::text);
