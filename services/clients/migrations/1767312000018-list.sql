-- Lists by status and segment together: without it the two indexes are met in memory, which grows with the book.
create index client_status_class on client (status, class, id);
