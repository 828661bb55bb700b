-- The last day on which the points of a member who has left can lapse; null while the relationship runs.
alter table membership add column lapse_on date;
create index membership_review on membership (tier_to) where tier_to is not null and status = 'ACTIVE';
create index membership_lapse on membership (lapse_on) where lapse_on is not null;

-- Who was told in which month of points that lapse on which day.
create table expiry_notice (
  client_id  uuid not null references membership,
  expires_on date not null,
  month      text not null,
  points     bigint not null check (points > 0),
  at         timestamptz not null,
  primary key (client_id, expires_on, month)
);
create index point_lot_expiring on point_lot (expires_on, client_id) include (remaining) where state = 'ACTIVE';

-- What the firm owes in points at the end of a day, and how much of what is earned lapses: sums only, nobody's points.
create table liability_snapshot (
  id               uuid primary key,
  day              date not null unique,
  members          int not null,
  active_points    bigint not null,
  pending_points   bigint not null,
  debt_points      bigint not null,
  earned_12m       bigint not null,
  redeemed_12m     bigint not null,
  expired_12m      bigint not null,
  points_per_currency int not null,
  currency         text not null,
  expiring         jsonb not null
);

-- What the nightly check of the books has found. A finding stays until a later run finds it gone.
create table points_finding (
  id         uuid primary key,
  client_id  uuid not null,
  kind       text not null check (kind in ('BALANCE', 'PENDING', 'DEBT', 'LOT', 'REDEMPTION', 'STOCK')),
  expected   bigint not null,
  found      bigint not null,
  found_at   timestamptz not null,
  cleared_at timestamptz
);
create unique index points_finding_open on points_finding (client_id, kind) where cleared_at is null;
