-- What is personal is encrypted, with a key of its own for each client. What stood here plain is sealed when the service starts;
-- then the columns that end in _plain are empty. Numbers that a preview of grading tables computes on stay readable: assets, net
-- assets, years of investing. The checks move to the rules, which nothing passes by.
alter table individual_profile drop constraint lunar_birthday_has_a_date;

alter table individual_profile drop constraint individual_profile_annual_income_check;
alter table individual_profile drop constraint individual_profile_employment_check;
alter table individual_profile drop constraint individual_profile_address_country_check;
alter table individual_profile drop constraint individual_profile_tax_residency_check;
alter table individual_profile drop constraint individual_profile_civil_capacity_check;
alter table individual_profile drop constraint individual_profile_lunar_day_check;
alter table individual_profile drop constraint individual_profile_lunar_month_check;
alter table individual_profile rename column name to name_plain;
alter table individual_profile rename column gender to gender_plain;
alter table individual_profile rename column date_of_birth to date_of_birth_plain;
alter table individual_profile rename column occupation to occupation_plain;
alter table individual_profile rename column employment to employment_plain;
alter table individual_profile rename column address to address_plain;
alter table individual_profile rename column address_country to address_country_plain;
alter table individual_profile rename column annual_income to annual_income_plain;
alter table individual_profile rename column experience_kinds to experience_kinds_plain;
alter table individual_profile rename column mobile to mobile_plain;
alter table individual_profile rename column email to email_plain;
alter table individual_profile rename column lunar_month to lunar_month_plain;
alter table individual_profile rename column lunar_day to lunar_day_plain;
alter table individual_profile rename column lunar_leap to lunar_leap_plain;
alter table individual_profile rename column tax_residency to tax_residency_plain;
alter table individual_profile rename column civil_capacity to civil_capacity_plain;
alter table individual_profile
  alter column name_plain drop not null,
  alter column gender_plain drop not null,
  alter column date_of_birth_plain drop not null,
  alter column occupation_plain drop not null,
  alter column employment_plain drop not null,
  alter column address_plain drop not null,
  alter column address_country_plain drop not null,
  alter column address_country_plain drop default,
  alter column annual_income_plain drop not null,
  alter column experience_kinds_plain drop not null,
  alter column mobile_plain drop not null,
  alter column email_plain drop not null,
  alter column lunar_month_plain drop not null,
  alter column lunar_day_plain drop not null,
  alter column lunar_leap_plain drop not null,
  alter column tax_residency_plain drop not null,
  alter column tax_residency_plain drop default,
  alter column civil_capacity_plain drop not null,
  alter column civil_capacity_plain drop default,
  add column name bytea,
  add column gender bytea,
  add column date_of_birth bytea,
  add column occupation bytea,
  add column employment bytea,
  add column address bytea,
  add column address_country bytea,
  add column annual_income bytea,
  add column experience_kinds bytea,
  add column mobile bytea,
  add column email bytea,
  add column lunar_month bytea,
  add column lunar_day bytea,
  add column lunar_leap bytea,
  add column tax_residency bytea,
  add column civil_capacity bytea;

drop index uscc_belongs_to_one_client;
drop index institution_profile_uscc;
alter table institution_profile rename column legal_name to legal_name_plain;
alter table institution_profile rename column uscc to uscc_plain;
alter table institution_profile rename column legal_representative to legal_representative_plain;
alter table institution_profile rename column business_scope to business_scope_plain;
alter table institution_profile rename column investment_needs to investment_needs_plain;
alter table institution_profile rename column contact_name to contact_name_plain;
alter table institution_profile rename column phone to phone_plain;
alter table institution_profile rename column email to email_plain;
alter table institution_profile rename column address to address_plain;
alter table institution_profile
  alter column legal_name_plain drop not null,
  alter column uscc_plain drop not null,
  alter column legal_representative_plain drop not null,
  alter column business_scope_plain drop not null,
  alter column investment_needs_plain drop not null,
  alter column contact_name_plain drop not null,
  alter column phone_plain drop not null,
  alter column email_plain drop not null,
  alter column address_plain drop not null,
  add column legal_name bytea,
  add column uscc bytea,
  add column legal_representative bytea,
  add column business_scope bytea,
  add column investment_needs bytea,
  add column contact_name bytea,
  add column phone bytea,
  add column email bytea,
  add column address bytea;

alter table institution_financials drop constraint institution_financials_liabilities_check;
alter table institution_financials drop constraint institution_financials_revenue_check;
alter table institution_financials rename column liabilities to liabilities_plain;
alter table institution_financials rename column revenue to revenue_plain;
alter table institution_financials rename column profit to profit_plain;
alter table institution_financials
  alter column liabilities_plain drop not null,
  alter column revenue_plain drop not null,
  alter column profit_plain drop not null,
  add column liabilities bytea,
  add column revenue bytea,
  add column profit bytea;

alter table identity_verification rename column evidence_reference to evidence_reference_plain;
alter table identity_verification
  alter column evidence_reference_plain drop not null,
  add column evidence_reference bytea;

alter table profile_version rename column profile to profile_plain;
alter table profile_version
  alter column profile_plain drop not null,
  add column profile bytea;

alter table contact_detail rename column value to value_plain;
alter table contact_detail
  alter column value_plain drop not null,
  add column value bytea;

alter table beneficial_owner rename column name to name_plain;
alter table beneficial_owner
  alter column name_plain drop not null,
  add column name bytea;

alter table enrichment rename column value to value_plain;
alter table enrichment rename column reference to reference_plain;
alter table enrichment
  alter column value_plain drop not null,
  alter column reference_plain drop not null,
  add column value bytea,
  add column reference bytea;

alter table grade_override rename column reason to reason_plain;
alter table grade_override rename column decision_reason to decision_reason_plain;
alter table grade_override
  alter column reason_plain drop not null,
  alter column decision_reason_plain drop not null,
  add column reason bytea,
  add column decision_reason bytea;

alter table investor_status rename column evidence to evidence_plain;
alter table investor_status
  alter column evidence_plain drop not null,
  add column evidence bytea;

alter table status_change rename column evidence to evidence_plain;
alter table status_change
  alter column evidence_plain drop not null,
  add column evidence bytea;

alter table consent_record rename column evidence to evidence_plain;
alter table consent_record
  alter column evidence_plain drop not null,
  add column evidence bytea;

-- A social credit code is found and kept unique by its hash, which the seed of the service fills where it is missing.
alter table institution_profile add column uscc_hash text;
create unique index uscc_belongs_to_one_client on institution_profile (uscc_hash) where holds_uscc;
create index institution_profile_uscc on institution_profile (uscc_hash);

-- The number of a document had a mark before it, for the day on which it would be sealed.
alter table id_document rename column sealed_number to number_plain;
update id_document set number_plain = substr(number_plain, 7) where number_plain like 'plain:%';
alter table id_document rename column last_four to last_four_plain;
alter table id_document
  alter column number_plain drop not null,
  alter column last_four_plain drop not null,
  add column number bytea,
  add column last_four bytea;

-- What a client has said stays as it was, but for the sealing of what stood there plain.
create function keep_consent_record() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.evidence_plain is null then
    raise exception 'Rows of % are never changed.', tg_table_name;
  end if;
  return new;
end $$;
drop trigger consent_record_is_append_only on consent_record;
create trigger consent_record_is_append_only before update or delete on consent_record
  for each row execute function keep_consent_record();
