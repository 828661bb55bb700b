-- One file per client (policy 8.1): what was told of it, item by item, with what proves it and how long it is kept.
create table archive_item (
  id             uuid primary key,
  client_id      uuid not null,
  item_class     text not null,
  -- The service that holds the record itself, and the record.
  source         text not null,
  source_ref     text not null,
  -- What has happened, as the event says it: codes, bands and amounts, never words or numbers of a person.
  what           text not null,
  facts          jsonb not null,
  hash           text not null,
  event_id       uuid not null unique,
  occurred_at    timestamptz not null,
  filed_at       timestamptz not null,
  -- When the matter of the item itself has ended: the complaint closed, the consent withdrawn.
  ended_on       date,
  -- The last day on which it must be kept; null as long as nobody can say, because the relationship goes on.
  retained_until date
);
create index archive_item_client on archive_item (client_id, id);
create index archive_item_source on archive_item (source, source_ref);
create index archive_item_class on archive_item (item_class, occurred_at, id);

-- How long each class of item is kept, by dated tables (policy: data).
create table retention_rule_set (
  id              uuid primary key,
  version         text not null unique,
  effective_from  date not null,
  source          text not null,
  rows            jsonb not null,
  status          text not null check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  reason          text not null,
  maker_id        uuid,
  checker_id      uuid,
  proposed_at     timestamptz,
  decided_at      timestamptz,
  decision_reason text,
  -- How far the files have been counted anew by this set, and when it was done.
  applied_to      uuid,
  applied_at      timestamptz
);
create unique index retention_rule_set_in_force on retention_rule_set (effective_from) where status = 'APPROVED';

-- What may not be destroyed whatever its retention says; no items named means the whole file, with what is filed later.
create table legal_hold (
  id              uuid primary key,
  client_id       uuid not null references client,
  item_ids        uuid[] not null,
  case_reference  text not null,
  -- Words about a person are encrypted with the client's key.
  reason          bytea not null,
  status          text not null check (status in ('PROPOSED', 'IN_FORCE', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'LIFTED')),
  set_by          uuid not null,
  set_at          timestamptz not null,
  lift_id         uuid,
  lift_reason     bytea,
  lifted_at       timestamptz,
  decision_reason bytea,
  version         int not null
);
create index legal_hold_client on legal_hold (client_id, id);

-- Access to named items for a purpose, asked by one person, allowed by another, for some hours (policy 8.3).
create table archive_access (
  id              uuid primary key,
  client_id       uuid not null references client,
  item_ids        uuid[] not null,
  purpose         text not null,
  reason          bytea not null,
  hours           int not null check (hours between 1 and 8),
  status          text not null check (status in ('REQUESTED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'OPEN', 'EXPIRED', 'RETURNED')),
  requester_id    uuid not null,
  requester_role  text not null,
  approver_id     uuid,
  requested_at    timestamptz not null,
  decided_at      timestamptz,
  decision_reason bytea,
  opened_at       timestamptz,
  closes_at       timestamptz check (closes_at <= opened_at + interval '8 hours'),
  ended_at        timestamptz,
  version         int not null,
  constraint archive_access_by_another check (requester_id <> approver_id)
);
create index archive_access_client on archive_access (client_id, id);
create index archive_access_status on archive_access (status, id);
create index archive_access_requester on archive_access (requester_id, id);
create index archive_access_closing on archive_access (closes_at) where status = 'OPEN';

-- Each reading of an item, written before it is shown.
create table archive_read (
  id        uuid primary key,
  access_id uuid not null references archive_access,
  client_id uuid not null,
  item_id   uuid not null,
  reader_id uuid not null,
  role      text not null,
  format    text not null check (format in ('SCREEN', 'EXPORT')),
  at        timestamptz not null
);
create index archive_read_client on archive_read (client_id, id);
create index archive_read_reader on archive_read (reader_id, at);

-- What was handed out: the hash says whether a copy that turns up is the one that was made.
create table archive_export (
  id        uuid primary key,
  access_id uuid not null references archive_access,
  client_id uuid not null,
  reader_id uuid not null,
  sha256    text not null,
  items     int not null,
  at        timestamptz not null
);

create trigger archive_read_is_kept before update or delete on archive_read for each row execute function refuse_change();
create trigger archive_export_is_kept before update or delete on archive_export for each row execute function refuse_change();
