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

create table call_back (
  id uuid not null,
  order_id uuid not null,
  is_person boolean not null,
  has_read boolean not null,
  knows_loss boolean not null,
  knows_disputes boolean not null,
  recording_ref text not null,
  called_at timestamp with time zone not null,
  called_by uuid,
  constraint call_back_pkey PRIMARY KEY (id),
  constraint call_back_order_id_fkey FOREIGN KEY (order_id) REFERENCES product_order(id)
);

create table drawdown (
  id uuid not null,
  client_id uuid not null,
  currency text not null,
  band text not null,
  peak_on date not null,
  as_of date not null,
  constraint drawdown_client_id_currency_key UNIQUE (client_id, currency),
  constraint drawdown_pkey PRIMARY KEY (id)
);

create table fee_credit (
  id uuid not null,
  order_id uuid not null,
  client_id uuid not null,
  amount numeric not null,
  currency text not null,
  state text not null,
  reason text,
  redemption_id uuid,
  requested_at timestamp with time zone not null,
  version integer not null,
  constraint fee_credit_pkey PRIMARY KEY (id),
  constraint fee_credit_order_id_fkey FOREIGN KEY (order_id) REFERENCES product_order(id),
  constraint fee_credit_amount_check CHECK ((amount > (0)::numeric))
);

create table holding (
  id uuid not null,
  client_id uuid not null,
  product_id uuid not null,
  currency text not null,
  units numeric not null,
  last_nav numeric not null,
  as_of date not null,
  version integer not null,
  origin_client_id uuid not null,
  constraint holding_origin_key UNIQUE (origin_client_id, product_id),
  constraint holding_pkey PRIMARY KEY (id),
  constraint holding_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint holding_last_nav_check CHECK ((last_nav > (0)::numeric)),
  constraint holding_units_check CHECK ((units >= (0)::numeric))
);

create table investor_facts (
  client_id uuid not null,
  horizon_months integer,
  liquid_assets_plain numeric,
  currency text,
  qualified_until date,
  recorded_at timestamp with time zone not null,
  recorded_by uuid,
  version integer not null,
  liquid_assets bytea,
  constraint investor_facts_pkey PRIMARY KEY (client_id),
  constraint investor_facts_horizon_months_check CHECK ((horizon_months >= 0))
);

create table investor_status_copy (
  client_id uuid not null,
  investor text not null,
  is_qualified boolean not null,
  valid_to date not null,
  updated_at timestamp with time zone not null,
  told_at timestamp with time zone,
  constraint investor_status_copy_pkey PRIMARY KEY (client_id)
);

create table merged_client (
  merged_id uuid not null,
  survivor_id uuid not null,
  merged_at timestamp with time zone not null,
  constraint merged_client_pkey PRIMARY KEY (merged_id)
);

create table nav_correction (
  id uuid not null,
  product_id uuid not null,
  day date not null,
  was numeric not null,
  nav numeric not null,
  reason text not null,
  state text not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  version integer not null,
  constraint nav_correction_pkey PRIMARY KEY (id),
  constraint nav_correction_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint nav_correction_nav_check CHECK ((nav > (0)::numeric))
);

create table nav_import (
  id uuid not null,
  read integer not null,
  imported integer not null,
  unchanged integer not null,
  problems jsonb not null,
  gaps jsonb not null,
  imported_at timestamp with time zone not null,
  imported_by uuid,
  constraint nav_import_pkey PRIMARY KEY (id)
);

create table nav_point (
  id uuid not null,
  product_id uuid not null,
  day date not null,
  nav numeric not null,
  import_id uuid not null,
  constraint nav_point_product_id_day_key UNIQUE (product_id, day),
  constraint nav_point_pkey PRIMARY KEY (id),
  constraint nav_point_import_id_fkey FOREIGN KEY (import_id) REFERENCES nav_import(id) DEFERRABLE INITIALLY DEFERRED,
  constraint nav_point_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint nav_point_nav_check CHECK ((nav > (0)::numeric))
);

create table plan_acceptance (
  id uuid not null,
  plan_id uuid not null,
  accepted_at timestamp with time zone not null,
  accepted_by uuid,
  constraint plan_acceptance_plan_id_key UNIQUE (plan_id),
  constraint plan_acceptance_pkey PRIMARY KEY (id),
  constraint plan_acceptance_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES portfolio_plan(id)
);

create table portfolio_measure (
  id uuid not null,
  client_id uuid not null,
  currency text not null,
  as_of date not null,
  told jsonb not null,
  constraint portfolio_measure_client_id_currency_key UNIQUE (client_id, currency),
  constraint portfolio_measure_pkey PRIMARY KEY (id)
);

create table portfolio_plan (
  id uuid not null,
  client_id uuid not null,
  currency text not null,
  goal text not null,
  level text not null,
  rule_version text not null,
  state text not null,
  cash numeric not null,
  total numeric not null,
  equity_pct numeric not null,
  min_pct numeric not null,
  max_pct numeric not null,
  aim_pct numeric not null,
  max_single_pct numeric not null,
  drift_pct numeric not null,
  review_on date not null,
  review_told_at timestamp with time zone,
  proposed_at timestamp with time zone not null,
  proposed_by uuid,
  valid_until timestamp with time zone not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  version integer not null,
  constraint portfolio_plan_pkey PRIMARY KEY (id),
  constraint portfolio_plan_rule_version_fkey FOREIGN KEY (rule_version) REFERENCES suitability_rule(version),
  constraint portfolio_plan_cash_check CHECK ((cash >= (0)::numeric))
);

create table portfolio_plan_line (
  id uuid not null,
  plan_id uuid not null,
  n integer not null,
  side text not null,
  product_id uuid not null,
  from_product_id uuid,
  units numeric,
  amount numeric not null,
  reasons jsonb not null,
  decision_id uuid,
  order_id uuid,
  constraint portfolio_plan_line_plan_id_n_key UNIQUE (plan_id, n),
  constraint portfolio_plan_line_pkey PRIMARY KEY (id),
  constraint portfolio_plan_line_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES suitability_decision(id),
  constraint portfolio_plan_line_from_product_id_fkey FOREIGN KEY (from_product_id) REFERENCES product(id),
  constraint portfolio_plan_line_order_id_fkey FOREIGN KEY (order_id) REFERENCES product_order(id),
  constraint portfolio_plan_line_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES portfolio_plan(id),
  constraint portfolio_plan_line_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint portfolio_plan_line_amount_check CHECK ((amount > (0)::numeric)),
  constraint portfolio_plan_line_units_check CHECK ((units > (0)::numeric))
);

create table product (
  id uuid not null,
  code text not null,
  name_en text not null,
  name_zh_hans text not null,
  name_zh_hant text not null,
  issuer_type text not null,
  category text not null,
  currency text not null,
  min_amount numeric not null,
  min_horizon_months integer not null,
  status text not null,
  rating text not null,
  version integer not null,
  is_complex boolean default false not null,
  purchase_fee_pct numeric default 0 not null,
  redemption_fee_pct numeric default 0 not null,
  issuer text,
  term_months integer,
  liquidity text default 'DAILY'::text not null,
  constraint product_code_key UNIQUE (code),
  constraint product_pkey PRIMARY KEY (id),
  constraint product_min_amount_check CHECK ((min_amount > (0)::numeric)),
  constraint product_min_horizon_months_check CHECK ((min_horizon_months >= 0)),
  constraint product_purchase_fee_pct_check CHECK (((purchase_fee_pct >= (0)::numeric) AND (purchase_fee_pct <= (5)::numeric))),
  constraint product_redemption_fee_pct_check CHECK (((redemption_fee_pct >= (0)::numeric) AND (redemption_fee_pct <= (5)::numeric))),
  constraint product_term_months_check CHECK ((term_months > 0))
);

create table product_document (
  id uuid not null,
  product_id uuid not null,
  kind text not null,
  edition text not null,
  locale text not null,
  title text not null,
  url text not null,
  sha256 text not null,
  valid_from date not null,
  published_at timestamp with time zone not null,
  published_by uuid,
  withdrawn_at timestamp with time zone,
  version integer not null,
  constraint product_document_pkey PRIMARY KEY (id),
  constraint product_document_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id)
);

create table product_fees (
  id uuid not null,
  product_id uuid not null,
  was_purchase_pct numeric not null,
  was_redemption_pct numeric not null,
  purchase_fee_pct numeric not null,
  redemption_fee_pct numeric not null,
  valid_from date not null,
  state text not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  version integer not null,
  constraint product_fees_pkey PRIMARY KEY (id),
  constraint product_fees_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint product_fees_check CHECK (((decided_by IS NULL) OR (state <> 'APPROVED'::text) OR (decided_by <> proposed_by))),
  constraint product_fees_purchase_fee_pct_check CHECK ((purchase_fee_pct >= (0)::numeric)),
  constraint product_fees_redemption_fee_pct_check CHECK ((redemption_fee_pct >= (0)::numeric))
);

create table product_order (
  id uuid not null,
  client_id uuid not null,
  product_id uuid not null,
  decision_id uuid,
  side text not null,
  amount numeric not null,
  currency text not null,
  state text not null,
  acknowledged_warnings text[] not null,
  placed_by uuid,
  submitted_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  reject_reason text,
  settlement_id uuid,
  version integer not null,
  units numeric,
  from_product_id uuid,
  reverse_reason text,
  is_override boolean default false not null,
  cooling_off_until timestamp with time zone,
  witness_id uuid,
  recording_ref text,
  settled_amount numeric default 0 not null,
  settled_units numeric default 0 not null,
  origin_client_id uuid not null,
  purchase_fee_pct numeric,
  redemption_fee_pct numeric,
  constraint product_order_pkey PRIMARY KEY (id),
  constraint product_order_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES suitability_decision(id),
  constraint product_order_from_product_id_fkey FOREIGN KEY (from_product_id) REFERENCES product(id),
  constraint product_order_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint product_order_settlement_id_fkey FOREIGN KEY (settlement_id) REFERENCES settlement(id),
  constraint product_order_amount_check CHECK (((amount > (0)::numeric) OR ((side = 'REDEEM'::text) AND (amount = (0)::numeric)))),
  constraint product_order_settled_amount_check CHECK ((settled_amount >= (0)::numeric)),
  constraint product_order_settled_amount_max CHECK (((side <> 'BUY'::text) OR (settled_amount <= amount))),
  constraint product_order_settled_units_check CHECK ((settled_units >= (0)::numeric)),
  constraint product_order_settled_units_check1 CHECK (((units IS NULL) OR (settled_units <= units))),
  constraint product_order_side_check CHECK ((((side = 'BUY'::text) = (units IS NULL)) AND ((side = 'SWITCH'::text) = (from_product_id IS NOT NULL)) AND ((side = 'REDEEM'::text) = (decision_id IS NULL)))),
  constraint product_order_units_check CHECK ((units > (0)::numeric))
);

create table product_rating (
  id uuid not null,
  product_id uuid not null,
  issuer_rating text not null,
  seller_rating text not null,
  effective_rating text not null,
  valid_from date not null,
  published_at timestamp with time zone not null,
  constraint product_rating_pkey PRIMARY KEY (id),
  constraint product_rating_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id)
);

create table product_sweep (
  id uuid not null,
  product_id uuid not null,
  task text not null,
  after_id uuid,
  created_at timestamp with time zone not null,
  done_at timestamp with time zone,
  constraint product_sweep_pkey PRIMARY KEY (id),
  constraint product_sweep_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id)
);

create table product_terms (
  id uuid not null,
  product_id uuid not null,
  n integer not null,
  issuer text,
  term_months integer,
  liquidity text not null,
  min_amount numeric not null,
  min_horizon_months integer not null,
  valid_from date not null,
  changed_at timestamp with time zone not null,
  changed_by uuid,
  constraint product_terms_product_id_n_key UNIQUE (product_id, n),
  constraint product_terms_pkey PRIMARY KEY (id),
  constraint product_terms_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id)
);

create table recommendation (
  id uuid not null,
  client_id uuid not null,
  product_id uuid not null,
  decision_id uuid not null,
  recommended_at timestamp with time zone not null,
  recommended_by uuid,
  origin_client_id uuid not null,
  constraint recommendation_pkey PRIMARY KEY (id),
  constraint recommendation_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES suitability_decision(id),
  constraint recommendation_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id)
);

create table recommendation_consent (
  client_id uuid not null,
  is_granted boolean not null,
  changed_at timestamp with time zone not null,
  constraint recommendation_consent_pkey PRIMARY KEY (client_id)
);

create table review_copy (
  client_id uuid not null,
  kind text not null,
  due_on date not null,
  is_blocking boolean not null,
  constraint review_copy_pkey PRIMARY KEY (client_id, kind)
);

create table risk_copy (
  client_id uuid not null,
  level text not null,
  lowest_category boolean not null,
  valid_to date not null,
  assessment_id uuid not null,
  updated_at timestamp with time zone not null,
  told_at timestamp with time zone,
  constraint risk_copy_pkey PRIMARY KEY (client_id)
);

create table rule_proposal (
  id uuid not null,
  version_code text not null,
  effective_from date not null,
  source text not null,
  base_version text not null,
  changes jsonb not null,
  state text not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  decided_by uuid,
  decided_at timestamp with time zone,
  version integer not null,
  constraint rule_proposal_pkey PRIMARY KEY (id),
  constraint rule_proposal_base_version_fkey FOREIGN KEY (base_version) REFERENCES suitability_rule(version)
);

create table settlement (
  id uuid not null,
  order_id uuid not null,
  holding_id uuid not null,
  units numeric not null,
  nav numeric not null,
  residual numeric not null,
  amount numeric not null,
  currency text not null,
  settled_on date not null,
  booked_at timestamp with time zone not null,
  fee numeric default 0 not null,
  reverses_id uuid,
  booking_id uuid,
  constraint settlement_reverses_id_key UNIQUE (reverses_id),
  constraint settlement_pkey PRIMARY KEY (id),
  constraint settlement_holding_id_fkey FOREIGN KEY (holding_id) REFERENCES holding(id),
  constraint settlement_order_id_fkey FOREIGN KEY (order_id) REFERENCES product_order(id),
  constraint settlement_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES settlement(id),
  constraint settlement_money_check CHECK ((amount = (((units * nav) + residual) + fee))),
  constraint settlement_nav_check CHECK ((nav > (0)::numeric)),
  constraint settlement_sign_check CHECK (((reverses_id IS NOT NULL) OR ((residual >= (0)::numeric) AND (fee >= (0)::numeric)))),
  constraint settlement_units_check CHECK ((units <> (0)::numeric))
);

create table special_warning (
  id uuid not null,
  client_id uuid not null,
  product_id uuid not null,
  decision_id uuid not null,
  text_version text not null,
  text jsonb not null,
  shown_at timestamp with time zone not null,
  shown_to uuid,
  confirmed_at timestamp with time zone,
  order_id uuid,
  constraint special_warning_order_id_key UNIQUE (order_id),
  constraint special_warning_pkey PRIMARY KEY (id),
  constraint special_warning_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES suitability_decision(id),
  constraint special_warning_order_id_fkey FOREIGN KEY (order_id) REFERENCES product_order(id),
  constraint special_warning_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id)
);

create table staff_interest (
  id uuid not null,
  staff_id uuid not null,
  product_id uuid not null,
  kind text not null,
  declared_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  version integer not null,
  constraint staff_interest_pkey PRIMARY KEY (id),
  constraint staff_interest_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id)
);

create table suitability_decision (
  id uuid not null,
  client_id uuid not null,
  product_id uuid not null,
  amount numeric not null,
  currency text not null,
  result text not null,
  reasons jsonb not null,
  inputs jsonb not null,
  rule_version text not null,
  decided_at timestamp with time zone not null,
  decided_by uuid,
  valid_until timestamp with time zone not null,
  is_overridable boolean default false not null,
  means bytea,
  constraint suitability_decision_pkey PRIMARY KEY (id),
  constraint suitability_decision_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint suitability_decision_rule_version_fkey FOREIGN KEY (rule_version) REFERENCES suitability_rule(version)
);

create table suitability_rule (
  id uuid not null,
  version text not null,
  effective_from date not null,
  source text not null,
  tables jsonb not null,
  constraint suitability_rule_version_key UNIQUE (version),
  constraint suitability_rule_pkey PRIMARY KEY (id)
);

CREATE INDEX call_back_order ON call_back USING btree (order_id, id);
CREATE INDEX fee_credit_order ON fee_credit USING btree (order_id, id);
CREATE INDEX fee_credit_waiting ON fee_credit USING btree (requested_at) WHERE (state = 'REQUESTED'::text);
CREATE INDEX holding_client ON holding USING btree (client_id, product_id);
CREATE INDEX holding_client_held ON holding USING btree (client_id) WHERE (units > (0)::numeric);
CREATE INDEX holding_product ON holding USING btree (product_id) WHERE (units > (0)::numeric);
CREATE INDEX merged_client_survivor ON merged_client USING btree (survivor_id);
CREATE INDEX nav_correction_product ON nav_correction USING btree (product_id, id DESC);
CREATE INDEX portfolio_plan_client ON portfolio_plan USING btree (client_id, id DESC);
CREATE INDEX portfolio_plan_lapsing ON portfolio_plan USING btree (valid_until) WHERE (state = 'PROPOSED'::text);
CREATE INDEX portfolio_plan_review ON portfolio_plan USING btree (review_on) WHERE ((state = 'ACCEPTED'::text) AND (review_told_at IS NULL));
CREATE INDEX product_document_product ON product_document USING btree (product_id, id DESC);
CREATE INDEX product_fees_history ON product_fees USING btree (product_id, id DESC);
CREATE INDEX product_fees_in_force ON product_fees USING btree (product_id, valid_from DESC, decided_at DESC, id DESC) WHERE (state = 'APPROVED'::text);
CREATE INDEX product_listed ON product USING btree (id DESC) WHERE (status = 'LISTED'::text);
CREATE INDEX product_order_before_submission ON product_order USING btree (client_id) WHERE (state = ANY (ARRAY['CHECKED'::text, 'WARNED'::text, 'CONFIRMED_RISK'::text, 'COOLING_OFF'::text, 'CALLBACK_OK'::text]));
CREATE INDEX product_order_before_submission_age ON product_order USING btree (submitted_at) WHERE (state = ANY (ARRAY['DRAFT'::text, 'CHECKED'::text, 'WARNED'::text, 'CONFIRMED_RISK'::text, 'COOLING_OFF'::text, 'CALLBACK_OK'::text]));
CREATE INDEX product_order_client ON product_order USING btree (client_id, id DESC);
CREATE INDEX product_order_giving_up ON product_order USING btree (client_id, COALESCE(from_product_id, product_id)) WHERE ((units IS NOT NULL) AND (state = ANY (ARRAY['COOLING_OFF'::text, 'CALLBACK_OK'::text, 'SUBMITTED'::text, 'ACCEPTED'::text])));
CREATE INDEX product_order_open ON product_order USING btree (product_id, id) WHERE (state = ANY (ARRAY['SUBMITTED'::text, 'ACCEPTED'::text]));
CREATE INDEX product_order_origin ON product_order USING btree (origin_client_id) WHERE (origin_client_id <> client_id);
CREATE INDEX product_order_state ON product_order USING btree (state, id);
CREATE INDEX product_rating_product ON product_rating USING btree (product_id, id DESC);
CREATE INDEX product_sweep_open ON product_sweep USING btree (id) WHERE (done_at IS NULL);
CREATE INDEX product_terms_product ON product_terms USING btree (product_id, id DESC);
CREATE INDEX recommendation_client ON recommendation USING btree (client_id, id DESC);
CREATE INDEX recommendation_product ON recommendation USING btree (client_id, product_id);
CREATE INDEX settlement_at_nav ON settlement USING btree (settled_on, nav);
CREATE INDEX settlement_holding ON settlement USING btree (holding_id);
CREATE INDEX settlement_order ON settlement USING btree (order_id);
CREATE INDEX special_warning_client ON special_warning USING btree (client_id, id DESC);
CREATE INDEX staff_interest_staff ON staff_interest USING btree (staff_id, id DESC);
CREATE INDEX suitability_decision_client ON suitability_decision USING btree (client_id, id DESC);
CREATE UNIQUE INDEX portfolio_plan_open ON portfolio_plan USING btree (client_id, currency, state) WHERE (state = ANY (ARRAY['PROPOSED'::text, 'ACCEPTED'::text]));
CREATE UNIQUE INDEX product_document_edition ON product_document USING btree (product_id, kind, edition, locale);
CREATE UNIQUE INDEX staff_interest_open ON staff_interest USING btree (product_id, staff_id, kind) WHERE (ended_at IS NULL);

CREATE OR REPLACE FUNCTION keep_as_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION settlement_is_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'A row of the ledger is never changed: reverse the order.';
end $function$;

CREATE OR REPLACE FUNCTION suitability_decision_is_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'A suitability decision is never changed.';
end $function$;

CREATE TRIGGER access_log_kept BEFORE DELETE OR UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_kept BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_kept BEFORE DELETE OR UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_whole BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER settlement_is_final BEFORE DELETE OR UPDATE ON settlement FOR EACH ROW EXECUTE FUNCTION settlement_is_final();
CREATE TRIGGER suitability_decision_is_final BEFORE DELETE OR UPDATE ON suitability_decision FOR EACH ROW EXECUTE FUNCTION suitability_decision_is_final();
