-- Answers, reports and what people have written about a client are encrypted; what stood here is sealed when the service starts.
alter table interview add column client_id uuid;
update interview i set client_id = a.client_id from assessment a where a.id = i.assessment_id;
create index interview_client on interview (client_id);

drop trigger answer_sheet_is_immutable on answer_sheet;
alter table answer_sheet rename column answers to answers_plain;
alter table answer_sheet rename column facts to facts_plain;
alter table answer_sheet alter column answers_plain drop not null, alter column facts_plain drop not null;
alter table answer_sheet add column answers bytea, add column facts bytea;
-- A sheet that is sealed does not change; one that is still plain is sealed once.
create trigger answer_sheet_is_immutable before update of id, assessment_id, submitted_at, answers, facts on answer_sheet
  for each row when (old.answers is not null) execute function refuse_change();

drop trigger risk_report_is_immutable on risk_report;
alter table risk_report rename column content to content_plain;
alter table risk_report alter column content_plain drop not null;
alter table risk_report add column content bytea;
create trigger risk_report_is_immutable
  before update of id, number, assessment_id, level, issued_at, content, content_hash, ordinal on risk_report
  for each row when (old.content is not null) execute function refuse_change();

alter table interview rename column summary to summary_plain;
alter table interview rename column recording_ref to recording_ref_plain;
alter table interview alter column summary_plain drop not null;
alter table interview add column summary bytea, add column recording_ref bytea;

alter table review rename column comment to comment_plain;
alter table review add column comment bytea;

alter table risk_alert rename column action_note to action_note_plain;
alter table risk_alert rename column close_note to close_note_plain;
alter table risk_alert add column action_note bytea, add column close_note bytea;
