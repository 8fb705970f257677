"""Verbs: what each `rfi-archive VERB` does, one a file; `run` asks the library, tells, and returns the exit code."""
