"""Commit: from a record to the rows that say so: what an exchange holds, its article file, and the order of the two."""
