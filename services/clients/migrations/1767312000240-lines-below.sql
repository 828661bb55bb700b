-- Of each line of class and grade that a client is below, since when: a fall past two lines is waited for at each.
alter table client add column lines_below jsonb not null default '{}';
