-- The six databases and the four roles of each: <service>_migrator owns the tables and migrates them, <service> works with their rows,
-- <service>_relay sends the outbox, <service>_reader only reads; what each may do with a table the migrator grants. What everyone may do on
-- a new database is taken back, so that no service can open another's. Run once, when the volume is new.
create role clients login password 'local-only';
create role clients_migrator login password 'local-only';
create role clients_relay login password 'local-only';
create role clients_reader login password 'local-only';
create database clients owner clients_migrator;
revoke all on database clients from public;
grant connect on database clients to clients, clients_relay, clients_reader;
-- For the schema of its jobs, which only its owner can use.
grant create on database clients to clients;
create role risk login password 'local-only';
create role risk_migrator login password 'local-only';
create role risk_relay login password 'local-only';
create role risk_reader login password 'local-only';
create database risk owner risk_migrator;
revoke all on database risk from public;
grant connect on database risk to risk, risk_relay, risk_reader;
-- For the schema of its jobs, which only its owner can use.
grant create on database risk to risk;
create role products login password 'local-only';
create role products_migrator login password 'local-only';
create role products_relay login password 'local-only';
create role products_reader login password 'local-only';
create database products owner products_migrator;
revoke all on database products from public;
grant connect on database products to products, products_relay, products_reader;
-- For the schema of its jobs, which only its owner can use.
grant create on database products to products;
create role service login password 'local-only';
create role service_migrator login password 'local-only';
create role service_relay login password 'local-only';
create role service_reader login password 'local-only';
create database service owner service_migrator;
revoke all on database service from public;
grant connect on database service to service, service_relay, service_reader;
-- For the schema of its jobs, which only its owner can use.
grant create on database service to service;
create role loyalty login password 'local-only';
create role loyalty_migrator login password 'local-only';
create role loyalty_relay login password 'local-only';
create role loyalty_reader login password 'local-only';
create database loyalty owner loyalty_migrator;
revoke all on database loyalty from public;
grant connect on database loyalty to loyalty, loyalty_relay, loyalty_reader;
-- For the schema of its jobs, which only its owner can use.
grant create on database loyalty to loyalty;
create role marketing login password 'local-only';
create role marketing_migrator login password 'local-only';
create role marketing_relay login password 'local-only';
create role marketing_reader login password 'local-only';
create database marketing owner marketing_migrator;
revoke all on database marketing from public;
grant connect on database marketing to marketing, marketing_relay, marketing_reader;
-- For the schema of its jobs, which only its owner can use.
grant create on database marketing to marketing;
revoke all on database postgres, template1 from public;
\connect clients
-- So that whoever fills the database may also tell the planner of it.
alter default privileges for role clients_migrator in schema public grant maintain on tables to clients;
\connect risk
-- So that whoever fills the database may also tell the planner of it.
alter default privileges for role risk_migrator in schema public grant maintain on tables to risk;
\connect products
-- So that whoever fills the database may also tell the planner of it.
alter default privileges for role products_migrator in schema public grant maintain on tables to products;
\connect service
-- So that whoever fills the database may also tell the planner of it.
alter default privileges for role service_migrator in schema public grant maintain on tables to service;
\connect loyalty
-- So that whoever fills the database may also tell the planner of it.
alter default privileges for role loyalty_migrator in schema public grant maintain on tables to loyalty;
\connect marketing
-- So that whoever fills the database may also tell the planner of it.
alter default privileges for role marketing_migrator in schema public grant maintain on tables to marketing;
