-- The catalogue. `rating` is the one that counts now; `product_rating` keeps every one there was.
create table product (
  id                 uuid primary key,
  code               text not null unique,
  name_en            text not null,
  name_zh_hans       text not null,
  name_zh_hant       text not null,
  issuer_type        text not null,
  category           text not null,
  currency           text not null,
  min_amount         numeric not null check (min_amount > 0),
  min_horizon_months int not null check (min_horizon_months >= 0),
  status             text not null,
  rating             text not null,
  version            int not null
);
create index product_listed on product (id desc) where status = 'LISTED';

create table product_rating (
  id               uuid primary key,
  product_id       uuid not null references product,
  issuer_rating    text not null,
  seller_rating    text not null,
  effective_rating text not null,
  valid_from       date not null,
  published_at     timestamptz not null
);
create index product_rating_product on product_rating (product_id, id desc);
