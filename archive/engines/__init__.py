"""Engines: the database that an index lies in, SQLite or PostgreSQL, and that both keep the same."""
