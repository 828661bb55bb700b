-- The first day on which somebody has to ask about a client's file; lists are filtered by it.
alter table client add column review_due_on date;
update client c set review_due_on = (select min(r.due_on) from information_review r where r.client_id = c.id and r.stage <> 'DONE');
create index client_review_due on client (review_due_on, id) where review_due_on is not null;

-- The day after the last day of a restriction, until somebody has looked at it.
alter table client add column restriction_ends_on date;
update client set restriction_ends_on = restricted_until + 1 where restricted_until is not null;
create index client_restriction_ends on client (restriction_ends_on, id) where restriction_ends_on is not null;

-- The day from which the interval of the grade is counted: another grade is another due day, not a new beginning.
alter table information_review add column counted_from date;

-- Work and country are codes beside the words, so that what a change means can be told without reading the words.
alter table individual_profile
  add column employment text check (employment in ('EMPLOYED', 'SELF_EMPLOYED', 'RETIRED', 'STUDENT', 'HOMEMAKER', 'UNEMPLOYED')),
  add column address_country text not null default 'CN' check (address_country ~ '^[A-Z]{2}$');

-- Where the evidence of a death is filed.
alter table status_change add column evidence text;

-- When a status ended, by its last day or by the next one.
alter table investor_status add column ended_at timestamptz;
update investor_status s set ended_at = n.decided_at
from (select id, lead(decided_at) over (partition by client_id order by id) as decided_at from investor_status) n
where n.id = s.id and n.decided_at is not null;
create index investor_status_running on investor_status (valid_to, id) where ended_at is null;

-- What was to be corrected and what was; more time, once, with its reason.
alter table data_request
  add column fields text[] not null default '{}',
  add column corrected text[] not null default '{}',
  add column extended_at timestamptz,
  add column extension_reason text check (extension_reason in ('COMPLEX', 'MANY_REQUESTS'));
