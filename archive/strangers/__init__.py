"""Strangers: what other archivers made: WARC and WACZ files, records and article files, read without trust."""
