-- Changes go through approvals, which expire: one that nobody has decided on is rejected by nobody.
alter table rule_change drop constraint rule_change_check1;
alter table rule_change add constraint rule_change_decided
  check (case state when 'PROPOSED' then decided_by is null when 'APPROVED' then decided_by is not null else true end);
-- What waited before has no hash to be held against; it is proposed again.
update rule_change set state = 'REJECTED', decided_at = proposed_at, version = version + 1 where state = 'PROPOSED';
