-- What a product is sold by: its terms, version by version, and its documents.
alter table product add column issuer text;
alter table product add column term_months int check (term_months > 0);
alter table product add column liquidity text not null default 'DAILY';

create table product_terms (
  id                  uuid primary key,
  product_id          uuid not null references product,
  n                   int not null,
  issuer              text,
  term_months         int,
  liquidity           text not null,
  min_amount          numeric not null,
  min_horizon_months  int not null,
  valid_from          date not null,
  changed_at          timestamptz not null,
  changed_by          uuid,
  unique (product_id, n)
);
create index product_terms_product on product_terms (product_id, id desc);

create table product_document (
  id           uuid primary key,
  product_id   uuid not null references product,
  kind         text not null,
  edition      text not null,
  locale       text not null,
  title        text not null,
  url          text not null,
  sha256       text not null,
  valid_from   date not null,
  published_at timestamptz not null,
  published_by uuid,
  withdrawn_at timestamptz,
  version      int not null
);
create index product_document_product on product_document (product_id, id desc);
create unique index product_document_edition on product_document (product_id, kind, edition, locale);
