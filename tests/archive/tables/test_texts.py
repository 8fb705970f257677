"""Laws of texts: each article has one, they lie by date of news, and labels count who bears them."""

from contextlib import closing
from itertools import pairwise

import pytest

from archive import urls
from archive.commit.ledger import page_at
from archive.index import NAME, Index
from archive.rebuild import rebuild
from archive.tables.card import LABELS
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, edit, keep, page


@pytest.fixture
def root(tmp_path):
    return archives.crawl(tmp_path / "archive", [*map(page, CN)])


def index_of(root, *, create=False):
    return closing(Index(root / NAME, create=create))


def found(index, *words):
    sql = "select rowid from search where search match ? order by rowid"
    return [number for (number,) in index._db.execute(sql, (" ".join(words),))]


def test_each_article_has_one_text_newest_first(root):
    """Law: newest_cards gives every article once, by the time of its publication, the newest first, in pages, too."""
    with index_of(root) as index:
        cards = index.newest_cards(limit=100)
        paged = index.newest_cards(limit=3)
        paged += index.newest_cards(before=paged[-1].number, limit=100)

        assert sorted(card.path for card in cards) == sorted(one.path for one in index.articles())
        assert [card.published for card in cards] == sorted((card.published for card in cards), reverse=True)
        assert paged == cards == index.cards([card.number for card in cards])
        assert [index.card(card.path) for card in cards] == cards
        assert sorted(cards, key=lambda card: card.path) == list(index.every_card())


def test_days(root):
    """Law: the days together have every article, each under one day, and lead to one another."""
    with index_of(root) as index:
        days = index.by_day()
        cards = [card for day, _ in reversed(days) for card in index.of_day(day)]

        assert [len(index.of_day(day)) for day, _ in days] == [count for _, count in days]
        assert cards == index.newest_cards(limit=100)
        for (day, _), (after, _) in pairwise(days):
            assert (index.next_day(day, back=False), index.next_day(after, back=True)) == (after, day)
        assert index.next_day(days[-1][0], back=False) is index.next_day(days[0][0], back=True) is None
        assert index.by_day(days[1][0], days[1][0]) == [days[1]]


def test_labels(root):
    """Law: a label counts the articles that bear it, and gives them newest first."""
    with index_of(root) as index:
        cards = index.newest_cards(limit=100)
        for kind in LABELS:
            bear = dict[str, list]()
            for card in cards:
                for name in {name for of, name in card.labels() if of == kind}:
                    bear.setdefault(name, []).append(card)

            assert dict(index.labels(kind)) == {name: len(some) for name, some in bear.items()}
            for name, some in bear.items():
                assert index.newest_cards((kind, name), limit=100) == some
        assert index.newest_cards(("section", "none"), limit=100) == []


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path):
    """Law: an article is found by the words and labels of its newest version only, in the same order as before."""
    root = archives.crawl(tmp_path, [page(CN[0]), page(CN[1])])
    with index_of(root) as index:
        (before,) = [card for card in index.newest_cards(limit=9) if card.url == CN[0].url]
    archive = archives.open_archive(root)
    keep(archive, page(CN[0].revised(1)))
    archives.close(archive)

    with index_of(root) as index:
        (after,) = [card for card in index.newest_cards(limit=9) if card.url == CN[0].url]
        assert after.number != before.number
        assert index.cards([before.number]) == []
        assert list(index.uneven()) == []


def test_the_same_words_keep_their_number(root):
    """Law: what is filed again as it was is not given to the search again."""
    with index_of(root, create=True) as index:
        numbers = [card.number for card in index.newest_cards(limit=100)]
        with index:
            for card in index.newest_cards(limit=100):
                row = next(one.article for _, one in index.captures(card.url) if one.article)
                index.enter(urls.key(card.url), row, given(root, card))

        assert [card.number for card in index.newest_cards(limit=100)] == numbers
        assert list(index.uneven()) == []


def given(root, card):
    found = page_at(root / "warc", card.place, card.refers)
    return found.article.title, found.facts.lead, found.facts.body


def test_labels_are_counted_together(root):
    """Law: what a transaction files and takes out again bears no label behind it, and what it files twice has each once."""
    with index_of(root, create=True) as index:
        before = {kind: index.labels(kind) for kind in LABELS}
        cards = index.newest_cards(limit=100)
        rows = {card.url: next(one.article for _, one in index.captures(card.url) if one.article) for card in cards}

        with index.undone():
            for card in cards:
                index.enter(urls.key(card.url), rows[card.url] | {"tags": '["other"]'}, ("other", "", ""))
        with index:
            for card in cards:
                for words in (("other", "", ""), given(root, card)):
                    index.enter(urls.key(card.url), rows[card.url], words)
        assert {kind: index.labels(kind) for kind in LABELS} == before
        assert list(index.uneven()) == []
        with index:
            for card in cards:
                index.enter(urls.key(card.url), rows[card.url], ("other", "", ""))
                index.unfile(card.url)

        assert all(index.labels(kind) == [] for kind in LABELS)
        assert not any("bear it" in how for _, how in index.uneven())


def test_an_article_that_goes_is_found_no_more(root):
    """Law: what is no article any more has no text and no label."""
    with index_of(root, create=True) as index:
        for card in index.newest_cards(limit=100):
            index.unfile(card.url)

        assert index.newest_cards(limit=100) == index.by_day() == []
        assert all(index.labels(kind) == [] for kind in LABELS)


DAMAGE = {
    "update texts set key = null where id = (select min(id) from texts)": "its text cannot be found",
    "delete from search_docsize where id = (select min(id) from texts)": "are not there",
    "update labels set articles = 9 where id = 1": "9 articles are noted",
    "delete from labelled where label = 1": "0 bear it",
    "insert into texts values (1, (select key from urls where kind != 'article' limit 1), 0)": "which is no article",
}


@pytest.mark.parametrize("sql", DAMAGE)
def test_damage_is_found(root, sql):
    """Law: whatever disagrees among the tables of texts is told, and a rebuild mends it."""
    edit(root, sql)

    with index_of(root) as index:
        assert DAMAGE[sql] in " ".join(how for _, how in index.uneven())
    rebuild(root, CLOCK(), lambda _: None)
    with index_of(root) as index:
        assert list(index.uneven()) == []
