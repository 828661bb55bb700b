-- What a contact can be about; a subject that is no longer offered keeps its name for the contacts that bear it.
create table interaction_subject (
  code           text primary key,
  labels         jsonb not null,
  position       int not null,
  effective_from date not null,
  effective_to   date,
  source         text not null
);

create table interaction (
  id                     uuid primary key,
  client_id              uuid not null,
  channel                text not null check (channel in ('PHONE', 'FACE', 'ONLINE', 'WECHAT')),
  direction              text not null check (direction in ('INBOUND', 'OUTBOUND')),
  at                     timestamptz not null,
  subject_code           text not null references interaction_subject,
  summary                text not null check (char_length(summary) between 1 and 4000),
  confidentiality        text not null check (confidentiality in ('NORMAL', 'CONFIDENTIAL')),
  answered_after_seconds int check (answered_after_seconds is null or (channel = 'PHONE' and direction = 'INBOUND' and answered_after_seconds >= 0)),
  logged_by              uuid not null,
  logged_at              timestamptz not null,
  check (at <= logged_at)
);
create index interaction_of_client on interaction (client_id, id desc);
create index interaction_of_client_and_channel on interaction (client_id, channel, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: write a new entry instead', tg_table_name;
end $$;
create trigger interaction_append_only before update on interaction
  for each statement execute function refuse_change();
