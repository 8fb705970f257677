"""Laws of the audit: what listings in the WARC named, beside what the index says of it."""

import json
import tracemalloc
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import cli, urls
from archive.audit import Asked, Audit
from archive.gaps import listed
from archive.index import NAME as INDEX
from archive.index import Index
from archive.rfi.editions import EDITIONS
from tests.archive.archives import (
    CLOCK,
    CN,
    FEED,
    answer,
    crawl,
    edit,
    feed,
    page,
    varied,
)

SITE = "https://www.rfi.fr"
XML = "application/xml"


def audited(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code of an audit, and what it says."""
    capsys.readouterr()
    code = cli.main(["audit", "--archive", str(root), "--json", *words])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def told(rows: list[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["is"] == what]


def missing(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["url"]: row["cause"] for row in told(rows, "article") if row["missing"]}


def sitemap(*links: str, url: str = f"{SITE}/sitemaps/cn/news.xml", more: str = "") -> Any:
    rows = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    return answer(url, f"<urlset>{rows}{more}</urlset>".encode(), kind=XML)


def test_an_archive_of_everything(tmp_path, capsys):
    """Law: each listed article is archived or missing, by its state; a listing that cannot be read is told."""
    code, rows = audited(varied(tmp_path), capsys)

    causes = missing(rows)
    assert code == 1
    assert {CN[n].url: causes[CN[n].url] for n in (7, 8, 9, 12, 13)} == {
        CN[7].url: "gone",
        CN[8].url: "rejected",
        CN[9].url: "moved",
        CN[12].url: "failed",
        CN[13].url: "failed",
    }
    assert {CN[n].url for n in (0, 1, 2, 3, 4, 5, 6, 11)}.isdisjoint(causes)
    assert {cause for url, cause in causes.items() if url in {one.url for one in CN[14:]}} == {"never fetched"}
    assert [(row["url"], row["times"]) for row in told(rows, "unread listing")] == [(f"{SITE}/cn/", 1)]
    assert told(rows, "sum")[0]["archived"] == 12


def test_who_named_it_and_when(tmp_path, capsys):
    """Law: of an article it is told which surfaces named it, when first and when last, a revisit counted."""
    month = sitemap(CN[0].url, url=f"{SITE}/sitemaps/cn/contents_202610.xml")
    first, again = feed(), feed()
    crawl(tmp_path, [month, first, page(CN[0])])
    crawl(tmp_path, [again])

    _, rows = audited(tmp_path, capsys)

    (row,) = [row for row in told(rows, "article") if row["url"] == CN[0].url]
    assert (row["archived"], row["surfaces"]) == (True, ["feed", "month 2026-10"])
    assert (row["first"], row["last"]) == (f"{month.date:%Y-%m-%dT%H:%M:%SZ}", f"{again.date:%Y-%m-%dT%H:%M:%SZ}")
    assert told(rows, "sum")[0]["listings"] == 2


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (FEED, "feed"),
        (f"{SITE}/sitemaps/cn/news.xml", "news sitemap"),
        (f"{SITE}/sitemaps/cn/contents_202610.xml", "month 2026-10"),
        (f"{SITE}/sitemaps/cn/index.xml", "sitemap index"),
        (f"{SITE}/cn/", "front page"),
        (f"{SITE}/cn/2/", "front page, page 2"),
        (f"{SITE}/cn/%E4%B8%AD%E5%9B%BD/", "section 中国"),
        (f"{SITE}/cn/%E4%B8%AD%E5%9B%BD/12/", "section 中国, page 12"),
        (f"{SITE}/cn/%E5%AD%98%E6%A1%A3/2026/10/31-x-2026", "calendar 2026-10-31"),
    ],
)
def test_surface(url, name):
    """Law: every listing has a name for people, by its URL."""
    assert listed.surface(url) == name


def test_only_the_days_asked_for(tmp_path, capsys):
    """Law: `--since` and `--until` are days in the articles' URLs, both included; nothing else is told."""
    links = [f"{SITE}/cn/x/202610{day:02d}-a" for day in range(1, 21)]
    crawl(tmp_path, [sitemap(*links)])

    code, rows = audited(tmp_path, capsys, "--since", "2026-10-05", "--until", "2026-10-07")

    assert code == 1
    assert list(missing(rows)) == links[4:7]
    assert [row["day"] for row in told(rows, "day")] == ["2026-10-05", "2026-10-06", "2026-10-07"]
    assert audited(tmp_path, capsys, "--since", "2026-10-21")[0] == 0


def test_listings_that_cannot_matter_are_not_read(tmp_path, capsys):
    """Law: what came before the days asked for is not read, nor a feed from long after them."""
    crawl(tmp_path, [sitemap(f"{SITE}/cn/x/20261031-a"), feed()])

    assert told(audited(tmp_path, capsys)[1], "sum")[0]["listings"] == 2
    behind = f"{CLOCK() + timedelta(days=200):%Y-%m-%d}"
    assert told(audited(tmp_path, capsys, "--since", behind)[1], "sum")[0]["listings"] == 0
    assert told(audited(tmp_path, capsys, "--until", "2025-01-01")[1], "sum")[0]["listings"] == 0


def test_what_only_a_cut_listing_names_is_missing(tmp_path, capsys):
    """Law: an article that a listing named which no crawl could take is missing, by the rule that hid it."""
    urls = [f"{SITE}/cn/x/20261031-{number}" for number in range(2)]
    crawl(tmp_path, [answer(FEED, f"<rss><item><link>{urls[0]}</link></item>{' ' * 300}".encode(), cut="length")])
    cut = answer(FEED, f"<rss><item><link>{urls[1]}</link></item>".encode().ljust(190), kind=XML, cut="length")
    crawl(tmp_path, [cut])

    code, rows = audited(tmp_path, capsys)

    assert code == 1
    assert missing(rows) == {urls[1]: "dropped by rule"}
    assert [row["why"].partition(":")[0] for row in told(rows, "unread listing")] == [
        "cut short",
        "gzip stream ends early",
    ]


def test_a_broken_spelling_is_missing_until_an_article_fits_it(tmp_path, capsys):
    """Law: a link with unreadable characters is missing by rule, unless an archived article of its day may be it."""
    broken = f"{CN[0].url[:-9]}\x00"
    crawl(tmp_path, [sitemap(f"{SITE}/cn/x/20200101-z", broken)])
    assert broken.replace("\x00", "\ufffd") in missing(audited(tmp_path, capsys)[1])

    crawl(tmp_path, [page(CN[0])])

    assert list(missing(audited(tmp_path, capsys)[1])) == [f"{SITE}/cn/x/20200101-z"]


def test_what_is_none_of_ours_is_not_missing(tmp_path, capsys):
    """Law: other hosts' and editions' articles are told and not missing; nor what only a run we never had would take."""
    others = f"{SITE}/fr/x/20261031-a", "https://www.france24.com/fr/x/20261031-a", f"{SITE}/tw/x/20261031-a"
    crawl(tmp_path, [sitemap(CN[0].url, *others), page(CN[0])])

    code, rows = audited(tmp_path, capsys)

    assert code == 0
    assert {row["url"] for row in told(rows, "article") if row["cause"] == "dropped by rule"} == set(others)
    assert audited(tmp_path, capsys, "--edition", "tw")[0] == 1


def test_an_imported_text_is_counted_and_not_missing(tmp_path, capsys):
    """Law: what another archiver's file holds is no gap."""
    crawl(tmp_path, [sitemap(CN[0].url, CN[1].url)])
    edit(tmp_path, "update urls set state = 'imported' where url = ?", CN[0].url)
    edit(tmp_path, "insert into imported values ('imported/a.md', ?, 0, '', '', '')", urls.key(CN[1].url))

    code, rows = audited(tmp_path, capsys)

    assert code == 0
    assert told(rows, "sum")[0]["not missing"] == {"imported": 2}


@pytest.mark.slow
def test_memory_does_not_grow_with_the_archive(tmp_path):
    """Law: an audit of many listings and articles takes no more memory than one of few."""

    def peak(listings: int) -> int:
        root = tmp_path / str(listings)
        links = (
            [f"{SITE}/cn/x/202610{one % 30 + 1:02d}-{one}-{number}" for number in range(40)] for one in range(listings)
        )
        crawl(root, [sitemap(*some) for some in links])
        with closing(Index(root / INDEX)) as index, closing(Audit(root, index, Asked(EDITIONS))) as audit:
            tracemalloc.start()
            audit.read(1, lambda _: None)
            found = sum(1 for _ in audit.articles(gaps=True))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert (found, audit.gaps) == (listings * 40, listings * 40)
        return most

    assert peak(150) > 0  # fills what is kept of the last few thousand links and dates
    assert peak(600) < peak(150) + 500_000


def test_a_gone_article_that_is_archived_is_not_missing(tmp_path, capsys):
    """Law: what we had before it went is no gap."""
    crawl(tmp_path, [sitemap(CN[0].url), page(CN[0]), answer(CN[0].url, b"", 410)])

    assert audited(tmp_path, capsys)[0] == 0


def test_robots_txt_is_the_latest(tmp_path, capsys):
    """Law: what the latest robots.txt forbids is refused; what it forbids no more was never fetched."""
    robots = f"{SITE}/robots.txt"
    shut = answer(robots, b"User-agent: *\nDisallow: /cn/x/\n", kind="text/plain")
    url = f"{SITE}/cn/x/20261031-a"
    crawl(tmp_path, [shut, sitemap(url)])
    assert missing(audited(tmp_path, capsys)[1]) == {url: "refused"}

    crawl(tmp_path, [answer(robots, b"", 404)])

    assert missing(audited(tmp_path, capsys)[1]) == {url: "never fetched"}


def test_a_thin_day_is_told(tmp_path, capsys):
    """Law: a day of which next to nothing is known is told; it is no gap."""
    days = [date(2026, 8, 1).toordinal() + number for number in range(92)]
    links = [
        f"{SITE}/cn/x/{date.fromordinal(day):%Y%m%d}-{number}"
        for day in days
        for number in range(2 if day == days[40] else 33)
    ]
    months = [f"{SITE}/sitemaps/cn/contents_2026{month:02d}.xml" for month in (8, 9, 10)]
    crawl(tmp_path, [sitemap(*links, url=url) for url in months])

    _, rows = audited(tmp_path, capsys)

    (thin,) = told(rows, "thin day")
    assert (thin["day"], thin["known"], thin["usual"]) == (str(date.fromordinal(days[40])), 2, 33)


def test_days_are_covered_by_our_own_listings_only(tmp_path):
    """Law: what others captured, years ago perhaps, says nothing of the days between."""
    crawl(tmp_path, [feed()])
    with closing(Index(tmp_path / INDEX)) as index:
        assert [url for url, _, _ in index.spans()] == [FEED]

    edit(tmp_path, "update warcs set name = 'import-' || name")

    with closing(Index(tmp_path / INDEX)) as index:
        assert index.spans() == []


def test_the_calendar_and_the_urls(tmp_path, capsys):
    """Law: for people there is a calendar and a line for each gap; `--urls` is what `-a urls=` takes."""
    crawl(tmp_path, [sitemap(CN[0].url, f"{SITE}/cn/x/20261031-a"), page(CN[0])])

    assert cli.main(["audit", "--archive", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert "cn 2026-10\n   Mon" in out
    assert "\nnever fetched: the last run of rfi_cn ended: finished; listed by news sitemap, first " in out
    assert out.endswith(f": {SITE}/cn/x/20261031-a\n")
    assert "\x1b" not in out
    assert err == "archived 1; missing: never fetched 1 (listings read: 1)\n"

    assert cli.main(["audit", "--archive", str(tmp_path), "--urls"]) == 1
    comment, url = capsys.readouterr().out.splitlines()
    assert (comment, url) == ("# never fetched: the last run of rfi_cn ended: finished", f"{SITE}/cn/x/20261031-a")


def test_nothing_at_all(tmp_path, capsys):
    """Law: an archive in which nothing was listed says so in one line."""
    crawl(tmp_path, [answer(f"{SITE}/robots.txt", b"", kind="text/plain")])

    assert cli.main(["audit", "--archive", str(tmp_path)]) == 0
    assert capsys.readouterr() == ("", "nothing to audit: no article of these days was ever listed or archived here\n")


def test_wrong_words(tmp_path):
    """Law: words that make no sense together are refused."""
    crawl(tmp_path, [feed()])

    assert cli.main(["audit", "--archive", str(tmp_path), "--json", "--urls"]) == 2
    assert cli.main(["audit", "--archive", str(tmp_path), "--since", "2026-10-02", "--until", "2026-10-01"]) == 2
