-- From when on the readings of a day are looked at: dated, as the clients service tells it (policy 9.2).
create table access_limit (
  effective_from date primary key,
  version        text not null,
  files          int not null check (files > 0),
  -- The hours of work in Shanghai: from the first up to the second.
  work_from      time not null,
  work_to        time not null check (work_to > work_from)
);
insert into access_limit (effective_from, version, files, work_from, work_to) values ('2026-01-01', '2026.1', 50, '07:00', '21:00');
