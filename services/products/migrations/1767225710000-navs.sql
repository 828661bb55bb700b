-- The series of net asset values of each product: one value a day, positive, never changed.
create table nav_point (
  id         uuid primary key,
  product_id uuid not null references product,
  day        date not null,
  nav        numeric not null check (nav > 0),
  import_id  uuid not null,
  unique (product_id, day)
);

-- What each file of net asset values brought, line by line where something was wrong.
create table nav_import (
  id          uuid primary key,
  read        int not null,
  imported    int not null,
  unchanged   int not null,
  problems    jsonb not null,
  gaps        jsonb not null,
  imported_at timestamptz not null,
  imported_by uuid
);
alter table nav_point add foreign key (import_id) references nav_import deferrable initially deferred;

-- Leveraged, illiquid or otherwise complex: rated one step above what the swings of its value say.
alter table product add column is_complex boolean not null default false;
