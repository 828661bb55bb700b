-- The client that the reader is themself, when they are one: a member of staff does not look after their own file.
alter table access_log add column actor_client_id uuid;
