-- What was changed, by whom, from what to what (policy 9). Written in the transaction of the change; never changed or removed.
-- `content` is sealed by the key of whom it is about, so that erasing them leaves the entry and its hash as they are.
create table audit_entry (
  id         uuid primary key,
  at         timestamptz not null,
  actor_id   uuid,
  role       text not null,
  action     text not null,
  command    text,
  entity     text not null,
  entity_id  uuid not null,
  content    bytea not null,
  request_id text,
  trace      text
);
create index audit_entry_entity on audit_entry (entity_id, id);

-- Entries wait here until the one sealer of the service gives them their place; business transactions never wait for each other.
create table audit_pending (
  position bigint generated always as identity primary key,
  entry_id uuid not null
);

-- The chain: each entry's place and a keyed hash over it and the hash before. Only added to.
create table audit_seal (
  seq       bigint primary key,
  entry_id  uuid not null unique,
  prev_hash text not null,
  hash      text not null,
  sealed_at timestamptz not null
);
create index audit_seal_at on audit_seal (sealed_at);
