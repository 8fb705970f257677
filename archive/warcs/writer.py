"""Writer: one new WARC file, written pair by pair.  Source: WARC 1.1 (ISO 28500:2017)."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive.errors import CannotWrite
from archive.exchange import Exchange
from archive.files.disk import sync_folder, writing
from archive.files.spool import Bytes
from archive.records.member import END, is_packed, member, squeezed
from archive.records.record import (
    FIELDS_TYPE,
    Capture,
    Fields,
    Place,
    Record,
    head_fields,
    new_id,
    payload,
    request_fields,
    response_fields,
    revisit_fields,
    stored_head,
    warc_fields,
)
from archive.warc import OPEN, refuse_existing

NO_REQUEST: Fields = (("import-request", "none: the answer before this was imported without one"),)


class Writer:
    """Appends records to one new file; closed, it is never opened for writing again.

    After each method the file ends in a whole record: where the file system refuses
    bytes, what came of the record is cut off again and CannotWrite is raised.  Pairs
    last only after `sync`; if that is refused, all since the one before are cut off.
    """

    def __init__(self, path: Path, now: datetime, about: Fields) -> None:
        """Create `path`.open with a warcinfo record that says `about`; neither may exist.  Raises CannotWrite."""
        self.path = path
        self.size = 0
        """Bytes written."""
        self.pairs = 0
        """Answers among them."""
        self._lasting = 0, 0, hashlib.sha256()  # size, pairs and digest of what is on disk for good
        self._open = path.with_name(path.name + OPEN)
        self._sha256 = hashlib.sha256()
        self._info, self._now = new_id(), now
        head = head_fields("warcinfo", self._info, now, (("WARC-Filename", path.name), ("Content-Type", FIELDS_TYPE)))
        with writing(self._open):
            refuse_existing(path)
            self._file = os.open(self._open, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            try:
                sync_folder(path.parent)
                self._append(member(head, (warc_fields(about),)))
                self.sync()
            except BaseException:
                os.close(self._file)
                self._open.unlink()
                raise

    def pair(self, exchange: Exchange, original: Record | None = None, named: str | None = None) -> Capture:
        """Append an answer and its request; both last after the next `sync`.

        original: an earlier response record with the same payload; the answer then becomes a revisit of it.
        named: what `record.payload` says of the answer, if that was asked already.
        """
        offset, answer, request = self.size, new_id(), new_id()
        named = payload(exchange) if named is None else named
        asked = (*request_fields(exchange, self._info), ("WARC-Concurrent-To", answer))
        lengths = self._append(
            self._revisit(answer, exchange, original) if original else self._response(answer, exchange, named),
            member(head_fields("request", request, exchange.date, asked), (exchange.request,)),
        )
        self.pairs += 1
        return Capture(
            file=self.path.name,
            offset=offset,
            length=lengths[0],
            url=exchange.url,
            date=exchange.date,
            digest=named,
            status=exchange.status,
            mime=exchange.media_type,
            refers=Place(original.file, original.offset) if original else None,
        )

    def _response(self, name: str, exchange: Exchange, named: str) -> Iterator[bytes]:
        head = head_fields("response", name, exchange.date, response_fields(exchange, self._info, named))
        told = stored_head(exchange.head)
        return member(head, (told,), exchange.body) if is_packed(exchange) else member(head, (told, exchange.body))

    def _revisit(self, name: str, exchange: Exchange, original: Record) -> Iterator[bytes]:
        head = head_fields("revisit", name, exchange.date, revisit_fields(exchange, self._info, original))
        return member(head, (stored_head(exchange.head),))

    def metadata(self, now: datetime, about: Fields, url: str | None = None) -> None:
        """Append a metadata record with `about` as its fields, of `url` or of the whole run, and sync."""
        target = (("WARC-Target-URI", url),) if url else ()
        fields = (*target, ("WARC-Warcinfo-ID", self._info), ("Content-Type", FIELDS_TYPE))
        self._append(member(head_fields("metadata", new_id(), now, fields), (warc_fields(about),)))
        self.sync()

    def foreign(self, answer: tuple[Bytes, Bytes], behind: tuple[Bytes, Bytes] | None) -> tuple[int, int]:
        """Append another tool's answer and its request, each of header and block, as they stand; both are on disk then.

        Behind an answer without a request stands a record that says so: no answer stands alone in a file.
        Returns offset and length of the answer's member.
        """
        offset = self.size
        lone = head_fields(
            "metadata", new_id(), self._now, (("WARC-Warcinfo-ID", self._info), ("Content-Type", FIELDS_TYPE))
        )
        other = squeezed(*behind, END) if behind else member(lone, (warc_fields(NO_REQUEST),))
        length = self._append(squeezed(*answer, END), other)[0]
        self.pairs += 1
        self.sync()
        return offset, length

    def sync(self) -> None:
        """Make all that was written durable.  Raises CannotWrite: then what was not is gone."""
        if self.size == self._lasting[0]:
            return
        try:
            with writing(self._open):
                os.fsync(self._file)
        except CannotWrite:
            self.size, self.pairs, sha256 = self._lasting
            self._sha256 = sha256.copy()
            with suppress(OSError):
                self._cut(self.size)
            raise
        self._lasting = self.size, self.pairs, self._sha256.copy()

    @property
    def sha256(self) -> str:
        """SHA-256 of all that was written, 64 hex digits."""
        return self._sha256.hexdigest()

    def close(self) -> Path:
        """Close the file; return it.  It is open by name until it is sealed."""
        with writing(self._open):
            os.close(self._file)
        return self._open

    def _append(self, *members: Iterable[bytes]) -> list[int]:
        """Write members, each in pieces; return their lengths."""
        lengths: list[int] = []
        sha256 = self._sha256.copy()
        with writing(self._open):
            try:
                lengths += (sum(self._put(piece, sha256) for piece in pieces) for pieces in members)
            except BaseException:
                self._cut(self.size)
                raise
        self.size += sum(lengths)
        self._sha256 = sha256
        return lengths

    def _cut(self, size: int) -> None:
        """Leave `size` bytes of the file."""
        os.ftruncate(self._file, size)
        os.lseek(self._file, size, os.SEEK_SET)

    def _put(self, piece: bytes, sha256: "hashlib._Hash") -> int:
        """Write all of `piece`, in several steps where the system takes it so; return its length."""
        sha256.update(piece)
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        return len(piece)
