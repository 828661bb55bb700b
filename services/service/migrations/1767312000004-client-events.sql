-- Evenings, lectures and other occasions to which clients and leads come (policy 6.1).
create table client_event (
  id         uuid primary key,
  version    int not null,
  title      text not null,
  kind       text not null check (kind in ('EVENING', 'LECTURE', 'THEMED')),
  mode       text not null check (mode in ('ON_SITE', 'ONLINE')),
  place      text not null,
  starts_at  timestamptz not null,
  ends_at    timestamptz not null,
  capacity   int not null check (capacity > 0),
  grades     text[],
  status     text not null check (status in ('OPEN', 'CANCELLED')),
  created_by uuid not null,
  check (ends_at > starts_at)
);
create index client_event_start on client_event (starts_at);

-- One registration for each event and person: a client, or a lead.
create table registration (
  id            uuid primary key,
  version       int not null,
  event_id      uuid not null references client_event,
  client_id     uuid,
  lead_id       uuid,
  state         text not null check (state in ('REGISTERED', 'WAITING', 'CANCELLED', 'ATTENDED')),
  registered_at timestamptz not null,
  queued_at     timestamptz not null,
  checked_in_at timestamptz,
  check ((client_id is null) <> (lead_id is null))
);
create unique index registration_of_client on registration (event_id, client_id) where client_id is not null;
create unique index registration_of_lead on registration (event_id, lead_id) where lead_id is not null;
create index registration_waiting on registration (event_id, queued_at, id) where state = 'WAITING';
create index registration_by_client on registration (client_id, id desc);
