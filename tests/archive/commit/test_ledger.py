"""Laws of the ledger: what follows from each kind of answer, in rows and in files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.article import read
from archive.decide import Known, State
from archive.errors import CannotWrite
from archive.exchange import content
from archive.listing import Listing
from archive.page import NotAnArticle, Page
from archive.pages.requisites import Sheet
from archive.tables import coded
from archive.urls import Kind, rank
from archive.warc import read_pair
from tests.archive import archives
from tests.archive.archives import CN, FEED, HTML, START, answer, feed, keep, outcome, page, state
from tests.site import expected, render


@pytest.fixture
def archive(tmp_path):
    opened = archives.open_archive(tmp_path)
    yield opened
    archives.close(opened)


def file_of(archive, url):
    return (archive.root / urls.article_path(url)).read_text("utf-8")


def test_an_article_gets_its_file_and_its_row(archive):
    """Law: a page is archived as the file that FORMAT.md asks for, at the second of its capture."""
    for article in CN:
        exchange = page(article)
        assert isinstance(keep(archive, exchange), Page)
        assert file_of(archive, article.url) == expected(article, int(exchange.date.timestamp()) * 1000)
        filed = archive.index.filed(url=article.url)
        assert filed == archive.index.filed(path=urls.article_path(article.url))
        assert state(archive, article.url) is State.ARCHIVED
        assert read_pair(archive.root / "warc", filed.place)[1].body == exchange.body


def test_what_a_stylesheet_names_is_listed_with_it(archive):
    """Law: a recorded stylesheet and what it names come into the index in one step; a broken one names nothing."""
    base, text = "https://static.rfi.fr", b'@import "b.css";@font-face{src:url(//example.org/c.ttf)}'
    found = keep(archive, answer(f"{base}/a.css", text, 200, "Text/CSS; charset=utf-8"))
    broken = keep(archive, answer(f"{base}/c.css", text, 200, "text/css", "Content-Encoding: gzip"))
    other = keep(archive, answer(f"{base}/d.css", text, 200, "text/plain"))

    assert (found, broken, outcome(other).state) == (Sheet((f"{base}/b.css",)), Sheet(()), State.ARCHIVED)
    assert [state(archive, f"{base}/{name}.css") for name in "abcd"] == ["archived", "listed", "archived", "archived"]
    assert [url for url, _, _ in archive.index.open_urls(Kind.REQUISITE)] == [f"{base}/b.css"]


def test_the_same_text_again_is_no_new_version(archive):
    """Law: a capture that says the same is noted, and the file stays the first one's."""
    keep(archive, page(CN[0]))
    path, filed = archive.root / urls.article_path(CN[0].url), archive.index.filed(url=CN[0].url)
    before = path.read_bytes(), path.stat().st_mtime_ns
    keep(archive, page(CN[0]))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert archive.index.filed(url=CN[0].url) == filed
    assert archive.index.capture_count() == 2


def test_the_same_text_again_brings_a_lost_file_back(archive):
    """Law: after a capture of an article its file stands, even if somebody took it away."""
    keep(archive, page(CN[0]))
    path = archive.root / urls.article_path(CN[0].url)
    before = path.read_bytes()
    path.unlink()
    keep(archive, page(CN[0]))
    assert path.read_bytes() == before


def test_a_changed_text_is_a_new_version(archive):
    """Law: the file is the newest version's; the record of the older one can still be read."""
    first, second = page(CN[0]), page(CN[0].revised(1))
    keep(archive, first)
    old = archive.index.filed(url=CN[0].url)
    keep(archive, second)
    new = archive.index.filed(url=CN[0].url)
    epoch = int(second.date.timestamp()) * 1000
    assert read(file_of(archive, CN[0].url)).epoch == epoch == new.epoch * 1000
    assert file_of(archive, CN[0].url) == expected(CN[0].revised(1), epoch)
    again = read_pair(archive.root / "warc", old.place)[1]
    assert content(again) == render(CN[0]).encode()


def test_a_page_lists_its_lead_image(archive):
    """Law: with an article its lead image waits to be fetched, as its file has it and as its page, at its rank."""
    article = next(article for article in CN if article.picture)
    assert article.picture
    keep(archive, page(article))
    waiting = list(archive.index.open_urls(Kind.IMAGE))
    assert [url for url, _, _ in waiting] == [urls.canonical(article.picture.url(width)) for width in (1024, 1280)]
    assert {(at, known.state) for _, at, known in waiting} == {(int(article.published.timestamp()), State.LISTED)}


def test_a_listing_lists_its_links(archive):
    """Law: every link of a listing waits, newest first; an article that is archived does not wait again."""
    keep(archive, page(CN[0]))
    found = keep(archive, feed())
    assert isinstance(found, Listing)
    waiting = [url for url, _, _ in archive.index.open_urls(Kind.ARTICLE)]
    assert set(waiting) == {link.url for link in found.links} - {CN[0].url}
    assert [at for _, at, _ in archive.index.open_urls(Kind.ARTICLE)] == sorted(
        (rank(link.url, link.published) for link in found.links if link.url != CN[0].url), reverse=True
    )
    assert archive.index.validators(FEED)[0] == '"a1"'


PUZZLE = b"<html><script src='/_fs-ch/a'></script></html>"
ASKED = "https://s.rfi.fr/robots.txt", "https://s.rfi.fr/media/a.jpg", "https://www.rfi.fr/cn/rss"


def test_what_answers_make_of_their_url(archive):
    """Law: an answer without an article never marks its URL as done, and says why in a line."""
    moved = f"Location: {CN[1].url}"
    cases = [
        (answer(CN[2].url, b"gone", 404), State.GONE, "HTTP 404"),
        (answer(CN[2].url, b"gone", 410), State.GONE, "HTTP 410"),
        (answer(CN[3].url, b"busy", 503), State.FAILED, "HTTP 503"),
        (answer(CN[4].url, render(CN[4]).encode(), cut="length"), State.FAILED, "cut short: length"),
        (answer(CN[5].url, b"", 301, HTML, moved), State.MOVED, f"HTTP 301 to {CN[1].url}"),
        (
            answer(CN[6].url, b"", 302, HTML, "Location: /cn/"),
            State.GONE,
            "HTTP 302 to https://www.rfi.fr/cn/, no article",
        ),
        (answer(CN[7].url, PUZZLE), State.REJECTED, "challenge"),
        *((answer(url, PUZZLE), State.REJECTED, "challenge: ") for url in ASKED),
        (answer(CN[8].url, b"%PDF-1.4", 200, "application/pdf"), State.REJECTED, "not HTML: application/pdf"),
        (answer("https://www.rfi.fr/tw/rss", b"<html>challenge</html>"), State.REJECTED, "no article in this"),
        (answer("https://www.rfi.fr/robots.txt", b"User-agent: *"), State.ARCHIVED, ""),
    ]
    for exchange, expected_state, why in cases:
        taken = keep(archive, exchange)
        row = archive.index._row(
            lambda state, why: (coded.state(state), why), "select state, why from urls where url = ?", [exchange.url]
        )
        assert row[0] == expected_state
        assert row[1].startswith(why)
        assert "\n" not in row[1]
        assert isinstance(taken, NotAnArticle) or archives.outcome(taken).state is expected_state
    assert list(archive.index.articles()) == []
    assert list((archive.root / "articles").rglob("*.md")) == []
    assert CN[1].url in {url for url, _, _ in archive.index.open_urls(Kind.ARTICLE)}
    assert archive.index.capture_count() == len(cases)


def test_archived_stays_archived_whatever_comes(archive):
    """Law: no later answer takes an article away."""
    keep(archive, page(CN[0]))
    before = file_of(archive, CN[0].url)
    for later in [answer(CN[0].url, b"x", 404), answer(CN[0].url, b"<html>"), answer(CN[0].url, b"x", 500)]:
        keep(archive, later)
        assert state(archive, CN[0].url) is State.ARCHIVED
    assert file_of(archive, CN[0].url) == before


def test_what_we_broke_off_ourselves_says_nothing_of_its_url(archive):
    """Law: an answer that the crawler broke off is recorded, and its URL is as it was: due, failed so often, archived."""
    keep(archive, page(CN[0]))
    keep(archive, answer(CN[1].url, b"x", 503))
    urls = [article.url for article in CN[:3]]
    before = archive.index.known(urls)
    for article in CN[:3]:
        keep(archive, answer(article.url, render(article).encode(), cut="unspecified"))

    after = archive.index.known(urls)
    assert before.items() < after.items()
    assert after[CN[2].url] == Known(State.LISTED, 0, None)
    assert archive.index.capture_count() == 5


def test_every_spelling_of_a_url_is_one_row(archive):
    """Law: rows are of canonical URLs, those of failed fetches too."""
    archive.fail("http://cn.rfi.fr/rss?x=1", "refused")
    keep(archive, answer("http://www.rfi.fr//cn/rss#a", b"busy", 503))
    assert archive.index.known([FEED])[FEED].attempts == 1
    assert [row["count"] for row in archive.index.counts()["urls"]] == [1]


def test_a_file_that_cannot_be_read_is_no_traceback(archive):
    """Law: what stands in an article's way gives CannotWrite, and no row."""
    (archive.root / urls.article_path(CN[0].url)).mkdir(parents=True)
    with pytest.raises(CannotWrite):
        keep(archive, page(CN[0]))
    assert archive.index.filed(url=CN[0].url) is None
    (archive.root / urls.article_path(CN[0].url)).rmdir()  # so that the end of the run makes it good


@given(st.integers(0, 99_999_999))
def test_every_url_has_a_rank(day):
    """Law: any eight digits in a URL give a rank, those that are no day give 0."""
    assert rank(f"https://www.rfi.fr/cn/a/{day:08d}-x") <= rank("https://www.rfi.fr/cn/a/99991231-x")
    assert rank(FEED) == 0
    assert rank(FEED, START) == int(START.timestamp())
