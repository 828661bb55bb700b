-- What a contact can be about is a table that one person changes and another approves, like the others.
insert into table_version (id, version, "table", code, revision, effective_from, source, terms, status, proposed_at)
select uuidv7(), 1, 'INTERACTION_SUBJECT', code, 1, effective_from, source,
  jsonb_build_object('labels', labels, 'position', position, 'isOffered', true), 'APPROVED', now()
from interaction_subject on conflict ("table", code, revision) do nothing;
insert into table_version (id, version, "table", code, revision, effective_from, source, terms, status, proposed_at)
select uuidv7(), 1, 'INTERACTION_SUBJECT', code, 2, effective_to + 1, source,
  jsonb_build_object('labels', labels, 'position', position, 'isOffered', false), 'APPROVED', now()
from interaction_subject where effective_to is not null on conflict ("table", code, revision) do nothing;
alter table interaction drop constraint interaction_subject_code_fkey;
comment on table interaction_subject is 'Read by the release before only: the subjects lie in table_version.';
-- A wish for the special extension goes through approvals; what waited before is proposed again.
update complaint_extension set status = 'REFUSED', decided_at = proposed_at where status = 'PROPOSED';
