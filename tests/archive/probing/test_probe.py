"""Laws of a probe's table: a function of what was recorded, in the order of asking; and of what it reads beside articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import heard, warc
from archive.gaps import calendar
from archive.heard import Heard
from archive.manners.robots import NAME, Robots
from archive.probing import advice, probe, reading, surfaces
from archive.probing.probe import State
from archive.rfi.editions import BY_CODE
from tests.archive.archives import CN, answer, close, feed, keep, open_archive, page

EDITION = BY_CODE["cn"]
ROBOTS = "https://www.rfi.fr/robots.txt"
NEWS = EDITION.news_sitemap


def of(*exchanges):
    """What was heard of these exchanges."""
    return Heard({exchange.url: exchange for exchange in exchanges})


def states(found):
    return {row.surface: row.state for row in probe.rows(found, EDITION)}


# robots.txt


@pytest.mark.parametrize(
    ("text", "group", "against"),
    [
        ("", "", ""),
        ("User-agent: *\nDisallow:", "*", ""),
        ("User-agent: *\nDisallow: /", "*", "line 2: Disallow: /"),
        ("User-agent: other\nDisallow: /", "", ""),
        ("User-agent: *\nDisallow: /\n\nUser-agent: RFI-archive\nDisallow: /x", "RFI-archive", ""),
        ("User-agent: a\nUser-agent: rfi-archive # us\n\nAllow: /x\nDisallow: /cn # all", "rfi-archive", "line 5"),
        ("User-agent: *\nDisallow: /cn\nAllow: /cn/rss", "*", ""),
        ("User-agent: *\nDisallow: /\nDisallow: /cn/r", "*", "line 3: Disallow: /cn/r"),
        ("Disallow: /", "", ""),
    ],
)
def test_the_line_that_forbids(text, group, against):
    """Law: the rules that are ours are told by their name, and what forbids a URL by its line."""
    robots = Robots(text)

    assert robots.group == group
    assert robots.against(EDITION.feed).startswith(against)
    assert bool(robots.against(EDITION.feed)) == bool(against)


@given(st.text(alphabet="Uu*serAgntDialow:/ -\n#bcfhi", max_size=200))
def test_any_robots_can_be_read(text):
    """Law: any text gives a group that it names, and a verdict."""
    robots = Robots(text)

    assert robots.group in ("", *robots.names)
    assert isinstance(robots.against(EDITION.feed), str)


def test_names_of_our_kind():
    """Law: a group for Scrapy or for bots of any kind is noticed, however it is spelt."""
    robots = Robots("User-agent: SCRAPY\nUser-agent: Googlebot\nUser-agent: bot*\nCrawl-delay: 7.5\nDisallow: /")

    assert robots.generic == ("scrapy", "bot")
    assert (robots.group, robots.delay) == ("", None)
    assert Robots(f"User-agent: {NAME}\nCrawl-delay: 7.5").delay == 7.5


# The calendar


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("/cn/历史/2026/", True),
        ("/cn/历史/2026/10/31-10月-2026", True),
        ("/cn/存档/", True),
        ("/cn/中国/", False),
        ("/tw/歷史/2026/", False),
        ("/cn/国际/20261030-2026", False),
        ("https://example.org/cn/历史/2026/", False),
        ("/cn/关于/", False),
    ],
)
def test_where_the_calendar_is(link, found):
    """Law: it is known by a year in its path, or by its name, and by nothing else."""
    body = f"<html><body><a href='/cn/中国/2/'>2</a><footer><a href='{link}'>那里</a></footer></body></html>".encode()

    assert bool(calendar.address(body, f"{EDITION.section_pages[0]}", EDITION)) == found


def test_days_of_the_calendar():
    """Law: each day that it links to, once, in order."""
    body = b"".join(b"<a href='/cn/x/2026/%s-x-2026'>1</a>" % day for day in (b"10/31", b"09/02", b"10/31"))

    assert calendar.days(body, EDITION.feed) == ["2026-09-02", "2026-10-31"]


# What was heard


def test_what_was_recorded_is_heard(tmp_path):
    """Law: of each URL the last answer is heard, a revisit with its payload, a failure with its reason; open or sealed."""
    archive = open_archive(tmp_path, "probe")
    first = answer(NEWS, b"busy" * 100, 503)
    for exchange in (feed(), first, answer(NEWS, b"busy" * 100, 503)):
        keep(archive, exchange)
    archive.fail(CN[0].url, "CannotResolveHostError: none")
    found = heard.read(tmp_path)
    close(archive)

    last = found.answers[NEWS]
    assert not isinstance(last, str)
    assert (last.status, bytes(last.body)) == (503, bytes(first.body))
    assert found.answers[CN[0].url] == "CannotResolveHostError: none"
    assert heard.read(tmp_path).answers.keys() == found.answers.keys()


def test_a_torn_file_is_heard_up_to_there(tmp_path):
    """Law: what a dead probe left is heard as far as it goes."""
    archive = open_archive(tmp_path, "probe")
    keep(archive, feed())
    keep(archive, page(CN[0]))
    close(archive)
    path = warc.sealed(tmp_path / "warc")[0]
    path.write_bytes(path.read_bytes()[:-900])

    assert EDITION.feed in heard.read(tmp_path).answers


def test_redirects_without_end():
    """Law: a ring of redirects ends, and is no answer."""
    found = of(*(answer(a, b"", 302, "text/html", f"Location: {b}") for a, b in ((NEWS, ROBOTS), (ROBOTS, NEWS))))

    assert found.whole(NEWS) is None
    assert len(found.way(NEWS)) <= heard.MOST_HOPS + 1


# The table


@pytest.mark.parametrize(
    ("exchanges", "code", "surface", "state"),
    [
        ([], 14, "feed", State.UNASKED),
        ([answer(ROBOTS, b"User-agent: *\nDisallow: /")], 11, "feed", State.FORBIDDEN),
        ([answer(ROBOTS, b"User-agent: *\nDisallow: /sitemaps"), feed()], 0, "news sitemap", State.FORBIDDEN),
        ([answer(ROBOTS, b"", 404), feed()], 0, "robots.txt", State.FAILED),
        ([answer(ROBOTS, b"<html>"), feed()], 0, "robots.txt", State.UNREAD),
        ([answer(ROBOTS), answer(EDITION.feed, b"", 429)], 11, "feed", State.REFUSED),
        ([answer(ROBOTS), answer(EDITION.feed, b"<html>")], 12, "feed", State.UNREAD),
        ([answer(ROBOTS), answer(EDITION.feed, b"x", 500)], 1, "feed", State.FAILED),
        ([answer(ROBOTS), answer(EDITION.feed, b"x" * 500, cut="time")], 1, "feed", State.FAILED),
    ],
)
def test_what_it_amounts_to(exchanges, code, surface, state):
    """Law: a row's state follows from its last answer, the exit code from the rows, and there is always advice."""
    found = of(*exchanges)
    rows = probe.rows(found, EDITION)

    assert [row.surface for row in rows] == [surface.name for surface in surfaces.SURFACES]
    assert states(found)[surface] == state
    assert probe.code(rows) == code
    assert advice.robots(advice.of(found, EDITION, rows))


@pytest.mark.parametrize(
    "words", ["CannotResolveHostError: x", "DownloadTimeoutError: x", "TunnelError: x", "Odd: SSL x", "x"]
)
def test_what_went_wrong_has_a_word(words):
    """Law: whatever the crawl noted of a fetch without an answer, one short word stands for it."""
    found = Heard({ROBOTS: words})
    row = probe.rows(found, EDITION)[0]

    assert row.state is State.SILENT
    assert row.status in {word for _, word in probe.SILENCES}
    assert probe.code([row, *probe.rows(found, EDITION)[1:]]) == 14


@pytest.mark.parametrize("make", ["2020", "2023", "2025"])
def test_generations(make):
    """Law: the make of an article page is told, for each make of the small site."""
    article = next(article for article in CN if article.generation == make and article.picture and not article.show)

    assert reading.read("article", page(article)).generation == make


def test_a_challenge_is_called_by_its_name():
    """Law: whose challenge a page is stands in the table, whatever its status."""
    body = b"<html><body><script src='/_Incapsula_Resource?x'></script></body></html>"
    row = probe.rows(of(answer(ROBOTS), answer(EDITION.feed, body, 503)), EDITION)[1]

    assert (row.state, row.found) == (State.REFUSED, "refused: a challenge (Imperva)")
