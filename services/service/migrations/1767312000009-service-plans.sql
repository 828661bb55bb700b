create table service_plan (
  id            uuid primary key,
  version       int not null,
  client_id     uuid not null,
  template_code text,
  -- A plan that opens by itself opens once for its year; one opened by hand may follow another.
  opened_for    text,
  labels        jsonb not null,
  state         text not null check (state in ('OPEN', 'COMPLETED', 'CANCELLED')),
  opened_on     date not null,
  opened_by     uuid,
  ended_at      timestamptz,
  check ((state = 'OPEN') = (ended_at is null)),
  unique (client_id, opened_for)
);
create index service_plan_of_client on service_plan (client_id, id desc);
create unique index service_plan_open on service_plan (client_id, template_code) where state = 'OPEN';

create table plan_step (
  id        uuid primary key,
  version   int not null,
  plan_id   uuid not null references service_plan,
  client_id uuid not null,
  position  int not null,
  labels    jsonb not null,
  -- Null: the client's adviser, whoever that is then.
  owner_id  uuid,
  due_on    date not null,
  state     text not null check (state in ('OPEN', 'DONE', 'SKIPPED')),
  note      text,
  done_by   uuid,
  done_at   timestamptz,
  unique (plan_id, position),
  check ((state = 'OPEN') = (done_at is null))
);
create index plan_step_open_of_client on plan_step (client_id, due_on) where state = 'OPEN';
create index plan_step_open_of_owner on plan_step (owner_id, due_on) where state = 'OPEN' and owner_id is not null;

create table advice (
  id          uuid primary key,
  client_id   uuid not null,
  kind        text not null check (kind in ('CONSULTATION', 'RECOMMENDATION', 'PORTFOLIO', 'ALLOCATION')),
  text        text not null,
  decision_id uuid,
  given_by    uuid not null,
  given_at    timestamptz not null
);
create index advice_of_client on advice (client_id, id desc);
