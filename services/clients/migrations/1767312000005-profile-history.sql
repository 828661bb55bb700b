-- The rest of policy 3.1, and every state a profile has been in, so that it can be shown as it was at an instant.
alter table individual_profile
  add column birthday_calendar text not null default 'SOLAR' check (birthday_calendar in ('SOLAR', 'LUNAR')),
  add column lunar_month int check (lunar_month between 1 and 12),
  add column lunar_day int check (lunar_day between 1 and 30),
  add column lunar_leap boolean,
  add column tax_residency text not null default 'CN' check (tax_residency ~ '^[A-Z]{2}$'),
  add column civil_capacity text not null default 'FULL' check (civil_capacity in ('FULL', 'LIMITED', 'NONE')),
  add constraint lunar_birthday_has_a_date check (birthday_calendar = 'SOLAR' or (lunar_month is not null and lunar_day is not null and lunar_leap is not null));
alter table id_document add column expires_on date;

create table profile_version (
  id        uuid primary key,
  client_id uuid not null references client,
  profile   jsonb not null,
  -- Codes of the fields that differ from the version before; empty for the first.
  changed   text[] not null,
  by        uuid not null,
  at        timestamptz not null
);
create index profile_version_client on profile_version (client_id, id);

insert into profile_version (id, client_id, profile, changed, by, at)
select p.client_id, p.client_id,
  jsonb_build_object(
    'name', p.name, 'gender', p.gender, 'dateOfBirth', p.date_of_birth, 'occupation', p.occupation, 'address', p.address,
    'annualIncome', p.annual_income::text, 'annualIncomeCurrency', p.annual_income_currency,
    'investmentYears', p.investment_years, 'experienceKinds', p.experience_kinds, 'mobile', p.mobile, 'email', p.email,
    'birthdayCalendar', 'SOLAR', 'lunarMonth', null, 'lunarDay', null, 'lunarLeap', null,
    'taxResidency', 'CN', 'civilCapacity', 'FULL'
  ),
  '{}', c.adviser_id, c.onboarded_at
from individual_profile p join client c on c.id = p.client_id;
