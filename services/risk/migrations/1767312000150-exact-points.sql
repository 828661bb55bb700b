-- Points may have decimals; they are kept exactly.
alter table assessment alter column score type numeric;
