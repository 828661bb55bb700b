-- What the migrations make; written by the end-to-end test, never by hand.

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

create table earn_rule (
  id uuid not null,
  code text not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  event text not null,
  pending_days integer not null,
  expiry_months integer not null,
  qualifying boolean not null,
  terms jsonb not null,
  labels jsonb not null,
  constraint earn_rule_code_version_key UNIQUE (code, version),
  constraint earn_rule_pkey PRIMARY KEY (id),
  constraint earn_rule_expiry_months_check CHECK ((expiry_months > 0)),
  constraint earn_rule_pending_days_check CHECK ((pending_days >= 0))
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

create table ledger_entry (
  id uuid not null,
  client_id uuid not null,
  lot_id uuid not null,
  type text not null,
  pending bigint not null,
  available bigint not null,
  rule text not null,
  rule_version integer,
  qualifying boolean not null,
  source_event_id uuid,
  basis jsonb,
  business_date date not null,
  at timestamp with time zone not null,
  constraint ledger_entry_pkey PRIMARY KEY (id),
  constraint ledger_entry_client_id_fkey FOREIGN KEY (client_id) REFERENCES membership(client_id),
  constraint ledger_entry_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES point_lot(id),
  constraint ledger_entry_check CHECK (((type <> 'EARN'::text) OR ((source_event_id IS NOT NULL) AND (rule_version IS NOT NULL) AND (basis IS NOT NULL)))),
  constraint ledger_entry_type_check CHECK ((type = ANY (ARRAY['EARN'::text, 'ACTIVATE'::text, 'EXPIRE'::text])))
);

create table membership (
  client_id uuid not null,
  tier text not null,
  tier_from date not null,
  tier_to date,
  status text not null,
  version integer not null,
  constraint membership_pkey PRIMARY KEY (client_id),
  constraint membership_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'CLOSED'::text])))
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

create table point_lot (
  id uuid not null,
  client_id uuid not null,
  rule text not null,
  amount bigint not null,
  remaining bigint not null,
  earned_on date not null,
  available_on date not null,
  expires_on date not null,
  state text not null,
  version integer not null,
  constraint point_lot_pkey PRIMARY KEY (id),
  constraint point_lot_client_id_fkey FOREIGN KEY (client_id) REFERENCES membership(client_id),
  constraint point_lot_amount_check CHECK ((amount > 0)),
  constraint point_lot_check CHECK ((available_on >= earned_on)),
  constraint point_lot_check1 CHECK ((expires_on >= available_on)),
  constraint point_lot_check2 CHECK (
CASE state
    WHEN 'PENDING'::text THEN (remaining = amount)
    WHEN 'ACTIVE'::text THEN ((remaining >= 1) AND (remaining <= amount))
    WHEN 'EXHAUSTED'::text THEN (remaining = 0)
    WHEN 'EXPIRED'::text THEN (remaining = 0)
    WHEN 'CANCELLED'::text THEN (remaining = 0)
    ELSE false
END)
);

create table request (
  command text not null,
  request_id text not null,
  content_hash text not null,
  answer_id uuid not null,
  at timestamp with time zone not null,
  constraint request_pkey PRIMARY KEY (command, request_id)
);

create table tier_rule (
  id uuid not null,
  code text not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  qualifying_points bigint not null,
  multiplier numeric not null,
  labels jsonb not null,
  constraint tier_rule_code_version_key UNIQUE (code, version),
  constraint tier_rule_pkey PRIMARY KEY (id),
  constraint tier_rule_multiplier_check CHECK ((multiplier > (0)::numeric)),
  constraint tier_rule_qualifying_points_check CHECK ((qualifying_points >= 0))
);

CREATE INDEX client_copy_adviser ON client_copy USING btree (adviser_id);
CREATE INDEX ledger_entry_client ON ledger_entry USING btree (client_id, id);
CREATE INDEX ledger_entry_qualifying ON ledger_entry USING btree (client_id, business_date) INCLUDE (pending, available) WHERE qualifying;
CREATE INDEX outbox_published ON outbox USING btree (published_at) WHERE (published_at IS NOT NULL);
CREATE INDEX outbox_waiting ON outbox USING btree ("position") WHERE (published_at IS NULL);
CREATE INDEX point_lot_held ON point_lot USING btree (client_id) INCLUDE (state, remaining) WHERE (state = ANY (ARRAY['PENDING'::text, 'ACTIVE'::text]));
CREATE INDEX point_lot_newest ON point_lot USING btree (client_id, id DESC);
CREATE INDEX point_lot_to_activate ON point_lot USING btree (available_on, client_id) WHERE (state = 'PENDING'::text);
CREATE INDEX point_lot_to_expire ON point_lot USING btree (expires_on, client_id) WHERE (state = 'ACTIVE'::text);
CREATE UNIQUE INDEX ledger_entry_once ON ledger_entry USING btree (lot_id, type) WHERE (type = ANY (ARRAY['EARN'::text, 'ACTIVATE'::text, 'EXPIRE'::text]));
CREATE UNIQUE INDEX ledger_entry_source ON ledger_entry USING btree (source_event_id, rule) WHERE (type = 'EARN'::text);

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: book a new entry instead', tg_table_name;
end $function$;

CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
