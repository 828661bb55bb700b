-- Institutions (policy 3.2) beside individuals: a client has exactly one profile, and class and grade of its kind.
alter table client
  add constraint class_and_grade_are_of_the_kind check (
    case kind
      when 'INSTITUTION' then class in ('ENTERPRISE', 'FINANCIAL_INSTITUTION', 'GOVERNMENT_PUBLIC') and grade in ('SMALL', 'MEDIUM', 'LARGE')
      else class in ('ORDINARY', 'HIGH_NET_WORTH', 'ULTRA_HIGH_NET_WORTH') and grade in ('BRONZE', 'SILVER', 'GOLD', 'DIAMOND')
    end
  ),
  -- The financial statement that counts: the latest year end, of that the latest word.
  add column institution_financials_id uuid;
create index client_class on client (class, id);

create table institution_profile (
  client_id            uuid primary key references client,
  legal_name           text not null,
  -- The unified social credit code is public; it names one institution.
  uscc                 text not null constraint uscc_belongs_to_one_client unique,
  institution_type     text not null check (institution_type in ('ENTERPRISE', 'FINANCIAL_INSTITUTION', 'GOVERNMENT_PUBLIC')),
  legal_representative text not null,
  business_scope       text not null,
  investment_needs     text not null,
  contact_name         text not null,
  phone                text not null,
  email                text,
  address              text not null
);

create table institution_financials (
  id          uuid primary key,
  client_id   uuid not null references client,
  year_end    date not null,
  net_assets  numeric not null,
  liabilities numeric not null check (liabilities >= 0),
  revenue     numeric not null check (revenue >= 0),
  profit      numeric not null,
  currency    text not null,
  source      text not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null
);
create index institution_financials_client on institution_financials (client_id, id);

-- Which classes of product a client has ever bought, as the settled orders tell.
create table product_class_used (
  client_id     uuid not null references client,
  product_class text not null,
  since         date not null,
  primary key (client_id, product_class)
);

-- Tables that were loaded before institutions were graded get the lines of policy 2.4.
update grading_rule_set
set tables = tables || '{"institutionGrade": {"rows": [["SMALL", 0, 20000000], ["MEDIUM", 20000000, 200000000], ["LARGE", 200000000, null]], "mediumFromProductClasses": 3, "financialLargeFrom": 100000000}}'
where not tables ? 'institutionGrade';
