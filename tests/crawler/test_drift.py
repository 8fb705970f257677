"""Laws of drift and silence: real crawls of a site whose make changes, in an archive that knows what is usual."""

import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from archive import cli
from archive.index import NAME as INDEX
from archive.index import Index
from archive.runs import report
from archive.tables import rows
from tests.archive import older
from tests.archive.archives import dump
from tests.crawler import evidence, state
from tests.crawler.crawling import set_off, verify
from tests.crawler.runs import BEGIN, LEAN, Ran, Runs, coming
from tests.crawler.story import listed
from tests.site import Article, Site, serve
from tests.torture import clockwork

pytestmark = pytest.mark.slow

NEWS, EPISODES = coming(80), coming(45, shows=True)
PAGES = r"/cn/.*/\d{8}-"
DRIFT, SILENT = 12, 14
DAYS = 30
SAYS = {"date": "articles have a date", "lead": "articles have a lead", "image": "articles have a lead image"}
SAYS["author"] = "episodes name an author"


def site(given: list[Article]) -> Site:
    """A site whose feed names all there is, and nothing of what is given before it is published."""
    return Site(given=given, unpublished=len(given), feed_items=200)


def usual(archive: Path) -> None:
    """Let 30 days of ordinary runs have gone by: each day one whose articles had what those of the real run had."""
    (told,) = report.latest(archive, 1)
    fields = {name: (fill.having, fill.of) for name, fill in told.fields.items()}
    with closing(Index(archive / INDEX)) as index, index:
        for day in range(1, DAYS):
            began = BEGIN - timedelta(days=day)
            index.run(rows.Run("rfi_cn", began, began + timedelta(minutes=3), "finished", {}, fields))


@pytest.fixture(scope="module")
def grown(tmp_path_factory, parent) -> Path:
    """An archive of a month."""
    archive: Path = tmp_path_factory.mktemp("grown") / "a"
    with serve(site(NEWS)) as running:
        Runs(archive, running, parent).at(0).was(0)
    usual(archive)
    return archive


@contextmanager
def after(grown: Path, parent, tmp_path: Path, given: list[Article] = NEWS) -> Iterator[Runs]:
    """A copy of that archive, and its site."""
    archive = tmp_path / "a"
    shutil.copytree(grown, archive)
    with serve(site(given)) as running:
        yield Runs(archive, running, parent)


def came(runs: Runs, hours: float, count: int, fault: str = "", times: int | None = None, **more: object) -> Ran:
    """Crawl after so many articles came out, of whose pages the first `times`, or all, have a fault."""
    runs.running.site.clear_faults()
    runs.running.site.publish(count)
    if fault:
        runs.running.site.set_fault(PAGES, fault, times)
    return runs.at(hours, discover="rss", **more)  # type: ignore[arg-type]  # handed on as they came


def outcomes(archive: Path) -> list[str]:
    """Outcomes of the real runs, newest first, as the index has them."""
    with closing(Index(archive / INDEX)) as index:
        return [run.outcome for run in index.runs(9) if run.started >= BEGIN]


# --- fields ---


@pytest.mark.parametrize("field", SAYS)
def test_a_field_that_went_missing_is_told_until_it_is_back(grown, parent, tmp_path, field):
    """Law: 12, a line that names the field and its numbers, in report, index and WARC; also by a run without articles;
    articles that have it again end it."""
    given = EPISODES if field == "author" else NEWS
    with after(grown, parent, tmp_path, given) as runs:
        gone = came(runs, 1, 25, f"no-{field}").was(DRIFT)
        idle = came(runs, 2, 0).was(DRIFT)
        back = came(runs, 3, 20).was(0)
    before = gone.report.fields[field]

    (line,) = gone.report.gone
    told = re.fullmatch(rf"{field}: (\d+) of the last (\d+) {SAYS[field]}; of those before, (\d+) of (\d+)", line)
    assert told, line
    having, of, before_having, before_of = map(int, told.groups())
    assert (having, of) == (before.having, before.of) == (0, 25)
    assert 30 < before_having <= before_of == before.before_of
    assert gone.line.startswith(f"the site's pages are not what they were ({line}): mend the parser, then `rfi-archive")
    assert "25 archived" in gone.line
    assert [one.split(":")[0] for one in idle.report.gone] == [field]
    assert back.report.gone == ()
    assert outcomes(runs.archive) == ["finished", "drift", "drift", "finished"]
    assert [r for r in evidence.records(runs.archive) if f'"{field}": [0, 25]'.encode() in r.block]
    verify(runs.archive)


def test_one_odd_article_is_no_drift(grown, parent, tmp_path):
    """Law: an article without a lead, and a page that is none, tell nothing among twenty others."""
    with after(grown, parent, tmp_path) as runs:
        told = came(runs, 1, 20, "no-lead", 1).was(0).report
        bad = came(runs, 2, 20, "empty", 1).was(0).report

    lead, pages = told.fields["lead"], bad.fields["pages"]
    assert (lead.having, lead.of, pages.having, pages.of) == (19, 20, 19, 20)
    assert told.gone == bad.gone == ()


def test_a_young_archive_says_nothing_of_fields(tmp_path, parent):
    """Law: where nothing is known of what is usual, nothing is missing."""
    with serve(site(NEWS)) as running:
        came(Runs(tmp_path / "a", running, parent), 0, 0, "no-lead").was(0)


# --- pages ---


@pytest.mark.parametrize("fault", ["empty", "redesigned"])
def test_pages_that_are_no_articles_any_more(grown, parent, tmp_path, fault):
    """Law: 12; each page is kept, its URL rejected and tried again; the site mended, all are articles, and all is well."""
    with after(grown, parent, tmp_path) as runs:
        gone = came(runs, 1, 12, fault).was(DRIFT)
        wanted = listed(runs.running.site)[:12]
        known = state.of(runs.archive)
        kept = {pair.url: pair.status for pair in evidence.pairs(runs.archive) if pair.url in wanted}
        back = came(runs, 3, 12).was(0)

    (line,) = gone.report.gone
    assert re.fullmatch(r"pages: 38 of the last 50 pages are articles; of those before, (\d+) of \1", line)
    assert line in gone.line
    assert gone.report.counts["rejected"] == 12
    assert [known[url] for url in wanted] == [("rejected", 1)] * 12
    assert kept == dict.fromkeys(wanted, 200)
    assert back.report.counts["archived"] == 24
    assert outcomes(runs.archive)[:2] == ["finished", "drift"]


def test_pages_are_read_again_without_a_fetch(grown, parent, tmp_path):
    """Law: what a parser did not know becomes articles by `rebuild --pending` once it does, and nothing is asked for."""
    with after(grown, parent, tmp_path) as runs:
        came(runs, 1, 10).was(0)
        new = listed(runs.running.site)[:10]
        before, files = dump(runs.archive / INDEX), texts(runs.archive)
        for url in new:  # as the parser of that day would have left them
            older.unread(runs.archive, url)
        runs.running.site.journal.clear()
        assert cli.main(["rebuild", "--pending", "--archive", str(runs.archive)]) == 0
        asked, read = runs.running.log, (dump(runs.archive / INDEX), texts(runs.archive))
        again = came(runs, 2, 0).was(0)

    assert asked == []
    assert read == (before, files)
    assert evidence.pages(again.log) == []
    verify(runs.archive)


def texts(archive: Path) -> dict[str, str]:
    """The article files."""
    return {name: text for name, (text, _) in evidence.files(archive).items()}


# --- silence ---


def test_silence_is_told_until_an_article_comes(grown, parent, tmp_path):
    """Law: 14 after QUIET_HOURS without a new article, with the time that it has lasted, whether the listings answer
    304 or name what is known; one new article ends it, and its own time begins."""
    with after(grown, parent, tmp_path) as runs:
        early = came(runs, 11.9, 0).was(0)
        same = came(runs, 13, 0).was(SILENT)
        runs.running.site.withdraw(listed(runs.running.site)[0])
        known = came(runs, 14, 0).was(SILENT)
        one = came(runs, 15, 1).was(0)
        later = came(runs, 26, 0).was(0)
        late = came(runs, 27.5, 0).was(SILENT)

    assert [ran.log[-1].status for ran in (early, same, known)] == [304, 304, 200]
    quiet = r"no new article for {} h \d+ min, although the listings answer: look at the site \(QUIET_HOURS\): .*"
    for ran, hours in ((same, "1[23]"), (known, "1[34]"), (late, "12")):
        assert re.fullmatch(quiet.format(hours), ran.line), ran.line
    assert (one.report.counts["archived"], later.report.counts) == (1, {"not modified": 1})
    assert outcomes(runs.archive)[:2] == ["quiet", "finished"]


def test_a_run_that_is_told_to_stop_tells_of_no_silence(grown, parent, tmp_path):
    """Law: a listing was heard, but what it named was not fetched any more: that is no silence."""
    with after(grown, parent, tmp_path) as runs:
        runs.running.site.publish(3)
        runs.running.site.set_fault(PAGES, "hang")
        env = runs.env | clockwork.set_to(BEGIN + timedelta(hours=20))
        victim = set_off(runs.archive, runs.running, settings=LEAN, env=env)
        until = time.monotonic() + 30
        while not evidence.pages(runs.running.log):
            assert time.monotonic() < until
            time.sleep(0.01)
        victim.send_signal(signal.SIGTERM)
        _, err = victim.communicate(timeout=60)

    assert victim.returncode == 15, err.decode()
    assert outcomes(runs.archive)[0] == "stopped"


def test_silence_is_not_told_where_nobody_asks(grown, parent, tmp_path):
    """Law: QUIET_HOURS=0 never tells it, and a run by hand does not; nor an archive that never had an article."""
    with after(grown, parent, tmp_path) as runs:
        came(runs, 1000, 0, settings={"QUIET_HOURS": 0}).was(0)
        runs.at(1001, url=listed(runs.running.site)[0]).was(0)
        runs.at(1002, urls=_file(tmp_path, listed(runs.running.site)[:2])).was(0)
        came(runs, 1003, 0).was(SILENT)
        empty = Runs(tmp_path / "b", runs.running, parent)
        empty.at(0, discover="rss", spider="rfi_tw", settings={"QUIET_HOURS": 1}).was(0)


def _file(folder: Path, urls: list[str]) -> Path:
    path = folder / "urls.txt"
    path.write_text("".join(f"{url}\n" for url in urls), "utf-8")
    return path


def test_deaf_listings_are_told_in_another_way(grown, parent, tmp_path):
    """Law: where no listing answers that is said, however long nothing was new."""
    with after(grown, parent, tmp_path) as runs:
        runs.running.site.set_fault("^https://www.rfi.fr/(?!robots)", "500")
        told = runs.at(13).was(SILENT)

    assert told.line.startswith("nothing could be discovered: ")
    assert "QUIET_HOURS" not in told.line


def test_each_edition_has_a_silence_of_its_own(grown, parent, tmp_path):
    """Law: an article of one edition does not end the silence of the other."""
    with after(grown, parent, tmp_path) as runs:
        runs.at(13, spider="rfi_tw", discover="rss").was(0)
        came(runs, 13.5, 0).was(SILENT)
