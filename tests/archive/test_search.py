"""Laws of searching: what stands there is found, nothing else is, and the best comes first."""

import json
import random
import re
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.article import Article
from archive.engines import lexemes
from archive.errors import BadUsage
from archive.index import NAME, Index
from archive.language import han
from archive.language.query import ORDERS, Query
from archive.pages.facts import Facts
from archive.search import DEPTH, search
from archive.tables.texts import words_of
from tests.archive import archives
from tests.archive.archives import CN, TW, page
from tests.archive.inside import main
from tests.archive.queries import understood
from tests.archive.shelving import Story, shelve

START = datetime(2024, 12, 30, 12, tzinfo=UTC)
HAN = "北京洪水發发國国裡里"
SIGNS = "，。 「」"
MANY = 300


def story(number, title, lead, body, *, at=START, section="中国", author=None, show=None):
    article = Article(
        epoch=int(at.timestamp()) * 1000,
        title=title,
        url=urls.canonical(f"https://www.rfi.fr/cn/{section}/{at:%Y%m%d}-{number}"),
        shown="",
        image=None,
        lead=lead,
        body=f"<p>{body}</p>",
        after="",
    )
    none = dict.fromkeys("modified image shown caption short language generation".split())
    names = (author,) if author else ()
    facts = Facts(
        published=at, section=section, show=show, authors=names, tags=(), pictures=(), lead=lead, body=body, **none
    )
    return Story(article, facts)


def at_random():
    """Articles of few characters, so that any short text stands in some of them."""
    chance = random.Random(5)
    for number in range(MANY):
        texts = ("".join(chance.choices(HAN + SIGNS, k=chance.randint(0, 14))).strip() for _ in range(3))
        yield story(number, *texts, at=START + timedelta(minutes=number))


@pytest.fixture(scope="module")
def chance(tmp_path_factory):
    root, stories = tmp_path_factory.mktemp("chance"), list(at_random())
    shelve(root, stories)
    with closing(Index(root / NAME)) as index:
        yield root, index, {one.article.url: (one.article.title, one.facts.lead, one.facts.body) for one in stories}


def bare(text):
    """A text as the law of the search has it: variants one, no signs, but the ends of clauses."""
    return re.sub("[「」 ]+", "", han.folded(text))


@pytest.mark.slow
@given(st.text(HAN, min_size=1, max_size=4), st.sampled_from(ORDERS))
def test_what_stands_there_is_found(chance, text, order):
    """Law: one, two, three characters and more, simplified or traditional, find the articles in which they stand."""
    root, index, texts = chance
    there = {url for url, fields in texts.items() if any(bare(text) in bare(field) for field in fields)}

    found = search(root, index, Query(text, order=order), limit=DEPTH)

    assert {hit.card.url for hit in found.hits} == there
    assert (found.total, found.more, found.next) == (len(there), False, None)
    for hit in found.hits:
        marks = [piece for piece, sought in chain(hit.title, hit.snippet) if sought]
        assert marks
        assert {bare(mark) for mark in marks} == {bare(text)}


def test_each_word_is_taken_as_it_is(tmp_path):
    """Law: of all letters and digits that there are, SQLite's search has the words that PostgreSQL's is given, no others."""
    letters = " ".join(filter(str.isalnum, map(chr, range(sys.maxunicode + 1))))
    shelve(tmp_path, [story(1, "t", "", letters)])

    with closing(Index(tmp_path / NAME)) as index:
        index._db.execute("create virtual table temp.words using fts5vocab (main, search, row)")
        words = [word for (word,) in index._db.execute("select term from temp.words order by term")]

    assert words == sorted({*lexemes.words(words_of("t", "", letters)).split()})


@given(st.text(HAN, min_size=1, max_size=2), st.text(HAN, min_size=1, max_size=2))
def test_and_or_not(chance, one, other):
    """Law: AND finds what both find, OR what either does, NOT what only the first does."""

    def found(text):
        _, index, _ = chance
        return set(index.matching(understood(text).match(), (0, 2**62), (), MANY))

    assert found(f"{one} {other}") == found(f"{one} AND {other}") == found(one) & found(other)
    assert found(f"{one} OR {other}") == found(one) | found(other)
    assert found(f"{one} NOT {other}") == found(f"{one} -{other}") == found(one) - found(other)


@pytest.mark.slow
@given(st.text(HAN, min_size=1, max_size=2), st.sampled_from(ORDERS), st.integers(20, 90))
def test_pages_make_the_whole(chance, text, order, limit):
    """Law: page for page the same articles come in the same order as at once: the best, or the newest, first."""
    root, index, texts = chance
    query = Query(text, order=order)
    found = search(root, index, query, limit=limit)
    paged = found.hits
    while found.next is not None:
        found = search(root, index, query, start=found.next, limit=limit)
        paged += found.hits

    def worth(hit):
        there = [bare(text) in bare(field) for field in texts[hit.card.url]]
        return there.index(True) if order == "best" else 0

    whole = search(root, index, query, limit=DEPTH).hits
    assert [hit.card for hit in paged] == [hit.card for hit in whole]
    assert whole == sorted(whole, key=lambda hit: (worth(hit), -hit.card.number))


TYPED = [*"\"'“”「」()（）-*^:{}+~|&,.", "AND", "OR", "NOT", "NEAR", "北京", "a", " ", "\0"]


@given(
    st.text(max_size=210) | st.lists(st.sampled_from(TYPED), max_size=60).map("".join),
    st.none() | st.text(),
    st.none() | st.integers(),
)
def test_no_text_does_harm(chance, text, section, year):
    """Law: whatever somebody types is answered, or refused in one line; no sign is an order to the database."""
    root, index, _ = chance
    said = "well"
    try:
        search(root, index, Query(text, section=section, year=year))
    except BadUsage as refused:
        said = str(refused)

    assert said.isprintable()


@pytest.mark.parametrize(
    "text", ["".join(f"{sign}(" for sign in "北京洪水発发國国裡里北京洪水发") + "京", "北 -(" * 15 + "京"]
)
def test_the_deepest_query_is_answered(chance, text):
    """Law: a query of as many words as may be, one inside the other, is no deeper than the database takes."""
    root, index, _ = chance
    assert search(root, index, Query(text)).total in range(MANY)


@pytest.mark.parametrize("page", [(-1, 20), (0, 0), (DEPTH + 1, 20), (0, DEPTH + 1)])
def test_deep_pages_are_refused(chance, page):
    """Law: nobody pages through the whole archive by a search."""
    root, index, _ = chance
    with pytest.raises(BadUsage, match=str(DEPTH)):
        search(root, index, Query("北"), start=page[0], limit=page[1])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Articles around the end of a year, three a day, each with a section, some with author and show."""
    root = tmp_path_factory.mktemp("shelf")
    sections, authors, shows = ("中国", "法国", "国际"), ("安德烈", None), (None, None, "要闻解说")
    stories = [
        story(
            number,
            f"第{number}篇",
            "导语",
            "正文",
            at=START + timedelta(hours=8 * number),
            section=sections[number % 3],
            author=authors[number % 2],
            show=shows[number % 3],
        )
        for number in range(30)
    ]
    shelve(root, stories)
    with closing(Index(root / NAME)) as index:
        yield root, index


FILTERS: list[tuple[dict[str, Any], Callable[[Any], bool]]] = [
    ({"section": "法国"}, lambda card: card.section == "法国"),
    ({"author": "安德烈"}, lambda card: "安德烈" in card.authors),
    ({"show": "要闻解说"}, lambda card: card.show == "要闻解说"),
    ({"edition": "cn"}, lambda _: True),
    ({"edition": "tw"}, lambda _: False),
    ({"tag": "没有"}, lambda _: False),
    ({"year": 2025}, lambda card: card.published >= datetime(2024, 12, 31, 23, tzinfo=UTC)),
    ({"year": 2024, "since": date(2024, 12, 31)}, lambda card: card.published.date() == date(2024, 12, 31)),
    ({"since": date(2025, 1, 2), "until": date(2025, 1, 2)}, lambda card: card.published.date() == date(2025, 1, 2)),
    ({"since": date(2025, 1, 2), "until": date(2025, 1, 1)}, lambda _: False),
    ({"section": "国际", "author": "安德烈"}, lambda card: card.section == "国际" and bool(card.authors)),
]


@pytest.mark.parametrize("text", ["", "正文"])
@pytest.mark.parametrize(("asked", "fits"), FILTERS)
def test_filters(shelf, text, asked, fits):
    """Law: of what is found stay the articles with these labels and days, on the clock of Paris; words or none."""
    root, index = shelf

    found = search(root, index, Query(text, **asked), limit=100)

    assert [hit.card for hit in found.hits] == [card for card in index.newest_cards(limit=100) if fits(card)]


@pytest.mark.parametrize("text", ["", "正文", "第3篇"])
def test_facets(shelf, text):
    """Law: a facet tells how many articles its name leaves of what was found."""
    root, index = shelf
    found = search(root, index, Query(text))

    assert found.total == {"第3篇": 1}.get(text, 30)
    assert sum(many for _, many in found.facets["section"]) == found.total
    for kind, names in found.facets.items():
        for name, many in names:
            asked: dict[str, Any] = {kind: int(name) if kind == "year" else name}
            assert search(root, index, Query(text, **asked)).total == many
    assert [name for name, _ in found.facets["year"]] == {"第3篇": ["2024"]}.get(text, ["2025", "2024"])


def test_a_search_that_finds_much_is_bounded(tmp_path):
    """Law: of what finds very many articles the newest are counted and shown, and that there are more is said."""
    many = DEPTH + 50
    shelve(tmp_path, (story(number, "题", "导", "文", at=START + timedelta(minutes=number)) for number in range(many)))
    with closing(Index(tmp_path / NAME)) as index:
        first = search(tmp_path, index, Query("文"))
        last = search(tmp_path, index, Query("题"), start=DEPTH - 10)

        assert (first.total, first.more, first.next, len(first.hits)) == (DEPTH, True, 20, 20)
        assert (last.next, len(last.hits)) == (None, 10)
        assert [hit.card for hit in first.hits] == index.newest_cards(limit=20)


@pytest.fixture
def crawled(tmp_path):
    return archives.crawl(tmp_path / "archive", [*map(page, (*CN[:3], *TW[:2]))])


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_bytes(b"damaged")])
def test_a_damaged_file(crawled, harm):
    """Law: where the article file is missing or damaged, the snippet comes from the record; else there is none."""
    with closing(Index(crawled / NAME)) as index:
        (card,) = [card for card in index.newest_cards(limit=9) if card.url == CN[0].url]
        query = Query(f'"{card.title}"')
        (whole,) = search(crawled, index, query).hits
        harm(crawled / card.path)
        assert search(crawled, index, query).hits == [whole]

        for file in (crawled / "warc").iterdir():
            file.write_bytes(b"damaged")
        (hit,) = search(crawled, index, query).hits
        assert (hit.title, hit.snippet) == (whole.title, [])


def test_the_verb(crawled, capsys):
    """Law: `search` tells each article with marks in brackets; with --json it gives values; exit code 1: none."""
    title = CN[0].title
    code, out, err = main(capsys, "search", f"「{title}」", "--archive", crawled)
    assert code == 0
    assert f"[{title}]" in out
    assert CN[0].url in out
    assert "1 found" in err

    code, out, _ = main(capsys, "search", "", "--json", "--limit", "2", "--archive", crawled)
    found = json.loads(out)
    assert (code, found["total"], len(found["hits"])) == (0, 5, 2)

    assert main(capsys, "search", "没有这样的话", "--archive", crawled)[:2] == (1, "")
    assert main(capsys, "search", "，", "--archive", crawled)[0] == 2
    assert main(capsys, "search", "京", "--limit", "0", "--archive", crawled)[0] == 2
