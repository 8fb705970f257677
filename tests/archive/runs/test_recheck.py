"""Laws of looking again: at which ages, when a listing tells of an edit, and what is left of a look in the index."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.commit import validators
from archive.decide import MAX_ATTEMPTS
from archive.errors import BadUsage
from archive.index import NAME as INDEX
from archive.index import Index
from archive.rebuild import rebuild
from archive.runs import recheck
from archive.tables.stood import Stood
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, START, answer, copied, dump, findings, keep, open_archive, page
from tests.site import render

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = recheck.ages("1h 6h 1d 7d 30d")
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
NEW = Stood(
    url="https://www.rfi.fr/cn/a/20261101-a",
    path="articles/2026/11/a.md",
    title="a",
    made=1,
    changed="first",
    version=FIRST,
    first=FIRST,
    looked=FIRST,
    gone=None,
    modified=None,
    published=FIRST - HOUR,
    attempts=0,
    last=FIRST,
)


# --- the setting ---


@pytest.mark.parametrize(
    ("setting", "ages"),
    [
        ("1h 6h 1d 7d 30d", (HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY)),
        (["1d", "30m"], (timedelta(minutes=30), DAY)),
        (" 24h  1d\t1d ", (DAY,)),
        ("", ()),
        ([], ()),
    ],
)
def test_ages(setting, ages):
    """Law: ages are read in minutes, hours and days, from a text or a list, each once, the youngest first."""
    assert recheck.ages(setting) == ages


@pytest.mark.parametrize("setting", ["1", "h", "0h", "-1h", "1.5h", "1w", "1h,6h", "1H", "1h" * 100, "99999d", [5]])
def test_what_is_no_age(setting):
    """Law: all else is one line that names it."""
    with pytest.raises(BadUsage, match=r"^RECHECK: .* is no age: give some like [^\n]*$"):
        recheck.ages(setting)


# --- ages ---


def looks(stood, hours, ages=AGES, step=HOUR):
    """Hours after the first capture at which a run that comes each hour looks; each look is told how it stands."""
    found = []
    for number in range(1, int(hours) + 1):
        now = stood.first + number * step
        if recheck.by_age(stood, ages, now):
            found.append(number)
            stood = replace(stood, looked=now, last=now)
    return found


def test_an_article_is_looked_at_at_each_age():
    """Law: once at each age, and never again."""
    assert looks(NEW, 100 * 24) == [1, 6, 24, 7 * 24, 30 * 24]


@given(st.lists(st.integers(1, 4000), unique=True))
def test_what_was_missed_is_made_up_for_once(hours):
    """Law: whenever runs come, each looks once at most, and only if an age went by since the last look."""
    stood = NEW
    for hour in sorted(hours):
        now = FIRST + hour * HOUR
        passed = [age for age in AGES if (stood.looked or FIRST) < FIRST + age <= now]
        assert recheck.by_age(stood, AGES, now) == (bool(passed) and now <= FIRST + 60 * DAY)
        if passed:
            stood = replace(stood, looked=now)
        assert not recheck.by_age(stood, AGES, now)


def test_an_old_article_has_no_ages():
    """Law: what came out more than a week before its first capture is not looked at, what came out later is."""
    assert not looks(replace(NEW, published=FIRST - 7 * DAY - HOUR), 800)
    assert looks(replace(NEW, published=FIRST - 7 * DAY), 800)


def test_without_ages_nothing_is_due():
    """Law: an empty setting is never."""
    assert not looks(NEW, 800, ages=())


def test_an_article_that_is_gone_is_looked_at_further_on():
    """Law: its ages count as if it were there."""
    assert looks(replace(NEW, gone=FIRST + HOUR), 800) == looks(NEW, 800)


def test_what_failed_waits_and_is_tried_again():
    """Law: a look that failed is tried again 1, 2, 4 ... hours later; after eight, once at each age to come."""
    stood, tried = NEW, []
    for number in range(1, 1600):
        now = FIRST + number * HOUR
        if recheck.by_age(stood, AGES, now):
            tried.append(number)
            stood = replace(stood, attempts=stood.attempts + 1, last=now)
    assert tried == [1, 2, 4, 8, 16, 32, 64, 128, 7 * 24, 30 * 24]
    assert MAX_ATTEMPTS == 8


# --- edits ---


def test_an_edit_is_looked_at_once():
    """Law: an article is looked at if a listing tells of an edit since the last look, and not again for the same edit."""
    edited = FIRST + HOUR
    assert recheck.by_edit(NEW, edited, FIRST + 2 * HOUR)
    assert recheck.by_edit(replace(NEW, published=FIRST - 4000 * DAY), edited, FIRST + 2 * HOUR), "however old"
    assert not recheck.by_edit(replace(NEW, looked=FIRST + 2 * HOUR), edited, FIRST + 3 * HOUR)
    assert not recheck.by_edit(NEW, FIRST - HOUR, FIRST + 2 * HOUR), "it was edited before"


def test_a_time_to_come_is_believed_when_it_has_come():
    """Law: an edit ahead of our clock is none yet."""
    edited = FIRST + 3 * HOUR
    assert not recheck.by_edit(NEW, edited, edited - timedelta(seconds=1))
    assert recheck.by_edit(NEW, edited, edited)


@pytest.mark.parametrize("ahead", [-300, -1, 0, 1, 300])
def test_clocks_that_differ_cost_no_look_where_the_page_says_when(ahead):
    """Law: a page edited the minute before we fetched it is as new as the listing says, whatever the two clocks say."""
    edited = FIRST - timedelta(minutes=1) + timedelta(seconds=ahead)
    says_so = replace(NEW, modified=edited)
    assert [recheck.by_edit(says_so, edited, FIRST + hours * HOUR) for hours in range(1, 50)] == [False] * 49


@pytest.mark.parametrize("ahead", [0, 61, 300, 7200])
def test_clocks_that_differ_cost_one_look_at_most(ahead):
    """Law: where the page does not say when it was edited, a site whose clock is ahead costs one look an edit."""
    edited, stood, found = FIRST - timedelta(minutes=1) + timedelta(seconds=ahead), NEW, 0
    for hours in range(1, 200):
        if recheck.by_edit(stood, edited, FIRST + hours * HOUR):
            found, stood = found + 1, replace(stood, looked=FIRST + hours * HOUR)
    assert found == (1 if ahead > 60 else 0)


def test_a_site_that_always_says_now_is_asked_ever_more_rarely():
    """Law: a lastmod that is always now costs looks by the logarithm of time, until a new version comes."""
    stood, found = NEW, []
    for hours in range(1, 24 * 365):
        now = FIRST + hours * HOUR
        if recheck.by_edit(stood, now, now):
            found.append(hours)
            stood = replace(stood, looked=now)
    assert found == [1 << power for power in range(14)]
    last = FIRST + found[-1] * HOUR
    assert recheck.by_edit(replace(stood, version=last), last + HOUR, last + HOUR)


def test_an_edit_waits_for_what_failed():
    """Law: a look that failed is not tried sooner because a listing tells of an edit."""
    failed = replace(NEW, attempts=2, last=FIRST + HOUR)
    assert not recheck.by_edit(failed, FIRST + HOUR, FIRST + 2.5 * HOUR)
    assert recheck.by_edit(failed, FIRST + HOUR, FIRST + 3 * HOUR)
    assert not recheck.by_edit(replace(failed, attempts=MAX_ATTEMPTS), FIRST + HOUR, FIRST + 900 * DAY)


# --- what the index knows ---


@pytest.fixture
def looked(tmp_path):
    """An archive with three articles: one looked at without news, one gone, one of which a look failed."""
    archive = open_archive(tmp_path / "a")
    for article in CN[:3]:
        keep(archive, answer(article.url, render(article).encode(), 200, archives.HTML, 'ETag: "v1"'))
    CLOCK.wait(hours=1)
    archive.fail(CN[0].url, "timeout")
    CLOCK.wait(hours=1)
    archive.look(CN[0].url, '"v1"', CLOCK())
    keep(archive, answer(CN[1].url, b"gone", 404))
    keep(archive, answer(CN[2].url, b"busy", 503))
    archives.close(archive)
    return tmp_path / "a"


def stood(root):
    with closing(Index(root / INDEX)) as index:
        found = index.stood(article.url for article in CN[:3])
        return [found[article.url] for article in CN[:3]]


def test_each_look_is_noted(looked):
    """Law: what a look was told is known of the article: looked at, gone; and what failed is counted."""
    same, gone, failed = stood(looked)
    assert same.looked == same.last > same.first
    assert (same.attempts, gone.attempts, failed.attempts) == (0, 0, 1)
    assert gone.gone == gone.looked
    assert failed.looked == failed.first < failed.last
    assert (same.gone, failed.gone) == (None, None)


def test_a_look_outlives_the_index(looked):
    """Law: a rebuild knows of each look, those without a capture too; no rule of a WARC file is broken."""
    before = dump(looked / INDEX)
    assert findings(looked) == []
    rebuild(looked, CLOCK(), lambda _: None)
    assert dump(looked / INDEX) == before


def test_a_look_outlives_its_run(tmp_path):
    """Law: of a run that is killed the next one knows all looks, whatever the index lost."""
    root = tmp_path / "a"
    archive = open_archive(root)
    keep(archive, page(CN[0]))
    archives.close(archive)

    def die():
        archive = open_archive(root)
        CLOCK.wait(hours=1)
        archive.fail(CN[0].url, "timeout")
        CLOCK.wait(hours=1)
        archive.look(CN[0].url, '"v1"', CLOCK())

    archives.died(die)
    lost = copied(root, tmp_path / "b")
    archives.edit(lost, "update articles set looked = first")
    archives.edit(lost, "update urls set attempts = 0, last = ? where kind = 'article'", int(START.timestamp()))
    for one in (root, lost):
        CLOCK.wait(hours=5)
        archives.close(open_archive(one))
    with closing(Index(root / INDEX)) as index, closing(Index(lost / INDEX)) as other:
        known = index.stood([CN[0].url])[CN[0].url]
        assert known.looked
        assert known.looked > known.first + HOUR
        assert known.attempts == 0
        assert other.stood([CN[0].url])[CN[0].url] == known


def test_only_the_young_are_read(looked):
    """Law: what may be due is found by an index on the first capture: old articles cost nothing, looked-at ones go."""
    with closing(Index(looked / INDEX)) as index:
        first = min(one.first for one in stood(looked))
        young = index.young("cn", first, 30 * DAY, 3650 * DAY)
        assert {one.url for one in young} == {article.url for article in CN[:3]}
        assert [one.published for one in young] == sorted((one.published for one in young), reverse=True)
        assert {one.url for one in index.young("cn", first, HOUR, 3650 * DAY)} == {CN[2].url}
        assert index.young("cn", first + DAY, 30 * DAY, 3650 * DAY) == []
        assert index.young("tw", first, 30 * DAY, 3650 * DAY) == []
        assert index.young("cn", first, 30 * DAY, timedelta()) == []
        sql = "explain query plan select key from articles a where a.edition = 'cn' and a.first >= 5 and a.looked < 9"
        (plan,) = index._db.execute(sql).fetchall()
    assert "USING INDEX articles_first (edition=? AND first>?)" in plan[3]


def test_what_a_look_asks_for(looked):
    """Law: a look names the version captured last; of what is gone, or cannot be read, all is asked for."""
    with closing(Index(looked / INDEX)) as index:
        folder = looked / "warc"
        asks = [validators.of_article(folder, index, article.url) for article in CN[:4]]
        assert asks == [{"If-None-Match": '"v1"'}, {}, {"If-None-Match": '"v1"'}, {}]
        next(folder.glob("*.warc.gz")).write_bytes(b"")
        assert validators.of_article(folder, index, CN[0].url) == {}


def test_the_newest_page_names_its_version(tmp_path):
    """Law: the validators are those of the page captured last, a revisit too, with one of them or both."""
    archive, when = open_archive(tmp_path), "Last-Modified: Sat, 31 Oct 2026 22:00:00 GMT"
    for lines in (('ETag: "a"',), ('ETag: "b"', when), (when,)):
        keep(archive, answer(CN[0].url, render(CN[0]).encode(), 200, archives.HTML, *lines))
    keep(archive, answer(CN[0].url, b"<html>wait</html>", 200, archives.HTML, 'ETag: "c"'))
    asks = validators.of_article(tmp_path / "warc", archive.index, CN[0].url)
    archives.close(archive)
    assert asks == {"If-Modified-Since": when.partition(": ")[2]}
    assert validators.named(b"GET / HTTP/1.1\r\nif-none-match: x\r\n\r\n") == "x"
    assert validators.named(b"GET / HTTP/1.1\r\n\r\n") == ""


def test_a_404_is_told_and_no_failure(tmp_path):
    """Law: an archived article that is gone was told of: its failures are wiped out, as by any good look."""
    archive = open_archive(tmp_path)
    keep(archive, page(CN[0]))
    keep(archive, answer(CN[0].url, b"busy", 503))
    keep(archive, answer(CN[0].url, b"gone", 410))
    known = archive.index.known([urls.canonical(CN[0].url)])[CN[0].url]
    archives.close(archive)
    assert (known.state, known.attempts) == ("archived", 0)
