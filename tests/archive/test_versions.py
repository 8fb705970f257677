"""Laws of versions in every room: many days of one article are rolled up, exported, rebuilt and mended, and stay what they were."""

import json
import zipfile
from contextlib import closing
from datetime import timedelta

import pytest

from archive import urls, warc
from archive.commit import merge
from archive.doctor import doctor
from archive.export import cdxj, pages, wacz
from archive.index import NAME, Index
from archive.prove import prove
from archive.rebuild import rebuild
from archive.records.record import Place
from archive.reread import reread
from archive.rollup import rollup
from tests.archive import archives, older
from tests.archive.archives import CLOCK, CN, answer, copied, dump, findings, hashes, page, shared
from tests.archive.test_reread import every

STORY = CN[0]
DAYS = (
    lambda: page(STORY),
    lambda: page(STORY.revised(1)),
    lambda: shared(STORY.revised(1)),
    lambda: page(STORY),  # a revisit of the first day's record
    lambda: answer(STORY.url, b"gone", 404),
    lambda: shared(STORY.revised(1)),  # a revisit of the third day's record
    lambda: shared(STORY.revised(1)),
)
CHANGES = ["first", "body markup", "markup", "body markup", "body markup", ""]
"""What the pages of those days say anew."""


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """An archive of seven runs on seven days in a row, and the first of them."""
    root = tmp_path_factory.mktemp("days") / "archive"
    CLOCK.wait(days=1)
    CLOCK.now = CLOCK.now.replace(hour=10, minute=0, second=0)
    first = CLOCK.now.date()
    for number, answered in enumerate(DAYS):
        CLOCK.now = CLOCK.now.replace(hour=10) + timedelta(days=number > 0)
        archives.crawl(root, [answered(), page(CN[1])])
    CLOCK.wait(days=1)
    return root, first


@pytest.fixture
def root(days, tmp_path):
    return copied(days[0], tmp_path / "archive")


def said(root):
    """All that the index says, but for where records lie and which files there are."""
    rows = dump(root / NAME)
    pages = sorted(row[2:] for row in rows["pages"])
    return pages, sorted(row[2:] for row in rows["articles"]), rows["urls"], len(rows["captures"])


def test_they_are_what_the_days_tell(days):
    """Law: versions, a time of being gone and a return are told by the captures alone, and each payload is kept once."""
    root, _ = days

    assert older.changes(root, STORY.url) == CHANGES
    with closing(Index(root / NAME)) as index:
        captures = [one.capture for _, one in index.captures(STORY.url)]
        assert index.noted(STORY.url)[-1] is None
    assert [capture.refers is not None for capture in captures] == [False, False, False, True, False, True, True]
    assert captures[3].refers == Place(captures[0].file, captures[0].offset)
    assert captures[5].refers == captures[6].refers == Place(captures[2].file, captures[2].offset)
    assert findings(root) == []


def test_they_survive_a_rollup(root):
    """Law: after a rollup the same captures are the same versions; every law holds, and a rebuild says the same."""
    before, files = said(root), hashes(root, "articles")
    assert list(rollup(root, CLOCK(), lambda _: None))
    assert len(warc.sealed(root / "warc")) < len(DAYS)

    for then in (lambda: None, lambda: rebuild(root, CLOCK(), lambda _: None)):
        then()
        assert (said(root), hashes(root, "articles")) == (before, files)
        assert findings(root) == []
    assert list(doctor(root, CLOCK(), lambda _: None)) == []
    assert prove(root, root / urls.article_path(STORY.url)).problems == ()


def test_they_are_read_again_after_a_rollup(root):
    """Law: where records were moved into another file, reading again finds them."""
    before, files = said(root), hashes(root, "articles")
    list(rollup(root, CLOCK(), lambda _: None))
    older.aged(root)

    assert {one.became for one in reread(root, every, CLOCK())} == {("title", "body")}
    assert (said(root), hashes(root, "articles")) == (before, files)


def test_they_are_read_again_beside_a_rollup_that_died(root):
    """Law: a merged file that the index does not know is no obstacle: a dry run leaves it, reading again takes it in."""
    before, files = said(root), hashes(root, "articles")
    with closing(Index(root / NAME)) as index:
        merge.make(root / "warc", index.warcs(), CLOCK(), lambda _: None)
    older.aged(root)

    for dry in (True, False):
        assert {one.became for one in reread(root, every, CLOCK(), dry=dry)} == {("title", "body")}
    assert len(warc.sealed(root / "warc")) == 1
    assert (said(root), hashes(root, "articles")) == (before, files)
    assert findings(root) == []


def exported(root, out, since=None, until=None):
    """The pages that a WACZ of some days lists, and the days of the captures in its index."""
    with closing(Index(root / NAME)) as index:
        path = wacz.write(root, index, out, since, until)
    with zipfile.ZipFile(path) as package:
        told = [json.loads(line) for line in package.read(pages.PATH).splitlines()[1:]]
        return [(one["ts"][:10], one["url"]) for one in told], package.namelist()


def test_an_export_lists_each_version(days, tmp_path):
    """Law: each version is a page of the export, also one that says again what an older one said; markup makes none."""
    root, first = days
    stamps = [str(first + timedelta(days=number)) for number in range(len(DAYS))]

    told, _ = exported(root, tmp_path / "all.wacz")
    assert [stamp for stamp, url in told if url == STORY.url] == [stamps[at] for at in (5, 3, 1, 0)]
    assert [stamp for stamp, url in told if url == CN[1].url] == [stamps[0]]


@pytest.mark.parametrize("day", [2, 3, 4, 5, 6])
def test_a_day_of_an_export_can_be_read(days, tmp_path, day):
    """Law: a day's revisit brings the record of the older version along; the first page of the day is what stood."""
    root, first = days
    when = first + timedelta(days=day)

    told, names = exported(root, tmp_path / "day.wacz", when, when)
    assert ((str(when), STORY.url) in told) is (day != 4)
    assert (str(when), CN[1].url) in told
    assert len([name for name in names if name.startswith("archive/")]) == (2 if day < 5 else 3)


def test_cdxj_names_every_capture(days):
    """Law: the index for replay has a line for each capture, whatever it says anew."""
    root, _ = days
    lines = b"".join(cdxj.merged(root)).decode().splitlines()

    assert len([line for line in lines if STORY.url in line]) == len(DAYS)
