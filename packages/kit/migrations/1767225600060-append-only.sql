-- Evidence is only added to. The service's role has no right to change it where it owns nothing (`rights.ts`); where one role owns
-- and uses the database, this stands in its way.
create function keep_as_written() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger access_log_kept before update or delete on access_log for each row execute function keep_as_written();
create trigger access_log_whole before truncate on access_log for each statement execute function keep_as_written();
create trigger audit_entry_kept before update or delete on audit_entry for each row execute function keep_as_written();
create trigger audit_entry_whole before truncate on audit_entry for each statement execute function keep_as_written();
create trigger audit_seal_kept before update or delete on audit_seal for each row execute function keep_as_written();
create trigger audit_seal_whole before truncate on audit_seal for each statement execute function keep_as_written();
