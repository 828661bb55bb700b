-- The six databases, each owned by the role of its name. What everyone may do on a new database is taken back, so that no
-- service can open another's. Run once, when the volume is new.
create role clients login password 'local-only';
create database clients owner clients;
revoke all on database clients from public;
create role risk login password 'local-only';
create database risk owner risk;
revoke all on database risk from public;
create role products login password 'local-only';
create database products owner products;
revoke all on database products from public;
create role service login password 'local-only';
create database service owner service;
revoke all on database service from public;
create role loyalty login password 'local-only';
create database loyalty owner loyalty;
revoke all on database loyalty from public;
create role marketing login password 'local-only';
create database marketing owner marketing;
revoke all on database marketing from public;
revoke all on database postgres, template1 from public;
