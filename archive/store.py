"""Archive(root): the only writer.  Bytes first, then the file made of them, then the row that says so.

What is recorded may wait for the disk together, in a group: `flush` makes all of it durable, in that order.
Whatever dies, wherever it dies, the next run or a rebuild makes the rest.
"""

import socket
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

from archive import intake, urls, warc
from archive.commit import borrow, draft, merge, revisit, taken
from archive.commit.draft import Made
from archive.commit.fold import FAILED, SAME, fold, summary
from archive.commit.group import Deed, Done
from archive.commit.ledger import Ledger
from archive.commit.taken import Taken
from archive.commit.waiting import Put, Waiting
from archive.decide import Known, Outcome
from archive.engines.opening import open_index
from archive.errors import CannotWrite, NotFound
from archive.exchange import Exchange
from archive.files import disk
from archive.files.lock import Lock
from archive.files.reserve import Reserve
from archive.index import NAME as INDEX
from archive.index import Index
from archive.records import lenient
from archive.records.record import ANSWERS, Capture, Fields, Record, payload
from archive.strangers.pairing import Pair
from archive.tables.rows import Run
from archive.warcs.mend import mend
from archive.warcs.seal import gate, seal
from archive.warcs.writer import Writer

ROTATE = 1 << 30
"""Bytes after which a run goes on in a new WARC file."""
NO_FIELDS: Mapping[str, tuple[int, int]] = MappingProxyType({})
Clock = Callable[[], datetime]


class Archive:
    """An archive that this process writes to: `record`, `take`, `commit`, `flush`, `finish`, `close`."""

    def __init__(
        self,
        root: Path,
        spider: str,
        clock: Clock,
        about: Fields = (),
        rotate: int = ROTATE,
        *,
        least_free: int = 0,
    ) -> None:
        """Lock the archive, made if it is not there, and mend what a dead run left.

        spider: names the WARC files of this run.  about: goes into their warcinfo records.
        least_free: bytes that the disk must have free whenever something is recorded.
        Raises Locked, CannotWrite; NotFound if the index does not know the archive's own files.
        """
        self.root = root
        self._spider, self._clock, self._about, self._rotate = spider, clock, about, rotate
        self._least_free = least_free
        self._started, self._serial = clock(), 0
        self._unsaid = 0  # fetches without a page that the index refused
        self._warc: Writer | None = None
        with disk.writing(root):
            disk.make_folder(root / "warc")
        with ExitStack() as undo:
            self._lock = Lock(root, spider, self._started)
            undo.callback(self._lock.release)
            self._index = open_index(root / INDEX, create=True)
            undo.callback(self._index.close)
            self.ledger = Ledger(root, self._index)
            self.waiting = Waiting(self._index)
            """What was recorded and has no rows yet."""
            disk.need(root, least_free)
            self._reserve = Reserve(root)
            undo.callback(self._reserve.release)
            self._meet()
            undo.pop_all()  # all went well: `close` lets go of them

    def _meet(self) -> None:
        """Take in what a dead run or rollup left; refuse an index that would have all fetched again."""
        merge.settle(self.root / "warc", self._index)
        intake.settle(self.root, self._index)
        unknown = {path.name for path in warc.sealed(self.root / "warc")}.difference(
            row.name for row in self._index.warcs()
        )
        if unknown:
            raise NotFound(
                f"the index {self.root / INDEX} lacks {len(unknown)} WARC files, such as {min(unknown)}:"
                " `rfi-archive rebuild` takes them in"
            )
        for left in warc.left_open(self.root / "warc"):
            self._mend(left)

    @property
    def index(self) -> Index:
        """What is known, all that waited with it; where that is refused, whoever waits for it is told."""
        if self.waiting.here or self.waiting.away:
            with suppress(CannotWrite):
                self.flush()
        return self._index

    def knowing(self, wanted: Iterable[str]) -> Index:
        """Return what is known, and of these canonical URLs all that waited."""
        return self.index if self.waiting.holds(wanted) else self._index

    def known(self, wanted: Collection[str]) -> dict[str, Known]:
        """Return what is known of each of these canonical URLs, what waits included; those never met are left out."""
        return self.knowing(wanted).known(wanted)

    def record(self, exchange: Exchange) -> Capture:
        """Write an exchange to the WARC; it lasts after the next `flush`.  Raises CannotWrite."""
        self.waiting.refuse()
        writer, named, index = self._writer(), payload(exchange), self.knowing([urls.canonical(exchange.url)])
        original = revisit.original(self.root / "warc", index, exchange, writer.path.name, named)
        return writer.pair(exchange, original, named)

    def take(self, exchange: Exchange, done: Done | None = None) -> Taken:
        """Record an exchange and do all that follows from it; all is durable when this returns.  Raises CannotWrite.

        done: where it is given, what no later step of a run reads may wait for the next `flush`, and is told then.
        """
        capture, url, found = self.record(exchange), urls.canonical(exchange.url), taken.read(exchange)
        note = partial(self.ledger.note, capture, draft.drafted(exchange, found))
        if done and taken.is_apart(found, url):
            self.waiting.add(Deed(url, note, done))
        else:
            self.flush()
            note()
        return found

    def settle(self, capture: Capture, outcome: Outcome) -> None:
        """Note what a recorded answer made of its URL; all is durable when this returns.  Raises CannotWrite."""
        self.waiting.refuse()
        self.flush()
        self.ledger.settle(capture, outcome)

    def commit(self, capture: Capture, made: Made, done: Done) -> None:
        """Archive a page with the next `flush`: its file, then its rows; `done` is told then.

        Raises CannotWrite; BadRecord if the article's newest version is needed again and cannot be read.
        """
        self.waiting.refuse()
        url = made.page.article.url
        self.knowing([url])  # what another page of it makes is there, or this one would not know of it
        note = partial(self.ledger.commit, capture, made)
        self.waiting.add(Deed(url, note, done, self.ledger.wanted(capture, made)))

    def flush(self) -> None:
        """Make all that was recorded durable, then the files made of it, then note it in one step.

        Raises CannotWrite: then nothing more is recorded, and what has no row yet gets it when the run ends.
        """
        self.land()
        self.depart(lambda files: partial(disk.put_all, files))
        self.land()

    def depart(self, put: Put) -> None:
        """Begin what `flush` does, by `put`; `land` ends it, and nothing departs before that.  Raises CannotWrite."""
        self.waiting.depart(self._warc, put)

    def land(self) -> None:
        """Wait for what has departed, if anything has; then note it.  Raises CannotWrite, as `flush` does."""
        self.waiting.land()

    @property
    def handle(self) -> int:
        """Handle of the lock: whoever writes files for this archive holds it, too."""
        return self._lock.handle

    def adopt(self, pair: Pair) -> int:
        """Write another tool's answer and its request as they stand, and do what follows; return the capture's number.

        Raises CannotWrite; BadRecord and BadUrl, of the answer: then it is recorded, and makes nothing.
        """
        writer, one = self._writer(), pair.answer
        request = (pair.request.header, pair.request.record.block) if pair.request else None
        offset, length = writer.foreign((one.header, one.record.block), request)
        answer = Record(writer.path.name, offset, length, one.record.fields, one.record.block)
        behind = pair.request.record if pair.request else Record(answer.file, 0, 0, (("WARC-Type", "metadata"),), b"")
        return borrow.take(answer, behind, self.ledger)

    def fail(self, url: str, why: str) -> None:
        """Note, in the WARC and in the index, a fetch that brought no byte."""
        self.knowing([urls.canonical(url)])
        now = self._clock()
        self._writer().metadata(now, ((FAILED, why),), url)
        self._unsaid += 1
        self.ledger.failed(url, why, now)
        self._unsaid -= 1

    def look(self, url: str, version: str, at: datetime) -> None:
        """Note, in the WARC and in the index, that an archived article stands as it was: a 304 to this version."""
        self.knowing([urls.canonical(url)])
        self._writer().metadata(at, ((SAME, version),), url)
        self._unsaid += 1
        self.ledger.looked(url, at)
        self._unsaid -= 1

    def finish(
        self, outcome: str, counts: Mapping[str, int], fields: Mapping[str, tuple[int, int]] = NO_FIELDS
    ) -> None:
        """End the run: write its summary and seal its file.  Nothing is recorded after this.

        outcome, counts, fields: as in `rows.Run`.
        A run that exchanged nothing leaves no WARC file and no summary.
        """
        self._reserve.release()
        if not self._warc:
            return
        self._catch_up(self._warc)
        run = Run(self._spider, self._started, self._clock(), outcome, counts, fields)
        self._warc.metadata(run.ended, summary(run))
        with self._index:
            self._index.run(run)
        self._seal(self._warc)

    def end(self) -> None:
        """Seal what was imported: that is no run, and has no summary.  Nothing is adopted after this."""
        self._reserve.release()
        if self._warc:
            self._catch_up(self._warc)
            self._seal(self._warc)

    def close(self) -> None:
        """Let the next writer in.  A file that was not finished stays open: the next run mends it."""
        self._reserve.release()
        try:
            self._index.close()
        finally:
            self._lock.release()

    def _writer(self) -> Writer:
        """Return the file that records go to now, a new one after ROTATE bytes.  Raises CannotWrite."""
        disk.need(self.root, self._least_free)
        if self._warc and self._warc.size >= self._rotate:
            self.flush()
            if not self._is_behind(self._warc):
                self._seal(self._warc)
        if not self._warc:
            now = self._clock()
            name = warc.file_name(self._spider, now, self._serial, socket.gethostname())
            self._warc = Writer(self.root / "warc" / name, now, self._about)
            self._serial, self._unsaid = self._serial + 1, 0
        return self._warc

    def _is_behind(self, writer: Writer) -> bool:
        """Tell whether the index lacks anything that the open file has, refused by a full disk perhaps."""
        return self._unsaid > 0 or self._index.taken(writer.path.name) < writer.pairs

    def _catch_up(self, writer: Writer) -> None:
        """Take in what waits, and what the index lacks.

        Raises CannotWrite: then the file stays open, and the next run mends it.
        """
        self.flush()
        if self._is_behind(writer):
            name = writer.path.name
            fold(writer.path.with_name(name + warc.OPEN), self.ledger, taken=self._index.offsets(name))
            self._unsaid = 0

    def _seal(self, writer: Writer) -> None:
        """Seal a file.  Its row comes first: a run killed between the two leaves an `.open` file to mend.

        That row lasts, and so do all before it; until now the open file could have given them back.
        """
        self._warc = None  # whatever comes now, nothing more is written to it
        left = writer.close()
        gate(left, writer.sha256)
        if lenient.is_foreign(left.name):
            borrow.meet(self.ledger)
        with self._index.lasting():
            self._index.seal(writer.path.name, writer.size, writer.sha256)
        seal(left)

    def _mend(self, left: Path) -> None:
        """Make a sealed file of what a dead run left open, and take in what its index had not yet."""
        sha256 = mend(left, self._clock())
        if sha256 is None:
            return
        name = warc.final_name(left)
        taken = self._index.offsets(name)
        if lost := taken.difference(record.offset for record in warc.walk(left) if record.type in ANSWERS):
            raise NotFound(
                f"the disk has lost what the index knows of {name}, from offset {min(lost)} on:"
                " `rfi-archive doctor` brings them back into step"
            )
        fold(left, self.ledger, taken=taken)
        with self._index.lasting():
            self._index.seal(name, left.stat().st_size, sha256)
        seal(left)
