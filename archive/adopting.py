"""Adopting: records of foreign WARC and WACZ files into the archive, as they stand, each once.

What is taken are the answers of our editions' pages and of what these need, each with its
request.  Importing again takes nothing twice, and goes on where an import that died stopped.
"""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive import __version__, urls
from archive.errors import BadRecord, BadUrl
from archive.export import cdxj, lists
from archive.intake import Became, Told, called
from archive.records import pair
from archive.records.record import Fields
from archive.store import Archive
from archive.strangers import foreign
from archive.strangers.foreign import Raw
from archive.strangers.pairing import Pair, pairs
from archive.terminal.plain import plain
from archive.warc import Progress

_NOTHING = "none: nothing was fetched"


def about(paths: Iterable[Path]) -> Fields:
    """Return what the warcinfo records of an import say: whence the records came, by the names of files alone."""
    return (
        ("software", f"rfi-archive/{__version__}"),
        ("format", "WARC File Format 1.0 and 1.1"),
        ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ("operator", "rfi-archive import"),
        ("robots", _NOTHING),
        ("http-header-user-agent", _NOTHING),
        ("hostname", socket.gethostname()),
        ("description", "records that other tools wrote, imported byte for byte"),
        *(("import-source", plain(path.name)) for path in paths),
    )


@dataclass(slots=True)
class Counts:
    """What an import met so far."""

    records: int = 0
    """Whole records."""
    taken: int = 0
    """Answers that are in the archive now and were not."""
    articles: int = 0
    """Those of them that hold an article."""
    known: int = 0
    """Answers that were in the archive."""
    passed: int = 0
    """Records that nobody asks for: of other sites, of other types, of answers that say that nothing is new."""
    broken: int = 0
    """Places at which something could not be read or is not what it says."""
    waiting: int = 0
    """Revisits in the archive whose payload is not, once the import has ended."""


@dataclass(slots=True)
class Adopting:
    """Takes foreign files into an archive that is open for an import."""

    archive: Archive
    """Opened under the name `lenient.PREFIX`, and with `about`."""
    counts: Counts = field(default_factory=Counts)

    def take(self, path: Path, tell: Progress = lambda _: None) -> Iterator[BadRecord]:
        """Take one file; yield what is broken in it, as it is met.  Raises CannotWrite.

        tell: is told the bytes that are done, all of the file's in the end.
        """
        for found in pairs(self._read(path, tell)):
            if error := found if isinstance(found, BadRecord) else self._one(found):
                self.counts.broken += 1
                yield error

    def told(self, name: str, tell: Progress) -> Iterator[Told]:
        """Take one file by its name; yield each damage in it, and then what became of the whole.

        Of a file that holds no record at all and does not claim to, nothing is told: it is another thing.
        """
        before, silent = replace(self.counts), list[BadRecord]()
        for error in self.take(Path(name), tell):
            silent.append(error)
            if called(name) or self.counts.records > before.records:
                yield from (Told(name, Became.DAMAGED, str(one)) for one in silent)
                silent.clear()
        if self.counts.records > before.records:
            yield from (Told(name, Became.DAMAGED, str(one)) for one in silent)
        taken, known = self.counts.taken > before.taken, self.counts.known > before.known
        yield Told(name, Became.IMPORTED if taken else Became.KNOWN if known else Became.PASSED)

    def end(self) -> Iterator[BadRecord]:
        """Seal what was taken, bring lists and CDXJ up to it; yield the revisits that wait.  Raises CannotWrite."""
        self.archive.end()
        lists.write(self.archive.root, self.archive.index)
        cdxj.write(self.archive.root, self.archive.index)
        for _, place in self.archive.index.unmet():
            self.counts.waiting += 1
            yield BadRecord(place.file, place.offset, "a revisit: the record that holds its payload is not here yet")

    def _read(self, path: Path, tell: Progress) -> foreign.Read:
        """Yield the records that are wanted, and what is broken; count what is passed over."""
        size, done = path.stat().st_size if path.is_file() else 0, 0
        for found in foreign.records(path, pair.is_taken):
            offset = found.offset if isinstance(found, BadRecord) else found.record.offset
            if done < offset <= size:
                tell(offset - done)
                done = offset
            if isinstance(found, BadRecord):
                yield found
                continue
            self.counts.records += 1
            if not pair.is_taken(found.record):
                self.counts.passed += 1
            elif problem := _problem(found):
                yield BadRecord(found.record.file, found.record.offset, problem)
            else:
                yield found
        tell(size - done)

    def _one(self, found: Pair) -> BadRecord | None:
        """Take an answer, unless it is here; return why it could not be taken."""
        answer = found.answer.record
        try:
            capture = pair.borrowed_capture(answer)
            url, revisit = urls.canonical(capture.url), answer.type == "revisit"
            if self.archive.index.has(url, answer.id, capture, revisit=revisit):
                self.counts.known += 1
                return None
            number = self.archive.adopt(found)
        except BadRecord as error:
            return error
        except BadUrl as error:
            return BadRecord(answer.file, answer.offset, str(error))
        self.counts.taken += 1
        self.counts.articles += self.archive.index.holds_page(number)
        return None


def _problem(raw: Raw) -> str:
    """Return what is wrong with a record that was read whole; "" if nothing."""
    if raw.record.get("WARC-Segment-Number"):
        return "one of several segments, which are not put together"
    return pair.broken_digest(raw.record)
