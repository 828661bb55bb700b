-- Proposals go through approvals, which expire; what waited before has no hash to be held against and is proposed again.
update message_template set status = 'REJECTED', decided_at = proposed_at, version = version + 1 where status = 'PROPOSED';
update table_version set status = 'REJECTED', decided_at = proposed_at, version = version + 1 where status = 'PROPOSED';
