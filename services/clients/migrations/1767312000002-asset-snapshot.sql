create table asset_snapshot (
  id                uuid primary key,
  client_id         uuid not null references client,
  as_of             date not null,
  aum_with_firm     numeric not null check (aum_with_firm >= 0),
  external_declared numeric not null check (external_declared >= 0),
  external_verified numeric not null check (external_verified >= 0),
  currency          text not null,
  source            text not null,
  recorded_by       uuid not null,
  recorded_at       timestamptz not null
);
create index asset_snapshot_client on asset_snapshot (client_id, id);
