-- When the word that a copy stands on was said, so that an older one that comes late does not take its place.
alter table risk_copy add column told_at timestamptz;
alter table investor_status_copy add column told_at timestamptz;
