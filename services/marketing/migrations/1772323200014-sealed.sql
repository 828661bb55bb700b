-- Who a lead is and what was heard of them is encrypted with a key of the lead; what stood here is sealed when the service starts.
alter table lead drop constraint lead_live_is_whole, drop constraint lead_erased_is_nobody, drop constraint lead_erased_has_no_qualification;
alter table lead rename column person_name to person_name_plain;
alter table lead rename column mobile to mobile_plain;
alter table lead rename column email to email_plain;
alter table lead rename column uscc to uscc_plain;
alter table lead rename column consent_evidence to consent_evidence_plain;
alter table lead rename column sharing_evidence to sharing_evidence_plain;
alter table lead rename column qualified_evidence to qualified_evidence_plain;
alter table lead add person_name bytea, add mobile bytea, add email bytea, add uscc bytea, add consent_evidence bytea,
  add sharing_evidence bytea, add qualified_evidence bytea;
alter table lead
  add constraint lead_live_is_whole check (origin = 'IMPORTED' or erased_at is not null
    or (num_nonnulls(person_name, person_name_plain) > 0 and captured_at is not null and last_at is not null)),
  add constraint lead_erased_is_nobody check (erased_at is null or num_nonnulls(person_name, mobile, email, uscc, consent_evidence,
    sharing_evidence, qualified_evidence, person_name_plain, mobile_plain, email_plain, uscc_plain, consent_evidence_plain,
    sharing_evidence_plain, qualified_evidence_plain, mobile_hash, email_hash, uscc_hash) = 0);

alter table consent_entry rename column evidence to evidence_plain;
alter table consent_entry alter column evidence_plain drop not null;
alter table consent_entry add evidence bytea;

alter table touch rename column note to note_plain;
alter table touch add note bytea;
