-- A calendar of reviews is proposed by one person and approved by another; on its day every open review is dated anew.
alter table review_calendar
  add column id uuid not null default gen_random_uuid(),
  add column status text not null default 'APPROVED' check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  add column reason text not null default '',
  add column maker_id uuid,
  add column checker_id uuid check (checker_id <> maker_id),
  add column proposed_at timestamptz,
  add column decided_at timestamptz,
  add column decision_reason text,
  -- How far the reviews have been dated anew by this calendar, and when it was done.
  add column applied_to uuid,
  add column applied_at timestamptz;
update review_calendar set applied_at = now();
alter table review_calendar drop constraint review_calendar_pkey, add primary key (id), add unique (version);
alter table review_calendar drop constraint review_calendar_effective_from_key;
create unique index review_calendar_in_force on review_calendar (effective_from) where status = 'APPROVED';
