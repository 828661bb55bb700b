create table feedback (
  id           uuid primary key,
  version      int not null,
  client_id    uuid not null,
  kind         text not null check (kind in ('SUGGESTION', 'PRAISE', 'CRITICISM')),
  channel      text not null,
  text         text not null,
  received_at  timestamptz not null,
  given_by     uuid not null,
  due_at       timestamptz not null,
  state        text not null check (state in ('RECEIVED', 'IN_HAND', 'ANSWERED', 'CONCLUDED')),
  handler_id   uuid,
  answer       text,
  answered_at  timestamptz,
  is_improved  boolean,
  conclusion   text,
  check ((state in ('ANSWERED', 'CONCLUDED')) = (answer is not null and answered_at is not null)),
  check ((state = 'CONCLUDED') = (is_improved is not null and conclusion is not null))
);
create index feedback_of_client on feedback (client_id, id desc);
create index feedback_by_state on feedback (state, id desc);
create index feedback_received on feedback (received_at);

-- One survey for each case that has ended.
create table survey (
  id               uuid primary key,
  version          int not null,
  client_id        uuid not null,
  case_kind        text not null check (case_kind in ('COMPLAINT', 'FEEDBACK', 'SERVICE_PLAN')),
  case_id          uuid not null,
  opened_at        timestamptz not null,
  closes_at        timestamptz not null,
  score            int check (score between 1 and 5),
  comment          text,
  answered_by      uuid,
  answered_at      timestamptz,
  communication_id uuid not null references communication,
  unique (case_kind, case_id),
  check ((score is null) = (answered_at is null))
);
create index survey_of_client on survey (client_id, id desc);
create index survey_opened on survey (opened_at);
