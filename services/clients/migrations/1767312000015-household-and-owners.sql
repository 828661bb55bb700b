-- Who lives from one purse. Each household has one head, and a person at most one household that counts as theirs.
create table household (
  id        uuid primary key,
  formed_on date not null,
  formed_by uuid not null,
  version   int not null
);
create table household_member (
  id           uuid primary key,
  household_id uuid not null references household,
  client_id    uuid not null references client,
  role         text not null check (role in ('HEAD', 'SPOUSE', 'CHILD', 'PARENT', 'SIBLING', 'OTHER')),
  is_primary   boolean not null,
  valid_from   date not null,
  valid_to     date check (valid_to >= valid_from),
  recorded_by  uuid not null,
  version      int not null
);
create index household_member_household on household_member (household_id, id);
create index household_member_client on household_member (client_id, id);
create unique index household_member_once on household_member (household_id, client_id) where valid_to is null;
create unique index household_has_one_head on household_member (household_id) where role = 'HEAD' and valid_to is null;
create unique index client_has_one_primary_household on household_member (client_id) where is_primary and valid_to is null;

-- Who owns or controls an institution in the end, client of the firm or not.
create table beneficial_owner (
  id              uuid primary key,
  client_id       uuid not null references client,
  name            text not null,
  country         text not null check (country ~ '^[A-Z]{2}$'),
  control         text not null check (control in ('SHARES', 'VOTES', 'OTHER_CONTROL')),
  share_percent   numeric check (share_percent > 0 and share_percent <= 100),
  owner_client_id uuid references client,
  valid_from      date not null,
  valid_to        date check (valid_to >= valid_from),
  recorded_by     uuid not null,
  version         int not null,
  constraint owner_is_another check (owner_client_id <> client_id),
  constraint shares_have_a_size check ((control = 'OTHER_CONTROL') = (share_percent is null))
);
create index beneficial_owner_client on beneficial_owner (client_id, id);
create index beneficial_owner_owner on beneficial_owner (owner_client_id, id) where owner_client_id is not null;

-- A social credit code is one client's among those that live on by themselves: that of a duplicate is free for its survivor.
alter table institution_profile add column holds_uscc boolean not null default true;
update institution_profile p set holds_uscc = false from client c where c.id = p.client_id and c.status = 'MERGED';
alter table institution_profile drop constraint uscc_belongs_to_one_client;
create unique index uscc_belongs_to_one_client on institution_profile (uscc) where holds_uscc;
create index institution_profile_uscc on institution_profile (uscc);
