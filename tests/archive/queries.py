"""Queries that ask for something."""

from archive.language.query import Wanted, wanted


def understood(text: str) -> Wanted:
    """What a text asks for."""
    found = wanted(text)
    assert found
    return found
