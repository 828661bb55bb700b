-- New tables of suitability, proposed by one person and approved by another; approved ones become a row of suitability_rule.
create table rule_proposal (
  id             uuid primary key,
  version_code   text not null,
  effective_from date not null,
  source         text not null,
  base_version   text not null references suitability_rule (version),
  changes        jsonb not null,
  state          text not null,
  proposed_by    uuid not null,
  proposed_at    timestamptz not null,
  decided_by     uuid,
  decided_at     timestamptz,
  version        int not null
);

-- Another value of a unit for a day that has one: proposed by one person and approved by another. The value that was stays here.
create table nav_correction (
  id          uuid primary key,
  product_id  uuid not null references product,
  day         date not null,
  was         numeric not null,
  nav         numeric not null check (nav > 0),
  reason      text not null,
  state       text not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  decided_by  uuid,
  decided_at  timestamptz,
  version     int not null
);
create index nav_correction_product on nav_correction (product_id, id desc);
create index settlement_at_nav on settlement (settled_on, nav);
