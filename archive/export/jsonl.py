"""JSONL: one article a line, as docs/article.schema.json has it.  Pure.

The same texts make the same bytes.  Source: jsonlines.org; RFC 1952 (gzip).
"""

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.export import schema
from archive.export.text import Text
from archive.files import disk

PACKED = ".gz"
"""How the name of a file ends that is to be compressed."""
_ENDS = re.compile("[\x7f-\x9f\u2028\u2029]")
"""What some readers take for a line's end, and controls that a terminal obeys; JSON may have them as they are."""
_GZIP = 31
"""Of zlib: a gzip member whose header names neither file nor time."""


def write(texts: Iterable[Text], out: Path) -> Path:
    """Write texts to `out`, compressed if its name ends in PACKED; return it.  Raises CannotWrite."""
    disk.replace(out, _packed(map(line, texts)) if out.name.endswith(PACKED) else map(line, texts))
    return out


def line(text: Text) -> bytes:
    """Return the line of a text."""
    told = json.dumps(schema.told(text), ensure_ascii=False)
    return _ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", told).encode() + b"\n"


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    gzip = zlib.compressobj(wbits=_GZIP)
    yield from map(gzip.compress, lines)
    yield gzip.flush()
