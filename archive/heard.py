"""Heard: what each URL answered last, read off the WARC files of an archive, one that is being written too."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archive import decide, urls, warc
from archive.commit.fold import FAILED
from archive.errors import BadRecord, BadUrl
from archive.exchange import Exchange
from archive.records import lenient
from archive.records.record import ANSWERS, Record, exchange_of, parse_fields
from archive.warcs import holdings

MOST_HOPS = 10
"""As many redirects as a crawl follows."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was asked, and what came of it."""

    answers: Mapping[str, Exchange | str]
    """By canonical URL: the last answer, or, where no byte came, why (as the crawl noted it)."""

    def way(self, url: str) -> list[Exchange | str]:
        """Return the answers on the way from a URL to where its redirects led, as far as they were followed."""
        way: list[Exchange | str] = []
        at: str | None = urls.canonical(url)
        while at and at in self.answers and len(way) <= MOST_HOPS:
            way.append(answer := self.answers[at])
            outcome = decide.outcome(answer) if isinstance(answer, Exchange) else None
            at = outcome.target if outcome else None
        return way

    def whole(self, url: str) -> Exchange | None:
        """Return the whole answer 200 that a URL led to; None if it led to none."""
        way = self.way(url)
        last = way[-1] if way else None
        return last if isinstance(last, Exchange) and decide.outcome(last) is None else None

    @property
    def agent(self) -> str:
        """User agent that asked; "" if nothing answered."""
        for answer in self.answers.values():
            if isinstance(answer, Exchange):
                for line in answer.request.decode("latin-1").split("\r\n"):
                    if line.lower().startswith("user-agent:"):
                        return line.partition(":")[2].strip()
        return ""


def read(root: Path) -> Heard:
    """Read all that an archive's WARC files hold; a file is read up to its first record that is not whole.

    Raises NotFound if there is no archive.  All of it is in memory: for an archive of a few exchanges.
    """
    folder, answers = warc.folder_of(root), dict[str, Exchange | str]()
    for path in (*holdings.sealed(folder), *warc.left_open(folder)):
        with suppress(BadRecord):
            for url, answer in _answers(path):
                with suppress(BadUrl):
                    answers[urls.canonical(url)] = answer
    return Heard(answers)


def _answers(path: Path) -> Iterator[tuple[str, Exchange | str]]:
    """Yield each URL that a WARC file speaks of and what came of it, in the order of the file."""
    held: dict[str, Record] = {}
    answer = None
    for record in warc.walk(path) if not lenient.is_foreign(path.name) else ():
        if record.type in ANSWERS:
            answer = held[record.id] = record
        elif record.type == "request" and answer:
            exchange = exchange_of(answer, record, held.get(answer.get("WARC-Refers-To")))
            answer = None
            yield exchange.url, exchange
        elif record.type == "metadata":
            why = dict(parse_fields(bytes(record.block))).get(FAILED)
            if why is not None:
                yield record.get("WARC-Target-URI"), why
