"""Gaps: what listings name and the archive has not: which articles and days, and why; how they are gone back for."""
