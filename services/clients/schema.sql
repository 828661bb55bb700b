-- What the migrations make, beside the tables of the kit; written by the end-to-end test, never by hand.

create table adviser_assignment (
  id uuid not null,
  client_id uuid not null,
  adviser_id uuid not null,
  reason text not null,
  by uuid not null,
  effective_from timestamp with time zone not null,
  effective_to timestamp with time zone,
  constraint adviser_assignment_pkey PRIMARY KEY (id),
  constraint adviser_assignment_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint adviser_assignment_check CHECK ((effective_to >= effective_from))
);

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
  institution_financials_id uuid,
  grade_override_id uuid,
  last_active_on date,
  dormant_due_on date,
  restricted_until date,
  merged_into uuid,
  constraint client_pkey PRIMARY KEY (id),
  constraint client_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES client(id),
  constraint class_and_grade_are_of_the_kind CHECK (
CASE kind
    WHEN 'INSTITUTION'::text THEN ((class = ANY (ARRAY['ENTERPRISE'::text, 'FINANCIAL_INSTITUTION'::text, 'GOVERNMENT_PUBLIC'::text])) AND (grade = ANY (ARRAY['SMALL'::text, 'MEDIUM'::text, 'LARGE'::text])))
    ELSE ((class = ANY (ARRAY['ORDINARY'::text, 'HIGH_NET_WORTH'::text, 'ULTRA_HIGH_NET_WORTH'::text])) AND (grade = ANY (ARRAY['BRONZE'::text, 'SILVER'::text, 'GOLD'::text, 'DIAMOND'::text])))
END),
  constraint client_kind_check CHECK ((kind = ANY (ARRAY['INDIVIDUAL'::text, 'INSTITUTION'::text]))),
  constraint diamond_is_ultra_high_net_worth CHECK (((grade = 'DIAMOND'::text) = (class = 'ULTRA_HIGH_NET_WORTH'::text)))
);

create table client_contact_hash (
  client_id uuid not null,
  hash text not null,
  constraint client_contact_hash_pkey PRIMARY KEY (client_id),
  constraint client_contact_hash_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table client_merge (
  id uuid not null,
  survivor_id uuid not null,
  merged_id uuid not null,
  reason text not null,
  status_before text not null,
  merged_by uuid not null,
  merged_at timestamp with time zone not null,
  undone_by uuid,
  undone_at timestamp with time zone,
  version integer not null,
  constraint client_merge_pkey PRIMARY KEY (id),
  constraint client_merge_merged_id_fkey FOREIGN KEY (merged_id) REFERENCES client(id),
  constraint client_merge_survivor_id_fkey FOREIGN KEY (survivor_id) REFERENCES client(id),
  constraint merge_is_of_two CHECK ((survivor_id <> merged_id))
);

create table client_name_part (
  id uuid default gen_random_uuid() not null,
  client_id uuid not null,
  adviser_id uuid not null,
  part text not null,
  constraint client_name_part_pkey PRIMARY KEY (id),
  constraint client_name_part_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table client_tie (
  client_id uuid not null,
  kind text not null,
  ref_id uuid not null,
  since timestamp with time zone not null,
  constraint client_tie_pkey PRIMARY KEY (client_id, kind, ref_id),
  constraint client_tie_kind_check CHECK ((kind = ANY (ARRAY['ORDER'::text, 'HOLDING'::text, 'COMPLAINT'::text])))
);

create table consent_record (
  id uuid not null,
  client_id uuid not null,
  purpose text not null,
  channel text,
  partner text,
  basis text not null,
  action text not null,
  text_version text not null,
  evidence text not null,
  source text not null,
  by uuid not null,
  at timestamp with time zone not null,
  constraint consent_record_pkey PRIMARY KEY (id),
  constraint consent_record_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint consent_record_action_check CHECK ((action = ANY (ARRAY['GRANT'::text, 'WITHDRAW'::text]))),
  constraint marketing_names_its_channel CHECK (((purpose = 'MARKETING'::text) = (channel IS NOT NULL))),
  constraint sharing_names_its_partner CHECK (((purpose = 'PARTNER_SHARING'::text) = (partner IS NOT NULL)))
);

create table data_request (
  id uuid not null,
  client_id uuid not null,
  type text not null,
  status text not null,
  received_at timestamp with time zone not null,
  received_by uuid not null,
  due_on date not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  outcome text,
  version integer not null,
  constraint data_request_pkey PRIMARY KEY (id),
  constraint data_request_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint data_request_status_check CHECK ((status = ANY (ARRAY['RECEIVED'::text, 'FULFILLED'::text, 'REFUSED'::text]))),
  constraint data_request_type_check CHECK ((type = ANY (ARRAY['ACCESS_COPY'::text, 'CORRECTION'::text, 'DELETION'::text, 'RESTRICTION'::text, 'EXPLANATION'::text])))
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

create table grade_override (
  id uuid not null,
  client_id uuid not null,
  grade text not null,
  reason text not null,
  until date not null,
  status text not null,
  maker_id uuid not null,
  checker_id uuid,
  proposed_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  decision_reason text,
  version integer not null,
  constraint grade_override_pkey PRIMARY KEY (id),
  constraint grade_override_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint grade_override_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'ENDED'::text]))),
  constraint override_maker_is_not_checker CHECK ((maker_id <> checker_id))
);

create table grading_rule_set (
  id uuid not null,
  version text not null,
  effective_from date not null,
  source text not null,
  tables jsonb not null,
  status text default 'APPROVED'::text not null,
  reason text default ''::text not null,
  maker_id uuid,
  checker_id uuid,
  proposed_at timestamp with time zone,
  decided_at timestamp with time zone,
  decision_reason text,
  regraded_to uuid,
  regraded_at timestamp with time zone,
  constraint grading_rule_set_version_key UNIQUE (version),
  constraint grading_rule_set_pkey PRIMARY KEY (id),
  constraint grading_rule_set_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text]))),
  constraint maker_is_not_checker CHECK ((maker_id <> checker_id))
);

create table id_document (
  client_id uuid not null,
  type text not null,
  sealed_number text not null,
  number_hash text not null,
  last_four text not null,
  expires_on date,
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
  birthday_calendar text default 'SOLAR'::text not null,
  lunar_month integer,
  lunar_day integer,
  lunar_leap boolean,
  tax_residency text default 'CN'::text not null,
  civil_capacity text default 'FULL'::text not null,
  constraint individual_profile_pkey PRIMARY KEY (client_id),
  constraint individual_profile_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint individual_profile_annual_income_check CHECK ((annual_income >= (0)::numeric)),
  constraint individual_profile_birthday_calendar_check CHECK ((birthday_calendar = ANY (ARRAY['SOLAR'::text, 'LUNAR'::text]))),
  constraint individual_profile_civil_capacity_check CHECK ((civil_capacity = ANY (ARRAY['FULL'::text, 'LIMITED'::text, 'NONE'::text]))),
  constraint individual_profile_investment_years_check CHECK ((investment_years >= 0)),
  constraint individual_profile_lunar_day_check CHECK (((lunar_day >= 1) AND (lunar_day <= 30))),
  constraint individual_profile_lunar_month_check CHECK (((lunar_month >= 1) AND (lunar_month <= 12))),
  constraint individual_profile_tax_residency_check CHECK ((tax_residency ~ '^[A-Z]{2}$'::text)),
  constraint lunar_birthday_has_a_date CHECK (((birthday_calendar = 'SOLAR'::text) OR ((lunar_month IS NOT NULL) AND (lunar_day IS NOT NULL) AND (lunar_leap IS NOT NULL))))
);

create table information_review (
  id uuid not null,
  client_id uuid not null,
  kind text not null,
  due_on date not null,
  stage text not null,
  look_on date,
  confirmed text[] not null,
  changed text[] not null,
  completed_by uuid,
  completed_at timestamp with time zone,
  version integer not null,
  constraint information_review_pkey PRIMARY KEY (id),
  constraint information_review_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint information_review_kind_check CHECK ((kind = ANY (ARRAY['PERIODIC'::text, 'ID_EXPIRY'::text, 'EVENT'::text]))),
  constraint information_review_stage_check CHECK ((stage = ANY (ARRAY['SCHEDULED'::text, 'DUE'::text, 'OVERDUE'::text, 'BLOCKING'::text, 'DONE'::text])))
);

create table institution_financials (
  id uuid not null,
  client_id uuid not null,
  year_end date not null,
  net_assets numeric not null,
  liabilities numeric not null,
  revenue numeric not null,
  profit numeric not null,
  currency text not null,
  source text not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  constraint institution_financials_pkey PRIMARY KEY (id),
  constraint institution_financials_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint institution_financials_liabilities_check CHECK ((liabilities >= (0)::numeric)),
  constraint institution_financials_revenue_check CHECK ((revenue >= (0)::numeric))
);

create table institution_profile (
  client_id uuid not null,
  legal_name text not null,
  uscc text not null,
  institution_type text not null,
  legal_representative text not null,
  business_scope text not null,
  investment_needs text not null,
  contact_name text not null,
  phone text not null,
  email text,
  address text not null,
  constraint uscc_belongs_to_one_client UNIQUE (uscc),
  constraint institution_profile_pkey PRIMARY KEY (client_id),
  constraint institution_profile_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint institution_profile_institution_type_check CHECK ((institution_type = ANY (ARRAY['ENTERPRISE'::text, 'FINANCIAL_INSTITUTION'::text, 'GOVERNMENT_PUBLIC'::text])))
);

create table investor_status (
  id uuid not null,
  client_id uuid not null,
  status text not null,
  is_qualified boolean not null,
  evidence text not null,
  valid_from date not null,
  valid_to date not null,
  decided_by uuid not null,
  decided_at timestamp with time zone not null,
  constraint investor_status_pkey PRIMARY KEY (id),
  constraint investor_status_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint investor_status_check CHECK ((valid_to >= valid_from)),
  constraint investor_status_status_check CHECK ((status = ANY (ARRAY['ORDINARY'::text, 'PROFESSIONAL_A'::text, 'PROFESSIONAL_B'::text, 'PROFESSIONAL_C'::text])))
);

create table product_class_used (
  client_id uuid not null,
  product_class text not null,
  since date not null,
  constraint product_class_used_pkey PRIMARY KEY (client_id, product_class),
  constraint product_class_used_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table profile_version (
  id uuid not null,
  client_id uuid not null,
  profile jsonb not null,
  changed text[] not null,
  by uuid not null,
  at timestamp with time zone not null,
  constraint profile_version_pkey PRIMARY KEY (id),
  constraint profile_version_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table relationship (
  id uuid not null,
  from_id uuid not null,
  to_id uuid not null,
  role text not null,
  valid_from date not null,
  valid_to date,
  recorded_by uuid not null,
  version integer not null,
  constraint relationship_pkey PRIMARY KEY (id),
  constraint relationship_from_id_fkey FOREIGN KEY (from_id) REFERENCES client(id),
  constraint relationship_to_id_fkey FOREIGN KEY (to_id) REFERENCES client(id),
  constraint relationship_check CHECK ((valid_to >= valid_from)),
  constraint relationship_is_with_another CHECK ((from_id <> to_id)),
  constraint relationship_role_check CHECK ((role = ANY (ARRAY['SPOUSE'::text, 'PARENT'::text, 'GUARDIAN'::text, 'AGENT'::text, 'LEGAL_REPRESENTATIVE'::text, 'BENEFICIAL_OWNER'::text, 'REFERRER'::text]))),
  constraint spouses_are_kept_in_one_order CHECK (((role <> 'SPOUSE'::text) OR (from_id < to_id)))
);

create table review_calendar (
  version text not null,
  effective_from date not null,
  source text not null,
  rules jsonb not null,
  constraint review_calendar_effective_from_key UNIQUE (effective_from),
  constraint review_calendar_pkey PRIMARY KEY (version)
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

CREATE INDEX adviser_assignment_client ON adviser_assignment USING btree (client_id, id);
CREATE INDEX asset_snapshot_client ON asset_snapshot USING btree (client_id, id);
CREATE INDEX class_assignment_client ON class_assignment USING btree (client_id, id);
CREATE INDEX client_adviser ON client USING btree (adviser_id, id);
CREATE INDEX client_age_band_due ON client USING btree (age_band_due_on, id) WHERE (age_band_due_on IS NOT NULL);
CREATE INDEX client_class ON client USING btree (class, id);
CREATE INDEX client_contact_hash_found ON client_contact_hash USING btree (hash);
CREATE INDEX client_dormant_due ON client USING btree (dormant_due_on, id) WHERE (dormant_due_on IS NOT NULL);
CREATE INDEX client_grade ON client USING btree (grade, id);
CREATE INDEX client_grading_due ON client USING btree (grading_due_on, id) WHERE (grading_due_on IS NOT NULL);
CREATE INDEX client_merge_survivor ON client_merge USING btree (survivor_id, id);
CREATE INDEX client_merged_into ON client USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX client_name_part_client ON client_name_part USING btree (client_id);
CREATE INDEX client_name_part_found ON client_name_part USING btree (part, id);
CREATE INDEX client_name_part_of_adviser ON client_name_part USING btree (adviser_id, part, id);
CREATE INDEX client_status ON client USING btree (status, id);
CREATE INDEX client_status_grade ON client USING btree (status, grade, id);
CREATE INDEX consent_record_client ON consent_record USING btree (client_id, id);
CREATE INDEX data_request_client ON data_request USING btree (client_id, id);
CREATE INDEX data_request_open ON data_request USING btree (status, id);
CREATE INDEX grade_assignment_client ON grade_assignment USING btree (client_id, id);
CREATE INDEX grade_override_client ON grade_override USING btree (client_id, id);
CREATE INDEX grade_override_status ON grade_override USING btree (status, id);
CREATE INDEX identity_verification_client ON identity_verification USING btree (client_id, id);
CREATE INDEX information_review_client ON information_review USING btree (client_id, id);
CREATE INDEX information_review_look ON information_review USING btree (look_on, id) WHERE (look_on IS NOT NULL);
CREATE INDEX information_review_open ON information_review USING btree (due_on, id) WHERE (stage <> 'DONE'::text);
CREATE INDEX institution_financials_client ON institution_financials USING btree (client_id, id);
CREATE INDEX investor_status_client ON investor_status USING btree (client_id, id);
CREATE INDEX profile_version_client ON profile_version USING btree (client_id, id);
CREATE INDEX relationship_from ON relationship USING btree (from_id, id);
CREATE INDEX relationship_to ON relationship USING btree (to_id, id);
CREATE INDEX status_change_client ON status_change USING btree (client_id, id);
CREATE UNIQUE INDEX adviser_assignment_open ON adviser_assignment USING btree (client_id) WHERE (effective_to IS NULL);
CREATE UNIQUE INDEX class_assignment_open ON class_assignment USING btree (client_id) WHERE (effective_to IS NULL);
CREATE UNIQUE INDEX client_merge_once ON client_merge USING btree (merged_id) WHERE (undone_at IS NULL);
CREATE UNIQUE INDEX grade_assignment_open ON grade_assignment USING btree (client_id) WHERE (effective_to IS NULL);
CREATE UNIQUE INDEX grade_override_one_open ON grade_override USING btree (client_id) WHERE (status = 'PROPOSED'::text);
CREATE UNIQUE INDEX grading_rule_set_in_force ON grading_rule_set USING btree (effective_from) WHERE (status = 'APPROVED'::text);
CREATE UNIQUE INDEX grading_rule_set_one_open ON grading_rule_set USING btree (status) WHERE (status = 'PROPOSED'::text);
CREATE UNIQUE INDEX information_review_one_open ON information_review USING btree (client_id, kind) WHERE (stage <> 'DONE'::text);
CREATE UNIQUE INDEX relationship_once ON relationship USING btree (from_id, to_id, role) WHERE (valid_to IS NULL);

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'Rows of % are never changed.', tg_table_name;
end $function$;

CREATE TRIGGER consent_record_is_append_only BEFORE DELETE OR UPDATE ON consent_record FOR EACH ROW EXECUTE FUNCTION refuse_change();
