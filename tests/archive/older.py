"""Older parsers: index and files as one would have left them that read pages otherwise; the WARC is as it was."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from archive import urls
from archive.index import NAME as INDEX
from archive.index import Index
from archive.versions import content
from tests.archive.archives import edit

VERSION = 0
"""Of the older parser."""
_SIZE = 8
_OTHER = str.maketrans("0123456789abcdef", "123456789abcdef0")


def unread(root: Path, url: str, why: str = "empty template: no title", attempts: int = 1) -> None:
    """Leave a URL as a parser does that found no article in its pages."""
    key = urls.key(url)
    with closing(Index(root / INDEX, create=True)) as index:
        index.unfile(url)
    edit(root, "delete from pages where capture in (select id from captures where key = ?)", key)
    edit(root, "update captures set state = 'rejected' where key = ? and state = 'archived'", key)
    edit(root, "update urls set state = 'rejected', why = ?, attempts = ? where key = ?", why, attempts, key)
    (root / urls.article_path(url)).unlink()


def misread(root: Path, url: str, *names: str, text: bytes | None = None, row: str = "") -> None:
    """Leave an article as a parser does that read some fields of all its pages otherwise, and so made another file.

    names: of content.FIELDS.  text: the file; None: its first half, b"": as it is.  row: more to set in the article's row.
    """
    path, key = root / urls.article_path(url), urls.key(url)
    made = path.read_bytes()
    made = made[: len(made) // 2] if text is None else text or made
    path.write_bytes(made)
    sha256 = hashlib.sha256(made).hexdigest()
    edit(root, f"update articles set sha256 = ? {row} where key = ?", bytes.fromhex(sha256), key)
    with closing(sqlite3.connect(root / INDEX)) as db, db:
        sql = "select p.capture, p.content from pages p join captures c on c.id = p.capture where c.key = ?"
        for capture, said in db.execute(sql, (key,)).fetchall():
            db.execute(
                "update pages set content = ? where capture = ?",
                (bytes.fromhex(_otherwise(said.hex(), names)), capture),
            )
    edit(
        root,
        "update pages set sha256 = ? where capture = (select capture from articles where key = ?)",
        bytes.fromhex(sha256),
        key,
    )
    edit(root, f"update pages set parser = {VERSION} where capture in (select id from captures where key = ?)", key)


def _otherwise(said: str, names: tuple[str, ...]) -> str:
    """Return other digests for some fields, but the same for the same: pages differ as they did."""
    fields = [said[at : at + _SIZE] for at in range(0, len(said), _SIZE)]
    return "".join(
        field.translate(_OTHER) if name in names else field for name, field in zip(content.FIELDS, fields, strict=True)
    )


def aged(root: Path) -> Path:
    """Leave a whole archive as a parser does that read all its pages otherwise; nothing in it contradicts itself."""
    with closing(sqlite3.connect(root / INDEX)) as db:
        found = [url for (url,) in db.execute("select u.url from articles join urls u using (key) order by path")]
    for url in found:
        misread(root, url, "title", "body", "markup", row=", caption = 'older'")
    return root


def changes(root: Path, url: str) -> list[str]:
    """What the pages of an article say anew, by date."""
    with closing(sqlite3.connect(root / INDEX)) as db:
        sql = "select p.changed from pages p join captures c on c.id = p.capture where c.key = ? order by p.epoch"
        return [str(changed) for (changed,) in db.execute(sql, (urls.key(url),))]
