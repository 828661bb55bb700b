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

create table archive_access (
  id uuid not null,
  client_id uuid not null,
  item_ids uuid[] not null,
  purpose text not null,
  reason bytea not null,
  hours integer not null,
  status text not null,
  requester_id uuid not null,
  requester_role text not null,
  approver_id uuid,
  requested_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  decision_reason bytea,
  opened_at timestamp with time zone,
  closes_at timestamp with time zone,
  ended_at timestamp with time zone,
  version integer not null,
  constraint archive_access_pkey PRIMARY KEY (id),
  constraint archive_access_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint archive_access_by_another CHECK ((requester_id <> approver_id)),
  constraint archive_access_check CHECK ((closes_at <= (opened_at + '08:00:00'::interval))),
  constraint archive_access_hours_check CHECK (((hours >= 1) AND (hours <= 8))),
  constraint archive_access_status_check CHECK ((status = ANY (ARRAY['REQUESTED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'OPEN'::text, 'EXPIRED'::text, 'RETURNED'::text])))
);

create table archive_export (
  id uuid not null,
  access_id uuid not null,
  client_id uuid not null,
  reader_id uuid not null,
  sha256 text not null,
  items integer not null,
  at timestamp with time zone not null,
  constraint archive_export_pkey PRIMARY KEY (id),
  constraint archive_export_access_id_fkey FOREIGN KEY (access_id) REFERENCES archive_access(id)
);

create table archive_item (
  id uuid not null,
  client_id uuid not null,
  item_class text not null,
  source text not null,
  source_ref text not null,
  what text not null,
  facts jsonb not null,
  hash text not null,
  event_id uuid not null,
  occurred_at timestamp with time zone not null,
  filed_at timestamp with time zone not null,
  ended_on date,
  retained_until date,
  constraint archive_item_event_id_key UNIQUE (event_id),
  constraint archive_item_pkey PRIMARY KEY (id)
);

create table archive_read (
  id uuid not null,
  access_id uuid not null,
  client_id uuid not null,
  item_id uuid not null,
  reader_id uuid not null,
  role text not null,
  format text not null,
  at timestamp with time zone not null,
  constraint archive_read_pkey PRIMARY KEY (id),
  constraint archive_read_access_id_fkey FOREIGN KEY (access_id) REFERENCES archive_access(id),
  constraint archive_read_format_check CHECK ((format = ANY (ARRAY['SCREEN'::text, 'EXPORT'::text])))
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

create table beneficial_owner (
  id uuid not null,
  client_id uuid not null,
  name_plain text,
  country text not null,
  control text not null,
  share_percent numeric,
  owner_client_id uuid,
  valid_from date not null,
  valid_to date,
  recorded_by uuid not null,
  version integer not null,
  name bytea,
  constraint beneficial_owner_pkey PRIMARY KEY (id),
  constraint beneficial_owner_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint beneficial_owner_owner_client_id_fkey FOREIGN KEY (owner_client_id) REFERENCES client(id),
  constraint beneficial_owner_check CHECK ((valid_to >= valid_from)),
  constraint beneficial_owner_control_check CHECK ((control = ANY (ARRAY['SHARES'::text, 'VOTES'::text, 'OTHER_CONTROL'::text]))),
  constraint beneficial_owner_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint beneficial_owner_share_percent_check CHECK (((share_percent > (0)::numeric) AND (share_percent <= (100)::numeric))),
  constraint owner_is_another CHECK ((owner_client_id <> client_id)),
  constraint shares_have_a_size CHECK (((control = 'OTHER_CONTROL'::text) = (share_percent IS NULL)))
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
  review_due_on date,
  restriction_ends_on date,
  name_indexed_as text default 'SIMPLIFIED'::text,
  household_adviser_id uuid,
  walled_ids uuid[] default '{}'::uuid[] not null,
  is_marked_important boolean default false not null,
  important_reason text,
  lines_below jsonb default '{}'::jsonb not null,
  constraint client_pkey PRIMARY KEY (id),
  constraint client_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES client(id),
  constraint class_and_grade_are_of_the_kind CHECK (
CASE kind
    WHEN 'INSTITUTION'::text THEN ((class = ANY (ARRAY['ENTERPRISE'::text, 'FINANCIAL_INSTITUTION'::text, 'GOVERNMENT_PUBLIC'::text])) AND (grade = ANY (ARRAY['SMALL'::text, 'MEDIUM'::text, 'LARGE'::text])))
    ELSE ((class = ANY (ARRAY['ORDINARY'::text, 'HIGH_NET_WORTH'::text, 'ULTRA_HIGH_NET_WORTH'::text])) AND (grade = ANY (ARRAY['BRONZE'::text, 'SILVER'::text, 'GOLD'::text, 'DIAMOND'::text])))
END),
  constraint client_important_has_reason CHECK ((is_marked_important = (important_reason IS NOT NULL))),
  constraint client_kind_check CHECK ((kind = ANY (ARRAY['INDIVIDUAL'::text, 'INSTITUTION'::text]))),
  constraint client_name_indexed_as_check CHECK ((name_indexed_as = 'SIMPLIFIED'::text)),
  constraint diamond_is_ultra_high_net_worth CHECK (((grade = 'DIAMOND'::text) = (class = 'ULTRA_HIGH_NET_WORTH'::text)))
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

create table client_name_token (
  token bigint not null,
  client_id uuid not null,
  constraint client_name_token_pkey PRIMARY KEY (token, client_id),
  constraint client_name_token_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table client_snapshot (
  client_id uuid not null,
  pseudonym text not null,
  tier text,
  content jsonb,
  told_at timestamp with time zone,
  constraint client_snapshot_pseudonym_key UNIQUE (pseudonym),
  constraint client_snapshot_pkey PRIMARY KEY (client_id)
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
  evidence_plain text,
  source text not null,
  by uuid not null,
  at timestamp with time zone not null,
  evidence bytea,
  constraint consent_record_pkey PRIMARY KEY (id),
  constraint consent_record_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint consent_record_action_check CHECK ((action = ANY (ARRAY['GRANT'::text, 'WITHDRAW'::text]))),
  constraint marketing_names_its_channel CHECK (((purpose = 'MARKETING'::text) = (channel IS NOT NULL))),
  constraint sharing_names_its_partner CHECK (((purpose = 'PARTNER_SHARING'::text) = (partner IS NOT NULL)))
);

create table contact_detail (
  id uuid not null,
  client_id uuid not null,
  type text not null,
  value_plain text,
  value_hash text not null,
  is_valid boolean not null,
  is_preferred boolean not null,
  verified_by uuid,
  verified_at timestamp with time zone,
  method text,
  ended_reason text,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  version integer not null,
  value bytea,
  constraint contact_detail_once UNIQUE (client_id, type, value_hash),
  constraint contact_detail_pkey PRIMARY KEY (id),
  constraint contact_detail_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint contact_detail_method_check CHECK ((method = ANY (ARRAY['CODE'::text, 'CALL_BACK'::text, 'DOCUMENT'::text, 'IN_PERSON'::text]))),
  constraint contact_detail_type_check CHECK ((type = ANY (ARRAY['PHONE'::text, 'MOBILE'::text, 'EMAIL'::text, 'WECHAT'::text, 'POST'::text]))),
  constraint preferred_is_valid CHECK ((is_valid OR (NOT is_preferred))),
  constraint verified_says_how CHECK ((((verified_at IS NULL) = (method IS NULL)) AND ((verified_at IS NULL) = (verified_by IS NULL))))
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
  fields text[] default '{}'::text[] not null,
  corrected text[] default '{}'::text[] not null,
  extended_at timestamp with time zone,
  extension_reason text,
  constraint data_request_pkey PRIMARY KEY (id),
  constraint data_request_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint data_request_extension_reason_check CHECK ((extension_reason = ANY (ARRAY['COMPLEX'::text, 'MANY_REQUESTS'::text]))),
  constraint data_request_status_check CHECK ((status = ANY (ARRAY['RECEIVED'::text, 'FULFILLED'::text, 'REFUSED'::text]))),
  constraint data_request_type_check CHECK ((type = ANY (ARRAY['ACCESS_COPY'::text, 'CORRECTION'::text, 'DELETION'::text, 'RESTRICTION'::text, 'EXPLANATION'::text])))
);

create table enrichment (
  id uuid not null,
  client_id uuid not null,
  source_id uuid not null,
  field text not null,
  value_plain text,
  reference_plain text,
  basis text not null,
  collected_on date not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  value bytea,
  reference bytea,
  constraint enrichment_pkey PRIMARY KEY (id),
  constraint enrichment_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint enrichment_source_id_fkey FOREIGN KEY (source_id) REFERENCES enrichment_source(id)
);

create table enrichment_source (
  id uuid not null,
  code text not null,
  version text not null,
  name text not null,
  basis text not null,
  consent_purpose text,
  fields text[] not null,
  effective_from date not null,
  effective_to date,
  source text not null,
  status text not null,
  reason text not null,
  maker_id uuid,
  checker_id uuid,
  decided_at timestamp with time zone,
  constraint enrichment_source_code_version_key UNIQUE (code, version),
  constraint enrichment_source_pkey PRIMARY KEY (id),
  constraint consent_names_its_purpose CHECK (((basis = ANY (ARRAY['CONSENT'::text, 'SEPARATE_CONSENT'::text])) = (consent_purpose IS NOT NULL))),
  constraint enrichment_source_basis_check CHECK ((basis = ANY (ARRAY['CONTRACT'::text, 'LEGAL_DUTY'::text, 'PUBLIC_INFORMATION'::text, 'CONSENT'::text, 'SEPARATE_CONSENT'::text]))),
  constraint enrichment_source_check CHECK ((effective_to >= effective_from)),
  constraint enrichment_source_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);

create table ethical_wall (
  id uuid not null,
  one_id uuid not null,
  other_id uuid not null,
  case_reference text not null,
  reason bytea not null,
  status text not null,
  raised_by uuid not null,
  raised_at timestamp with time zone not null,
  lift_id uuid,
  lift_reason bytea,
  lifted_at timestamp with time zone,
  decision_reason bytea,
  version integer not null,
  constraint ethical_wall_pkey PRIMARY KEY (id),
  constraint ethical_wall_in_order CHECK ((one_id < other_id)),
  constraint ethical_wall_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'IN_FORCE'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text, 'LIFTED'::text])))
);

create table finding (
  id uuid not null,
  inspection_id uuid not null,
  template text not null,
  step text not null,
  severity text not null,
  rule text not null,
  client_id uuid,
  summary bytea not null,
  evidence uuid[] not null,
  owner_id uuid,
  due_on date not null,
  status text not null,
  raised_by uuid,
  raised_at timestamp with time zone not null,
  verified_at timestamp with time zone,
  version integer not null,
  constraint finding_pkey PRIMARY KEY (id),
  constraint finding_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES inspection(id),
  constraint finding_severity_check CHECK ((severity = ANY (ARRAY['LOW'::text, 'MEDIUM'::text, 'HIGH'::text, 'CRITICAL'::text]))),
  constraint finding_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'PLANNED'::text, 'DONE'::text, 'VERIFIED'::text, 'REJECTED'::text])))
);

create table finding_cause (
  cause text not null,
  finding_id uuid not null,
  constraint finding_cause_pkey PRIMARY KEY (cause),
  constraint finding_cause_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES finding(id)
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
  reason_plain text,
  until date not null,
  status text not null,
  maker_id uuid not null,
  checker_id uuid,
  proposed_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  decision_reason_plain text,
  version integer not null,
  reason bytea,
  decision_reason bytea,
  constraint grade_override_pkey PRIMARY KEY (id),
  constraint grade_override_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint grade_override_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text, 'ENDED'::text]))),
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
  constraint grading_rule_set_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text]))),
  constraint maker_is_not_checker CHECK ((maker_id <> checker_id))
);

create table household (
  id uuid not null,
  formed_on date not null,
  formed_by uuid not null,
  version integer not null,
  constraint household_pkey PRIMARY KEY (id)
);

create table household_member (
  id uuid not null,
  household_id uuid not null,
  client_id uuid not null,
  role text not null,
  is_primary boolean not null,
  valid_from date not null,
  valid_to date,
  recorded_by uuid not null,
  version integer not null,
  constraint household_member_pkey PRIMARY KEY (id),
  constraint household_member_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint household_member_household_id_fkey FOREIGN KEY (household_id) REFERENCES household(id),
  constraint household_member_check CHECK ((valid_to >= valid_from)),
  constraint household_member_role_check CHECK ((role = ANY (ARRAY['HEAD'::text, 'SPOUSE'::text, 'CHILD'::text, 'PARENT'::text, 'SIBLING'::text, 'OTHER'::text])))
);

create table id_document (
  client_id uuid not null,
  type text not null,
  number_plain text,
  number_hash text not null,
  last_four_plain text,
  expires_on date,
  number bytea,
  last_four bytea,
  constraint id_document_belongs_to_one_client UNIQUE (type, number_hash),
  constraint id_document_pkey PRIMARY KEY (client_id),
  constraint id_document_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table identity_verification (
  id uuid not null,
  client_id uuid not null,
  method text not null,
  evidence_reference_plain text,
  verified_by uuid not null,
  verified_at timestamp with time zone not null,
  evidence_reference bytea,
  constraint identity_verification_pkey PRIMARY KEY (id),
  constraint identity_verification_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table individual_profile (
  client_id uuid not null,
  name_plain text,
  gender_plain text,
  date_of_birth_plain date,
  occupation_plain text,
  address_plain text,
  annual_income_plain numeric,
  annual_income_currency text not null,
  investment_years integer not null,
  experience_kinds_plain text[],
  mobile_plain text,
  email_plain text,
  birthday_calendar text default 'SOLAR'::text not null,
  lunar_month_plain integer,
  lunar_day_plain integer,
  lunar_leap_plain boolean,
  tax_residency_plain text,
  civil_capacity_plain text,
  employment_plain text,
  address_country_plain text,
  name bytea,
  gender bytea,
  date_of_birth bytea,
  occupation bytea,
  employment bytea,
  address bytea,
  address_country bytea,
  annual_income bytea,
  experience_kinds bytea,
  mobile bytea,
  email bytea,
  lunar_month bytea,
  lunar_day bytea,
  lunar_leap bytea,
  tax_residency bytea,
  civil_capacity bytea,
  constraint individual_profile_pkey PRIMARY KEY (client_id),
  constraint individual_profile_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint individual_profile_birthday_calendar_check CHECK ((birthday_calendar = ANY (ARRAY['SOLAR'::text, 'LUNAR'::text]))),
  constraint individual_profile_investment_years_check CHECK ((investment_years >= 0))
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
  counted_from date,
  constraint information_review_pkey PRIMARY KEY (id),
  constraint information_review_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint information_review_kind_check CHECK ((kind = ANY (ARRAY['PERIODIC'::text, 'ID_EXPIRY'::text, 'EVENT'::text]))),
  constraint information_review_stage_check CHECK ((stage = ANY (ARRAY['SCHEDULED'::text, 'DUE'::text, 'OVERDUE'::text, 'BLOCKING'::text, 'DONE'::text])))
);

create table inspection (
  id uuid not null,
  template_id uuid not null,
  template text not null,
  period_from date not null,
  period_to date not null,
  due_on date not null,
  status text not null,
  opened_by uuid,
  opened_at timestamp with time zone not null,
  verified_by uuid,
  verified_at timestamp with time zone,
  closed_by uuid,
  closed_at timestamp with time zone,
  declined_reason text,
  version integer not null,
  constraint inspection_pkey PRIMARY KEY (id),
  constraint inspection_template_id_fkey FOREIGN KEY (template_id) REFERENCES inspection_template(id),
  constraint inspection_check CHECK ((period_to >= period_from)),
  constraint inspection_closed_by_another CHECK ((closed_by <> verified_by)),
  constraint inspection_status_check CHECK ((status = ANY (ARRAY['OPENED'::text, 'FIELDWORK'::text, 'FINDINGS_ISSUED'::text, 'RECTIFYING'::text, 'VERIFIED'::text, 'CLOSED'::text])))
);

create table inspection_answer (
  id uuid not null,
  inspection_id uuid not null,
  step text not null,
  answer text not null,
  note bytea,
  answered_by uuid not null,
  answered_at timestamp with time zone not null,
  constraint inspection_answer_inspection_id_step_key UNIQUE (inspection_id, step),
  constraint inspection_answer_pkey PRIMARY KEY (id),
  constraint inspection_answer_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES inspection(id),
  constraint inspection_answer_answer_check CHECK ((answer = ANY (ARRAY['COMPLIANT'::text, 'NOT_COMPLIANT'::text, 'NOT_APPLICABLE'::text])))
);

create table inspection_sample (
  id uuid not null,
  inspection_id uuid not null,
  seed text not null,
  query jsonb not null,
  size integer not null,
  as_of timestamp with time zone not null,
  population integer not null,
  drawn uuid[] not null,
  drawn_by uuid not null,
  constraint inspection_sample_pkey PRIMARY KEY (id),
  constraint inspection_sample_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES inspection(id),
  constraint inspection_sample_size_check CHECK (((size >= 1) AND (size <= 500)))
);

create table inspection_template (
  id uuid not null,
  code text not null,
  version text not null,
  effective_from date not null,
  source text not null,
  content jsonb not null,
  constraint inspection_template_code_version_key UNIQUE (code, version),
  constraint inspection_template_pkey PRIMARY KEY (id)
);

create table institution_financials (
  id uuid not null,
  client_id uuid not null,
  year_end date not null,
  net_assets numeric not null,
  liabilities_plain numeric,
  revenue_plain numeric,
  profit_plain numeric,
  currency text not null,
  source text not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  liabilities bytea,
  revenue bytea,
  profit bytea,
  constraint institution_financials_pkey PRIMARY KEY (id),
  constraint institution_financials_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table institution_profile (
  client_id uuid not null,
  legal_name_plain text,
  uscc_plain text,
  institution_type text not null,
  legal_representative_plain text,
  business_scope_plain text,
  investment_needs_plain text,
  contact_name_plain text,
  phone_plain text,
  email_plain text,
  address_plain text,
  holds_uscc boolean default true not null,
  legal_name bytea,
  uscc bytea,
  legal_representative bytea,
  business_scope bytea,
  investment_needs bytea,
  contact_name bytea,
  phone bytea,
  email bytea,
  address bytea,
  uscc_hash text,
  constraint institution_profile_pkey PRIMARY KEY (client_id),
  constraint institution_profile_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint institution_profile_institution_type_check CHECK ((institution_type = ANY (ARRAY['ENTERPRISE'::text, 'FINANCIAL_INSTITUTION'::text, 'GOVERNMENT_PUBLIC'::text])))
);

create table investor_status (
  id uuid not null,
  client_id uuid not null,
  status text not null,
  is_qualified boolean not null,
  evidence_plain text,
  valid_from date not null,
  valid_to date not null,
  decided_by uuid not null,
  decided_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  evidence bytea,
  constraint investor_status_pkey PRIMARY KEY (id),
  constraint investor_status_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint investor_status_check CHECK ((valid_to >= valid_from)),
  constraint investor_status_status_check CHECK ((status = ANY (ARRAY['ORDINARY'::text, 'PROFESSIONAL_A'::text, 'PROFESSIONAL_B'::text, 'PROFESSIONAL_C'::text])))
);

create table legal_hold (
  id uuid not null,
  client_id uuid not null,
  item_ids uuid[] not null,
  case_reference text not null,
  reason bytea not null,
  status text not null,
  set_by uuid not null,
  set_at timestamp with time zone not null,
  lift_id uuid,
  lift_reason bytea,
  lifted_at timestamp with time zone,
  decision_reason bytea,
  version integer not null,
  constraint legal_hold_pkey PRIMARY KEY (id),
  constraint legal_hold_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint legal_hold_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'IN_FORCE'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text, 'LIFTED'::text])))
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
  profile_plain jsonb,
  changed text[] not null,
  by uuid not null,
  at timestamp with time zone not null,
  profile bytea,
  constraint profile_version_pkey PRIMARY KEY (id),
  constraint profile_version_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table rectification (
  id uuid not null,
  finding_id uuid not null,
  client_id uuid,
  plan bytea not null,
  due_on date not null,
  planned_by uuid not null,
  planned_at timestamp with time zone not null,
  done bytea,
  evidence text[] not null,
  done_at timestamp with time zone,
  verdict text,
  reason bytea,
  verified_by uuid,
  verified_at timestamp with time zone,
  constraint rectification_pkey PRIMARY KEY (id),
  constraint rectification_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES finding(id),
  constraint rectification_verdict_check CHECK ((verdict = ANY (ARRAY['VERIFIED'::text, 'REJECTED'::text]))),
  constraint rectification_verified_by_another CHECK ((verified_by <> planned_by))
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

create table retention_rule_set (
  id uuid not null,
  version text not null,
  effective_from date not null,
  source text not null,
  rows jsonb not null,
  status text not null,
  reason text not null,
  maker_id uuid,
  checker_id uuid,
  proposed_at timestamp with time zone,
  decided_at timestamp with time zone,
  decision_reason text,
  applied_to uuid,
  applied_at timestamp with time zone,
  constraint retention_rule_set_version_key UNIQUE (version),
  constraint retention_rule_set_pkey PRIMARY KEY (id),
  constraint retention_rule_set_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);

create table review_calendar (
  version text not null,
  effective_from date not null,
  source text not null,
  rules jsonb not null,
  id uuid default gen_random_uuid() not null,
  status text default 'APPROVED'::text not null,
  reason text default ''::text not null,
  maker_id uuid,
  checker_id uuid,
  proposed_at timestamp with time zone,
  decided_at timestamp with time zone,
  decision_reason text,
  applied_to uuid,
  applied_at timestamp with time zone,
  constraint review_calendar_version_key UNIQUE (version),
  constraint review_calendar_pkey PRIMARY KEY (id),
  constraint review_calendar_check CHECK ((checker_id <> maker_id)),
  constraint review_calendar_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
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

create table staff_client (
  id uuid not null,
  staff_id uuid not null,
  client_id uuid not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  constraint staff_client_staff_id_client_id_key UNIQUE (staff_id, client_id),
  constraint staff_client_pkey PRIMARY KEY (id),
  constraint staff_client_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table status_change (
  id uuid not null,
  client_id uuid not null,
  from_status text not null,
  to_status text not null,
  reason text not null,
  by uuid not null,
  at timestamp with time zone not null,
  evidence_plain text,
  evidence bytea,
  constraint status_change_pkey PRIMARY KEY (id),
  constraint status_change_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);

create table supervised_complaint (
  complaint_id uuid not null,
  client_id uuid,
  severity text not null,
  due_on date not null,
  on_time boolean,
  is_open boolean not null,
  constraint supervised_complaint_pkey PRIMARY KEY (complaint_id)
);

create table supervision_rule_set (
  id uuid not null,
  version text not null,
  effective_from date not null,
  source text not null,
  checks jsonb not null,
  constraint supervision_rule_set_effective_from_key UNIQUE (effective_from),
  constraint supervision_rule_set_version_key UNIQUE (version),
  constraint supervision_rule_set_pkey PRIMARY KEY (id)
);

create table supervision_table (
  id uuid not null,
  kind text not null,
  code text not null,
  version text not null,
  effective_from date not null,
  source text not null,
  content jsonb not null,
  status text not null,
  reason text not null,
  maker_id uuid not null,
  checker_id uuid,
  proposed_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  decision_reason text,
  constraint supervision_table_pkey PRIMARY KEY (id),
  constraint supervision_table_by_two CHECK ((maker_id <> checker_id)),
  constraint supervision_table_kind_check CHECK ((kind = ANY (ARRAY['INSPECTION_TEMPLATE'::text, 'DAILY_CHECKS'::text]))),
  constraint supervision_table_status_check CHECK ((status = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);

CREATE INDEX adviser_assignment_client ON adviser_assignment USING btree (client_id, id);
CREATE INDEX archive_access_client ON archive_access USING btree (client_id, id);
CREATE INDEX archive_access_closing ON archive_access USING btree (closes_at) WHERE (status = 'OPEN'::text);
CREATE INDEX archive_access_requester ON archive_access USING btree (requester_id, id);
CREATE INDEX archive_access_status ON archive_access USING btree (status, id);
CREATE INDEX archive_item_class ON archive_item USING btree (item_class, occurred_at, id);
CREATE INDEX archive_item_client ON archive_item USING btree (client_id, id);
CREATE INDEX archive_item_source ON archive_item USING btree (source, source_ref);
CREATE INDEX archive_item_what ON archive_item USING btree (what, occurred_at);
CREATE INDEX archive_read_client ON archive_read USING btree (client_id, id);
CREATE INDEX archive_read_reader ON archive_read USING btree (reader_id, at);
CREATE INDEX asset_snapshot_client ON asset_snapshot USING btree (client_id, id);
CREATE INDEX beneficial_owner_client ON beneficial_owner USING btree (client_id, id);
CREATE INDEX beneficial_owner_owner ON beneficial_owner USING btree (owner_client_id, id) WHERE (owner_client_id IS NOT NULL);
CREATE INDEX class_assignment_client ON class_assignment USING btree (client_id, id);
CREATE INDEX client_adviser ON client USING btree (adviser_id, id);
CREATE INDEX client_age_band_due ON client USING btree (age_band_due_on, id) WHERE (age_band_due_on IS NOT NULL);
CREATE INDEX client_class ON client USING btree (class, id);
CREATE INDEX client_dormant_due ON client USING btree (dormant_due_on, id) WHERE (dormant_due_on IS NOT NULL);
CREATE INDEX client_grade ON client USING btree (grade, id);
CREATE INDEX client_grading_due ON client USING btree (grading_due_on, id) WHERE (grading_due_on IS NOT NULL);
CREATE INDEX client_household_adviser ON client USING btree (household_adviser_id, id) WHERE (household_adviser_id IS NOT NULL);
CREATE INDEX client_merge_survivor ON client_merge USING btree (survivor_id, id);
CREATE INDEX client_merged_into ON client USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX client_name_to_index ON client USING btree (id) WHERE (name_indexed_as IS NULL);
CREATE INDEX client_name_token_client ON client_name_token USING btree (client_id);
CREATE INDEX client_restriction_ends ON client USING btree (restriction_ends_on, id) WHERE (restriction_ends_on IS NOT NULL);
CREATE INDEX client_review_due ON client USING btree (review_due_on, id) WHERE (review_due_on IS NOT NULL);
CREATE INDEX client_status ON client USING btree (status, id);
CREATE INDEX client_status_class ON client USING btree (status, class, id);
CREATE INDEX client_status_grade ON client USING btree (status, grade, id);
CREATE INDEX consent_record_client ON consent_record USING btree (client_id, id);
CREATE INDEX contact_detail_found ON contact_detail USING btree (value_hash) WHERE is_valid;
CREATE INDEX data_request_client ON data_request USING btree (client_id, id);
CREATE INDEX data_request_open ON data_request USING btree (status, id);
CREATE INDEX enrichment_client ON enrichment USING btree (client_id, id);
CREATE INDEX ethical_wall_other ON ethical_wall USING btree (other_id) WHERE (status = 'IN_FORCE'::text);
CREATE INDEX finding_due ON finding USING btree (due_on, id) WHERE (status <> 'VERIFIED'::text);
CREATE INDEX finding_inspection ON finding USING btree (inspection_id, id);
CREATE INDEX finding_owner ON finding USING btree (owner_id, id);
CREATE INDEX finding_status ON finding USING btree (status, id);
CREATE INDEX grade_assignment_client ON grade_assignment USING btree (client_id, id);
CREATE INDEX grade_override_client ON grade_override USING btree (client_id, id);
CREATE INDEX grade_override_status ON grade_override USING btree (status, id);
CREATE INDEX household_member_client ON household_member USING btree (client_id, id);
CREATE INDEX household_member_household ON household_member USING btree (household_id, id);
CREATE INDEX identity_verification_client ON identity_verification USING btree (client_id, id);
CREATE INDEX information_review_client ON information_review USING btree (client_id, id);
CREATE INDEX information_review_look ON information_review USING btree (look_on, id) WHERE (look_on IS NOT NULL);
CREATE INDEX information_review_open ON information_review USING btree (due_on, id) WHERE (stage <> 'DONE'::text);
CREATE INDEX inspection_sample_inspection ON inspection_sample USING btree (inspection_id, id);
CREATE INDEX inspection_status ON inspection USING btree (status, id);
CREATE INDEX institution_financials_client ON institution_financials USING btree (client_id, id);
CREATE INDEX institution_profile_uscc ON institution_profile USING btree (uscc_hash);
CREATE INDEX investor_status_client ON investor_status USING btree (client_id, id);
CREATE INDEX investor_status_running ON investor_status USING btree (valid_to, id) WHERE (ended_at IS NULL);
CREATE INDEX legal_hold_client ON legal_hold USING btree (client_id, id);
CREATE INDEX profile_version_client ON profile_version USING btree (client_id, id);
CREATE INDEX rectification_finding ON rectification USING btree (finding_id, id);
CREATE INDEX relationship_from ON relationship USING btree (from_id, id);
CREATE INDEX relationship_to ON relationship USING btree (to_id, id);
CREATE INDEX status_change_client ON status_change USING btree (client_id, id);
CREATE INDEX supervised_complaint_due ON supervised_complaint USING btree (due_on);
CREATE INDEX supervision_table_code ON supervision_table USING btree (kind, code, effective_from);
CREATE UNIQUE INDEX adviser_assignment_open ON adviser_assignment USING btree (client_id) WHERE (effective_to IS NULL);
CREATE UNIQUE INDEX class_assignment_open ON class_assignment USING btree (client_id) WHERE (effective_to IS NULL);
CREATE UNIQUE INDEX client_has_one_primary_household ON household_member USING btree (client_id) WHERE (is_primary AND (valid_to IS NULL));
CREATE UNIQUE INDEX client_merge_once ON client_merge USING btree (merged_id) WHERE (undone_at IS NULL);
CREATE UNIQUE INDEX contact_detail_preferred ON contact_detail USING btree (client_id, type) WHERE is_preferred;
CREATE UNIQUE INDEX ethical_wall_one ON ethical_wall USING btree (one_id, other_id) WHERE (status = ANY (ARRAY['PROPOSED'::text, 'IN_FORCE'::text]));
CREATE UNIQUE INDEX grade_assignment_open ON grade_assignment USING btree (client_id) WHERE (effective_to IS NULL);
CREATE UNIQUE INDEX grade_override_one_open ON grade_override USING btree (client_id) WHERE (status = 'PROPOSED'::text);
CREATE UNIQUE INDEX grading_rule_set_in_force ON grading_rule_set USING btree (effective_from) WHERE (status = 'APPROVED'::text);
CREATE UNIQUE INDEX grading_rule_set_one_open ON grading_rule_set USING btree (status) WHERE (status = 'PROPOSED'::text);
CREATE UNIQUE INDEX household_has_one_head ON household_member USING btree (household_id) WHERE ((role = 'HEAD'::text) AND (valid_to IS NULL));
CREATE UNIQUE INDEX household_member_once ON household_member USING btree (household_id, client_id) WHERE (valid_to IS NULL);
CREATE UNIQUE INDEX information_review_one_open ON information_review USING btree (client_id, kind) WHERE (stage <> 'DONE'::text);
CREATE UNIQUE INDEX inspection_daily_open ON inspection USING btree (template) WHERE ((template = 'DAILY'::text) AND (status <> 'CLOSED'::text));
CREATE UNIQUE INDEX inspection_one_a_period ON inspection USING btree (template, period_from, period_to) WHERE (opened_by IS NULL);
CREATE UNIQUE INDEX rectification_one_open ON rectification USING btree (finding_id) WHERE (verdict IS NULL);
CREATE UNIQUE INDEX relationship_once ON relationship USING btree (from_id, to_id, role) WHERE (valid_to IS NULL);
CREATE UNIQUE INDEX retention_rule_set_in_force ON retention_rule_set USING btree (effective_from) WHERE (status = 'APPROVED'::text);
CREATE UNIQUE INDEX review_calendar_in_force ON review_calendar USING btree (effective_from) WHERE (status = 'APPROVED'::text);
CREATE UNIQUE INDEX uscc_belongs_to_one_client ON institution_profile USING btree (uscc_hash) WHERE holds_uscc;

CREATE OR REPLACE FUNCTION keep_as_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION keep_consent_record()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or old.evidence_plain is null then
    raise exception 'Rows of % are never changed.', tg_table_name;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'Rows of % are never changed.', tg_table_name;
end $function$;

CREATE TRIGGER access_log_kept BEFORE DELETE OR UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER access_log_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER archive_export_is_kept BEFORE DELETE OR UPDATE ON archive_export FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER archive_read_is_kept BEFORE DELETE OR UPDATE ON archive_read FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_kept BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_kept BEFORE DELETE OR UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER audit_seal_whole BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION keep_as_written();
CREATE TRIGGER consent_record_is_append_only BEFORE DELETE OR UPDATE ON consent_record FOR EACH ROW EXECUTE FUNCTION keep_consent_record();
