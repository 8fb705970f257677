"""Rows of exports: an article file made again from one, as docs/article.schema.json promises, and that schema itself.

`python -m tests.archive.again` writes the schema to docs/.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import article
from archive.export import schema
from archive.export.text import Text, texts
from archive.index import NAME, Index
from tests.crawler.crawling import ROOT

SCHEMA = ROOT / "docs" / "article.schema.json"


def described() -> str:
    """The schema as it should stand in docs/."""
    return json.dumps(schema.json(), ensure_ascii=False, indent=2) + "\n"


def file_of(row: Mapping[str, Any]) -> bytes:
    """Make the article file that a row was made from; times are texts or UTC."""
    captured = row["captured"]
    moment = captured if isinstance(captured, datetime) else datetime.fromisoformat(captured)
    made = article.Article(
        epoch=int(moment.timestamp()) * 1000,
        title=row["title"],
        url=row["url"],
        shown=row["shown"],
        image=row["image"],
        lead=row["lead_html"],
        body=row["body_html"],
        after=row["after_html"],
    )
    return article.write(made).encode()


def read(root: Path, wrong: Any = None) -> list[Text]:
    """All texts of an archive; what is wrong goes to `wrong`, else nothing may be."""

    def told() -> Iterator[Text]:
        with closing(Index(root / NAME)) as index:
            yield from texts(root, index, index.every_card(), wrong or refuse)

    return list(told())


def refuse(line: str) -> None:
    raise AssertionError(line)


if __name__ == "__main__":
    SCHEMA.parent.mkdir(exist_ok=True)
    SCHEMA.write_text(described(), "utf-8")
