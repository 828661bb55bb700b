-- What was last told of each client under its pseudonym; null content where nothing is to be known of it.
create table client_snapshot (
  client_id uuid primary key,
  pseudonym text not null unique,
  -- The tier of membership, as loyalty tells it.
  tier      text,
  content   jsonb,
  told_at   timestamptz
);
