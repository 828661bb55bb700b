-- Tables of the policy: rows with a date, a version and a source (D: the product's default).
create table earn_rule (
  id             uuid primary key,
  code           text not null,
  version        int not null,
  effective_from date not null,
  source         text not null,
  event          text not null,
  pending_days   int not null check (pending_days >= 0),
  expiry_months  int not null check (expiry_months > 0),
  qualifying     boolean not null,
  terms          jsonb not null,
  labels         jsonb not null,
  unique (code, version)
);

create table tier_rule (
  id                uuid primary key,
  code              text not null,
  version           int not null,
  effective_from    date not null,
  source            text not null,
  qualifying_points bigint not null check (qualifying_points >= 0),
  multiplier        numeric not null check (multiplier > 0),
  labels            jsonb not null,
  unique (code, version)
);

-- One per client. Its row lock is what makes changes of one client's points take turns.
create table membership (
  client_id uuid primary key,
  tier      text not null,
  tier_from date not null,
  tier_to   date,
  status    text not null check (status in ('ACTIVE', 'CLOSED')),
  version   int not null
);

create table point_lot (
  id           uuid primary key,
  client_id    uuid not null references membership,
  rule         text not null,
  amount       bigint not null check (amount > 0),
  remaining    bigint not null,
  earned_on    date not null,
  available_on date not null check (available_on >= earned_on),
  expires_on   date not null check (expires_on >= available_on),
  state        text not null,
  version      int not null,
  check (
    case state
      when 'PENDING' then remaining = amount
      when 'ACTIVE' then remaining between 1 and amount
      when 'EXHAUSTED' then remaining = 0
      when 'EXPIRED' then remaining = 0
      when 'CANCELLED' then remaining = 0
      else false
    end
  )
);
create index point_lot_newest on point_lot (client_id, id desc);
create index point_lot_held on point_lot (client_id) include (state, remaining) where state in ('PENDING', 'ACTIVE');
create index point_lot_to_activate on point_lot (available_on, client_id) where state = 'PENDING';
create index point_lot_to_expire on point_lot (expires_on, client_id) where state = 'ACTIVE';

-- Every change of points, with its effect on what is pending and on what can be spent.
create table ledger_entry (
  id              uuid primary key,
  client_id       uuid not null references membership,
  lot_id          uuid not null references point_lot,
  type            text not null check (type in ('EARN', 'ACTIVATE', 'EXPIRE')),
  pending         bigint not null,
  available       bigint not null,
  rule            text not null,
  rule_version    int,
  qualifying      boolean not null,
  source_event_id uuid,
  basis           jsonb,
  business_date   date not null,
  at              timestamptz not null,
  check (type <> 'EARN' or (source_event_id is not null and rule_version is not null and basis is not null))
);
-- An event that is delivered again, even after its inbox mark is gone, earns nothing twice.
create unique index ledger_entry_source on ledger_entry (source_event_id, rule) where type = 'EARN';
-- A lot is earned, activated and expired once.
create unique index ledger_entry_once on ledger_entry (lot_id, type) where type in ('EARN', 'ACTIVATE', 'EXPIRE');
create index ledger_entry_client on ledger_entry (client_id, id);
create index ledger_entry_qualifying on ledger_entry (client_id, business_date) include (pending, available) where qualifying;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: book a new entry instead', tg_table_name;
end $$;
create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
  for each statement execute function refuse_change();
