alter table interaction
  add column participants text not null default '[]',
  add column recording_reference text;
create index interaction_calls on interaction (at) where channel = 'PHONE' and direction = 'INBOUND';

-- A mailing may be an invitation.
alter table mailing add column event_id uuid references client_event;
create index mailing_of_event on mailing (event_id) where event_id is not null;

-- An item ends whatever it was opened for.
create index work_item_by_reference on work_item (kind, reference) where state = 'OPEN';
alter table work_item drop constraint work_item_kind_check;
alter table work_item add constraint work_item_kind_check
  check (kind in ('REVIEW', 'ASSESSMENT', 'FOLLOW_UP', 'INTERVIEW', 'ALERT', 'NOTICE_CALL'));
