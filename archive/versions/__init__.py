"""Versions: what an article says, what two versions of it say differently, and how that is shown."""
