"""Part: some pairs of a WARC file as a file of their own, gzip member by gzip member, byte for byte.

A warcinfo record that says so comes first; before the pairs stand the warcinfo records that they name.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from archive import __version__, warc
from archive.errors import BadRecord
from archive.export.package import pieces
from archive.files import reach
from archive.records import lenient
from archive.records.member import member
from archive.records.record import FIELDS_TYPE, Fields, Record, head_fields, warc_fields

_PREFIX = "part-"


class Part:
    """Copies wanted pairs; `moved` tells afterwards where each answer lies in the copy."""

    def __init__(self, source: Path, wanted: Iterable[int], now: datetime) -> None:
        """Copy from `source` the answers at the offsets `wanted`, which rise, each with its request.

        now: WARC-Date of the first record.  The same arguments make the same bytes.
        """
        self.name = _PREFIX + source.name
        """Of the copy, without a folder."""
        self._source, self._wanted, self._now = source, wanted, now

    def copy(self) -> Iterator[tuple[int | None, bytes]]:
        """Yield the copy in pieces, each answer's first piece with its offset in the source, others with None.

        Raises BadRecord if an offset holds no answer with a request behind it.
        """
        for piece in self._info():
            yield None, piece
        with reach.opened(self._source) as file:
            for record, is_answer in self._records():
                told = record.offset if is_answer else None
                for piece in pieces(file, record.offset, record.length):
                    yield told, piece
                    told = None

    def _info(self) -> Iterator[bytes]:
        """Yield the record that says what this file is."""
        about: Fields = (
            ("software", f"rfi-archive/{__version__}"),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            ("description", f"some of the records of {self._source.name}, byte for byte"),
        )
        name = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, f'{self.name} {self._now.isoformat()}')}>"
        fields = (("WARC-Filename", self.name), ("Content-Type", FIELDS_TYPE))
        yield from member(head_fields("warcinfo", name, self._now, fields), (warc_fields(about),))

    def _records(self) -> Iterator[tuple[Record, bool]]:
        """Yield the records to copy, and of each whether it is a wanted answer."""
        offsets = iter(self._wanted)
        due, info, answer = next(offsets, None), None, None
        for record in warc.walk(self._source):
            if answer:
                if not lenient.is_foreign(self._source.name) and record.get("WARC-Concurrent-To") != answer.id:
                    break
                yield record, False
                answer, due = None, next(offsets, None)
                if due is None:
                    return
            elif record.type == "warcinfo":
                info = record
            elif record.offset == due:
                if info:
                    yield info, False
                yield record, True
                answer, info = record, None
        raise BadRecord(self._source.name, due or 0, "no answer with its request right behind it")
