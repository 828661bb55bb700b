-- One key for each person or institution whose values are encrypted, wrapped by a master key that is not in the database.
-- Erasing somebody destroys their key; the row stays, so that none is made for them again.
create table data_key (
  id            uuid primary key,
  subject       uuid not null unique,
  master_key_id text,
  wrapped       bytea,
  created_at    timestamptz not null,
  erased_at     timestamptz,
  check ((wrapped is null) = (erased_at is not null))
);
create index data_key_master on data_key (master_key_id) where wrapped is not null;
