"""Laws of the lists: the newest 300 of each edition, byte for byte as FORMAT.md has them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive import urls
from archive.export import lists
from archive.index import NAME, Index
from archive.records.record import Place
from archive.rfi.editions import BY_CODE
from archive.tables.rows import Filed
from tests.archive import archives
from tests.archive.archives import CN, TW, crawl, page, short

ONE = Filed("https://www.rfi.fr/cn/a/20260101-x", "articles/2026/01/20260101-0.md", "", 0, "t", "", Place("w", 0), None)


def at(*when: int) -> Filed:
    year, month, day, hour, minute, second = (*when, 0, 0, 0)[:6]
    return replace(ONE, epoch=int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()))


def text_of(root, spider="rfi_cn"):
    return (root / "lists" / f"{spider}.md").read_text("utf-8")


def test_the_form_byte_for_byte():
    """Law: name, six hyphens, then a line and an empty line for each article."""
    assert lists.text(BY_CODE["cn"], [at(2026, 1, 2), at(2025, 12, 31)]) == (
        "法广\n------\n\n1-2 [t](/articles/2026/01/20260101-0.md)\n\n12-31 [t](/articles/2026/01/20260101-0.md)\n\n"
    )
    assert lists.text(BY_CODE["tw"], []) == "法廣\n------\n\n"


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ((2026, 3, 4, 15, 59, 59), "3-4"),
        ((2026, 3, 4, 16), "3-5"),
        ((2026, 12, 31, 16), "1-1"),
        ((2024, 2, 28, 20), "2-29"),
    ],
)
def test_days_are_the_readers(when, day):
    """Law: an article's day is that of UTC+8, without zeros."""
    assert lists.text(BY_CODE["cn"], [at(*when)]).splitlines()[3].startswith(f"{day} [")


def test_titles_are_escaped():
    """Law: a title stands as in its article file."""
    found = lists.text(BY_CODE["cn"], [replace(ONE, title='a & <b> "c" [d] 「e」')])
    assert "[a &amp; &lt;b&gt; &quot;c&quot; [d] 「e」](/articles/" in found


def test_each_edition_has_its_own(tmp_path):
    """Law: both editions are listed after any run, newest capture first; one without articles has no list."""
    crawl(tmp_path, map(page, CN[:3]))
    assert not (tmp_path / "lists/rfi_tw.md").exists()
    crawl(tmp_path, map(page, TW[:2]), "rfi_tw")
    for spider, articles in (("rfi_cn", CN[:3]), ("rfi_tw", TW[:2])):
        paths = [line.rpartition("](")[2] for line in text_of(tmp_path, spider).splitlines()[3::2]]
        assert paths == [f"/{urls.article_path(article.url)})" for article in reversed(articles)]


def test_a_title_is_that_of_the_file(tmp_path):
    """Law: each entry is the link of its article's second line, but for where it leads."""
    crawl(tmp_path, map(page, CN))
    for line in text_of(tmp_path).splitlines()[3::2]:
        title, _, path = line.partition(" ")[2].rpartition("](/")
        assert (tmp_path / path[:-1]).read_text("utf-8").splitlines()[1].startswith(f"{title}](")


def test_only_the_newest(tmp_path):
    """Law: a list has 300 articles, those captured last; a new version comes to its head."""
    archive = archives.open_archive(tmp_path)
    with archive.index:
        for number in range(303):
            archives.keep(archive, short(number))
        archives.keep(archive, short(5, words="另一段话。"))
    archives.close(archive)
    titles = [line.partition("[")[2].partition("]")[0] for line in text_of(tmp_path).splitlines()[3::2]]
    assert titles == ["短讯 5", *(f"短讯 {number}" for number in reversed(range(3, 303)) if number != 5)]
    assert len(titles) == 300


def test_what_would_not_change_is_left_alone(tmp_path):
    """Law: a list is written when it changes, and only then."""
    crawl(tmp_path, [page(CN[0])])
    path = tmp_path / "lists/rfi_cn.md"
    before = path.stat().st_mtime_ns, path.stat().st_ino
    index = Index(tmp_path / NAME)
    assert lists.write(tmp_path, index) == [path]
    crawl(tmp_path, [page(CN[0]), page(TW[0])])
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    text = text_of(tmp_path)
    path.write_text("edited")
    lists.write(tmp_path, index)
    index.close()
    assert text_of(tmp_path) == text
