"""Laws of a backfill: exactly the days that were asked for, by whatever lists them, and never the same thing twice."""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from archive.index import NAME as INDEX
from archive.index import Index
from crawler.backfill import PORTION
from tests.crawler import evidence
from tests.crawler.crawling import verify
from tests.crawler.runs import Ran, Runs, of_days
from tests.crawler.story import UNDER_WAY
from tests.crawler.strange import Strange, whole
from tests.site import Article, Request, Site, serve
from tests.site.answer import typed
from tests.site.article import PARIS
from tests.site.frame import Plan
from tests.site.furniture import CALENDAR

DAYS = [date(2024, 1, 30) + timedelta(days=n) for n in range(34)]
"""30 January to 3 March 2024: the site has nothing else of that year."""
FEBRUARY: dict[str, Any] = {"since": "2024-02-01", "until": "2024-02-28"}
WEEK: dict[str, Any] = {"since": "2024-02-10", "until": "2024-02-12"}
INDEX_MAP, MONTH, MARCH = (
    "/sitemaps/cn/index.xml",
    "/sitemaps/cn/contents_202402.xml",
    "/sitemaps/cn/contents_202403.xml",
)
YEARS, HOME = f"/cn/{CALENDAR['cn']}/2026/", "/cn/"
UNHEARD, REFUSED = 14, 11
DATED = r"/(\d{4})(\d\d)(\d\d)-[^/]+$"


@pytest.fixture(scope="module")
def given() -> list[Article]:
    """Three articles of each day."""
    return of_days(DAYS, 3)


@contextmanager
def crawls(tmp_path: Path, parent, site: Site) -> Iterator[Runs]:
    """Runs on an archive that is new."""
    with serve(site) as running:
        yield Runs(tmp_path / "a", running, parent)


def faulty(given: list[Article], *faults: tuple[str, str], **more: object) -> Site:
    """A site with faults laid over it."""
    site = Site(given=given, **more)  # type: ignore[arg-type]  # handed on as they came
    for pattern, fault in faults:
        site.set_fault(pattern, fault)
    return site


def of(site: Site, since: str, until: str, edition: str = "cn") -> list[str]:
    """What the site has of these days, newest first."""
    return [a.url for a in site.live() if a.edition == edition and since <= a.day.isoformat() <= until]


def asked(ran: Ran) -> list[str]:
    """Paths of what was asked for beside robots.txt and articles; sorted, since those of one step come in any order."""
    paths = (unquote(entry.url).removeprefix("https://www.rfi.fr") for entry in ran.log)
    return sorted(path for path in paths if path != "/robots.txt" and not re.search(DATED, path))


def days(urls: Iterable[str]) -> list[str]:
    """The days in articles' URLs."""
    return ["-".join(found.groups()) for url in urls if (found := re.search(DATED, url))]


def day_page(day: str) -> str:
    """Path of a day of the calendar."""
    year, month, number = day.split("-")
    return f"/cn/{CALENDAR['cn']}/{year}/{month}/{number}-{int(month)}月-{year}"


def holds(runs: Runs, wanted: list[str]) -> None:
    """The archive has exactly these articles, and is sound."""
    evidence.holds_exactly(runs.archive, runs.running.site, wanted)
    verify(runs.archive)


# --- the days, and nothing else ---


def test_exactly_the_days_that_were_asked_for(tmp_path, parent, given):
    """Law: index, the one month, and each article of these days once; nothing outside, though the month lists more."""
    with crawls(tmp_path, parent, Site(given=given)) as runs:
        ran = runs.at(0, **WEEK).was(0)
        wanted = of(runs.running.site, **WEEK)
        holds(runs, wanted)

    assert len(wanted) == 9
    assert asked(ran) == sorted([INDEX_MAP, MONTH])
    assert sorted(evidence.pages(ran.log)) == sorted(wanted)
    assert ran.line.startswith("9 found, 9 archived, in ")
    assert len(ran.log) == 1 + 2 + 9
    assert {one.surface: (one.links, one.new) for one in ran.report.listings} == {
        "sitemap index": (0, 0),
        "month 202402": (29 * 3, 9),
    }


def test_a_first_day_alone_goes_up_to_today(tmp_path, parent):
    """Law: without `until` the last day is that of the run's own clock; what came out since is not asked for."""
    with crawls(tmp_path, parent, Site()) as runs:
        ran = runs.at(-24 * 9, since="2026-10-15").was(0)  # it is the 23rd
        wanted = of(runs.running.site, "2026-10-15", "2026-10-23")
        holds(runs, wanted)

    assert asked(ran) == sorted([INDEX_MAP, "/sitemaps/cn/contents_202610.xml"])
    assert len(wanted) < len(of(runs.running.site, "2026-10-15", "2026-12-31"))


@pytest.fixture
def straddler():
    """An article that was created on the last evening of a month, and came out after midnight."""
    night = datetime(2024, 3, 1, 0, 5, tzinfo=PARIS)
    return replace(of_days([date(2024, 2, 29)], 1)[0], slug="夜", published=night)


def test_what_the_calendar_files_under_the_day_behind(tmp_path, parent, given, straddler):
    """Law: by the calendar, such an article is found behind the last day."""
    with crawls(tmp_path, parent, Site(given=[*given, straddler], late=True)) as runs:
        runs.running.site.set_fault("contents_", "404")
        ran = runs.at(0, since="2024-02-29", until="2024-02-29").was(0)
        holds(runs, of(runs.running.site, "2024-02-29", "2024-02-29"))

    assert straddler.url in evidence.pages(ran.log)
    assert day_page("2024-03-01") in asked(ran)


def test_what_is_filed_under_the_month_behind(tmp_path, parent, given, straddler):
    """Law: by sitemaps, such an article is known once the month behind is asked for, and the next plain run has it."""
    with crawls(tmp_path, parent, Site(given=[*given, straddler], late=True)) as runs:
        first = runs.at(0, since="2024-02-29", until="2024-02-29").was(0)
        runs.at(1, since="2024-03-01", until="2024-03-01").was(0)
        plain = runs.at(2, discover="rss")

    assert MARCH not in asked(first)
    assert straddler.url not in evidence.pages(first.log)
    assert straddler.url in evidence.pages(plain.log)


def test_an_edition_of_its_own(tmp_path, parent, given):
    """Law: each edition has its own sitemaps; days of one are no days of the other."""
    other = of_days(DAYS[10:16], 1, edition="tw")
    with crawls(tmp_path, parent, Site(given=[*given, *other])) as runs:
        ran = runs.at(0, spider="rfi_tw", **WEEK).was(0)
        holds(runs, of(runs.running.site, **WEEK, edition="tw"))
        runs.at(1, **WEEK).was(0)
        both = of(runs.running.site, **WEEK) + of(runs.running.site, **WEEK, edition="tw")
        holds(runs, both)

    assert asked(ran) == sorted(path.replace("/cn/", "/tw/") for path in (INDEX_MAP, MONTH))
    assert len(both) == 9 + 3


# --- order and number ---


def test_newest_or_oldest_first(tmp_path, parent, given):
    """Law: the newest day comes first, or the oldest, as it is asked for; a limit takes the first of them."""
    with crawls(tmp_path, parent, Site(given=given)) as runs:
        newest = runs.at(0, limit=7, **FEBRUARY).was(0)
        oldest = runs.at(1, limit=7, order="oldest", **FEBRUARY).was(0)
        rest = runs.at(2, order="oldest", **FEBRUARY).was(0)
        holds(runs, of(runs.running.site, **FEBRUARY))

    assert days(evidence.pages(newest.log)) == ["2024-02-28"] * 3 + ["2024-02-27"] * 3 + ["2024-02-26"]
    assert days(evidence.pages(oldest.log)) == ["2024-02-01"] * 3 + ["2024-02-02"] * 3 + ["2024-02-03"]
    assert days(evidence.pages(rest.log)) == sorted(days(evidence.pages(rest.log)))
    assert newest.line.startswith("84 found, 7 archived, 77 beyond the limit, in ")


def test_it_says_how_long_it_takes(tmp_path, parent, given):
    """Law: before the first article, how many there are, how many are left, and the time at the distance that is kept."""
    with crawls(tmp_path, parent, Site(given=given)) as runs:
        runs.at(0, limit=2, **WEEK).was(0)
        ran = runs.at(1, settings={"DOWNLOAD_DELAY": 0.02, "IMAGES": "lead"}, **WEEK).was(0)

    lines = [line.partition(" INFO ")[2] for line in ran.ended.err.splitlines()]
    told = "9 articles wanted, 2 archived already, 7 to fetch: about 0.4 s at 0.02 s a request, 21 in all"
    assert lines.index(told) < min(n for n, line in enumerate(lines) if line.startswith("archived "))


@pytest.mark.slow
def test_more_articles_than_are_asked_for_together(tmp_path, parent):
    """Law: many articles come in portions, the newest first, each once; a portion waits for the one before it."""
    with crawls(tmp_path, parent, Site(given=of_days(DAYS, 7))) as runs:
        ran = runs.at(0, since="2024-01-30", until="2024-03-03").was(0)
        wanted = of(runs.running.site, "2024-01-30", "2024-03-03")
        holds(runs, wanted)

    came = days(evidence.pages(ran.log))
    assert len(came) == len(wanted) > PORTION
    assert min(came[:PORTION]) >= max(came[PORTION:])


# --- taken up again ---


def test_a_month_that_has_not_changed_is_not_read_again(tmp_path, parent, given):
    """Law: what a limit left is fetched though the month says 304; once all is there, two requests tell so."""
    with crawls(tmp_path, parent, Site(given=given)) as runs:
        runs.at(0, limit=4, **WEEK).was(0)
        second = runs.at(1, **WEEK).was(0)
        third = runs.at(2, **WEEK).was(0)
        holds(runs, of(runs.running.site, **WEEK))

    assert [entry.status for entry in second.log if entry.url.endswith("contents_202402.xml")] == [304]
    assert len(evidence.pages(second.log)) == 5
    assert [entry.status for entry in third.log] == [200, 200, 304]
    assert third.line.startswith("1 not modified, in ")


def test_what_others_left_outside_stays_outside(tmp_path, parent, given):
    """Law: a backfill takes up nothing but its own days; a run without days takes up the rest, the newest first."""
    with crawls(tmp_path, parent, Site(given=given)) as runs:
        runs.at(0, **WEEK).was(0)
        other = runs.at(1, since="2024-02-20", until="2024-02-20").was(0)
        plain = runs.at(2, discover="rss", limit=40).was(0)
        left = days(evidence.pages(plain.log))

    assert set(days(evidence.pages(other.log))) == {"2024-02-20"}
    assert [day[:7] for day in left] == ["2026-10"] * 30 + ["2024-02"] * 10
    assert left[30:] == ["2024-02-29"] * 3 + ["2024-02-28"] * 3 + ["2024-02-27"] * 3 + ["2024-02-26"]


def test_what_failed_is_left_until_it_is_due(tmp_path, parent, given):
    """Law: an article that broke is asked for again when its wait is over, by the same backfill; the line tells."""
    with crawls(tmp_path, parent, faulty(given, ("20240211-", "500"))) as runs:
        runs.at(0, **WEEK).was(0)
        runs.running.site.clear_faults()
        early = runs.at(0.5, **WEEK).was(0)
        due = runs.at(1.5, **WEEK).was(0)
        holds(runs, of(runs.running.site, **WEEK))

    assert "9 articles wanted, 6 archived already, 3 failed before and not due now, 0 to fetch" in early.ended.err
    assert evidence.pages(early.log) == []
    assert days(evidence.pages(due.log)) == ["2024-02-11"] * 3


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "fault"), [(1, ""), (2, "/sitemaps/"), (3, "/sitemaps/|/cn/往日")])
def test_killed_five_times_it_is_the_same(tmp_path, parent, given, seed, fault):
    """Law: whatever lists the days, and wherever it dies, the backfill ends with the same articles, none of them twice
    but for what was under way, and nothing outside."""
    moments = random.Random(seed)
    with crawls(tmp_path, parent, faulty(given, *([(fault, "404")] if fault else []))) as runs:
        seen = list[str]()
        for number in range(5):
            kill = reached(runs, moments.randrange(2, 30))
            seen += evidence.pages(runs.at(number / 60, kill=kill, **FEBRUARY).log)
        seen += evidence.pages(runs.at(1, **FEBRUARY).log)
        wanted = of(runs.running.site, **FEBRUARY)
        holds(runs, wanted)

    assert set(seen) == set(wanted)
    assert len(seen) <= len(wanted) + 5 * UNDER_WAY


def reached(runs: Runs, count: int) -> Callable[[], bool]:
    """Tell when the site has given so many answers."""
    return lambda: len(runs.running.log) >= count


# --- where the sitemaps fail ---


def by_calendar(*wanted: str) -> list[str]:
    """What is asked of the calendar for days of 2024."""
    return [HOME, YEARS, YEARS.replace("2026", "2024"), *map(day_page, wanted)]


@pytest.mark.parametrize("fault", ["404", "home", "cut-length", "reset-body", "empty", "500", "403"])
def test_a_month_that_fails_is_made_up_for_by_the_calendar(tmp_path, parent, given, fault):
    """Law: whatever stands in the place of a month, its days are looked up in the calendar, and no other day."""
    with crawls(tmp_path, parent, faulty(given, ("contents_202402", fault))) as runs:
        ran = runs.at(0, **WEEK)
        holds(runs, of(runs.running.site, **WEEK))

    assert ran.ended.code == 0
    days_of_it = by_calendar("2024-02-13", "2024-02-12", "2024-02-11", "2024-02-10")
    assert asked(ran) == sorted([INDEX_MAP, MONTH, *days_of_it, *([HOME] if fault == "home" else [])])
    assert re.search("WARNING month 202402 gave no links: ", ran.ended.err) or fault == "home"


def test_a_damaged_month_is_read_and_made_up_for(tmp_path, parent, given):
    """Law: a month of which not all can be read counts as one that failed, for those of its articles that are missing."""
    site = Strange(given=given)
    shown = [a for a in site.live() if f"{a.day:%Y%m}" == "202402" and a.day != date(2024, 2, 11)]
    rows = "".join(f"<url><loc>{a.url}</loc><lastmod>\0</lastmod></url>" for a in shown)
    markup = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    site.plans[f"https://www.rfi.fr{MONTH}"] = whole(typed("application/xml", markup.encode()))
    with crawls(tmp_path, parent, site) as runs:
        ran = runs.at(0, **WEEK).was(0)
        holds(runs, of(site, **WEEK))

    assert day_page("2024-02-11") in asked(ran)
    assert len(evidence.pages(ran.log)) == 9


@pytest.mark.parametrize("fault", ["404", "reset-body", "challenge"])
def test_an_index_that_fails_is_made_up_for_by_the_calendar(tmp_path, parent, given, fault):
    """Law: without the index every day is looked up in the calendar; what lists a day that is over answers 304 later."""
    with crawls(tmp_path, parent, faulty(given, ("index.xml", fault))) as runs:
        ran = runs.at(0, since="2024-02-29", until="2024-03-01")
        holds(runs, of(runs.running.site, "2024-02-29", "2024-03-01"))

    assert asked(ran) == sorted([INDEX_MAP, *by_calendar("2024-03-02", "2024-03-01", "2024-02-29")])


def test_a_month_that_the_index_does_not_name(tmp_path, parent, given):
    """Law: such a month is looked up in the calendar, beside those that are named."""
    site = Strange(given=given)
    child = f"<sitemap><loc>https://www.rfi.fr{MARCH}</loc></sitemap>"
    markup = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{child}</sitemapindex>'
    site.plans[f"https://www.rfi.fr{INDEX_MAP}"] = whole(typed("application/xml", markup.encode()))
    with crawls(tmp_path, parent, site) as runs:
        ran = runs.at(0, since="2024-02-29", until="2024-03-02").was(0)
        holds(runs, of(site, "2024-02-29", "2024-03-02"))

    assert asked(ran) == sorted([INDEX_MAP, MARCH, *by_calendar("2024-03-01", "2024-02-29")])


def test_a_day_of_the_present_year(tmp_path, parent):
    """Law: the year that the site's own link names is asked for once."""
    with crawls(tmp_path, parent, faulty([], ("/sitemaps/", "404"))) as runs:
        ran = runs.at(0, since="2026-10-20", until="2026-10-20").was(0)
        holds(runs, of(runs.running.site, "2026-10-20", "2026-10-20"))

    linked = [day_page(day) for day in ("2026-10-20", "2026-10-21") if of(runs.running.site, day, day)]
    assert asked(ran) == sorted([INDEX_MAP, HOME, YEARS, *linked])


def test_a_year_that_the_calendar_does_not_have(tmp_path, parent):
    """Law: a calendar that has no such year tells that there is nothing; the sections are not followed back to it."""
    with crawls(tmp_path, parent, Site()) as runs:
        ran = runs.at(0, since="2011-05-01", until="2011-05-31").was(0)

    assert asked(ran) == sorted([INDEX_MAP, HOME, YEARS, YEARS.replace("2026", "2011")])


def test_the_calendar_is_found_on_another_page(tmp_path, parent, given):
    """Law: where the front page is not to be had, a section page names the calendar."""
    with crawls(tmp_path, parent, faulty(given, ("/sitemaps/", "404"), ("/cn/$", "500"))) as runs:
        ran = runs.at(0, **WEEK).was(0)
        holds(runs, of(runs.running.site, **WEEK))

    assert {INDEX_MAP, HOME, "/cn/中国/", YEARS} <= set(asked(ran))


# --- where the calendar fails as well ---


@pytest.mark.parametrize("where", ["/cn/往日", "/cn/往日新闻/2024", r"/cn/往日新闻/2024/02/11"])
def test_sections_serve_where_the_calendar_fails(tmp_path, parent, given, where):
    """Law: days that no calendar tells are found by following the sections back, and these no further than that."""
    with crawls(tmp_path, parent, faulty(given, ("/sitemaps/", "404"), (where, "500"))) as runs:
        ran = runs.at(0, **WEEK).was(0)
        holds(runs, of(runs.running.site, **WEEK))

    first = "2024-02-11" if where.endswith("11") else WEEK["since"]
    assert len(set(asked(ran))) == len(asked(ran))
    assert {p for p in asked(ran) if re.fullmatch(r"/cn/\d+/", p)} == front_pages(runs.running.site, first)
    assert sorted(evidence.pages(ran.log)) == sorted(of(runs.running.site, **WEEK))


def front_pages(site: Site, since: str) -> set[str]:
    """Pages of the front page's list, from the second to the first that names nothing so young."""
    young = len(of(site, since, "2026-12-31"))
    return {f"/cn/{number}/" for number in range(2, -(-young // 12) + 2)}


class Repeating(Site):
    """Shows the first page of a list whatever page is asked for."""

    def respond(self, request: Request) -> tuple[Plan, str]:
        """The answer of the first page."""
        return super().respond(replace(request, target=re.sub(r"(?<=/)\d{1,3}/$", "", request.target)))


def test_pages_that_repeat_are_left(tmp_path, parent, given):
    """Law: a list that names nothing new on its second page is not followed to a third."""
    site = Repeating(given=given)
    for pattern in ("/sitemaps/", "/cn/往日"):
        site.set_fault(pattern, "404")
    with crawls(tmp_path, parent, site) as runs:
        ran = runs.at(0, **WEEK).was(0)

    pages = [path for path in asked(ran) if re.search(r"/\d{1,3}/$", path)]
    assert "/cn/2/" in pages
    assert {path.split("/")[-2] for path in pages} == {"2"}


# --- how it ends ---


@pytest.mark.parametrize(("fault", "code"), [("500", UNHEARD), ("403", REFUSED)])
def test_days_that_nothing_lists(tmp_path, parent, given, fault, code):
    """Law: where every listing is refused or fails, the run ends with 11 or 14, though an index may have answered."""
    with crawls(tmp_path, parent, faulty(given, ("contents_", fault), (r"/cn/[^/]*/?", fault))) as runs:
        ran = runs.at(0, **WEEK)

    assert ran.ended.code == code, ran.ended.err
    assert evidence.pages(ran.log) == []


def test_old_days_are_no_news(tmp_path, parent, given):
    """Law: a backfill that finds nothing new ends with 0, however long ago the newest article came: only runs that
    look for what is new are judged by that, and counted, and told of."""
    with crawls(tmp_path, parent, Site(given=given)) as runs:
        runs.at(0, **WEEK).was(0)
        before = (runs.archive / "memory.json").exists()
        ran = runs.at(100, settings={"METRICS_FILE": tmp_path / "m"}, **WEEK).was(0)
        plain = runs.at(101, discover="rss").ended.code
        late = runs.at(201, discover="rss").ended.code

    assert ran.line.startswith("1 not modified, in ")
    assert (before, (tmp_path / "m").exists()) == (False, False)
    assert (plain, late) == (0, UNHEARD)


def test_old_pages_are_no_measure(tmp_path, parent, given):
    """Law: what the pages of old days have is held against no other run, nor they against it."""
    with crawls(tmp_path, parent, faulty(given, ("202402..-", "no-lead"))) as runs:
        ran = runs.at(0, **FEBRUARY).was(0)
    with closing(Index(runs.archive / INDEX)) as index:
        (row,) = index.runs(9)

    assert ran.report.fields["pages"].of == 84
    assert row.fields == {}
