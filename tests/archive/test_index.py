"""Laws of the index: it keeps all or nothing, tells states truly, and fails in one clear line."""

import json
import os
import random
import shutil
import tempfile
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import coded, decide, urls
from archive.decide import State
from archive.errors import ArchiveError, CannotWrite, NotFound
from archive.index import NAME, Index
from archive.rebuild import rebuild
from archive.urls import Kind
from tests.archive import archives
from tests.archive.archives import CN, FEED, START

BAD = (State.REJECTED, State.FAILED, State.GONE)


def article_url(number: int) -> str:
    return f"https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261001-{number}"


@pytest.fixture
def index(tmp_path):
    with_tables = Index(tmp_path / NAME, create=True)
    yield with_tables
    with_tables.close()


@given(ops=st.lists(st.sampled_from(["list", "open", "close"]), max_size=12), fails=st.booleans())
def test_a_transaction_keeps_all_or_nothing(ops, fails):
    """Law: after the outermost transaction all its rows are kept, or, if it failed, none of them; those inside are part of it."""
    with tempfile.TemporaryDirectory() as folder:
        index, count, depth = Index(Path(folder) / NAME, create=True), 0, 1
        try:
            with index:
                for op in ops:
                    if op == "open":
                        depth += 1
                        index.__enter__()
                    elif op == "close" and depth > 1:
                        depth -= 1
                        index.__exit__(None, None, None)
                    elif op == "list":
                        index.list_urls([(article_url(count), count)])
                        count += 1
                for _ in range(depth - 1):
                    index.__exit__(None, None, None)
                if fails:
                    raise KeyError  # noqa: TRY301 - the failure whose end is tried
        except KeyError:
            count = 0
        assert len(index.known(map(article_url, range(20)))) == count
        index.close()


@given(
    st.lists(st.tuples(st.sampled_from([s for s in State if s is not State.LISTED]), st.integers(0, 90)), max_size=8)
)
def test_states_follow_the_rules(fetches):
    """Law: archived stays archived; failures count once in 30 minutes; a good fetch sets the count to 0.

    That what is archived is gone is no failure, but told.  Who counts them all again comes to the same.
    """
    url, now, expected, attempts, last, past = article_url(1), START, None, 0, None, []
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder) / NAME, create=True)
        for state, minutes in fetches:
            now += timedelta(minutes=minutes)
            with index:
                index.settle(url, state, state.value, now, 7)
            if state not in BAD or (state is State.GONE and expected is State.ARCHIVED):
                attempts = 0
            elif last is None or now - last >= timedelta(minutes=30):
                attempts += 1
            expected, last = (State.ARCHIVED if expected is State.ARCHIVED else state), now
            known = index.known([url])[url]
            assert (known.state, known.attempts, known.last) == (expected, attempts, last)
            past.append((now, state))
            assert decide.attempts(past) == attempts
        index.close()


def test_what_would_be_can_be_seen(index):
    """Law: of a transaction that is undone nothing is kept, also not of those inside it, nor after an error in it."""
    for fails in (False, True):
        with suppress(KeyError), index.undone():
            with index:
                index.list_urls([(article_url(1), 1)])
            assert index.known([article_url(1)])
            if fails:
                raise KeyError
        assert not index.known([article_url(1)])
    with index:
        index.list_urls([(article_url(1), 1)])
    assert index.known([article_url(1)])


@pytest.mark.parametrize("state", State)
def test_listing_never_overrides(index, state):
    """Law: what is known of a URL stays as it is, however often it is listed."""
    with index:
        index.settle(article_url(1), state, "why", START, 7)
    before = archives.dump(index.path)["urls"]
    with index:
        index.list_urls([(article_url(1), 99), (article_url(1), 98)])
    assert archives.dump(index.path)["urls"] == before


def test_known_in_batches_equals_one_by_one(index):
    """Law: many look-ups at once find what single ones find; URLs never met are left out."""
    with index:
        for number in range(0, 1200, 2):
            index.settle(article_url(number), random.Random(number).choice(BAD), "", START + timedelta(hours=number), 0)
    wanted = [article_url(number) for number in range(1200)]
    known = index.known(wanted)
    assert len(known) == 600
    assert known == {url: found for one in wanted for url, found in index.known([one]).items()}


def test_open_urls_are_those_not_done_newest_first(index):
    """Law: the backlog holds every URL of a kind that a fetch may still make good, newest first."""
    with index:
        for number, state in enumerate([*State, *State]):
            index.list_urls([(article_url(number), number)])
            if state is not State.LISTED:
                index.settle(article_url(number), state, "", START, 0)
        index.list_urls([(FEED, 99)])
    ranks = [rank for _, rank, _ in index.open_urls(Kind.ARTICLE)]
    assert ranks == sorted(ranks, reverse=True)
    assert {known.state for *_, known in index.open_urls(Kind.ARTICLE)} == {State.LISTED, *BAD}
    assert [url for url, *_ in index.open_urls(Kind.LISTING)] == [FEED]


def test_urls_of_one_key_are_told_apart(tmp_path):
    """Law: a row under the key of another URL is not taken for it, nor overwritten by it."""
    root = archives.crawl(tmp_path, [archives.page(CN[0]), archives.feed()])
    for url in (CN[0].url, FEED):
        assert archives.edit(root, "update urls set url = 'https://www.rfi.fr/other' where key = ?", urls.key(url))
    index = Index(root / NAME, create=True)
    assert index.known([CN[0].url]) == {}
    assert index.filed(url=CN[0].url) is None
    assert index.validators(FEED) == (None, None)
    with index:
        index.settle(CN[0].url, State.GONE, "", START, 0)
    assert index.standing(CN[0].url) is None
    sql = "select state from urls where key = ?"
    assert index._row(coded.state, sql, [urls.key(CN[0].url)]) == "archived"
    index.close()


def test_validators_are_those_of_the_last_good_answer(tmp_path):
    """Law: ETag and Last-Modified outlive an answer that is no listing."""
    archive = archives.open_archive(tmp_path)
    assert archive.index.validators(FEED) == (None, None)
    archives.keep(archive, archives.feed())
    archives.keep(archive, archives.answer(FEED, b"<html>challenge</html>", 200, archives.HTML, 'ETag: "no"'))
    assert archive.index.validators(FEED) == ('"a1"', "Sat, 31 Oct 2026 22:00:00 GMT")
    archives.close(archive)


def test_counts_are_plain_values(index, tmp_path):
    """Law: the figures of any archive, an empty one too, are JSON."""
    assert json.loads(json.dumps(index.counts()))["captures"] == {"count": 0, "first": None, "last": None}
    root = archives.varied(tmp_path / "varied")
    full = Index(root / NAME)
    counts = json.loads(json.dumps(full.counts()))
    assert counts["articles"] == {"cn": 9, "tw": 3}
    assert [run.counts for run in full.runs(5)] == [
        {"exchanges": 10},
        {"articles": 3},
        {"articles": 7},
    ]
    full.close()


def test_half_a_surrogate_pair_can_be_kept(tmp_path):
    """Law: whatever JSON-LD says of authors and key words, the page is archived."""
    said = '{"@type": "NewsArticle", "author": {"name": "a\\\\ud800"}, "keywords": "b\\\\udfff,c"}'.replace(
        "\\\\", "\\"
    )
    ld = f'<script type="application/ld+json">{said}</script>'
    html = f"<!DOCTYPE html><html lang='zh'><head>{ld}</head><body><h1 class='a-page-title'>t</h1><div class='t-content__body'><p>x</p></div></body></html>"
    root = archives.crawl(tmp_path, [archives.answer(article_url(1), html.encode())])
    assert archives.findings(root) == []


# What cannot be used


def test_no_index(tmp_path):
    """Law: a reader makes no index."""
    with pytest.raises(NotFound, match="rebuild"):
        Index(tmp_path / NAME)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database, but a text\n" * 50, b"SQLite format 3\0", b"\0" * 5000])
@pytest.mark.parametrize("create", [True, False])
def test_what_is_no_index_is_refused(tmp_path, content, create):
    """Law: a file that is no index gives one clear line, for readers and writers."""
    (tmp_path / NAME).write_bytes(content)
    refused = pytest.raises(CannotWrite, match=r"^the index .* cannot be used .*rebuild`$")
    with refused, closing(Index(tmp_path / NAME, create=create)) as index:
        index.counts()
    assert (tmp_path / NAME).read_bytes() == content


def test_an_index_whose_maker_died_early_is_made(tmp_path):
    """Law: a file without a table is no obstacle to the next writer, and a reader adds none."""
    (tmp_path / NAME).touch()
    reader = Index(tmp_path / NAME)
    with pytest.raises(CannotWrite):
        reader.counts()
    reader.close()
    assert (tmp_path / NAME).stat().st_size == 0
    archives.died(lambda: Index(tmp_path / NAME, create=True)._db.execute("pragma application_id = 0"))
    Index(tmp_path / NAME, create=True).close()
    index = Index(tmp_path / NAME)
    assert index.capture_count() == 0
    index.close()


def read_all(index: Index, warc: str) -> None:
    """Read by every way there is."""
    index.known([article.url for article in CN])
    for kind in Kind:
        list(index.open_urls(kind))
    index.validators(FEED)
    index.filed(url=CN[0].url)
    index.filed(path="articles/x")
    list(index.articles())
    list(index.articles(edition="cn", newest=300))
    index.offsets(warc)
    list(index.captured(warc))
    index.warcs()
    index.capture_count()
    list(index.flaws())
    list(index.uneven())
    json.dumps(index.counts())


def test_a_damaged_index_gives_values_or_one_clear_line(tmp_path):
    """Law: wherever bytes of an index are damaged, reading gives values or an ArchiveError, nothing else."""
    root = archives.varied(tmp_path / "good")
    good, damaged, rng = (root / NAME).read_bytes(), tmp_path / NAME, random.Random(1)
    warc = next((root / "warc").glob("*.gz")).name
    lines: list[int] = []
    for _ in range(300):
        data, at = bytearray(good), rng.randrange(len(good))
        data[at : at + 16] = rng.randbytes(16)
        damaged.write_bytes(data)
        index = None
        try:
            index = Index(damaged)
            read_all(index, warc)
        except ArchiveError as error:
            lines.append(str(error).count("\n"))
        if index:
            index.close()
    assert len(lines) > 10
    assert set(lines) == {0}


def test_a_full_disk_leaves_the_index_as_it_was(index):
    """Law: when SQLite gives a transaction up by itself, the error is clear and the next one works."""
    with index:
        index.list_urls([(article_url(0), 0)])
    limit = index._db.execute("pragma page_count").fetchone()[0]
    index._db.execute(f"pragma max_page_count = {limit}")
    with pytest.raises(CannotWrite, match="full"), index:
        index.list_urls((article_url(number), number) for number in range(5000))
    index._db.execute("pragma max_page_count = 100000")
    assert len(index.known(map(article_url, range(5000)))) == 1
    with index:
        index.list_urls([(article_url(1), 0)])
    assert len(index.known(map(article_url, range(5000)))) == 2


def test_readers_see_what_was_committed(index):
    """Law: beside a writer in a transaction a reader finds what stood before it, at once; afterwards all of it."""
    reader = Index(index.path)
    with index:
        index.list_urls([(article_url(1), 1)])
        assert reader.known([article_url(1)]) == {}
        rows = index.open_urls(Kind.ARTICLE)
        next(rows)
    assert reader.known([article_url(1)]) == index.known([article_url(1)]) != {}
    reader.close()


def test_a_second_writer_waits_and_is_told(index):
    """Law: a writer that cannot begin says so in one line, and changes nothing."""
    other = Index(index.path, create=True)
    other._db.execute("pragma busy_timeout = 1")
    with index, pytest.raises(CannotWrite, match="locked"), other:
        other.list_urls([(article_url(2), 2)])
    with other:
        other.list_urls([(article_url(3), 3)])
    other.close()
    assert set(index.known(map(article_url, range(5)))) == {article_url(3)}


@pytest.mark.skipif(os.getuid() != 0, reason="gives up root's rights to try it")
def test_an_archive_that_may_only_be_read(tmp_path):
    """Law: an index in a folder without the right to write, as on a read-only disk, can be read."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        shutil.copy(archives.crawl(tmp_path, [archives.page(CN[0])]) / NAME, folder / NAME)
        (folder / NAME).chmod(0o444)
        folder.chmod(0o555)

        def read() -> None:
            os.setuid(65534)
            os._exit(0 if Index(folder / NAME).capture_count() == 1 else 1)

        assert archives.died(read) == 0
        assert [path.name for path in folder.iterdir()] == [NAME]
    finally:
        shutil.rmtree(folder)


def test_an_index_of_another_version_is_refused(tmp_path):
    """Law: tables that this code does not know are neither read nor written; a rebuild makes those it knows."""
    archives.crawl(tmp_path, [archives.page(CN[0])])
    archives.edit(tmp_path, "pragma user_version = 1")

    for create in (False, True):
        with pytest.raises(CannotWrite, match=r"version 1, not .*rebuild"):
            Index(tmp_path / NAME, create=create)
    rebuild(tmp_path, archives.CLOCK(), lambda _: None)
    assert archives.findings(tmp_path) == []
