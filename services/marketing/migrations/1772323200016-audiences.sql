-- What clients have allowed, by the events of the clients service; only marketing by channel is kept.
create table client_consent (
  client_id  uuid not null,
  channel    text not null,
  granted    boolean not null,
  changed_at timestamptz not null,
  primary key (client_id, channel)
);
create index client_consent_open on client_consent (channel, client_id) where granted;

-- Why a client is left alone for a while: an open complaint, or the time to think about an order.
create table client_hold (
  id        uuid primary key,
  client_id uuid not null,
  kind      text not null check (kind in ('COMPLAINT', 'COOLING_OFF'))
);
create index client_hold_client on client_hold (client_id);

create table audience (
  id         uuid primary key,
  name       text not null,
  people     text not null check (people in ('CLIENTS', 'LEADS')),
  channel    text not null,
  criteria   jsonb not null,
  built_at   timestamptz not null,
  built_by   uuid
);
create table audience_member (
  audience_id uuid not null references audience,
  member_id   uuid not null,
  primary key (audience_id, member_id)
);
