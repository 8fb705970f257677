"""Laws of the site: whole, closed, the same from any index, harmless by name, and never half there."""

import itertools
import json
import os
import posixpath
import re
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive.errors import BadUsage, NotFound
from archive.export.site import folding, postings, tree
from archive.export.site.postings import SIGNS, Postings
from archive.index import NAME, Index
from archive.language import han
from archive.rebuild import rebuild
from archive.web.speech import WORDS
from benchmarks.library import Author
from tests.archive import archives, lived, shelving
from tests.archive.archives import CLOCK, answer, hashes, short
from tests.archive.shelving import Story
from tests.site.pictures import jpeg

HOSTILE = [
    "../../etc/passwd",
    "..",
    "/",
    "\\",
    "CON",
    "a?b#c%2e%2E&d",
    "\u202eright",
    "名" * 300,
    '"><script>',
    "\x00\x1b",
    " ",
    "🀄",
]
TEXTS = "北京的洪水", "巴黎 G20 峰会。北京", "x" * 50
MANY = 75
"""Articles of one section: more than two pages of them."""


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Path:
    """An archive with some of everything: two editions, versions, what is gone and back, pictures, a long section."""
    root = archives.varied(tmp_path_factory.mktemp("full") / "archive")
    with closing(Index(root / NAME)) as index:
        images = sorted({card.image for card in index.every_card() if card.image})
    archives.crawl(root, [answer(image, jpeg(image), 200, "image/jpeg") for image in images[::2]])
    archives.crawl(root, (short(number, words=f"第{number}段话。") for number in range(MANY)))
    archives.crawl(root, (answer(short(number).url, b"gone", 410) for number in range(40)))
    lived.live(root)
    return root


@pytest.fixture(scope="module")
def site(full, tmp_path_factory) -> Path:
    return tree.write(full, tmp_path_factory.mktemp("site") / "out")


def links(path: Path) -> list[str]:
    """All that a page, a card of the search or a feed leads to or loads."""
    text = path.read_text("utf-8")
    if path.suffix == ".js":
        text = json.loads(text.partition(", ")[2].removesuffix(");\n"))[0]
    if path.suffix == ".atom":
        return re.findall(r'<link rel="[a-z]+" href="([^"]*)"', text)
    names = ("href", "src", "action", "data", "poster", "srcset")
    found = LexborHTMLParser(text).css(", ".join(f"[{name}]" for name in names))
    return [node.attributes[name] or "" for node in found for name in names if name in node.attributes]


def pages(place: Path) -> list[Path]:
    return [*place.rglob("*.html"), *place.glob("find/texts/*/*.js"), *place.glob("*.atom")]


def open_ends(place: Path) -> list[tuple[str, str]]:
    """Links that lead to nothing in the tree, with their pages; those to pages of the world are left out."""
    there, wrong = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}, []
    for path in pages(place):
        here = path.relative_to(place).as_posix()
        folder = "" if path.suffix == ".js" else posixpath.dirname(here)
        for link in links(path):
            parts = urlsplit(link)
            if parts.scheme in ("http", "https") or link.startswith("#"):
                continue
            target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
            if parts.scheme or parts.netloc or link.startswith("/") or parts.query or target not in there:
                wrong.append((here, link))
    return wrong


def test_links_are_closed(site):
    """Law: every link is relative and leads to a file of the site, but for those to the world, which load nothing."""
    assert open_ends(site) == []
    loaded = [
        node.attributes["src"]
        for path in site.rglob("*.html")
        for node in LexborHTMLParser(path.read_text("utf-8")).css("[src]")
    ]
    assert loaded
    assert not [src for src in loaded if not src or "//" in src]


def test_every_article_is_there(full, site):
    """Law: each article has its page, its file byte for byte, its day, its section, and its place in the search."""
    with closing(Index(full / NAME)) as index:
        cards = list(index.every_card())
    for card in cards:
        base = site / "article" / card.stem[:4] / card.stem[4:6] / card.stem
        assert base.with_suffix(".html").is_file()
        assert base.with_suffix(".md").read_bytes() == (full / card.path).read_bytes()
    assert len([*site.glob("find/texts/*/*.js")]) == len(cards)
    for kind in ("section", "day"):
        reached = {link.rpartition("/")[2] for path in (site / kind).rglob("*.html") for link in links(path)}
        assert {f"{card.stem}.html" for card in cards} <= reached


FORMS = [
    r"article/.*/2\.html", r"article/.*/1-2\.html", r"image/[0-9a-f]{16}\.jpg", r"section/[0-9a-f]{16}/1\.html",
    r"gone/0\.html", r"changes/1\.html", r"static/style\.css", r"\.nojekyll", r"404\.html", r"feed\.atom",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_nothing_of_the_reader_is_missing(site, form):
    """Law: versions, comparisons, pictures, what was edited and what is gone are there, long lists on several pages."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())

    assert any(re.fullmatch(form, name) for name in names)


def test_no_page_runs_or_asks(site):
    """Law: every page names its own policy: nothing inline, nothing from elsewhere, nothing asked for."""
    for path in site.rglob("*.html"):
        page = LexborHTMLParser(path.read_text("utf-8"))
        (policy,) = page.css("meta[http-equiv=Content-Security-Policy]")
        assert "default-src 'none'" in (policy.attributes["content"] or "")
        assert "unsafe" not in (policy.attributes["content"] or "")
        assert not page.css("script:not([src]), style, [style], [onload], [onerror], [onclick]")


def test_it_is_the_same_twice(full, site, tmp_path):
    """Law: made again, in place too, and from an index that was made again, the site is the same, byte for byte."""
    again = archives.copied(full, tmp_path / "archive")
    rebuild(again, CLOCK(), lambda _: None)
    shutil.copytree(site, tmp_path / "in place")

    for root, out in ((full, "second"), (again, "rebuilt"), (full, "in place")):
        assert hashes(tree.write(root, tmp_path / out), ".") == hashes(site, ".")


def test_it_does_not_depend_on_the_order_of_arrival(tmp_path):
    """Law: articles of one minute lie the same in whatever order they came."""
    stories = list(Author().stories(40))
    moment = stories[0].facts.published
    told = [Story(story.article, replace(story.facts, published=moment, section="国际")) for story in stories]
    for name, numbered in (("one", list(enumerate(told))), ("other", list(enumerate(told))[::-1])):
        (tmp_path / name).mkdir()
        with closing(Index(tmp_path / name / NAME, create=True, durable=False)) as index, index:
            for number, story in numbered:
                shelving._keep(tmp_path / name, index, story, number)

    sites = [hashes(tree.write(tmp_path / name, tmp_path / f"{name}.site"), ".") for name in ("one", "other")]

    assert sites[0] == sites[1]


def test_what_comes_meanwhile_waits(root, tmp_path):
    """Law: a site is of one moment: an article that comes while it is written is in the next one, wholly."""
    before, came = hashes(tree.write(root, tmp_path / "before"), "."), list[Path]()

    def tell(_: int) -> None:
        if not came:
            came.append(archives.crawl(root, [short(7)]))

    after = tree.write(root, tmp_path / "after", tell)

    assert hashes(after, ".") == before
    assert hashes(tree.write(root, tmp_path / "later"), ".").keys() > before.keys()


def test_old_pages_stay_when_news_comes(full, site, tmp_path):
    """Law: pages of older articles of a label are counted from the oldest on: news leaves the first of them alone."""
    root = archives.copied(full, tmp_path / "archive")
    archives.crawl(root, [short(9 * 100 + 8, words="新的一段话。")])
    before, after = hashes(site, "section"), hashes(tree.write(root, tmp_path / "later"), "section")

    changed = [name for name in before if before[name] != after[name]]

    assert changed
    assert not [name for name in changed if name.endswith("/0.html")]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """The site of articles whose labels and titles are chosen by an enemy of file systems."""
    root = tmp_path_factory.mktemp("hostile") / "archive"
    stories = [
        Story(
            replace(story.article, title=name * 3),
            replace(story.facts, section=name, show=name, authors=(name, name + "."), tags=(name,)),
        )
        for story, name in zip(Author().stories(len(HOSTILE)), HOSTILE, strict=True)
    ]
    shelving.shelve(root, stories)
    return tree.write(root, root.parent / "out")


def test_no_name_comes_from_outside(hostile):
    """Law: whatever labels are called, files lie where they should and have short plain names; all links hold."""
    names = {part for path in hostile.rglob("*") for part in path.relative_to(hostile).parts}

    assert {name for name in names if not re.fullmatch("[a-z0-9.-]{1,40}", name)} == set()
    assert sorted(path.name for path in hostile.parent.iterdir()) == ["archive", "out"]
    assert open_ends(hostile) == []


def test_two_names_have_two_pages(hostile):
    """Law: each label has its own page, though names differ in a sign only."""
    names = {name for one in HOSTILE for name in (one, one + ".")}

    assert len([*hostile.glob("author/*.html")]) == len(names)


def test_what_cannot_be_read_has_a_page(hostile, tmp_path):
    """Law: where article files and records are away, each page is there and says so."""
    root = archives.copied(hostile.parent / "archive", tmp_path / "archive")
    shutil.rmtree(root / "articles")

    out = tree.write(root, tmp_path / "out")

    assert open_ends(out) == []
    assert not [*out.rglob("*.md")]
    for page in out.glob("article/*/*/*.html"):
        assert WORDS["file.missing"][0] in page.read_text("utf-8")


def test_an_empty_archive(tmp_path):
    """Law: an archive without an article makes a site that says so; one without an index makes none."""
    root = tmp_path / "archive"
    archives.close(archives.open_archive(root))

    out = tree.write(root, tmp_path / "out")

    assert open_ends(out) == []
    assert WORDS["newest.empty"][0] in (out / "index.html").read_text("utf-8")
    with pytest.raises(NotFound):
        tree.write(tmp_path / "none", tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("mine", ["mine.txt", "index.html"])
def test_what_others_have_there_stays(root, tmp_path, mine):
    """Law: a folder that holds anything else is refused in a line, and stays as it is."""
    out = tmp_path / "theirs"
    out.mkdir()
    (out / mine).write_text("mine")

    with pytest.raises(BadUsage, match="no export of this kind"):
        tree.write(root, out)

    assert hashes(tmp_path, "theirs").keys() == {f"theirs/{mine}"}


@pytest.mark.parametrize("mine", ["CNAME", ".git/config", "mine.html"])
def test_what_somebody_put_beside_it_stays(root, tmp_path, mine):
    """Law: a site of ours beside which somebody put something of their own is refused: nothing of theirs is lost."""
    out = tree.write(root, tmp_path / "out")
    (out / mine).parent.mkdir(exist_ok=True)
    (out / mine).write_text("mine")
    before = hashes(out, ".")

    with pytest.raises(BadUsage, match="no export of this kind"):
        tree.write(root, out)

    assert hashes(out, ".") == before


@pytest.mark.parametrize("there", [False, True])
def test_killed(root, tmp_path, there):
    """Law: killed half-way it leaves what was there, or nothing; the next one is whole and leaves nothing beside it."""
    out, whole = tmp_path / "out", tree.write(root, tmp_path / "whole")
    if there:
        shutil.copytree(whole, out)
        archives.crawl(root, [short(7)])
    count = itertools.count()

    def tell(_: int) -> None:
        if next(count) == 5:
            os.kill(os.getpid(), 9)

    assert archives.died(lambda: tree.write(root, out, tell)) == -9
    assert out.exists() == there
    if there:
        assert hashes(out, ".") == hashes(whole, ".")

    tree.write(root, out)
    assert (out / "index.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "out", "whole"]


# The files of the search


def read(line: str, articles: int) -> list[int]:
    """The articles of a word, as the script reads them."""
    if line.startswith("."):
        return [at for at in range(articles) if SIGNS.index(line[1 + at // 6]) >> at % 6 & 1]
    found, article, gap, shift = [], -1, 0, 0
    for sign in line:
        value = SIGNS.index(sign)
        gap, shift = gap + ((value & 31) << shift), shift + 5
        if value < 32:
            article, gap, shift = article + gap + 1, 0, 0
            found.append(article)
    return found


@given(st.sets(st.integers(0, 5000)), st.integers(0, 1000))
def test_numbers_come_back(numbers, more):
    """Law: written numbers are read again, and never take more than a sign for six articles."""
    articles = max(numbers, default=0) + 1 + more

    line = postings.written(sorted(numbers), articles)

    assert read(line, articles) == sorted(numbers)
    assert len(line) <= articles // 6 + 2


def test_every_word_is_in_its_file(tmp_path):
    """Law: each word and each pair is in the file that its hash names, once, with all its articles, in one go or many."""
    made, wanted = Postings(tmp_path), dict[str, list[int]]()
    for number in range(30):
        found = postings.words(TEXTS[number % 3] + chr(0x4E00 + number))
        made.add(number, found)
        for word in found:
            wanted.setdefault(word, []).append(number)
        if number % 7 == 0:
            made._put()

    made.bits()
    files = dict(made.files(3, 30))

    lines = [(file, *line.split("\t")) for file, text in files.items() for line in text.splitlines()]
    assert sorted(lines) == sorted(
        (postings.hashed(word) >> 29, word, postings.written(numbers, 30)) for word, numbers in wanted.items()
    )
    assert {"北京", "北", "g20", "黎g20", "g20峰"} <= wanted.keys()
    assert "会北" not in wanted


def test_folding_is_that_of_the_search():
    """Law: the table folds each Han character as the search does, for all characters that are there."""
    there = han.folded("国國体體髮发后後台臺乐樂")
    table = folding.table(set(there))
    pairs = dict(zip(table[::2], table[1::2], strict=True))

    assert {char: pairs.get(char, char) for char in "國體髮後臺樂国体"} == {
        char: han.folded(char) for char in "國體髮後臺樂国体"
    }
    assert set(pairs.values()) <= set(there)
