"""Finding: one thing that is wrong, the rule that it breaks, and where that rule is written.  Imports nothing."""

from dataclasses import dataclass

STANDARD = "WARC 1.1 (ISO 28500:2017)"
"""What a section number of ours is a section of."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    file: str
    """Relative to the archive."""
    offset: int | None
    """Bytes before the WARC member that it is about; None for a whole file."""
    rule: str
    """What always holds and does not here, in a few words."""
    what: str
    """What was found instead."""
    source: str
    """Where the rule is written: a section of a standard, or a law of DESIGN.md."""

    def __str__(self) -> str:
        """Return it as one line for people."""
        return f"{self.file}{'' if self.offset is None else f' at offset {self.offset}'}: {self.rule}: {self.what}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What always holds."""

    name: str
    """In a few words."""
    source: str
    """Where it is written: a section of a standard, or a law of DESIGN.md."""

    def broken(self, file: str, offset: int | None, what: str) -> Finding:
        """Return that it does not hold in a file, at an offset of it or as a whole."""
        return Finding(file, offset, self.name, what, self.source)
