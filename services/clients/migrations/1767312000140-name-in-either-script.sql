-- Names are found in simplified and traditional characters alike. Rows of before are indexed anew when the service starts.
alter table client add column name_indexed_as text check (name_indexed_as in ('SIMPLIFIED'));
alter table client alter column name_indexed_as set default 'SIMPLIFIED';
create index client_name_to_index on client (id) where name_indexed_as is null;
