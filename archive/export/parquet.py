"""Parquet: the articles as columns, a file for each month, for DuckDB, pandas, Spark and the like.

The same texts make the same bytes, as long as pyarrow is the same: nothing is written that
tells of time or machine.  Source: Apache Parquet; Hive's names of folders for partitions.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import Unsupported
from archive.export import folder, schema
from archive.export.text import Text

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, SIGNS = 1_000, 4 << 20
"""Articles of a row group, and characters of text in it: what is held in memory at once."""
FILE = "part-0.parquet"
_OURS = re.compile(r"month=[0-9]{4}-[0-9]{2}")
_PINNED: dict[str, Any] = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": True,
    "write_statistics": True,
    "store_schema": True,
}
"""How pyarrow writes, whatever its next version does unasked."""


def write(texts: Iterable[Text], out: Path) -> Path:
    """Write texts, which come by the months of their article files, to the folder `out`; return it.

    Raises Unsupported (pyarrow is not there), BadUsage (`out` is something else), CannotWrite.
    """
    try:
        import pyarrow.parquet  # noqa: F401 - whether it is there
    except ImportError:
        raise Unsupported("export parquet needs pyarrow: pip install 'rfi-archive[parquet]'") from None
    with folder.made(out, _ours) as fresh:
        for month, some in groupby(texts, key=month_of):
            _part(fresh / f"month={month}", some)
    return out


def month_of(text: Text) -> str:
    """Return the month of an article's day, as its file's path has it: 2026-11."""
    return text.path.removeprefix("articles/")[:7].replace("/", "-")


def _ours(place: Path) -> bool:
    """Tell whether a folder holds months of ours and nothing else."""
    return all(
        _OURS.fullmatch(month.name) and [one.name for one in month.iterdir()] == [FILE] for month in place.iterdir()
    )


def _part(month: Path, texts: Iterable[Text]) -> None:
    """Write the file of a month."""
    from pyarrow.parquet import ParquetWriter

    month.mkdir()
    with ParquetWriter(month / FILE, schema.arrow(), **_PINNED) as writer:
        for table in _groups(texts):
            writer.write_table(table, row_group_size=ROWS)


def _groups(texts: Iterable[Text]) -> "Iterator[pa.Table]":
    """Yield texts as tables of bounded size."""
    rows, size = list[dict[str, Any]](), 0
    for text in texts:
        rows.append({name: getattr(text, name) for name in text.__slots__})
        size += sum(len(value) for value in rows[-1].values() if isinstance(value, str))
        if len(rows) >= ROWS or size >= SIGNS:
            yield _table(rows)
            rows, size = [], 0
    if rows:
        yield _table(rows)


def _table(rows: list[dict[str, Any]]) -> "pa.Table":
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema.arrow())
