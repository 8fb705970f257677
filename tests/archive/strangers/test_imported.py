"""Laws of one article file of another archiver: whole and kept as it is, passed over, or damaged at a place that is named."""

import hashlib
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import article, urls
from archive.errors import BadArticle
from archive.language import balance
from archive.strangers import imported
from archive.strangers.imported import KEPT, WANTED
from tests.archive.dialects import DIALECTS, news, old, olds, wire
from tests.archive.test_article import soup

OLDS = list(olds(len(DIALECTS)))
NAMES = [write.__name__ for write in DIALECTS]
URL = "https://www.rfi.fr/cn/a/20231026-b"
BODY = "<div>26/10/2023 - 15:12</div><p><strong></strong></p><div><p>文</p></div>"


def file(head="<!--1698327902000-->", link=f"[雨]({URL})", rule="------\n", body=BODY, end="\n"):
    """An article file, line by line."""
    return f"{head}\n{link}\n{rule}\n{body}{end}".encode()


# Whole files


@pytest.mark.parametrize("one", OLDS, ids=NAMES)
def test_every_dialect_is_read(one):
    """Law: a whole file of any dialect is what `article.read` finds in it, under its canonical URL."""
    found, read = imported.of(one.content), article.read(one.content)

    assert found is not None
    assert (found.url, found.notes) == (one.url, one.notes)
    assert (found.title, found.epoch * 1000) == (read.title, read.epoch)
    assert found.notes == ",".join(note for note in read.notes if note != "other spelling")
    assert found.sha256 == hashlib.sha256(one.content).hexdigest()


@pytest.mark.parametrize("one", OLDS, ids=NAMES)
def test_where_it_lies(one):
    """Law: its path is made of digits and hashes only, and tells whether it is wanted."""
    found = imported.of(one.content)

    assert found is not None
    day = urls.day(one.url)
    hashed = f"{day}-{urls.digest(one.url)[:12]}-{found.sha256[:12]}"
    assert found.path == f"imported/kept/{day[:4]}/{day[4:6]}/{hashed}.md"
    assert imported.twin(found.path) == found.path.replace(KEPT, WANTED)
    assert imported.twin(imported.twin(found.path)) == found.path


def test_line_ends_of_another_system():
    """Law: a byte order mark and CR LF are no damage, and are told."""
    found = imported.of(b"\xef\xbb\xbf" + file().replace(b"\n", b"\r\n"))

    assert found is not None
    assert found.notes == "foreign line ends"


def test_whole_markup_of_an_unknown_build():
    """Law: a file that is whole, but built otherwise than any dialect, is kept, and told."""
    found = imported.of(file(body="<section><p>文</p></section>"))

    assert found is not None
    assert found.notes == "other build"


# Damaged files


@pytest.mark.parametrize("one", OLDS, ids=NAMES)
def test_a_cut_at_any_byte_is_found(one):
    """Law: no beginning of a file passes for the whole."""
    for end in range(len(one.content)):
        with pytest.raises(BadArticle, match=r"line \d|byte \d"):
            imported.of(one.content[:end])


DAMAGED = {
    "empty": (b"", "line 1 should be <!--epoch-->"),
    "no epoch": (file(head="<!---->"), "line 1 should be <!--epoch-->"),
    "no link": (file(link="雨"), r"line 2 should be \[title\]\(url\)"),
    "no rule": (file(rule="---\n"), "line 3 should be ------"),
    "no empty line": (file(rule="------"), "line 4 should be empty"),
    "no body": (file(body=""), "it has no body"),
    "no end": (file(end=""), "its last line has no end"),
    "no URL": (file(link="[雨](雨)"), "line 2: not an http"),
    "not UTF-8": (file().replace("文".encode(), "文".encode("gb18030")), "not UTF-8 .* at byte"),
    "nulls": (file().replace(b"<p>", b"\0\0\0"), "byte 100 is null"),
    "a tag gone": (file(body=BODY.replace("</p></div>", "</div>")), r"line 5, near byte \d+"),
    "a stray bracket": (file(body=BODY.replace("文", "<")), r"line 5, near byte \d+"),
    "an epoch beyond the calendar": (file(head="<!--99999999999999000-->"), "epoch 99999999999999000"),
    "a reference without end": (file(link=f"[&#{'9' * 5000};]({URL})"), "a character reference without end"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_named(name):
    """Law: what is damaged is refused in one line that says where."""
    content, says = DAMAGED[name]

    with pytest.raises(BadArticle, match=says):
        imported.of(content)


def test_where_markup_breaks():
    """Law: the byte that is named is that of the tag which closes nothing, with the dialect's repairs undone."""
    content = wire(1, "雨", URL).replace(b"</p><p", b"</b><p", 1)

    with pytest.raises(BadArticle) as error:
        imported.of(content)

    assert int(re.findall(r"byte (\d+)", str(error.value))[0]) == content.index(b"</b>")


@given(soup)
def test_markup_is_whole_or_breaks_somewhere(markup):
    """Law: either no place is named, or one inside the markup, and up to there no tag closes what is not open."""
    at = balance.broken_at(markup)

    assert (at is None) == balance.is_whole(markup)
    assert at is None or 0 <= at <= len(markup)


# Files that are none of ours


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/a/20231026-b",
        "https://www.rfi.fr/fr/monde/20231026-b",
        "https://www.rfi.fr/cn/%E4%B8%AD%E5%9B%BD/",
        "https://s.rfi.fr/media/display/a.jpg",
    ],
)
@pytest.mark.parametrize("damage", [False, True])
def test_other_pages_are_passed_over(url, damage):
    """Law: other sites' files, other editions' and pages that are no article are none of ours, damaged or not."""
    content = file(link=f"[雨]({url})", end="<p>" if damage else "\n")

    assert imported.of(content) is None


@pytest.mark.parametrize(
    ("head", "name", "claims"),
    [
        (b"<!--1698327902000-->\n[", "1.txt", True),
        (b"\xef\xbb\xbf<!--1698327902000-->\r\n", "x", True),
        (b"", "1000008.md", True),
        (b"\0\0\0", "1042081_雨夜的灯.md", True),
        (b"x", "20231026-0123456789ab.md", True),
        (b"<!-- a comment -->", "page.html", False),
        ("法广\n------\n\n".encode(), "法广.md", False),
        (b"# About", "README.md", False),
        (b"\x89PNG", "1000008.png", False),
    ],
)
def test_what_claims_to_be_an_article_file(head, name, claims):
    """Law: its first bytes claim it, or a name such as article files have."""
    assert imported.claims(head, name) is claims


# Whatever comes


@given(st.binary(max_size=300))
def test_any_bytes(content):
    """Law: any bytes are an article of ours, none, or damaged: nothing else is raised."""
    with suppress(BadArticle):
        assert imported.of(content) is None


@given(st.integers(0, 20), st.data())
def test_any_damage(number, data):
    """Law: a file with any bytes put in place of others is whole, none of ours, or damaged."""
    content = old(number).content
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    changed = content[:start] + data.draw(st.binary(max_size=40) | soup.map(lambda t: t.encode(errors="replace")))
    changed += content[end:]
    with suppress(BadArticle):
        found = imported.of(changed)
        assert found is None or found.sha256 == hashlib.sha256(changed).hexdigest()


@pytest.mark.parametrize(
    "scrap", [b"<", b"<div", b"<div data-", b"</", b"](", b"[x](a)", b"'\"", b"<br><hr><div>", b"&#"]
)
def test_a_file_that_is_large_and_hostile_takes_no_long_time(scrap):
    """Law: no file takes more than time in proportion to its size; a second pass over it would be seen here."""
    content = file(body=BODY.replace("文", (scrap * (2 << 20))[: 2 << 20].decode()))

    with pytest.raises(BadArticle):
        imported.of(content + b"<")


def test_news_has_no_note():
    """Law: a file as we write it has nothing odd."""
    found = imported.of(news(1, "雨", URL))

    assert found is not None
    assert found.notes == ""
