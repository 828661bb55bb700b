-- What the care calendar knows of a client beside the copy: when the relationship began.
create table client_fact (
  client_id    uuid primary key,
  onboarded_on date not null
);

-- A birthday as month and day, given to this service with the client's consent; the year of birth is not asked.
create table care_date (
  id            uuid primary key,
  client_id     uuid not null,
  kind          text not null check (kind in ('BIRTHDAY_SOLAR', 'BIRTHDAY_LUNAR')),
  month         int not null check (month between 1 and 12),
  day           int not null check (day between 1 and 31),
  is_leap_month boolean not null,
  registered_by uuid not null,
  registered_at timestamptz not null,
  unique (client_id, kind),
  check (kind = 'BIRTHDAY_LUNAR' or not is_leap_month),
  check (kind = 'BIRTHDAY_SOLAR' or day <= 30)
);

-- The occasions of care (policy 6.1: data), and the gifts by grade.
create table care_rule (
  id             uuid primary key,
  code           text not null,
  version        int not null,
  effective_from date not null,
  source         text not null,
  terms          jsonb not null,
  labels         jsonb not null,
  wishes         jsonb not null,
  unique (code, version)
);
create table care_gift (
  id             uuid primary key,
  grade          text not null,
  version        int not null,
  effective_from date not null,
  source         text not null,
  value          numeric not null,
  yearly_cap     numeric not null,
  currency       text not null,
  labels         jsonb not null,
  unique (grade, version)
);

-- A greeting of one occasion and year to one client: never two.
create table care_task (
  id               uuid primary key,
  client_id        uuid not null,
  rule_code        text not null,
  year             int not null,
  due_on           date not null,
  communication_id uuid not null references communication,
  gift_value       numeric,
  gift_currency    text,
  sent_at          timestamptz,
  unique (client_id, rule_code, year)
);
create unique index care_task_of_communication on care_task (communication_id);
create index care_task_gifts on care_task (client_id, due_on) where gift_value is not null;
