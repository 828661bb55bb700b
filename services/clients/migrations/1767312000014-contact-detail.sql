-- The ways to reach a client. The preferred one of a type is what the profile answers with: mobile, e-mail and address of a
-- person, telephone, e-mail and address of an institution. One that is no longer good stays, marked so.
create table contact_detail (
  id           uuid primary key,
  client_id    uuid not null references client,
  type         text not null check (type in ('PHONE', 'MOBILE', 'EMAIL', 'WECHAT', 'POST')),
  value        text not null,
  -- What it is found and compared by.
  value_hash   text not null,
  is_valid     boolean not null,
  is_preferred boolean not null,
  verified_by  uuid,
  verified_at  timestamptz,
  method       text check (method in ('CODE', 'CALL_BACK', 'DOCUMENT', 'IN_PERSON')),
  ended_reason text,
  recorded_by  uuid not null,
  recorded_at  timestamptz not null,
  version      int not null,
  constraint verified_says_how check ((verified_at is null) = (method is null) and (verified_at is null) = (verified_by is null)),
  constraint preferred_is_valid check (is_valid or not is_preferred),
  constraint contact_detail_once unique (client_id, type, value_hash)
);
create unique index contact_detail_preferred on contact_detail (client_id, type) where is_preferred;
create index contact_detail_found on contact_detail (value_hash) where is_valid;

-- What names are found by: hashes of what a name begins with and contains, never the name. Rows are read in the order of the
-- index, newest client first, so page 1,000 costs what page 1 does. The seed of the service, which has the key, fills both
-- for clients opened before; the tables that held parts of names as they are written go.
create table client_name_token (
  token     bigint not null,
  client_id uuid not null references client,
  primary key (token, client_id)
);
create index client_name_token_client on client_name_token (client_id);
drop table client_name_part;
drop table client_contact_hash;
