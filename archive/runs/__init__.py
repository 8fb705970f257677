"""Runs: one run of a crawl: what it may take, counts, remembers and reports, how it ended, and who is told."""
