-- A message without a value: its key is to be forgotten by a compacted topic.
alter table outbox alter column payload drop not null;
