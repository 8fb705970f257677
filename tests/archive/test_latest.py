"""Laws of the feed of articles: it is Atom, has all that they say, the newest first, and does nobody harm."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export import atom, latest
from archive.language import moment
from tests.archive import again, archives
from tests.archive.archives import CN, copied, crawl, page, short
from tests.archive.atoms import NS, parsed
from tests.archive.inside import main

NEVER = datetime.fromtimestamp(0, UTC)
ENTRY = atom.Entry("name", "title", NEVER, "https://www.rfi.fr/cn/a/20261031-x", "summary", "<p>a</p>")


def feed(capsys, root, out, *words):
    """The feed, parsed."""
    code, _, err = main(capsys, "export", "atom", "--archive", root, "--out", out, *words)
    assert (code, err) == (0, "")
    return parsed(out.read_text("utf-8"))


def lines(*entries):
    return "\n".join(atom.lines(latest.feed(NEVER), entries))


def titles(root):
    return [entry.findtext(f"{NS}title") for entry in root.iter(f"{NS}entry")]


class Words(HTMLParser):
    """Text, tags and attributes of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.text, self.tags, self.attributes = "", [], []
        self.feed(html)

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


def test_it_has_what_articles_say(good, tmp_path, capsys):
    """Law: each article is an entry with its title, times, authors, words to find it by, lead and all of its text."""
    found = feed(capsys, good, tmp_path / "rfi.atom")
    texts = {text.url: text for text in again.read(good)}
    for entry in found.iter(f"{NS}entry"):
        text = texts.pop(entry.find(f"{NS}link").get("href"))
        said = Words(entry.findtext(f"{NS}content"))
        words = "".join(said.text.split())
        assert entry.findtext(f"{NS}title") == text.title
        assert entry.findtext(f"{NS}updated") == moment.stamp(text.captured)
        assert entry.findtext(f"{NS}published") == (moment.stamp(text.published) if text.published else None)
        assert [one.text for one in entry.findall(f"{NS}author/{NS}name")] == [*(text.authors or ("RFI",))]
        assert {one.get("term") for one in entry.findall(f"{NS}category")} >= {text.section, *text.tags}
        for line in (*text.lead.split("\n"), *text.body.split("\n")):
            assert "".join(line.split()) in words
        assert [value for name, value in said.attributes if name == "src"][: bool(text.image)] == [text.image][
            : bool(text.image)
        ]
    assert not texts


def test_the_newest_first(good, tmp_path, capsys):
    """Law: entries come by publication, the newest first; the feed's time is that of the last change."""
    found = feed(capsys, good, tmp_path / "rfi.atom")
    times = [entry.findtext(f"{NS}published") for entry in found.iter(f"{NS}entry")]
    assert list(filter(None, times)) == sorted(filter(None, times), reverse=True)
    assert found.findtext(f"{NS}updated") == max(e.findtext(f"{NS}updated") for e in found.iter(f"{NS}entry"))


def test_how_many(tmp_path, capsys):
    """Law: without days it is the newest 100; with days all of these days, both included."""
    archive = archives.open_archive(tmp_path / "archive")
    with archive.index:
        for number in range(latest.NEWEST + 20):
            archives.keep(archive, short(number))
        archives.keep(archive, page(CN[0]))
    archives.close(archive)
    root, out = tmp_path / "archive", tmp_path / "rfi.atom"

    newest, day = titles(feed(capsys, root, out)), date(2026, 10, 31)

    assert (len(newest), newest[0]) == (latest.NEWEST, CN[0].title)
    assert len(titles(feed(capsys, root, out, "--since", day, "--until", day))) == latest.NEWEST + 21
    code, _, err = main(capsys, "export", "atom", "--archive", root, "--out", out, "--since", day + timedelta(days=1))
    assert (code, "nothing to export" in err) == (1, True)


def test_ids_stay(good, tmp_path, capsys):
    """Law: an entry keeps its id when its article is edited, so that it is not told as another one."""
    before = {e.findtext(f"{NS}title"): e for e in feed(capsys, good, tmp_path / "a").iter(f"{NS}entry")}
    root = crawl(copied(good, tmp_path / "archive"), [page(CN[4].revised(1))])
    after = {e.findtext(f"{NS}title"): e for e in feed(capsys, root, tmp_path / "b").iter(f"{NS}entry")}

    assert {name: e.findtext(f"{NS}id") for name, e in after.items()} == {
        name: e.findtext(f"{NS}id") for name, e in before.items()
    }
    assert after[CN[4].title].findtext(f"{NS}updated") > before[CN[4].title].findtext(f"{NS}updated")


def test_a_damaged_file_is_read_from_its_record(good, tmp_path, capsys):
    """Law: a missing article file is told, exit code 1, and the feed is what it would be."""
    feed(capsys, good, tmp_path / "a")
    root = copied(good, tmp_path / "archive")
    next((root / "articles").rglob("*.md")).unlink()

    code, _, err = main(capsys, "export", "atom", "--archive", root, "--out", tmp_path / "b")

    assert (code, len(err.splitlines())) == (1, 1)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


# Nobody is harmed

NASTY = [
    "]]>",
    "&amp;<b>",
    "\x00\x08\x1b[2J",
    "\ufffe\uffff",
    "\u202e",
    "a\u2028b\nc",
    "<![CDATA[",
    "\"'",
    "<script>x</script>",
]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_xml(text):
    """Law: whatever stands in it, a feed is one, and its texts are texts."""
    entry = replace(
        ENTRY, title=f"a{text}", summary=text, html=text, authors=(text,), categories=(text,), link=f"https://a/{text}"
    )
    found = parsed(lines(entry))
    assert {element.tag.removeprefix(NS) for element in found.iter()} == {
        "feed", "id", "title", "author", "name", "entry", "updated", "link", "category", "summary", "content",
    }  # fmt: skip
    assert not set("\x00\x08\x1b\u202e\u2028\ufffe\uffff") & set(found.findtext(f"{NS}entry/{NS}title") or "")


@given(st.text())
def test_no_text_breaks_it(text):
    """Law: no text makes a feed that is none."""
    parsed(lines(replace(ENTRY, title=f"a{text}", summary=text, html=text, authors=(f"a{text}",), categories=(text,))))


def test_content_is_safe(good):
    """Law: what a site may slip into an article does not run in a feed reader."""
    attack = '<img src=x onerror=alert(1)><script>alert(1)</script><a href="javascript:alert(1)" style="x">y</a><svg onload=alert(1)>'
    text = replace(
        again.read(good)[0], lead_html=attack, body_html=f"<p>{attack}</p>", caption=attack, title=f"{attack}\u202e"
    )
    found = parsed(lines(latest.entry(text, lambda source: source)))
    said = Words(found.findtext(f"{NS}entry/{NS}content"))
    assert not {"script", "svg", "iframe", "object"} & set(said.tags)
    assert {name for name, _ in said.attributes} <= {"href", "rel", "src", "alt", "loading"}
    assert not any("alert" in (value or "") for _, value in said.attributes)


def test_a_feed_tells_where_it_is():
    """Law: a feed that is served names its own address and that of its page."""
    found = parsed("\n".join(atom.lines(latest.feed(NEVER, "http://a/feed.atom?q=&", "http://a/"), [ENTRY])))
    assert [(link.get("rel"), link.get("href")) for link in found.findall(f"{NS}link")] == [
        ("self", "http://a/feed.atom?q=&"),
        ("alternate", "http://a/"),
    ]
    assert parsed(lines()).findtext(f"{NS}updated") == moment.stamp(NEVER)
