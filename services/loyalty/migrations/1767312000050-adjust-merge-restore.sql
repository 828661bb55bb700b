-- Points booked by hand, and points that go with a client to another record, are entries of their own.
alter table ledger_entry drop constraint ledger_entry_type;
alter table ledger_entry add constraint ledger_entry_type check (
  type in ('EARN', 'ACTIVATE', 'REDEEM', 'EXPIRE', 'REVERSE_EARN', 'REVERSE_REDEEM', 'ADJUST', 'TRANSFER')
);
alter table programme_rule
  add column reservation_days int not null default 30 check (reservation_days > 0),
  add column adjustment_expiry_months int not null default 24 check (adjustment_expiry_months > 0);

-- Points that one person asks to book by hand, up or down, and another approves.
create table adjustment (
  id          uuid primary key,
  client_id   uuid not null references membership,
  points      bigint not null check (points <> 0),
  reason      text not null,
  reference   text,
  state       text not null check (state in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  decided_by  uuid,
  decided_at  timestamptz,
  entry_id    uuid references ledger_entry,
  version     int not null,
  check (decided_by is null or state = 'WITHDRAWN' or decided_by <> proposed_by),
  check ((state = 'APPROVED') = (entry_id is not null))
);
create index adjustment_client on adjustment (client_id, id desc);
create index adjustment_state on adjustment (state, id desc);

-- A duplicate, whose points are those of the client that lives on; what was moved is kept, so that the two can part again.
alter table membership add column merged_into uuid references membership;
create index membership_merged on membership (merged_into) where merged_into is not null;
create table points_merge (
  merged_id   uuid primary key references membership,
  survivor_id uuid not null references membership,
  at          timestamptz not null,
  debt        bigint not null,
  before      jsonb not null
);
create table points_merge_row (
  merged_id  uuid not null references points_merge on delete cascade,
  table_name text not null,
  row_id     uuid not null,
  primary key (merged_id, table_name, row_id)
);

-- What a cut has taken, so that it can be given back when the redemption behind it is undone.
alter table purchase_cut
  add column reversal_id uuid references ledger_entry,
  add column is_restored boolean not null default false;

-- What a tier gives beside its multiplier.
alter table tier_rule add column benefits jsonb not null default '[]';
alter table rule_change drop constraint rule_change_kind_check;
alter table rule_change add constraint rule_change_kind_check check (kind in ('EARN_RULE', 'TIERS', 'REWARD', 'PROGRAMME'));

create index redemption_waiting on redemption (requested_on) where state = 'RESERVED' and kind <> 'FEE_CREDIT';
