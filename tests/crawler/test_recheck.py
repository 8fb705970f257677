"""Re-check: what became of an article is known at the ages that are set, and every version can be proven."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.decide import State
from archive.rebuild import rebuild
from archive.tables import coded
from tests.archive.archives import dump
from tests.crawler import evidence, state
from tests.crawler.crawling import verify
from tests.crawler.runs import BEGIN, Ran, Runs, coming
from tests.site import Article, Site, odd_url, serve
from tests.torture.forked import Hatchery

pytestmark = pytest.mark.slow

LOOKS = {"RECHECK": "1h 6h 1d 7d 30d"}
SLACK = 0.1
"""Hours after an age at which a run begins."""
FIRST = 1.0
"""Hours after BEGIN at which the first run begins."""
AT = [FIRST + hours + SLACK for hours in (1, 6, 24, 7 * 24, 30 * 24)]
"""Hours after BEGIN of the runs in which looks are due."""


@contextmanager
def only(archive: Path, parent: Hatchery, count: int, **more: Any) -> Iterator[tuple[Runs, list[Article]]]:
    """A site with so many articles, all of this hour, oldest first; and runs on it."""
    site = Site(given=coming(count), **more)
    ours = [article for article in reversed(site.live()) if article.published >= BEGIN]
    for article in site.live():
        if article not in ours and article.edition == "cn":
            site.withdraw(article.url)
    with serve(site) as running:
        yield Runs(archive, running, parent), ours


def asked(run: Ran) -> list[str]:
    """Articles that the site was asked for, in this order."""
    return evidence.pages(run.log)


def rows(archive: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with state.opened(archive) as db:
        return db.execute(sql, values).fetchall()


# --- acceptance: a script of edits ---

Step = dict[str, tuple[str, ...]]
SCRIPT: list[Step] = [
    {"edited": ("edit", "typo"), "shared": ("edit", "share"), "lost": ("withdraw", "404")},
    {"edited": ("edit", "lead"), "shared": ("withdraw", "410"), "lost": ("restore", ""), "lost ": ("edit", "typo")},
    {"edited": ("edit", "headline")},
    {"edited": ("edit", "markup"), "shared": ("restore", "")},
    {"shared": ("withdraw", "301")},
]
"""What happens before each look: to which article, and what."""
SAID = {
    "edited": ["first", "body", "lead", "title", "markup", "="],
    "shared": ["first", "markup", "410", "410", "", "301"],
    "lost": ["first", "404", "body", "=", "=", "="],
    "still": ["first", "=", "=", "=", "=", "="],
}
"""What each look at each article must leave: what it says anew, or its status; "=": nothing, where the site says 304."""
COUNTS = [
    {"changed": 1, "taken down": 1},
    {"changed": 2, "taken down": 1, "back": 1},
    {"changed": 1},
    {"back": 1},
    {"taken down": 1},
]
TOLD = [{"changed": 1, "gone": 1}, {"changed": 2, "gone": 1, "back": 1}, {"changed": 1}, {"back": 1}, {"gone": 1}]


@dataclass
class Scripted:
    """The script, as far as it has gone."""

    runs: Runs
    urls: dict[str, str]
    proofs: dict[str, dict[int, str]] = field(default_factory=dict)
    """SHA-256 of the file that each page of each URL must make, by the site's own words and the second of its capture."""

    def play(self, step: Step) -> None:
        site = self.runs.running.site
        for name, (verb, word) in step.items():
            url = self.urls[name.strip()]
            if verb == "edit":
                site.edit(url, word)
            elif verb == "withdraw":
                site.withdraw(url, int(word))
            else:
                site.restore(url)

    def prove(self) -> None:
        """Take down what the pages of this run make, as the site expects it."""
        for url in self.urls.values():
            for epoch, sha256 in rows(self.runs.archive, PAGES, url):
                text = self.runs.running.site.expected(url, epoch * 1000)
                assert sha256 in (self.proofs.get(url, {}).get(epoch), hashlib.sha256(text.encode()).hexdigest())
                self.proofs.setdefault(url, {})[epoch] = sha256


ARCHIVED = coded.number(State.ARCHIVED)
PAGES = """select p.epoch, lower(hex(p.sha256)) from pages p join captures c on c.id = p.capture join urls u using (key)
    where u.url = ?"""
CAPTURED = """select coalesce(p.changed, c.status), c.target is not null, c.epoch from captures c
    left join pages p on p.capture = c.id join urls u using (key) where u.url = ? order by c.epoch"""
FILES = "select u.url, a.path, lower(hex(a.sha256)), a.gone from articles a join urls u using (key)"


@pytest.fixture(params=[False, True], ids=["plain", "validators"])
def scripted(request, tmp_path, parent) -> Iterator[tuple[Scripted, list[Ran], bool]]:
    with only(tmp_path / "a", parent, 4, validators=request.param) as (runs, articles):
        told = Scripted(runs, dict(zip(("edited", "shared", "lost", "still"), (a.url for a in articles), strict=True)))
        first = runs.at(FIRST, settings=LOOKS).was(0)
        told.prove()
        ran = [first]
        for hours, step in zip(AT, SCRIPT, strict=True):
            told.play(step)
            ran.append(runs.at(hours, settings={**LOOKS, "QUIET_HOURS": 0}).was(0))
            told.prove()
            verify(runs.archive)
        yield told, ran, request.param


def test_the_script_comes_true(scripted):
    """Law: versions, tombstones and revisits are exactly as scripted, step by step; every version proves itself."""
    script, ran, validators = scripted
    archive = script.runs.archive

    for run in ran:
        assert asked(run) == list(reversed(script.urls.values())), "each once, published last first"
    for run, counts, told in zip(ran[1:], COUNTS, TOLD, strict=True):
        assert run.report.counts.items() >= {**counts, "looked at again": 4}.items()
        assert "archived" not in run.report.counts
        for word in ("changed", "gone", "back"):
            assert len(re.findall(rf" INFO {word} ", run.ended.err)) == told.get(word, 0), run.ended.err
    for name, said in SAID.items():
        url, kept = script.urls[name], ["" if what == "=" else what for what in said if what != "=" or not validators]
        found = rows(archive, CAPTURED, url)
        assert [_said(str(what)) for what, _, _ in found] == kept
        same = [what in ("", before) for before, what in pairwise(["", *kept])]
        assert [bool(revisit) for _, revisit, _ in found] == same, "same bytes: a revisit"
    for url, path, sha256, gone in rows(archive, FILES):
        version = max(epoch for what, _, epoch in rows(archive, CAPTURED, url) if _said(str(what)) in NEWS)
        assert hashlib.sha256((archive / path).read_bytes()).hexdigest() == sha256 == script.proofs[url][version]
        assert bool(gone) == (url == script.urls["shared"])


NEWS = "first", "body", "lead", "title"


def _said(changed: str) -> str:
    """What a page says anew, words only where there are any."""
    words = [name for name in changed.split() if name != "markup"]
    return " ".join(words) or changed


def test_all_of_it_is_in_the_warc(scripted):
    """Law: a rebuild makes the same rows and files: versions, tombstones, looks that were told that nothing is new."""
    archive = scripted[0].runs.archive
    before, files = dump(archive / "index.sqlite"), evidence.files(archive)

    rebuild(archive, datetime.now(UTC), lambda _: None)

    assert dump(archive / "index.sqlite") == before
    assert {path: text for path, (text, _) in evidence.files(archive).items()} == {p: t for p, (t, _) in files.items()}
    verify(archive)


# --- which articles, and in which order ---


def test_one_look_makes_up_for_all_that_were_missed(tmp_path, parent):
    """Law: after a week without a run each article is looked at once, and not again before the next age."""
    with only(tmp_path / "a", parent, 3) as (runs, articles):
        runs.at(FIRST, settings=LOOKS)
        found = [asked(runs.at(hours, settings=LOOKS)) for hours in (FIRST + 200, FIRST + 201, FIRST + 721)]
    newest_first = [article.url for article in reversed(articles)]
    assert found == [newest_first, [], newest_first]


def test_what_is_new_comes_first_and_what_was_left_last(tmp_path, parent):
    """Law: articles that the listings name, then looks, then what earlier runs left; each the newest first."""
    with only(tmp_path / "a", parent, 6, unpublished=2) as (runs, articles):
        urls = [article.url for article in articles]
        runs.running.site.set_fault("续3", "500", 1)
        left = next(url for url in urls if "%E7%BB%AD3" in url)
        first = asked(runs.at(FIRST, settings=LOOKS))
        new = runs.running.site.publish(2)
        run = runs.at(FIRST + 1.5, settings={**LOOKS, "LOG_LEVEL": "DEBUG"}, discover="news")
    looked = [url for url in reversed(first) if url != left]
    assert asked(run)[:2] == new[::-1]
    assert sorted(asked(run)) == sorted([*new, *looked, left])


def test_a_limit_counts_looks(tmp_path, parent):
    """Law: `-a limit=` holds for looks, the newest first; the rest is the next run's."""
    with only(tmp_path / "a", parent, 4) as (runs, articles):
        runs.at(FIRST, settings=LOOKS)
        found = [asked(runs.at(FIRST + hours, settings=LOOKS, limit=limit)) for hours, limit in ((2, 3), (3, 9))]
    newest_first = [article.url for article in reversed(articles)]
    assert found == [newest_first[:3], newest_first[3:]]


def test_old_articles_are_not_looked_at(tmp_path, parent):
    """Law: what came out more than a week before its first capture is fetched once."""
    site = Site(given=coming(1), feed_items=100)
    recent = [a for a in site.live() if a.edition == "cn" and (BEGIN - a.published).days < 7]
    with serve(site) as running:
        runs = Runs(tmp_path / "a", running, parent)
        first, second = (asked(runs.at(hours, settings=LOOKS)) for hours in (FIRST, FIRST + 1.5))
    assert set(second) == {article.url for article in recent} < set(first)


def test_nothing_is_looked_at_where_nobody_wants_it(tmp_path, parent):
    """Law: with an empty RECHECK nothing that is archived is asked for, whatever listings say."""
    with only(tmp_path / "a", parent, 2) as (runs, articles):
        runs.at(FIRST, settings={"RECHECK": ""})
        runs.running.site.edit(articles[0].url, "typo", touched=BEGIN + 2 * HOUR)
        assert asked(runs.at(FIRST + 30, settings={"RECHECK": ""})) == []


def test_a_bad_age_is_told(tmp_path, parent):
    """Law: a RECHECK that cannot be read is one line and exit code 2, before anything is asked for."""
    with only(tmp_path / "a", parent, 1) as (runs, _):
        run = runs.at(FIRST, settings={"RECHECK": "1h 2x"})
    assert (run.ended.code, run.log) == (2, [])
    assert run.line == "RECHECK: '2x' is no age: give some like '1h 6h 1d' (m, h or d), or nothing"


# --- lastmod ---


HOUR = timedelta(hours=1)
NEWS_ONLY = {"discover": "news"}


def test_an_edit_that_a_listing_tells_of(tmp_path, parent):
    """Law: a `lastmod` later than the last look has an article looked at, once, before its next age and beyond all."""
    with only(tmp_path / "a", parent, 2) as (runs, articles):
        edited = articles[0].url
        runs.at(FIRST, settings=LOOKS)
        found = [runs.at(hours, settings=LOOKS) for hours in (AT[0], 2.5)][1:]
        runs.running.site.edit(edited, "lead", touched=BEGIN + 3 * HOUR)
        found += [runs.at(hours, settings=LOOKS) for hours in (3.5, 4.5)]
        runs.running.site.edit(edited, "typo", touched=BEGIN + 2000 * HOUR)
        found += [runs.at(hours, settings={**LOOKS, "QUIET_HOURS": 0}) for hours in (2001, 2002)]
    assert [asked(run) for run in found] == [[], [edited], [], [edited], []]
    assert " changed articles/" in found[1].ended.err
    verify(tmp_path / "a")


def test_an_edit_just_before_the_first_capture(tmp_path, parent):
    """Law: a page that we fetched the minute after its edit is not looked at for that edit, however often it is listed."""
    with only(tmp_path / "a", parent, 2) as (runs, (first, second)):
        runs.running.site.edit(first.url, "typo", touched=BEGIN + FIRST * HOUR - timedelta(minutes=1))
        runs.at(FIRST, settings=LOOKS)
        runs.running.site.edit(second.url, "typo", touched=BEGIN + FIRST * HOUR + timedelta(minutes=10))
        found = [asked(runs.at(FIRST + hours, settings=LOOKS)) for hours in (0.3, 0.5)]
    assert found == [[second.url], []]


# --- looks that fail ---


@pytest.mark.parametrize("fault", ["500", "cut-length", "challenge", "empty", "list", "reset-body", "304"])
def test_a_look_that_fails_tells_nothing(tmp_path, parent, fault):
    """Law: an error, a cut, a challenge or another page leave the article as it is: no version, no tombstone; tried again."""
    with only(tmp_path / "a", parent, 1) as (runs, articles):
        runs.at(FIRST, settings=LOOKS)
        files = evidence.files(runs.archive)
        runs.running.site.set_fault("续0", fault, 1)
        failed, soon, later = (runs.at(hours, settings=LOOKS) for hours in (AT[0], AT[0] + 0.5, AT[0] + 1.1))
        (stood,) = rows(runs.archive, "select attempts, state, gone from urls join articles using (key)")
        assert evidence.files(runs.archive) == files
    assert [asked(run) for run in (failed, soon, later)] == [[articles[0].url], [], [articles[0].url]]
    assert "looked at again" not in failed.report.counts
    assert later.report.counts["looked at again"] == 1
    assert stood == (0, ARCHIVED, None)
    assert (failed.report.fields, later.report.fields) == ({}, {}), "no measure of what the site sends"
    verify(runs.archive)


def test_a_site_that_refuses_is_not_looked_at(tmp_path, parent):
    """Law: refusals end the looks of a run as they end all else; they are made up for when the site lets us in."""
    with only(tmp_path / "a", parent, 6) as (runs, articles):
        runs.at(FIRST, settings=LOOKS)
        runs.running.site.set_fault("续", "403", None)
        refused = runs.at(AT[0], settings={**LOOKS, "DOWNLOAD_DELAY": 0.001})  # with none there are more under way
        runs.running.site.clear_faults()
        silent, well = (runs.at(AT[0] + hours, settings=LOOKS) for hours in (0.5, 1.5))
    assert (refused.ended.code, len(asked(refused))) == (11, 3)
    assert silent.log == []
    assert sorted(asked(well)) == sorted(article.url for article in articles)


@pytest.mark.parametrize("validators", [False, True])
def test_a_run_that_is_killed_loses_no_look(tmp_path, parent, validators):
    """Law: of a run that is killed amid its looks the next asks for what was not told, and for nothing else."""
    with only(tmp_path / "a", parent, 12, validators=validators) as (runs, articles):
        runs.at(FIRST, settings=LOOKS)
        runs.running.site.edit(articles[-1].url, "typo")
        killed = runs.at(AT[0], settings={**LOOKS, "DOWNLOAD_DELAY": 0.02}, kill=lambda: len(asked_now(runs)) >= 5)
        told = {url for (url,) in rows(runs.archive, TOLD_OF, AT[0] * 3600 + BEGIN.timestamp() - 5)}
        rest = runs.at(AT[0] + 0.1, settings=LOOKS)
    assert killed.ended.code == -9
    assert 4 <= len(asked(killed)) < 12
    assert len(set(asked(killed)) - told) <= 2, "but for one under way, and one that was being recorded"
    assert not set(asked(rest)) & told - set(asked(killed)[-2:])
    assert set(asked(killed)) | set(asked(rest)) == {article.url for article in articles}
    verify(runs.archive)


TOLD_OF = "select u.url from articles a join urls u using (key) where a.looked >= ?"


def asked_now(runs: Runs) -> list[str]:
    return evidence.pages(runs.running.log)


# --- by hand ---


def test_whoever_asks_by_hand_looks_too(tmp_path, parent):
    """Law: `-a url=` on an archived article always asks for all of it, and tells what became of it in the same words."""
    with only(tmp_path / "a", parent, 1, validators=True) as (runs, articles):
        url = articles[0].url
        runs.at(FIRST, settings=LOOKS)
        same = runs.at(FIRST + 0.1, url=url)
        runs.running.site.withdraw(url, 451)
        gone = runs.at(FIRST + 0.2, url=url)
        runs.running.site.restore(url)
        runs.running.site.edit(url, "headline")
        back = runs.at(FIRST + 0.3, url=url)
    assert [entry.status for run in (same, gone, back) for entry in run.log if entry.url == url] == [200, 451, 200]
    assert same.line.startswith("1 looked at again, in ")
    assert gone.line.startswith("1 looked at again, 1 taken down, in ")
    assert back.line.startswith("1 looked at again, 1 changed, 1 back, in ")
    assert re.search(r" INFO changed articles/\S+ .+（更正）.*: title\n", back.ended.err)
    assert f" INFO gone {url}: HTTP 451\n" in gone.ended.err
    verify(runs.archive)


def test_where_an_article_has_moved_to_is_the_next_runs(tmp_path, parent):
    """Law: a look follows no redirect: the article stands, and what it leads to waits as any other article does."""
    with only(tmp_path / "a", parent, 1) as (runs, (article,)):
        runs.at(FIRST, settings=LOOKS)
        runs.running.site.set_fault("续0", "chain", 1)  # to another article, and from there to a third
        moved, after = (runs.at(hours, settings=LOOKS) for hours in (AT[0], AT[0] + 0.1))
        (stood,) = rows(
            runs.archive, f"select attempts, state, gone from urls join articles using (key) {OF}", article.url
        )
    assert asked(moved) == [article.url]
    assert moved.line.startswith("1 looked at again, ")
    assert asked(after) == [odd_url("chain-2"), odd_url("chain-3")]
    assert stood == (0, ARCHIVED, None)


OF = "where url = ?"
