-- Set just before a claimed message is handed over: what is claimed and not handed over can be queued again whoever dies.
alter table communication add column handed_at timestamptz;
