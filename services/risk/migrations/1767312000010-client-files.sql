-- A duplicate's records belong to the client that lives on. What was moved, and the levels before, are kept, so that the two can
-- part again.
create table client_merge (
  merged_id   uuid primary key,
  survivor_id uuid not null,
  merged_at   timestamptz not null,
  before      jsonb not null
);
create index client_merge_survivor on client_merge (survivor_id);
create table client_merge_row (
  merged_id  uuid not null references client_merge on delete cascade,
  table_name text not null,
  row_id     uuid not null,
  primary key (merged_id, table_name, row_id)
);

-- What does not change is what was said and decided; whose it is follows the client.
drop trigger answer_sheet_is_immutable on answer_sheet;
create trigger answer_sheet_is_immutable before update of id, assessment_id, submitted_at, answers, facts on answer_sheet
  for each row execute function refuse_change();
drop trigger risk_report_is_immutable on risk_report;
create trigger risk_report_is_immutable
  before update of id, number, assessment_id, level, issued_at, content, content_hash, ordinal on risk_report
  for each row execute function refuse_change();
drop trigger alert_occurrence_is_immutable on alert_occurrence;
create trigger alert_occurrence_is_immutable before update of id, alert_id, type, at, evidence on alert_occurrence
  for each row execute function refuse_change();

-- What kind of investor a client is by law; before the first event, and after the day, an ordinary one.
create table investor_copy (
  client_id uuid primary key,
  investor  text not null,
  valid_to  date not null
);

create index risk_alert_subject on risk_alert (subject) where is_open;
create index review_client on review (client_id);
create index risk_report_client on risk_report (client_id);
create index report_confirmation_client on report_confirmation (client_id);
