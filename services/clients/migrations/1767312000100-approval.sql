-- Proposals go through approvals, which expire and can be withdrawn.
alter table grading_rule_set drop constraint grading_rule_set_status_check;
alter table grading_rule_set add constraint grading_rule_set_status_check
  check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED'));
alter table grade_override drop constraint grade_override_status_check;
alter table grade_override add constraint grade_override_status_check
  check (status in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'ENDED'));
-- What waited before has no hash to be held against: it is proposed again.
update grading_rule_set set status = 'EXPIRED' where status = 'PROPOSED';
update grade_override set status = 'EXPIRED', version = version + 1 where status = 'PROPOSED';
