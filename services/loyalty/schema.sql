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

create table adjustment (
  id uuid not null,
  client_id uuid not null,
  points bigint not null,
  reason text not null,
  reference text,
  state text not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  entry_id uuid,
  version integer not null,
  constraint adjustment_pkey PRIMARY KEY (id),
  constraint adjustment_client_id_fkey FOREIGN KEY (client_id) REFERENCES membership(client_id),
  constraint adjustment_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entry(id),
  constraint adjustment_check CHECK (((decided_by IS NULL) OR (state = 'WITHDRAWN'::text) OR (decided_by <> proposed_by))),
  constraint adjustment_check1 CHECK (((state = 'APPROVED'::text) = (entry_id IS NOT NULL))),
  constraint adjustment_points_check CHECK ((points <> 0)),
  constraint adjustment_state_check CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);

create table allocation (
  id uuid not null,
  entry_id uuid not null,
  lot_id uuid not null,
  points bigint not null,
  constraint allocation_entry_id_lot_id_key UNIQUE (entry_id, lot_id),
  constraint allocation_pkey PRIMARY KEY (id),
  constraint allocation_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entry(id),
  constraint allocation_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES point_lot(id),
  constraint allocation_points_check CHECK ((points > 0))
);

create table early_redemption (
  order_id uuid not null,
  client_id uuid not null,
  product_id uuid not null,
  currency text not null,
  settled_on date not null,
  open_minor bigint not null,
  amount_minor bigint,
  units numeric,
  constraint early_redemption_pkey PRIMARY KEY (order_id),
  constraint early_redemption_open_minor_check CHECK ((open_minor >= 0)),
  constraint early_redemption_units_check CHECK ((units > (0)::numeric))
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

create table expiry_notice (
  client_id uuid not null,
  expires_on date not null,
  month text not null,
  points bigint not null,
  at timestamp with time zone not null,
  constraint expiry_notice_pkey PRIMARY KEY (client_id, expires_on, month),
  constraint expiry_notice_client_id_fkey FOREIGN KEY (client_id) REFERENCES membership(client_id),
  constraint expiry_notice_points_check CHECK ((points > 0))
);

create table lead_consent (
  lead_id uuid not null,
  consent_ok boolean not null,
  constraint lead_consent_pkey PRIMARY KEY (lead_id)
);

create table ledger_entry (
  id uuid not null,
  client_id uuid not null,
  lot_id uuid,
  type text not null,
  pending bigint not null,
  available bigint not null,
  rule text not null,
  rule_version integer,
  source_event_id uuid,
  basis jsonb,
  business_date date not null,
  at timestamp with time zone not null,
  debt bigint default 0 not null,
  qualifying_points bigint default 0 not null,
  qualifying_on date,
  occasion text,
  reference_id uuid,
  constraint ledger_entry_pkey PRIMARY KEY (id),
  constraint ledger_entry_client_id_fkey FOREIGN KEY (client_id) REFERENCES membership(client_id),
  constraint ledger_entry_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES point_lot(id),
  constraint ledger_entry_check CHECK (((type <> 'EARN'::text) OR ((source_event_id IS NOT NULL) AND (rule_version IS NOT NULL) AND (basis IS NOT NULL)))),
  constraint ledger_entry_lot CHECK (((type = ANY (ARRAY['EARN'::text, 'ACTIVATE'::text, 'EXPIRE'::text])) = (lot_id IS NOT NULL))),
  constraint ledger_entry_redemption CHECK (((type <> ALL (ARRAY['REDEEM'::text, 'REVERSE_REDEEM'::text])) OR (reference_id IS NOT NULL))),
  constraint ledger_entry_type CHECK ((type = ANY (ARRAY['EARN'::text, 'ACTIVATE'::text, 'REDEEM'::text, 'EXPIRE'::text, 'REVERSE_EARN'::text, 'REVERSE_REDEEM'::text, 'ADJUST'::text, 'TRANSFER'::text])))
);

create table liability_snapshot (
  id uuid not null,
  day date not null,
  members integer not null,
  active_points bigint not null,
  pending_points bigint not null,
  debt_points bigint not null,
  earned_12m bigint not null,
  redeemed_12m bigint not null,
  expired_12m bigint not null,
  points_per_currency integer not null,
  currency text not null,
  expiring jsonb not null,
  constraint liability_snapshot_day_key UNIQUE (day),
  constraint liability_snapshot_pkey PRIMARY KEY (id)
);

create table membership (
  client_id uuid not null,
  tier text not null,
  tier_from date not null,
  tier_to date,
  status text not null,
  version integer not null,
  debt bigint default 0 not null,
  lapse_on date,
  merged_into uuid,
  constraint membership_pkey PRIMARY KEY (client_id),
  constraint membership_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES membership(client_id),
  constraint membership_debt_check CHECK ((debt >= 0)),
  constraint membership_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'CLOSED'::text])))
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
  origin_lot_id uuid,
  constraint point_lot_pkey PRIMARY KEY (id),
  constraint point_lot_client_id_fkey FOREIGN KEY (client_id) REFERENCES membership(client_id),
  constraint point_lot_origin_lot_id_fkey FOREIGN KEY (origin_lot_id) REFERENCES point_lot(id),
  constraint point_lot_amount_check CHECK ((amount > 0)),
  constraint point_lot_check CHECK ((available_on >= earned_on)),
  constraint point_lot_check1 CHECK ((expires_on >= available_on)),
  constraint point_lot_remaining CHECK (
CASE state
    WHEN 'PENDING'::text THEN ((remaining >= 1) AND (remaining <= amount))
    WHEN 'ACTIVE'::text THEN ((remaining >= 1) AND (remaining <= amount))
    WHEN 'EXHAUSTED'::text THEN (remaining = 0)
    WHEN 'EXPIRED'::text THEN (remaining = 0)
    WHEN 'CANCELLED'::text THEN (remaining = 0)
    ELSE false
END)
);

create table points_finding (
  id uuid not null,
  client_id uuid not null,
  kind text not null,
  expected bigint not null,
  found bigint not null,
  found_at timestamp with time zone not null,
  cleared_at timestamp with time zone,
  constraint points_finding_pkey PRIMARY KEY (id),
  constraint points_finding_kind_check CHECK ((kind = ANY (ARRAY['BALANCE'::text, 'PENDING'::text, 'DEBT'::text, 'LOT'::text, 'REDEMPTION'::text, 'STOCK'::text])))
);

create table points_merge (
  merged_id uuid not null,
  survivor_id uuid not null,
  at timestamp with time zone not null,
  debt bigint not null,
  before jsonb not null,
  constraint points_merge_pkey PRIMARY KEY (merged_id),
  constraint points_merge_merged_id_fkey FOREIGN KEY (merged_id) REFERENCES membership(client_id),
  constraint points_merge_survivor_id_fkey FOREIGN KEY (survivor_id) REFERENCES membership(client_id)
);

create table points_merge_row (
  merged_id uuid not null,
  table_name text not null,
  row_id uuid not null,
  constraint points_merge_row_pkey PRIMARY KEY (merged_id, table_name, row_id),
  constraint points_merge_row_merged_id_fkey FOREIGN KEY (merged_id) REFERENCES points_merge(merged_id) ON DELETE CASCADE
);

create table programme_rule (
  id uuid not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  points_per_currency integer not null,
  currency text not null,
  fee_credit_max_percent integer not null,
  grace_days integer not null,
  lapse_notice_days integer not null,
  expiry_notice_days integer not null,
  debt_rule text not null,
  reservation_days integer default 30 not null,
  adjustment_expiry_months integer default 24 not null,
  constraint programme_rule_version_key UNIQUE (version),
  constraint programme_rule_pkey PRIMARY KEY (id),
  constraint programme_rule_adjustment_expiry_months_check CHECK ((adjustment_expiry_months > 0)),
  constraint programme_rule_debt_rule_check CHECK ((debt_rule = ANY (ARRAY['CARRY'::text, 'FORGIVE'::text]))),
  constraint programme_rule_expiry_notice_days_check CHECK ((expiry_notice_days >= 0)),
  constraint programme_rule_fee_credit_max_percent_check CHECK (((fee_credit_max_percent >= 1) AND (fee_credit_max_percent <= 100))),
  constraint programme_rule_grace_days_check CHECK ((grace_days >= 0)),
  constraint programme_rule_lapse_notice_days_check CHECK ((lapse_notice_days >= 0)),
  constraint programme_rule_points_per_currency_check CHECK ((points_per_currency > 0)),
  constraint programme_rule_reservation_days_check CHECK ((reservation_days > 0))
);

create table purchase_cut (
  id uuid not null,
  entry_id uuid not null,
  order_id uuid not null,
  amount_minor bigint not null,
  reversal_id uuid,
  is_restored boolean default false not null,
  constraint purchase_cut_entry_id_order_id_key UNIQUE (entry_id, order_id),
  constraint purchase_cut_pkey PRIMARY KEY (id),
  constraint purchase_cut_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entry(id),
  constraint purchase_cut_reversal_id_fkey FOREIGN KEY (reversal_id) REFERENCES ledger_entry(id),
  constraint purchase_cut_amount_minor_check CHECK ((amount_minor > 0))
);

create table redemption (
  id uuid not null,
  client_id uuid not null,
  reward_code text not null,
  terms_version integer,
  kind text not null,
  quantity integer not null,
  points bigint not null,
  state text not null,
  reason text,
  order_id uuid,
  credit_id uuid,
  fee_minor bigint,
  credit_minor bigint,
  currency text,
  requested_by uuid,
  requested_on date not null,
  requested_at timestamp with time zone not null,
  version integer not null,
  constraint redemption_credit_id_key UNIQUE (credit_id),
  constraint redemption_pkey PRIMARY KEY (id),
  constraint redemption_client_id_fkey FOREIGN KEY (client_id) REFERENCES membership(client_id),
  constraint redemption_reward_code_fkey FOREIGN KEY (reward_code) REFERENCES reward(code),
  constraint redemption_check CHECK (((kind = 'FEE_CREDIT'::text) = (credit_id IS NOT NULL))),
  constraint redemption_check1 CHECK (((credit_id IS NULL) = (num_nonnulls(order_id, fee_minor, credit_minor, currency) = 0))),
  constraint redemption_points_check CHECK ((points > 0)),
  constraint redemption_quantity_check CHECK ((quantity > 0)),
  constraint redemption_state_check CHECK ((state = ANY (ARRAY['REQUESTED'::text, 'RESERVED'::text, 'FULFILLED'::text, 'CANCELLED'::text, 'FAILED'::text, 'REVERSED'::text])))
);

create table released_credit (
  credit_id uuid not null,
  constraint released_credit_pkey PRIMARY KEY (credit_id)
);

create table reversed_order (
  order_id uuid not null,
  client_id uuid not null,
  constraint reversed_order_pkey PRIMARY KEY (order_id)
);

create table reward (
  id uuid not null,
  code text not null,
  kind text not null,
  stock bigint,
  version integer not null,
  constraint reward_code_key UNIQUE (code),
  constraint reward_pkey PRIMARY KEY (id),
  constraint reward_kind_check CHECK ((kind = ANY (ARRAY['GIFT'::text, 'FEE_CREDIT'::text, 'EVENT_SEAT'::text]))),
  constraint reward_stock_check CHECK ((stock >= 0))
);

create table reward_terms (
  id uuid not null,
  code text not null,
  version integer not null,
  effective_from date not null,
  source text not null,
  last_day date,
  points bigint,
  tier text not null,
  per_client_year integer,
  labels jsonb not null,
  constraint reward_terms_code_version_key UNIQUE (code, version),
  constraint reward_terms_pkey PRIMARY KEY (id),
  constraint reward_terms_code_fkey FOREIGN KEY (code) REFERENCES reward(code),
  constraint reward_terms_per_client_year_check CHECK ((per_client_year > 0)),
  constraint reward_terms_points_check CHECK ((points > 0))
);

create table rule_change (
  id uuid not null,
  kind text not null,
  code text not null,
  effective_from date not null,
  payload jsonb not null,
  state text not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  version integer not null,
  constraint rule_change_pkey PRIMARY KEY (id),
  constraint rule_change_check CHECK (((decided_by IS NULL) OR (decided_by <> proposed_by))),
  constraint rule_change_decided CHECK (
CASE state
    WHEN 'PROPOSED'::text THEN (decided_by IS NULL)
    WHEN 'APPROVED'::text THEN (decided_by IS NOT NULL)
    ELSE true
END),
  constraint rule_change_kind_check CHECK ((kind = ANY (ARRAY['EARN_RULE'::text, 'TIERS'::text, 'REWARD'::text, 'PROGRAMME'::text]))),
  constraint rule_change_state_check CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text])))
);

create table stock_entry (
  id uuid not null,
  reward_id uuid not null,
  units bigint not null,
  redemption_id uuid,
  at timestamp with time zone not null,
  by uuid,
  constraint stock_entry_pkey PRIMARY KEY (id),
  constraint stock_entry_redemption_id_fkey FOREIGN KEY (redemption_id) REFERENCES redemption(id),
  constraint stock_entry_reward_id_fkey FOREIGN KEY (reward_id) REFERENCES reward(id),
  constraint stock_entry_units_check CHECK ((units <> 0))
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
  benefits jsonb default '[]'::jsonb not null,
  constraint tier_rule_code_version_key UNIQUE (code, version),
  constraint tier_rule_pkey PRIMARY KEY (id),
  constraint tier_rule_multiplier_check CHECK ((multiplier > (0)::numeric)),
  constraint tier_rule_qualifying_points_check CHECK ((qualifying_points >= 0))
);

CREATE INDEX adjustment_client ON adjustment USING btree (client_id, id DESC);
CREATE INDEX adjustment_state ON adjustment USING btree (state, id DESC);
CREATE INDEX allocation_lot ON allocation USING btree (lot_id);
CREATE INDEX early_redemption_open ON early_redemption USING btree (client_id, product_id) WHERE (open_minor > 0);
CREATE INDEX ledger_entry_client ON ledger_entry USING btree (client_id, id);
CREATE INDEX ledger_entry_order ON ledger_entry USING btree (((basis ->> 'orderId'::text))) WHERE (type = 'EARN'::text);
CREATE INDEX ledger_entry_product ON ledger_entry USING btree (client_id, ((basis ->> 'productId'::text))) WHERE (type = 'EARN'::text);
CREATE INDEX ledger_entry_qualifying ON ledger_entry USING btree (client_id, qualifying_on) INCLUDE (qualifying_points) WHERE (qualifying_on IS NOT NULL);
CREATE INDEX ledger_entry_undone ON ledger_entry USING btree (reference_id) WHERE (type = 'REVERSE_EARN'::text);
CREATE INDEX ledger_entry_year ON ledger_entry USING btree (client_id, rule, business_date) INCLUDE (pending) WHERE (type = 'EARN'::text);
CREATE INDEX membership_lapse ON membership USING btree (lapse_on) WHERE (lapse_on IS NOT NULL);
CREATE INDEX membership_merged ON membership USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX membership_review ON membership USING btree (tier_to) WHERE ((tier_to IS NOT NULL) AND (status = 'ACTIVE'::text));
CREATE INDEX point_lot_expiring ON point_lot USING btree (expires_on, client_id) INCLUDE (remaining) WHERE (state = 'ACTIVE'::text);
CREATE INDEX point_lot_held ON point_lot USING btree (client_id) INCLUDE (state, remaining) WHERE (state = ANY (ARRAY['PENDING'::text, 'ACTIVE'::text]));
CREATE INDEX point_lot_newest ON point_lot USING btree (client_id, id DESC);
CREATE INDEX point_lot_origin ON point_lot USING btree (origin_lot_id) WHERE (origin_lot_id IS NOT NULL);
CREATE INDEX point_lot_to_activate ON point_lot USING btree (available_on, client_id) WHERE (state = 'PENDING'::text);
CREATE INDEX point_lot_to_expire ON point_lot USING btree (expires_on, client_id) WHERE (state = 'ACTIVE'::text);
CREATE INDEX redemption_client ON redemption USING btree (client_id, id DESC);
CREATE INDEX redemption_state ON redemption USING btree (state, id DESC);
CREATE INDEX redemption_waiting ON redemption USING btree (requested_on) WHERE ((state = 'RESERVED'::text) AND (kind <> 'FEE_CREDIT'::text));
CREATE INDEX rule_change_state ON rule_change USING btree (state, id DESC);
CREATE INDEX stock_entry_reward ON stock_entry USING btree (reward_id);
CREATE UNIQUE INDEX ledger_entry_occasion ON ledger_entry USING btree (client_id, rule, occasion) WHERE (occasion IS NOT NULL);
CREATE UNIQUE INDEX ledger_entry_once ON ledger_entry USING btree (lot_id, type) WHERE (type = ANY (ARRAY['EARN'::text, 'ACTIVATE'::text, 'EXPIRE'::text]));
CREATE UNIQUE INDEX ledger_entry_redeemed ON ledger_entry USING btree (reference_id, type) WHERE (type = ANY (ARRAY['REDEEM'::text, 'REVERSE_REDEEM'::text]));
CREATE UNIQUE INDEX ledger_entry_source ON ledger_entry USING btree (source_event_id, rule) WHERE (type = 'EARN'::text);
CREATE UNIQUE INDEX points_finding_open ON points_finding USING btree (client_id, kind) WHERE (cleared_at IS NULL);
CREATE UNIQUE INDEX rule_change_open ON rule_change USING btree (kind, code) WHERE (state = 'PROPOSED'::text);

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
  raise exception '% is append-only: book a new entry instead', tg_table_name;
end $function$;

CREATE TRIGGER access_log_kept BEFORE DELETE OR UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER allocation_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON allocation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_kept BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_kept BEFORE DELETE OR UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_whole BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON stock_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
