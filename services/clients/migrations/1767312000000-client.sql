-- A client and where it stands. Pointers without a foreign key name the row that counts now in a table of history.
create table client (
  id                       uuid primary key,
  kind                     text not null check (kind in ('INDIVIDUAL', 'INSTITUTION')),
  status                   text not null,
  class                    text not null,
  grade                    text not null,
  adviser_id               uuid not null,
  origin_lead_id           uuid,
  preferred_language       text not null,
  privacy_notice_version   text not null,
  identity_verification_id uuid,
  asset_snapshot_id        uuid,
  grade_assignment_id      uuid not null,
  -- Since when the rules would give a lower class or grade than the client still has.
  class_below_since        date,
  grade_below_since        date,
  -- The next day on which time alone can change the grade: inputs run out, or a downgrade falls due.
  grading_due_on           date,
  age_band                 text,
  -- The day on which the next birthday that matters moves the band.
  age_band_due_on          date,
  full_civil_capacity      boolean not null,
  onboarded_at             timestamptz not null,
  version                  int not null,
  constraint diamond_is_ultra_high_net_worth check ((grade = 'DIAMOND') = (class = 'ULTRA_HIGH_NET_WORTH'))
);
-- Keyset paging of the lists: an adviser's clients, and everyone's by grade or status.
create index client_adviser on client (adviser_id, id);
create index client_grade on client (grade, id);
create index client_status on client (status, id);
create index client_age_band_due on client (age_band_due_on, id) where age_band_due_on is not null;
create index client_grading_due on client (grading_due_on, id) where grading_due_on is not null;

create table status_change (
  id          uuid primary key,
  client_id   uuid not null references client,
  from_status text not null,
  to_status   text not null,
  reason      text not null,
  by          uuid not null,
  at          timestamptz not null
);
create index status_change_client on status_change (client_id, id);
