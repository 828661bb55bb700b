-- Days that differ from the rhythm of the week: holidays, and weekend days on which one works to make up for them.
create table calendar_day (
  day    date primary key,
  kind   text not null check (kind in ('OFF', 'WORK')),
  labels jsonb not null,
  source text not null
);

-- The clocks by which complaints run, one profile per set of rules (policy 6.3: data).
create table complaint_clock (
  id             uuid primary key,
  profile        text not null,
  version        int not null,
  effective_from date not null,
  source         text not null,
  terms          jsonb not null,
  unique (profile, version)
);

create table complaint_number (
  year int primary key,
  last int not null
);

create table rectification (
  id           uuid primary key,
  version      int not null,
  root_cause   text not null,
  status       text not null check (status in ('OPEN', 'DONE')),
  opened_at    timestamptz not null,
  measures     text,
  completed_by uuid,
  completed_at timestamptz,
  check ((status = 'DONE') = (measures is not null and completed_by is not null and completed_at is not null))
);
create unique index rectification_open on rectification (root_cause) where status = 'OPEN';

create table complaint (
  id                   uuid primary key,
  version              int not null,
  number               text not null unique,
  status               text not null check (status in ('RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING', 'RESOLVED', 'FOLLOWED_UP',
                         'CLOSED', 'WITHDRAWN', 'NOT_OURS', 'MERGED', 'REOPENED', 'UNDER_REVIEW')),
  profile              text not null,
  clock_id             uuid not null references complaint_clock,
  client_id            uuid,
  complainant_kind     text not null check (complainant_kind in ('CLIENT', 'THIRD_PARTY', 'HEIR', 'NON_CLIENT')),
  complainant_name     text,
  complainant_contact  text,
  authority_reference  text,
  representatives      text[] not null check (cardinality(representatives) <= 5),
  channel              text not null,
  received_at          timestamptz not null,
  filed_by             uuid not null,
  category             text not null,
  severity             text not null,
  product_ids          uuid[] not null,
  claim                text not null,
  concerned_staff_ids  uuid[] not null,
  handler_id           uuid,
  complexity           text not null check (complexity in ('SIMPLE', 'COMPLEX', 'SPECIAL')),
  clock_from           timestamptz not null,
  acknowledge_due_at   timestamptz not null,
  due_at               timestamptz not null,
  due_is_provisional   boolean not null,
  acknowledged_at      timestamptz,
  findings             text,
  decision             text,
  remedies             text,
  redress_type         text,
  redress_amount       numeric,
  redress_currency     text,
  root_cause           text,
  is_summary_resolution boolean not null,
  resolved_at          timestamptz,
  resolved_by          uuid,
  on_time              boolean,
  failed_follow_ups    int not null,
  satisfaction         int check (satisfaction between 1 and 5),
  ended_at             timestamptz,
  merged_into_id       uuid references complaint,
  rectification_id     uuid references rectification,
  check (status <> 'RESOLVED' or (findings is not null and decision is not null and remedies is not null and root_cause is not null)),
  check ((status = 'MERGED') = (merged_into_id is not null)),
  check ((redress_amount is null) = (redress_currency is null))
);
create index complaint_of_client on complaint (client_id, id desc);
create index complaint_by_status on complaint (status, id desc);
create index complaint_open_due on complaint (due_at)
  where status in ('RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING', 'REOPENED', 'UNDER_REVIEW');
create index complaint_of_handler on complaint (handler_id, id desc);
create index complaint_root_cause on complaint (root_cause, resolved_at) where root_cause is not null;

-- A wish for the special extension, waiting for a second person.
create table complaint_extension (
  id           uuid primary key,
  complaint_id uuid not null references complaint,
  complexity   text not null check (complexity in ('COMPLEX', 'SPECIAL')),
  status       text not null check (status in ('PROPOSED', 'GRANTED', 'REFUSED')),
  reason       text not null,
  proposed_by  uuid not null,
  proposed_at  timestamptz not null,
  decided_by   uuid,
  decided_at   timestamptz,
  told_via     text,
  told_at      timestamptz,
  due_before   timestamptz not null,
  due_after    timestamptz,
  check (status <> 'GRANTED' or (told_via is not null and told_at is not null and due_after is not null))
);
create index complaint_extension_of_complaint on complaint_extension (complaint_id, id);
create unique index complaint_extension_proposed on complaint_extension (complaint_id) where status = 'PROPOSED';

-- What was done about a complaint, by whom; never changed.
create table complaint_action (
  id           uuid primary key,
  complaint_id uuid not null references complaint,
  action       text not null,
  from_status  text,
  to_status    text not null,
  note         text,
  by           uuid,
  at           timestamptz not null
);
create index complaint_action_of_complaint on complaint_action (complaint_id, id);
create trigger complaint_action_append_only before update or delete on complaint_action
  for each statement execute function refuse_change();
