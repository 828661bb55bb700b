-- The tables of policy 2.1 and 2.3: the set with the latest effective_from that is not in the future decides.
create table grading_rule_set (
  id             uuid primary key,
  version        text not null unique,
  effective_from date not null unique,
  source         text not null,
  tables         jsonb not null
);

-- What risk has told of a client's tolerance; it counts to the end of valid_to.
create table risk_tolerance (
  client_id     uuid primary key references client,
  level         text not null,
  valid_to      date not null,
  assessment_id uuid not null,
  told_at       timestamptz not null
);

-- Assignments are never edited but for the end of the open one, and there is one open one per client.
create table class_assignment (
  id             uuid primary key,
  client_id      uuid not null references client,
  class          text not null,
  rule_version   text not null,
  grounds        jsonb not null,
  reason         text not null,
  effective_from timestamptz not null,
  effective_to   timestamptz check (effective_to >= effective_from)
);
create index class_assignment_client on class_assignment (client_id, id);
create unique index class_assignment_open on class_assignment (client_id) where effective_to is null;

create table grade_assignment (
  id             uuid primary key,
  client_id      uuid not null references client,
  grade          text not null,
  rule_version   text not null,
  grounds        jsonb not null,
  reason         text not null,
  effective_from timestamptz not null,
  effective_to   timestamptz check (effective_to >= effective_from)
);
create index grade_assignment_client on grade_assignment (client_id, id);
create unique index grade_assignment_open on grade_assignment (client_id) where effective_to is null;
