"""Laws of the coded words: each has a number of its own, is read back as it was, and damage is told."""

import hashlib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.decide import State
from archive.errors import CannotWrite
from archive.index import NAME, Index
from archive.records.digest import digest
from archive.tables import coded
from archive.urls import Kind
from tests.archive import archives

STATED = st.sampled_from(("", "sha1:", "sha256:", "md5:"))
TEXTS = st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=70)


def test_every_word_has_its_number():
    """Law: states and kinds are those of the rules, and a number is read as the word that it was made of."""
    assert {coded.state(coded.number(state)) for state in State} == set(State) == set(coded.STATES)
    assert {coded.kind(coded.number(kind)) for kind in Kind} == set(Kind) == set(coded.KINDS)


@pytest.mark.parametrize("number", [-1, 99, None, "archived", b"\0", 0.0])
@pytest.mark.parametrize("read", [coded.state, coded.kind])
def test_a_number_of_no_word_is_damage(read, number):
    """Law: what is no number of ours is no word, of whatever type it is."""
    with pytest.raises(ValueError, match="damaged row"):
        read(number)


def test_sql_says_words():
    """Law: a quoted word stands for its number, and nothing else changes."""
    said = "select 'first', kind, 'gone away' from urls where state in ('listed', 'gone') and kind = 'image'"

    assert coded.sql(said) == "select 'first', kind, 'gone away' from urls where state in (1, 4) and kind = 1"


@given(st.one_of(st.binary().map(digest), st.builds(str.__add__, STATED, TEXTS)))
def test_a_digest_comes_back(digest):
    """Law: a payload digest is read as it was stated, by whatever tool."""
    kept = coded.packed(digest)

    assert coded.digest(kept.hex()) == digest


@given(st.binary())
def test_a_digest_of_ours_takes_twenty_bytes(body):
    """Law: it is the SHA-1 itself that is kept."""
    assert coded.packed(digest(body)) == hashlib.sha1(body, usedforsecurity=False).digest()


VALUES = (-1, 2**62, 1.5, "x", "", b"", b"\xff\xfe", b"\0" * 20, None)
COLUMNS = {
    "urls": "url kind state why attempts last rank",
    "captures": "key epoch warc offset length digest status mime state asked target",
    "pages": "epoch sha256 content changed parser",
    "articles": "capture path sha256 edition epoch title published modified section authors tags first looked gone",
    "mimes": "mime",
    "warcs": "name size sha256",
}


def read_all(index: Index, url: str, file: str) -> None:
    index.known([url])
    list(index.captured(file))
    index.captures(url)
    index.pages(url)
    list(index.articles())
    index.newest_cards(limit=10)
    index.stood([url])
    list(index.standings())
    index.counts()
    index.backlog()
    list(index.uneven())


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    return archives.varied(tmp_path_factory.mktemp("coded") / "archive")


@pytest.mark.parametrize(("table", "column"), [(table, one) for table, all_ in COLUMNS.items() for one in all_.split()])
def test_a_damaged_value_gives_values_or_one_clear_line(good, tmp_path, table, column):
    """Law: whatever value stands in whatever column, reading gives values or a CannotWrite of one line, nothing else."""
    url, file = archives.CN[1].url, min((good / "warc").glob("*.gz")).name
    told = list[str]()
    for value in VALUES:
        (tmp_path / NAME).write_bytes((good / NAME).read_bytes())
        archives.edit(tmp_path, f"update or ignore {table} set {column} = ?", value)
        with closing(Index(tmp_path / NAME)) as index:
            try:
                read_all(index, url, file)
            except CannotWrite as error:
                told.append(str(error))

    assert all("cannot be used" in line and "\n" not in line for line in told)
