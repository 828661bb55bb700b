-- What clients are found by. Names by the beginning of any of their parts: of a Chinese name every end of it (王小明, 小明,
-- 明), of a Latin one every word with what follows. Rows are read in the order of the index, so page 1,000 costs what page 1
-- does. Contacts and identity numbers are found by keyed hash only.
create table client_name_part (
  id         uuid primary key default gen_random_uuid(),
  client_id  uuid not null references client,
  adviser_id uuid not null,
  part       text collate "C" not null
);
create index client_name_part_found on client_name_part (part, id);
create index client_name_part_of_adviser on client_name_part (adviser_id, part, id);
create index client_name_part_client on client_name_part (client_id);

-- Filled for clients opened before by the seed of the service, which has the key.
create table client_contact_hash (
  client_id uuid primary key references client,
  hash      text not null
);
create index client_contact_hash_found on client_contact_hash (hash);
create index client_status_grade on client (status, grade, id);
