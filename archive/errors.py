"""The one error tree.  Imports nothing of the house.

Catch `ArchiveError` to catch everything that we raise on purpose; a message is one
line that says what is wrong, where, and (where somebody can) what to do about it.
None of these is an `OSError`: Scrapy retries those, and a full disk must end a crawl,
not fetch its pages again.
"""

from typing import ClassVar


class ArchiveError(Exception):
    """Anything this project refuses or cannot do; the message is for people."""

    exit_code: ClassVar[int] = 1
    """What a command that ends with this error exits with; the table is in DESIGN.md and README.md."""


class BadUsage(ArchiveError):
    """An argument or setting makes no sense: correct it."""

    exit_code = 2


class Unsupported(ArchiveError):
    """What exact capture or replay leans on is not installed, or in another version: install what is tested."""


class BadUrl(ArchiveError):
    """A text that is no http(s) URL which could be archived: correct it or leave it out."""


class BadAnswer(ArchiveError):
    """The bytes of an answer cannot be decoded: unknown or broken coding, or too large."""


class BadListing(ArchiveError):
    """A feed, sitemap or section page that gives no link at all: look at its record."""


class BadArticle(ArchiveError):
    """A text that is no article file (see FORMAT.md), or values that cannot be written as one."""


class BadRecord(ArchiveError):
    """A WARC file is torn or damaged at an offset, or an offset holds no such record."""

    def __init__(self, file: str, offset: int, problem: str) -> None:
        super().__init__(f"{file} at offset {offset}: {problem}")
        self.problem = problem
        """What is wrong there, without the place."""
        self.offset = offset
        """Bytes before the member that is not whole: what a repair keeps."""


class BadReport(ArchiveError):
    """A file that is no report of a run (see report.py): damaged, cut or another's; nothing else depends on it."""


class NotFound(ArchiveError):
    """Something asked for by name is not in this archive; `rebuild` makes what can be made."""


class CannotWrite(ArchiveError):
    """The archive cannot be written: disk full, read-only, permission.  Nothing is half-written."""

    exit_code = 13


class Locked(ArchiveError):
    """Another process is writing to this archive; try again when it has ended."""

    exit_code = 10
