"""Terminal: what somebody at a terminal types and reads: words, results, progress, a month at a glance."""
