"""Archive(root): the only writer.  Bytes first, then the file made of them, then the row that says so.

Whatever dies, wherever it dies, the next run or a rebuild makes the rest.
"""

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive import disk, urls, warc
from archive.errors import BadUrl
from archive.exchange import Exchange
from archive.export import lists
from archive.index import NAME as INDEX
from archive.index import Index
from archive.ledger import Ledger
from archive.lock import Lock
from archive.record import Capture, Fields, Record, capture_of, exchange_of, parse_fields

ROTATE = 1 << 30
"""Bytes after which a run goes on in a new WARC file."""
FAILED = "fetch-failed"
"""Field of a metadata record: why a fetch of its target brought no byte."""
RUN = "run-spider", "run-started", "run-outcome", "run-counts"
"""Fields of a run's closing metadata record."""
Clock = Callable[[], datetime]


class Archive:
    """An archive that this process writes to, until `close`."""

    def __init__(self, root: Path, spider: str, clock: Clock, about: Fields = (), rotate: int = ROTATE) -> None:
        """Lock the archive, made if it is not there, and mend what a dead run left.

        spider: names the WARC files of this run.  about: goes into their warcinfo records.
        Raises Locked, CannotWrite.
        """
        self.root = root
        self._spider, self._clock, self._about, self._rotate = spider, clock, about, rotate
        self._started, self._serial = clock(), 0
        self._warc: warc.Writer | None = None
        with disk.writing(root):
            (root / "warc").mkdir(parents=True, exist_ok=True)
        self._lock = Lock(root, spider, self._started)
        try:
            self.index = Index(root / INDEX, create=True)
            self.ledger = Ledger(root, self.index)
            for left in sorted((root / "warc").glob("*" + warc.OPEN)):
                self._mend(left)
        except BaseException:
            self._lock.release()
            raise

    def record(self, exchange: Exchange) -> Capture:
        """Write an exchange to the WARC; it is on disk when this returns.  Raises CannotWrite."""
        return self._writer().pair(exchange)

    def fail(self, url: str, why: str) -> None:
        """Note, in the WARC and in the index, a fetch that brought no byte."""
        now = self._clock()
        self._writer().metadata(now, ((FAILED, why),), url)
        self.ledger.failed(url, why, now)

    def close(self, outcome: str, counts: Mapping[str, int]) -> None:
        """End the run: its summary, the lists, the seal; then let the next one in.

        A run that exchanged nothing leaves no WARC file and no summary.
        """
        try:
            if self._warc:
                about = (self._spider, _iso(self._started), outcome, json.dumps(dict(sorted(counts.items()))))
                ended = self._clock()
                self._warc.metadata(ended, tuple(zip(RUN, about, strict=True)))
                with self.index:
                    self.index.run(self._spider, self._started, ended, outcome, counts)
                self._seal(self._warc)
            lists.write(self.root, self.index)
            self.index.close()
        finally:
            self._lock.release()

    def _writer(self) -> warc.Writer:
        """Return the file that records go to now, a new one after ROTATE bytes."""
        if self._warc and self._warc.size >= self._rotate:
            self._seal(self._warc)
            self._warc = None
        if not self._warc:
            now = self._clock()
            name = warc.file_name(self._spider, now, self._serial, socket.gethostname())
            self._warc = warc.Writer(self.root / "warc" / name, now, self._about)
            self._serial += 1
        return self._warc

    def _seal(self, writer: warc.Writer) -> None:
        """Seal a file.  Its row comes first: a run killed between the two leaves an `.open` file to mend."""
        with self.index:
            self.index.seal(writer.path.name, writer.size, writer.sha256)
        writer.seal()

    def _mend(self, left: Path) -> None:
        """Make a sealed file of what a dead run left open, and take in what its index had not yet."""
        sha256 = warc.mend(left, self._clock())
        if sha256 is None:
            return
        name = left.name.removesuffix(warc.OPEN)
        fold(left, self.ledger, skip=frozenset(self.index.captures(name)))
        with self.index:
            self.index.seal(name, left.stat().st_size, sha256)
        warc.seal(left)


def fold(path: Path, ledger: Ledger, skip: frozenset[int] = frozenset()) -> None:
    """Take every record of a WARC file into the ledger, but captures at the offsets to skip.

    Raises BadRecord at the first record that cannot be read; those before it are taken.
    """
    response = None
    for record in warc.walk(path):
        if record.type == "response":
            response = record
        elif record.type == "request" and response:
            if response.offset not in skip:
                _take_pair(response, record, ledger)
            response = None
        elif record.type == "metadata":
            _take_metadata(record, ledger)


def _take_pair(response: Record, request: Record, ledger: Ledger) -> None:
    """Take one pair; one whose target URI no crawl of ours could have asked for is passed over."""
    exchange = exchange_of(response, request)
    with suppress(BadUrl):
        ledger.take(exchange, capture_of(response, exchange.status))


def _take_metadata(record: Record, ledger: Ledger) -> None:
    """Take a failed fetch or a run's summary; a failed fetch that is known already is passed over."""
    fields = dict(parse_fields(bytes(record.block)))
    if FAILED in fields:
        url = urls.canonical(record.get("WARC-Target-URI"))
        known = ledger.index.known([url]).get(url)
        if not (known and known.last and known.last >= record.date):
            ledger.failed(url, fields[FAILED], record.date)
    if set(RUN) <= fields.keys():
        spider, started, outcome, counts = (fields[name] for name in RUN)
        with ledger.index:
            ledger.index.run(spider, datetime.fromisoformat(started), record.date, outcome, json.loads(counts))


def _iso(date: datetime) -> str:
    return date.strftime("%Y-%m-%dT%H:%M:%SZ")
