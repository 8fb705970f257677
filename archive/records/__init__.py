"""Records: one WARC record, or a pair, as values: what it says, what it may say, and its key in an index."""
