"""Laws of groups: what waits for the disk together is all there or not yet; nobody sees a row before its bytes."""

import re
import signal
import sys
from contextlib import closing
from functools import partial

import pytest

from archive import urls, warc
from archive.commit import draft
from archive.commit.group import Deed, Group
from archive.decide import Outcome, State
from archive.errors import CannotWrite
from archive.files import disk
from archive.index import NAME, Index
from archive.rebuild import rebuild
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, answer, crawl, dump, findings, hashes, keep, page, page_of, shared
from tests.crawler.crawling import ROOT, environment
from tests.torture import cage, witness
from tests.torture.cage import LET, Call, Verdict
from tests.torture.moments import Moment
from tests.torture.rounds import can_hold

MANY = 10
"""Articles of a group that is synced as a whole."""


@pytest.fixture
def archive(tmp_path):
    opened = archives.open_archive(tmp_path)
    yield opened
    archives.close(opened)


class Heard(list):
    """What those who wait were told, in order."""

    def waits(self, archive, exchange):
        """Archive a page with the next flush."""
        capture, found = archive.record(exchange), page_of(exchange)
        archive.commit(capture, draft.make(found), self.append)


def seen(root, url):
    """Tell whether another process finds an article's row and its file."""
    with closing(Index(root / NAME)) as index:
        return index.filed(url=url) is not None, (root / urls.article_path(url)).exists()


def test_nothing_is_seen_before_all_is_there(archive, tmp_path):
    """Law: until the flush there is no row and no file of what waits; behind it all are, and whoever waits is told."""
    heard = Heard()
    for article in CN[:3]:
        heard.waits(archive, page(article))
    before = [seen(tmp_path, article.url) for article in CN[:3]], list(heard), archive.waiting.here
    archive.flush()

    assert before == ([(False, False)] * 3, [], 3)
    assert [seen(tmp_path, article.url) for article in CN[:3]] == [(True, True)] * 3
    assert (heard, archive.waiting.here) == ([None] * 3, 0)
    archive.flush()
    assert heard == [None] * 3


@pytest.mark.parametrize("look", ["index", "knowing", "settle", "fail", "look", "take", "finish"])
def test_whoever_leans_on_what_waits_finds_it(tmp_path, look):
    """Law: whatever reads or writes what an article that waits has changed comes after its rows."""
    archive, heard, url = archives.open_archive(tmp_path), Heard(), CN[0].url
    heard.waits(archive, page(CN[0]))
    other = archive.record(answer(CN[1].url, b"<html>"))
    {
        "index": lambda: archive.index,
        "knowing": lambda: archive.knowing([url]),
        "settle": lambda: archive.settle(other, Outcome(State.REJECTED, "why")),
        "fail": lambda: archive.fail(url, "refused"),
        "look": lambda: archive.look(url, "v", CLOCK()),
        "take": lambda: archive.take(answer(CN[2].url, b"", 404)),
        "finish": lambda: archive.finish("finished", {}),
    }[look]()

    assert heard == [None]
    assert archive.knowing([]).known([url])[url].state == "archived"
    archives.close(archive)
    assert findings(tmp_path) == []


def test_what_is_known_of_others_does_not_disturb_a_group(archive):
    """Law: a look at URLs of which nothing waits flushes nothing."""
    heard = Heard()
    heard.waits(archive, page(CN[0]))
    archive.knowing([CN[1].url]).known([CN[1].url])

    assert (heard, archive.waiting.here) == ([], 1)


def test_two_captures_of_one_article(tmp_path):
    """Law: captures of one article come out as they would one by one: versions, a revisit of the same bytes."""
    archive, heard, first = archives.open_archive(tmp_path), Heard(), page(CN[0])
    for exchange in (first, page(CN[1]), shared(CN[0]), page(CN[0].revised(1)), page(CN[1])):
        heard.waits(archive, exchange)
    archives.close(archive)
    before, rows = hashes(tmp_path), dump(tmp_path / NAME)

    assert heard == [None] * 5
    assert [record.type for record in warc.walk(warc.sealed(tmp_path / "warc")[0])].count("revisit") == 1
    assert sorted(row[4] for row in rows["pages"]) != []
    rebuild(tmp_path, CLOCK(), lambda _: None)
    assert (hashes(tmp_path), dump(tmp_path / NAME), findings(tmp_path)) == (before, rows, [])


def test_what_nobody_reads_again_waits_too(archive):
    """Law: a picture that is whole waits with the articles; one that is not there is noted at once."""
    heard = Heard()
    for number in range(2):
        url = f"https://s.rfi.fr/media/display/{number}/w:1024/a.jpg"
        archive.take(answer(url, b"\xff\xd8 picture", 200, "image/jpeg"), heard.append)
    waits = archive.waiting.here
    archive.take(answer("https://s.rfi.fr/media/display/9/w:1024/a.jpg", b"", 404), heard.append)

    assert (waits, archive.waiting.here, heard) == (2, 0, [None, None])
    assert archive.index.capture_count() == 3


def test_a_mistake_in_one_harms_no_other(archive):
    """Law: where one deed fails for a reason of its own, all others are done, and it is told what it failed with."""
    group, told = Group(), dict[str, str]()

    def hear(name, error):
        told[name] = repr(error)

    def note(name):
        if name == "b":
            raise KeyError(name)
        archive.index.list_urls([(f"https://www.rfi.fr/{name}", 1)])

    for name in "abc":
        group.add(Deed(name, partial(note, name), partial(hear, name)))
    group.note(archive.index)

    assert told == {"a": "None", "b": "KeyError('b')", "c": "None"}
    assert set(archive.index.known(f"https://www.rfi.fr/{name}" for name in "abc")) == {
        "https://www.rfi.fr/a",
        "https://www.rfi.fr/c",
    }


def later(done):
    """Put files when somebody waits for them."""

    def put(files):
        done.append(sorted(files))
        disk.put_all(files)

    return lambda files: partial(put, files)


def test_what_has_departed(archive, tmp_path):
    """Law: until a group has landed nobody sees its rows; what comes meanwhile is no part of it."""
    heard, put = Heard(), list[object]()
    for article in CN[:3]:
        heard.waits(archive, page(article))
    archive.depart(later(put))
    heard.waits(archive, page(CN[3]))
    away = archive.waiting.away, archive.waiting.here, put[:], [seen(tmp_path, article.url) for article in CN[:4]]
    archive.land()

    assert away == (3, 1, [], [(False, False)] * 4)
    assert put == [sorted(tmp_path / urls.article_path(article.url) for article in CN[:3])]
    assert [seen(tmp_path, article.url)[0] for article in CN[:4]] == [True, True, True, False]
    assert (heard, archive.waiting.away, archive.waiting.here) == ([None] * 3, 0, 1)


def test_whoever_leans_on_what_has_departed_finds_it(archive):
    """Law: whatever reads what an article changes waits until that has landed; what reads of others does not."""
    heard, put = Heard(), list[object]()
    heard.waits(archive, page(CN[0]))
    archive.depart(later(put))
    archive.knowing([CN[1].url])
    before = put[:]

    assert archive.known([CN[0].url])[CN[0].url].state == "archived"
    assert (before, len(put), heard) == ([], 1, [None])


def test_a_version_of_what_has_departed(tmp_path):
    """Law: a second version of an article that has departed lands behind the first."""
    archive, heard, put = archives.open_archive(tmp_path), Heard(), list[object]()
    heard.waits(archive, page(CN[0]))
    archive.depart(later(put))
    heard.waits(archive, page(CN[0].revised(1)))
    archive.depart(later(put))
    archives.close(archive)

    assert (heard, len(put), findings(tmp_path)) == ([None, None], 2, [])
    before, rows = hashes(tmp_path), dump(tmp_path / NAME)
    rebuild(tmp_path, CLOCK(), lambda _: None)
    assert (hashes(tmp_path), dump(tmp_path / NAME)) == (before, rows)


def test_files_that_are_refused_on_their_way(tmp_path):
    """Law: where files that have departed are refused, all are told, and nothing more is taken; the end mends."""
    archive, heard = archives.open_archive(tmp_path), Heard()
    heard.waits(archive, page(CN[0]))

    def refuse():
        raise CannotWrite("full")

    archive.depart(lambda _: refuse)
    heard.waits(archive, page(CN[1]))
    with pytest.raises(CannotWrite, match="full"):
        archive.land()
    with pytest.raises(CannotWrite, match="full"):
        archive.record(page(CN[2]))
    told = list(map(type, heard))
    archives.close(archive)

    assert told == [CannotWrite]
    assert findings(tmp_path) == []
    assert len(dump(tmp_path / NAME)["articles"]) == 2


def test_rows_that_the_disk_refuses(tmp_path):
    """Law: a group whose rows are refused leaves none; all are told, nothing more is taken; the end of the run mends."""
    archive, heard = archives.open_archive(tmp_path), Heard()
    keep(archive, page(CN[0]))
    pages = archive.index._db.execute("pragma page_count").fetchone()[0]
    archive.index._db.execute(f"pragma max_page_count = {pages}")
    for article in CN[1:20]:
        heard.waits(archive, page(article))
    with pytest.raises(CannotWrite, match="full"):
        archive.flush()
    refused, noted = list(heard), archive.index.capture_count()
    with pytest.raises(CannotWrite, match="full"):
        archive.record(page(CN[20]))
    archive.index._db.execute("pragma max_page_count = 100000")
    archives.close(archive)

    assert [type(error) for error in refused] == [CannotWrite] * 19
    assert noted == 1
    assert findings(tmp_path) == []
    assert len(dump(tmp_path / NAME)["articles"]) == 20


# --- killed, call by call ---

held = pytest.mark.skipif(not can_hold(), reason="this kernel lets nobody hold another's calls")
RECORD, SYNC, OPEN = "^write warc/.*open$", "^sync warc/.*open$", "^open articles/.*new$"
PLACE, FOLDER, ROW = "^rename articles/", "^sync articles/[^.]*$", "^write index.sqlite-wal$"
MOMENTS = [
    *(Moment(RECORD, nth, part=part) for nth, part in ((9, 0), (31, 0.5), (60, 0))),
    Moment(SYNC, 2),
    *(Moment(OPEN, nth) for nth in (1, 5, MANY)),
    Moment("^write articles/.*new$", 7, part=0.5),
    Moment("^sync articles", 1),
    *(Moment(PLACE, nth) for nth in (1, 6, MANY)),
    Moment("^sync articles", 2),
    *(Moment(ROW, nth, PLACE, MANY, part=part) for nth, part in ((1, 0), (1, 0.5), (5, 0), (12, 0.9))),
]


BESIDE = [OPEN, "^write articles/.*new$", PLACE]
"""What a second process does, if there is one."""


def grouped(root, judge, number=MANY, *more):
    """Archive a group in a process of its own whose calls are judged."""
    words = [sys.executable, "-m", "tests.torture.grouped", str(root), str(number), *more]
    return cage.run(words, root, judge, cwd=ROOT, env=environment(None))


@held
@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "more"),
    [*((moment, ()) for moment in MOMENTS), *((Moment(call, 6), ("beside",)) for call in BESIDE)],
    ids=str,
)
def test_death_inside_a_group(tmp_path, moment, more):
    """Law: a run killed at any step of a group leaves no row without its record and file; the next run takes all in."""
    root = tmp_path / "a"
    root.mkdir()
    assert grouped(root, moment.judge(), MANY, *more).code == -signal.SIGKILL
    committed, recorded = witness.committed(root), witness.recorded(root)
    assert committed <= recorded
    assert all((root / urls.article_path(url)).exists() for url in committed)
    CLOCK.wait(hours=1)
    crawl(root, [])

    assert {row[0] for row in dump(root / NAME)["captures"]} == {urls.key(url) for url in recorded}
    assert findings(root) == []
    assert not list(root.rglob("*.open"))
    assert not list(root.rglob(".*.new"))
    before, rows = hashes(root), dump(root / NAME)
    rebuild(root, CLOCK(), lambda _: None)
    assert (hashes(root), dump(root / NAME)) == (before, rows)


@held
@pytest.mark.slow
@pytest.mark.parametrize(("number", "more"), [(3, ()), (MANY, ()), (MANY, ("beside",))])
def test_the_order_of_a_group(tmp_path, number, more):
    """Law: records are on disk before any file stands in its place, files and their names before any row is written."""
    root, calls = tmp_path / "a", list[str]()
    root.mkdir()

    def judge(call: Call) -> Verdict:
        calls.append(str(call))
        return LET

    assert grouped(root, judge, number, *more).code == 0
    kinds = {"record": RECORD, "sync": SYNC, "made": "^write articles", "place": PLACE}
    at = {name: [n for n, call in enumerate(calls) if re.search(pattern, call)] for name, pattern in kinds.items()}
    files = [n for n, call in enumerate(calls) if call.startswith("sync articles")]
    row = next(n for n, call in enumerate(calls) if n > at["place"][-1] and call.startswith("write index.sqlite-wal"))
    record = max(n for n in at["record"] if n < at["place"][0])

    assert any(record < n < at["place"][0] for n in at["sync"])
    assert any(at["made"][-1] < n < at["place"][0] for n in files)
    assert any(at["place"][-1] < n < row for n in files)
    assert not [n for n in range(record, at["place"][-1]) if calls[n].startswith("write index.sqlite-wal")]
