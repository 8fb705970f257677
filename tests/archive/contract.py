"""Contract: what every index keeps to, whatever engine it is in: each engine's tests inherit it."""

import json
import os
import random
import signal
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import decide, urls
from archive.decide import State
from archive.engines.opening import open_index
from archive.errors import NotFound
from archive.index import NAME, Index
from archive.tables import coded
from archive.urls import Kind
from tests.archive import archives
from tests.archive.archives import CN, FEED, START

INHERITED = settings(suppress_health_check=[HealthCheck.differing_executors])
"""Of a law on made-up input that the tests of each engine try."""
NUMBERS = count(10**6)
"""Of articles that no test has had before: each try at a law has its own, and need not make an index."""
BAD = (State.REJECTED, State.FAILED, State.GONE)


def article_url(number: int) -> str:
    return f"https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261001-{number}"


def row_of(index: Index, url: str) -> tuple[Any, ...] | None:
    """All that is noted of a URL."""
    return index._row(lambda *row: row, "select * from urls where key = ?", (urls.key(url),))


class Engine(Protocol):
    """Where indexes are."""

    def opened(self, name: str, *, create: bool = False) -> Index:
        """Open an index of this name."""

    def name(self) -> str:
        """Return a name that no index has yet."""


class Contract:
    """Laws of an index; a module of tests says by a fixture `engine` where."""

    @pytest.fixture
    def index(self, engine: Engine) -> Iterator[Index]:
        with closing(engine.opened(engine.name(), create=True)) as index:
            yield index

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        """An archive to be made, whose index is in this engine."""
        return tmp_path / "archive"

    @INHERITED
    @given(ops=st.lists(st.sampled_from(["list", "open", "close"]), max_size=12), fails=st.booleans())
    def test_a_transaction_keeps_all_or_nothing(self, engine, ops, fails):
        """Law: after the outermost transaction all its rows are kept, or, if it failed, none of them; those inside are part of it."""
        met, depth, listed = 0, 1, [article_url(next(NUMBERS)) for _ in range(20)]
        with closing(engine.opened("laws", create=True)) as index:
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
                            index.list_urls([(listed[met], met)])
                            met += 1
                    for _ in range(depth - 1):
                        index.__exit__(None, None, None)
                    if fails:
                        raise KeyError  # noqa: TRY301 - the failure whose end is tried
            except KeyError:
                met = 0
            assert len(index.known(listed)) == met

    @INHERITED
    @given(
        st.lists(
            st.tuples(st.sampled_from([s for s in State if s is not State.LISTED]), st.integers(0, 90)), max_size=8
        )
    )
    def test_states_follow_the_rules(self, engine, fetches):
        """Law: archived stays archived; failures count once in 30 minutes; a good fetch sets the count to 0.

        That what is archived is gone is no failure, but told.  Who counts them all again comes to the same.
        """
        url, now, expected, attempts, last, past = article_url(next(NUMBERS)), START, None, 0, None, []
        with closing(engine.opened("laws", create=True)) as index:
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

    def test_what_would_be_can_be_seen(self, index):
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
    def test_listing_never_overrides(self, index, state):
        """Law: what is known of a URL stays as it is, however often it is listed."""
        with index:
            index.settle(article_url(1), state, "why", START, 7)
        before = row_of(index, article_url(1))
        with index:
            index.list_urls([(article_url(1), 99), (article_url(1), 98)])
        assert row_of(index, article_url(1)) == before

    def test_known_in_batches_equals_one_by_one(self, index):
        """Law: many look-ups at once find what single ones find; URLs never met are left out."""
        with index:
            for number in range(0, 1200, 2):
                index.settle(
                    article_url(number), random.Random(number).choice(BAD), "", START + timedelta(hours=number), 0
                )
        wanted = [article_url(number) for number in range(1200)]
        known = index.known(wanted)
        assert len(known) == 600
        assert known == {url: found for one in wanted for url, found in index.known([one]).items()}

    def test_open_urls_are_those_not_done_newest_first(self, index):
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

    def test_urls_of_one_key_are_told_apart(self, root):
        """Law: a row under the key of another URL is not taken for it, nor overwritten by it."""
        archives.crawl(root, [archives.page(CN[0]), archives.feed()])
        index = open_index(root / NAME, create=True)
        for url in (CN[0].url, FEED):
            index._db.execute("update urls set url = 'https://www.rfi.fr/other' where key = ?", (urls.key(url),))
        assert index.known([CN[0].url]) == {}
        assert index.filed(url=CN[0].url) is None
        assert index.validators(FEED) == (None, None)
        with index:
            index.settle(CN[0].url, State.GONE, "", START, 0)
        assert index._row(coded.state, "select state from urls where key = ?", [urls.key(CN[0].url)]) == "archived"
        assert index.standing(CN[0].url) is None
        index.close()

    def test_validators_are_those_of_the_last_good_answer(self, root):
        """Law: ETag and Last-Modified outlive an answer that is no listing."""
        archive = archives.open_archive(root)
        assert archive.index.validators(FEED) == (None, None)
        archives.keep(archive, archives.feed())
        archives.keep(archive, archives.answer(FEED, b"<html>challenge</html>", 200, archives.HTML, 'ETag: "no"'))
        assert archive.index.validators(FEED) == ('"a1"', "Sat, 31 Oct 2026 22:00:00 GMT")
        archives.close(archive)

    def test_counts_are_plain_values(self, index, root):
        """Law: the figures of any archive, an empty one too, are JSON."""
        assert json.loads(json.dumps(index.counts()))["captures"] == {"count": 0, "first": None, "last": None}
        full = open_index(archives.varied(root) / NAME)
        counts = json.loads(json.dumps(full.counts()))
        assert counts["articles"] == {"cn": 9, "tw": 3}
        assert [run.counts for run in full.runs(5)] == [
            {"exchanges": 10},
            {"articles": 3},
            {"articles": 7},
        ]
        full.close()

    def test_half_a_surrogate_pair_can_be_kept(self, root):
        """Law: whatever JSON-LD says of authors and key words, the page is archived."""
        said = '{"@type": "NewsArticle", "author": {"name": "a\\\\ud800"}, "keywords": "b\\\\udfff,c"}'.replace(
            "\\\\", "\\"
        )
        ld = f'<script type="application/ld+json">{said}</script>'
        html = f"<!DOCTYPE html><html lang='zh'><head>{ld}</head><body><h1 class='a-page-title'>t</h1><div class='t-content__body'><p>x</p></div></body></html>"
        archives.crawl(root, [archives.answer(article_url(1), html.encode())])
        assert archives.findings(root) == []

    def test_readers_see_what_was_committed(self, engine):
        """Law: beside a writer in a transaction a reader finds what stood before it, at once; afterwards all of it."""
        index = engine.opened(name := engine.name(), create=True)
        reader = engine.opened(name)
        with index:
            index.list_urls([(article_url(1), 1)])
            assert reader.known([article_url(1)]) == {}
            rows = index.open_urls(Kind.ARTICLE)
            next(rows)
        assert reader.known([article_url(1)]) == index.known([article_url(1)]) != {}
        reader.close()
        index.close()

    def test_a_reader_makes_no_index(self, engine):
        """Law: what is not there is not made by who only reads, and that is told in one line."""
        with pytest.raises(NotFound, match="rebuild"):
            engine.opened(engine.name())

    def test_half_a_transaction_dies_with_its_writer(self, engine):
        """Law: of a writer that is killed in a transaction nothing is kept, and the next one need not wait."""
        name = engine.name()
        with closing(engine.opened(name, create=True)) as index, index:
            index.list_urls([(article_url(1), 1)])

        def die():
            writer = engine.opened(name, create=True)
            writer.__enter__()
            writer.list_urls([(article_url(2), 2)])
            os.kill(os.getpid(), signal.SIGKILL)

        archives.died(die)
        with closing(engine.opened(name, create=True)) as index, index:
            index.list_urls([(article_url(3), 3)])
            assert set(index.known(map(article_url, range(5)))) == {article_url(1), article_url(3)}
