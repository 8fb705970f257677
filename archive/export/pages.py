"""Pages: the list of articles that a WACZ opens with, and by which ReplayWeb.page searches.

Its search takes what stands between blanks and punctuation for one word, so in Chinese it
would find whole clauses only: behind the text of a page stand its words of two to four
characters, each once.  It reads the first 1,048,576 bytes of the compressed list and no
more, so the newest come first.  Sources: WACZ 1.1.1, "pages.jsonl"; the code of
ReplayWeb.page 2.5.3 (pages.ts, FlexSearch) and wabac.js 2.27 (getTextIndex).
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from archive import decide, page, warc
from archive.export.selection import Selection
from archive.language.moment import stamp
from archive.records.record import Capture, Place

PATH = "pages/pages.jsonl"
_HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
_HAN = re.compile("[々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_APART = " " * 200
"""As much as ReplayWeb.page shows of a text behind the word that was looked for; a browser shows it as one blank."""
_LENGTHS = 2, 3, 4
"""Characters of a Chinese word that somebody looks for; what is longer can be looked for in parts."""


def lines(folder: Path, selection: Selection) -> Iterator[bytes]:
    """Yield the list, a line for each article page that was captured.  Raises BadRecord.

    folder: where the WARC files are.
    """
    yield _line(_HEADER)
    for capture in selection.pages():
        _, exchange = warc.read_pair(folder, Place(capture.file, capture.offset), capture.refers)
        if decide.outcome(exchange) is None and isinstance(read := page.of(exchange), page.Page):
            yield _line(_entry(capture, read))


def _entry(capture: Capture, read: page.Page) -> dict[str, str]:
    """Return what the list says of a page."""
    when = stamp(capture.date)
    said = f"{read.article.title}\n{read.facts.text}"
    return {
        "id": hashlib.sha256(f"{when} {capture.url}".encode()).hexdigest()[:16],
        "url": capture.url,
        "ts": when,
        "title": read.article.title,
        "text": f"{read.facts.text}\n{_APART}{' '.join(words(said))}",
    }


def words(text: str) -> list[str]:
    """Return what may be a Chinese word of a text: every two to four characters in a row, each once, in order."""
    found = dict[str, None]()
    for run in _HAN.findall(text):
        for length in _LENGTHS:
            found.update((run[at : at + length], None) for at in range(len(run) - length + 1))
    return list(found)


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
