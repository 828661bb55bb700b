-- What was said and written about a person is encrypted; what stood here is sealed when the service starts, then these columns are empty.
alter table interaction drop constraint interaction_summary_check, alter column participants drop default;
alter table interaction alter column participants type jsonb using participants::jsonb;
alter table complaint drop constraint complaint_check, drop constraint complaint_representatives_check;
alter table feedback drop constraint feedback_check, drop constraint feedback_check1;
alter table care_date drop constraint care_date_check1, drop constraint care_date_day_check, drop constraint care_date_month_check;

alter table interaction rename column summary to summary_plain;
alter table interaction alter column summary_plain drop not null;
alter table interaction add column summary bytea;
alter table interaction rename column participants to participants_plain;
alter table interaction alter column participants_plain drop not null;
alter table interaction add column participants bytea;

alter table complaint rename column complainant_name to complainant_name_plain;
alter table complaint add column complainant_name bytea;
alter table complaint rename column complainant_contact to complainant_contact_plain;
alter table complaint add column complainant_contact bytea;
alter table complaint rename column authority_reference to authority_reference_plain;
alter table complaint add column authority_reference bytea;
alter table complaint rename column representatives to representatives_plain;
alter table complaint alter column representatives_plain drop not null;
alter table complaint add column representatives bytea;
alter table complaint rename column claim to claim_plain;
alter table complaint alter column claim_plain drop not null;
alter table complaint add column claim bytea;
alter table complaint rename column findings to findings_plain;
alter table complaint add column findings bytea;
alter table complaint rename column decision to decision_plain;
alter table complaint add column decision bytea;

alter table complaint_action rename column note to note_plain;
alter table complaint_action add column note bytea;

alter table complaint_extension rename column reason to reason_plain;
alter table complaint_extension alter column reason_plain drop not null;
alter table complaint_extension add column reason bytea;

alter table contact_point rename column address to address_plain;
alter table contact_point alter column address_plain drop not null;
alter table contact_point add column address bytea;

alter table feedback rename column text to text_plain;
alter table feedback alter column text_plain drop not null;
alter table feedback add column text bytea;
alter table feedback rename column answer to answer_plain;
alter table feedback add column answer bytea;
alter table feedback rename column conclusion to conclusion_plain;
alter table feedback add column conclusion bytea;

alter table survey rename column comment to comment_plain;
alter table survey add column comment bytea;

alter table advice rename column text to text_plain;
alter table advice alter column text_plain drop not null;
alter table advice add column text bytea;

alter table plan_step rename column note to note_plain;
alter table plan_step add column note bytea;

alter table work_item rename column note to note_plain;
alter table work_item add column note bytea;

alter table care_date rename column month to month_plain;
alter table care_date alter column month_plain drop not null;
alter table care_date add column month bytea;
alter table care_date rename column day to day_plain;
alter table care_date alter column day_plain drop not null;
alter table care_date add column day bytea;

alter table complaint add constraint complaint_decided check (status <> 'RESOLVED'
  or (coalesce(findings_plain, '') || coalesce(findings, '')::text <> '' and coalesce(decision_plain, '') || coalesce(decision, '')::text <> ''
    and remedies is not null and root_cause is not null));
alter table feedback add constraint feedback_answered check ((state in ('ANSWERED', 'CONCLUDED')) = (answered_at is not null));
alter table feedback add constraint feedback_concluded check ((state = 'CONCLUDED') = (is_improved is not null));

-- What is written once stays as it is, but for the sealing of what stood there plain.
create or replace function keep_interaction() returns trigger language plpgsql as $$
declare
  moved interaction := old;
begin
  moved.client_id := new.client_id;
  if new is distinct from moved and old.summary_plain is null and old.participants_plain is null
    and current_setting('client_graph.erasing', true) is distinct from 'on' then
    raise exception 'interaction is append-only: write a new entry instead';
  end if;
  return new;
end $$;
drop trigger complaint_action_append_only on complaint_action;
create function keep_complaint_action() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.note_plain is null then
    raise exception 'complaint_action is append-only: write a new entry instead';
  end if;
  return new;
end $$;
create trigger complaint_action_append_only before update or delete on complaint_action
  for each row execute function keep_complaint_action();
