"""Tables: what the index keeps, table by table, and what it tells; `schema.sql` says what each column means."""
