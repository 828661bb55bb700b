-- Who has read what of whom, and why. Written before the values are sent; never changed or removed (policy 8.3).
create table access_log (
  id             uuid primary key,
  at             timestamptz not null,
  actor_id       uuid not null,
  role           text not null,
  -- CLIENT, LEAD, or OTHER for a record that is about neither.
  subject_type   text not null,
  -- One for a file that was opened, several for a list.
  subjects       uuid[] not null check (cardinality(subjects) > 0),
  fields         text[] not null,
  is_sensitive   boolean not null,
  purpose        text,
  case_reference text,
  trace          text
);
create index access_log_subject on access_log using gin (subjects);
create index access_log_actor on access_log (actor_id, at);
create index access_log_at on access_log using brin (at);
