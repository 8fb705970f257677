"""Laws of the figures: what waits, what is given up, how runs did; and what a run asks costs nothing by what is archived."""

import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import decide
from archive.commit import fold, revisit
from archive.decide import MAX_ATTEMPTS, Asked, State
from archive.export import cdxj, lists
from archive.index import NAME, Index
from archive.rebuild import rebuild
from archive.records.record import payload
from archive.tables.figures import BACKLOG
from archive.tables.rows import Run
from archive.urls import Kind
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, FEED, START, TW, answer, dump, feed, findings, keep, page

ROBOTS = "https://www.rfi.fr/robots.txt"
URLS = {
    Kind.ARTICLE: "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261001-{}",
    Kind.IMAGE: "https://s.rfi.fr/media/display/{}/w:1280/p:16x9/a.jpg",
    Kind.REQUISITE: "https://static.rfi.fr/{}.css",
    Kind.LISTING: "https://www.rfi.fr/cn/sitemaps/2026/1{}/sitemap.xml",
    Kind.OTHER: "https://www.rfi.fr/{}.txt",
}
LATER = START + timedelta(days=300)


def fetched(index, url, *states):
    """Fetch a URL once a day, with these ends."""
    with index:
        index.list_urls([(url, 1)])
        for day, state in enumerate(states):
            index.settle(url, state, f"{state} {day}", START + timedelta(days=day), 1)


@pytest.fixture
def index(tmp_path):
    with closing(Index(tmp_path / NAME, create=True)) as made:
        yield made


def test_the_schema_gives_up_when_the_rules_do():
    """Law: the number in the partial indexes is the number of attempts that the rules allow."""
    numbers = re.findall(r"attempts (?:<|>=) (\d+)", files("archive.tables").joinpath("schema.sql").read_text("utf-8"))

    assert numbers == [str(MAX_ATTEMPTS)] * 2


ENDS = st.lists(st.sampled_from([s for s in State if s is not State.LISTED]), max_size=MAX_ATTEMPTS + 2)


@given(st.dictionaries(st.tuples(st.sampled_from(Kind), st.integers(0, 9)), ENDS, max_size=12))
def test_the_backlog_is_what_the_rules_would_fetch(histories):
    """Law: what waits is what a listing's word would have fetched one day; the first is due when the rules say so."""
    with TemporaryDirectory() as folder, closing(Index(Path(folder) / NAME, create=True)) as index:
        for (kind, number), states in histories.items():
            fetched(index, URLS[kind].format(number), *states)
        urls = {URLS[kind].format(number): kind for kind, number in histories}
        known = index.known(urls)
        wanted = {url for url, row in known.items() if decide.fetch(row, Asked.LISTING, LATER)}
        failed = [known[url] for url in wanted if urls[url] in BACKLOG and known[url].last]
        dues = [decide.again(row.last, row.attempts) for row in failed if row.last]

        assert {url for kind in Kind for url, _, _ in index.open_urls(kind)} == wanted
        assert index.waiting() == (sum(urls[url] in BACKLOG for url in wanted), min(dues, default=None))
        assert {some.kind: some.count for some in index.backlog()} == Counter(
            urls[url] for url in wanted if urls[url] in BACKLOG
        )


def test_what_is_given_up_is_told_latest_first(index):
    """Law: a URL whose last attempt failed is told with its last reason, the latest first, as many as are wanted."""
    for number in range(3):
        fetched(index, URLS[Kind.ARTICLE].format(number), *[State.FAILED] * (MAX_ATTEMPTS + number))
    fetched(index, URLS[Kind.IMAGE].format(0), *[State.GONE] * (MAX_ATTEMPTS - 1))
    fetched(index, URLS[Kind.LISTING].format(0), *[State.FAILED] * (MAX_ATTEMPTS + 1))

    told = index.given_up(START + timedelta(days=MAX_ATTEMPTS), 100)
    assert [why for _, why in told] == ["failed 9", "failed 8"]
    assert index.given_up(START, 1) == told[:1] == [(URLS[Kind.ARTICLE].format(2), "failed 9")]
    assert index.given_up_count() == len(index.given_up(START, 100)) == 3


def test_the_newest_article_of_each_edition(tmp_path):
    """Law: it is the one captured last; an edition without articles has none."""
    exchanges = [page(CN[0]), page(CN[1])]
    archives.crawl(tmp_path, exchanges)

    with closing(Index(tmp_path / NAME)) as index:
        assert index.newest("cn") == exchanges[1].date
        assert index.newest("tw") is None


def test_fields_of_runs_come_back(tmp_path):
    """Law: what a run says of its pages' fields is told newest first, of its spider only, and a rebuild brings it back."""
    told = [{"lead": (30, 30), "pages": (30, 31)}, {}, {"lead": (0, 2)}]
    begun = []
    for number, fields in enumerate(told):
        archive = archives.open_archive(tmp_path)
        begun.append(CLOCK())
        keep(archive, page(CN[number]))
        archives.close(archive, fields=fields)
    archives.crawl(tmp_path, [page(TW[0])], "rfi_tw")

    for _ in range(2):
        with closing(Index(tmp_path / NAME)) as index:
            assert index.fills("rfi_cn", START) == [("finished", told[2]), ("finished", told[0])]
            assert index.fills("rfi_cn", begun[1]) == [("finished", told[2])]
            assert index.fills("rfi_tw", START) == []
        assert findings(tmp_path) == []
        rebuild(tmp_path, CLOCK(), lambda _: None)


def test_a_summary_of_old_has_no_fields(tmp_path):
    """Law: a run recorded before its fields were is read as one that tells nothing of them."""
    archive = archives.open_archive(tmp_path)
    keep(archive, page(CN[0]))
    run = Run("rfi_cn", CLOCK(), CLOCK(), "finished", {"articles": 1}, {"lead": (1, 1)})
    assert archive._warc
    archive._warc.metadata(CLOCK(), fold.summary(run)[:-1])
    archive._seal(archive._warc)
    archive.close()

    assert not rebuild(tmp_path, CLOCK(), lambda _: None).problems
    (row,) = dump(tmp_path / NAME)["runs"]
    assert row[3:] == ("finished", '{"articles": 1}', "{}")


def asked_by_a_run(root):
    """Every statement that a run sends to the index, of one that meets all there is."""
    statements: set[str] = set()
    archive = archives.open_archive(root)
    archive.index._db.set_trace_callback(statements.add)
    archive._meet()
    for exchange in (feed(), page(CN[0]), page(CN[15]), answer(CN[16].url, b"x", 404), answer(CN[17].url, b"<html>")):
        keep(archive, exchange)
    archive.fail(CN[18].url, "refused")
    revisit.original(root / "warc", archive.index, page(CN[0]), "x", payload(page(CN[0])))
    archive.index.validators(FEED)
    archive.index.known([CN[0].url, FEED])
    for kind in Kind:
        list(archive.index.open_urls(kind))
    archive.index.newest("cn")
    archive.index.fills("rfi_cn", START)
    archive.index.waiting()
    archive.index.given_up(START, 100)
    archive.index.given_up_count()
    archive.index.young("cn", START, timedelta(days=30), timedelta(days=7))
    archive.index.stood([CN[0].url])
    archive.index.archived_between("cn", START.date(), START.date())
    archive.look(CN[0].url, "v1", CLOCK())
    archive.finish("finished", {})
    lists.write(root, archive.index)
    cdxj.write(root, archive.index)
    archive.close()
    return sorted(sql for sql in statements if re.match(r"(?i)\s*(select|insert|update|delete|with)\b", sql))


LARGE = "urls", "captures", "articles", "pages", "texts", "labelled", "validators", *"cuatpx"
"""Tables that grow with the archive, by the names that queries have for them."""
COUNTED = "SCAN urls USING COVERING INDEX urls_given_up"
"""What is given up is counted in an index of nothing else."""


def test_no_query_of_a_run_reads_a_large_table_through(root):
    """Law: each statement of a run finds its rows by a key or an index, so that it costs the same in any archive."""
    asked = asked_by_a_run(root)

    with closing(sqlite3.connect(root / NAME)) as db:
        plans = {sql: [row[3] for row in db.execute(f"explain query plan {sql}")] for sql in asked}
    assert len(plans) > 30
    scans = {sql: step for sql, plan in plans.items() for step in plan if step.startswith("SCAN") and step != COUNTED}
    assert {sql: step for sql, step in scans.items() if step.split()[1] in LARGE} == {}


def test_the_same_answer_is_found_at_once_however_often_it_came(root):
    """Law: looking for the record that holds a payload reads no revisit of it, of which each run may leave one."""
    for _ in range(2):
        archives.crawl(root, [answer(ROBOTS, b"User-agent: *\nAllow: /\n", kind="text/plain")])
    with closing(sqlite3.connect(root / NAME)) as db:
        sql = "select count(*) from captures join urls using (key) where url = ? and target is not null"
        assert db.execute(sql, [ROBOTS]).fetchone()[0] > 0
        asked = "select id from captures where key = 1 and substr(digest, 1, 4) = 'x' and target is null order by id limit 1"
        (plan, *_) = [row[3] for row in db.execute(f"explain query plan {asked}")]
    assert plan == "SEARCH captures USING INDEX captures_of (key=? AND <expr>=? AND target=?)"
