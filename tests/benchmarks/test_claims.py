"""The benchmarks believe nobody: what is wrong with a crawler's files is found, whatever it is."""

import gzip
import re
from dataclasses import replace

import pytest

from archive import article, page, warc
from archive.rebuild import rebuild
from benchmarks import claims, evidence
from benchmarks.measure import Wrong
from benchmarks.pages import WHOLE, Page, pages
from benchmarks.web import Web
from tests.archive.archives import CLOCK, write_warc
from tests.site import expected

MANY = 4


@pytest.fixture
def crawled(tmp_path):
    """An archive of a few pages, and what was served."""
    known: list[Page] = []
    root = write_warc(tmp_path / "out", evidence.exchanges(MANY, known))
    assert not rebuild(root, CLOCK(), lambda _: None).problems
    return Web(tuple(known), tmp_path / "urls", ""), root


def changed(root, change):
    """Write the one WARC file anew, unpacked, with all of its bytes changed by a function."""
    (path,) = warc.sealed(root / "warc")
    path.write_bytes(change(gzip.decompress(path.read_bytes())))


def test_what_is_whole_passes(crawled):
    """Law: an archive that holds every page is what it claims to be."""
    web, root = crawled

    claims.gzipped(web, root)
    claims.articles(web.pages, root)


WRONGS = {
    "a digest that does not fit": lambda raw: re.sub(rb"(WARC-Block-Digest: sha1:)..", rb"\1AA", raw),
    "no digest": lambda raw: re.sub(rb"WARC-(Block|Payload)-Digest: .*\r\n", b"", raw),
    "a record less": lambda raw: raw[: raw.rindex(b"WARC/1.1")],
    "a record twice": lambda raw: raw + raw[raw.rindex(b"WARC/1.1") :],
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_what_is_wrong_is_found(crawled, wrong):
    """Law: a WARC file that lacks anything it should hold gets no figure."""
    web, root = crawled
    changed(root, WRONGS[wrong])

    with pytest.raises(Wrong):
        claims.gzipped(web, root)


def test_other_bytes_are_found(crawled):
    """Law: digests that fit are not enough: the page must be the one that was served."""
    web, root = crawled
    known = [replace(one, sha1=bytes(20)) for one in web.pages]

    with pytest.raises(Wrong, match="other bytes"):
        claims.gzipped(Web(tuple(known), web.urls, ""), root)


def test_another_article_is_found(crawled):
    """Law: one character more in one article file is found."""
    web, root = crawled
    path = next(root.glob("articles/**/*.md"))
    path.write_text(path.read_text("utf-8").replace("<p>", "<p>。", 1), "utf-8")

    with pytest.raises(Wrong, match="article file"):
        claims.articles(web.pages, root)


def test_pages():
    """Law: every page is an article as the small RFI has them, and none has another's bytes."""
    known = list(pages(3))

    assert len({one.sha1 for one, _ in known}) == len(known)
    for one, packed in known:
        found = page.read(gzip.decompress(packed), one.url, CLOCK(), "text/html; charset=UTF-8")
        assert isinstance(found, page.Page)
        text = article.write(found.article)
        assert text == expected(one.article, found.article.epoch)
        assert one.mark in text


@pytest.mark.slow
def test_more_pages_than_words():
    """Law: beyond the pages that are written whole, words come again, but neither URL nor bytes."""
    first, again = [one for one, _ in pages(WHOLE + 1) if one.number % WHOLE == 0]

    assert first.article == again.article
    assert first.url != again.url
    assert first.sha1 != again.sha1
