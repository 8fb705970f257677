"""Laws of changes: silent edits, tombstones and returns as they were scripted, for people, programs and feed readers."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from lxml import etree

from archive import changes, rollup
from archive.export import atom, edits
from archive.index import NAME as INDEX
from archive.index import Index
from archive.language import moment
from archive.rebuild import rebuild
from archive.tables import articles
from tests.archive import archives, lived
from tests.archive.archives import CLOCK, CN
from tests.archive.atoms import parsed
from tests.archive.inside import main
from tests.archive.lived import URL

NS = "{http://www.w3.org/2005/Atom}"
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def root(life):
    return life[0]


def told(root, since=EVER[0], until=EVER[1]):
    with closing(Index(root / INDEX)) as index:
        return list(changes.changes(root, index, since, until))


def lines(news):
    return "\n".join(atom.lines(edits.feed(EVER[0]), map(edits.entry, news)))


def feed(capsys, root, *words):
    """The feed, parsed, and its text."""
    code, out, err = main(capsys, "changes", "--archive", root, "--since", "2026-01-01", "--atom", *words)
    assert (code, err) == (0, "")
    return parsed(out), out


# What is told


def test_news_are_as_scripted(life):
    """Law: each version after the first, each tombstone and each return is one entry, the newest last; nothing else is."""
    root, steps = life

    news = told(root)

    expected = [step for step in steps if step.event not in ("", "first")]
    assert [(one.event, one.version, one.captured) for one in news] == [
        (step.event, step.version, step.answer.date) for step in expected
    ]
    assert [{change.field for change in one.changes} for one in news] == [step.changed or set() for step in expected]
    assert {one.url for one in news} == {URL}
    assert {one.problem for one in news} == {""}


def test_titles_are_of_their_time(root):
    """Law: an entry bears the title that the page had then, or had when it was last there: a later one changes no entry."""
    first, last = lived.FIRST.title, lived.HEADLINE.title

    titles = [one.title for one in told(root)]

    assert [title == first for title in titles] == [True, True, False, False, False, False, True]
    assert titles[2].startswith(last[:10])


def test_any_window(root):
    """Law: windows side by side tell each entry once, by its second: from `since` on, and before `until`."""
    whole = told(root)
    edges = sorted(
        {EVER[0], EVER[1], *(one.captured for one in whole), *(one.captured + timedelta(1) for one in whole)}
    )

    parts = [one for since, until in pairwise(edges) for one in told(root, since, until)]

    assert parts == whole
    assert told(root, EVER[0], whole[0].captured) == []


def test_days_on_the_command_line(root, capsys):
    """Law: --until includes its day; both are days of UTC."""
    day = told(root)[1].captured.date()

    _, out, _ = main(capsys, "changes", "--archive", root, "--json", "--since", day, "--until", day)

    assert [json.loads(line)["version"] for line in out.splitlines()] == [3]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--since", "x"],
        ["--since", "2026-11-02", "--until", "2026-11-01"],
        ["--since", "2026-11-01", "--atom", "--json"],
    ],
)
def test_wrong_usage(root, capsys, words):
    """Law: what makes no sense is exit code 2 and told on stderr."""
    code, out, err = main(capsys, "changes", "--archive", root, *words)

    assert (code, out) == (2, "")
    assert err


def test_order_of_arrival_has_no_say(life, tmp_path):
    """Law: the same captures in any order of arrival make the same feed, id by id; so does a rebuild."""
    root, steps = life
    archives.crawl(tmp_path / "other", [archives.page(CN[1]), *(step.answer for step in reversed(steps))])
    copied = archives.copied(root, tmp_path / "copied")
    (copied / INDEX).unlink()
    rebuild(copied, CLOCK(), lambda _: None)

    feeds = [lines(told(one)) for one in (root, tmp_path / "other", copied)]

    assert feeds[0] == feeds[1] == feeds[2]


def test_rollup_changes_no_entry(root, tmp_path):
    """Law: records that move to a merged file keep their entries' ids."""
    copied = archives.copied(root, tmp_path / "copied")

    list(rollup.rollup(copied, CLOCK() + timedelta(days=3), lambda _: None))

    assert len(list((copied / "warc").glob("*.gz"))) < len(list((root / "warc").glob("*.gz")))
    assert lines(told(copied)) == lines(told(root))


def test_a_record_that_cannot_be_read(root, tmp_path, capsys):
    """Law: where a record is lost its entry says so, the others are told, and the exit code is 1."""
    other = archives.copied(root, tmp_path / "other")
    lost = told(other)[1]
    (other / "warc" / lost.place.file).unlink()

    code, out, _ = main(capsys, "changes", "--archive", other, "--since", "2026-01-01")

    news = told(other)
    assert code == 1
    assert [bool(one.problem) for one in news] == [False, True, False, False, False, False, False]
    assert "\nWRONG: rfi_cn-" in out


def test_an_archive_without_edits(tmp_path, capsys):
    """Law: where nothing was edited nothing is told; the feed is one all the same."""
    archives.crawl(tmp_path / "a", [archives.page(CN[1]), archives.answer(CN[2].url, b"x", 404)])

    assert main(capsys, "changes", "--archive", tmp_path / "a", "--since", "2026-01-01") == (0, "", "")
    root, _ = feed(capsys, tmp_path / "a")
    assert_atom(root)
    assert root.findtext(f"{NS}updated") == "2026-01-01T00:00:00Z"


# How it is told


def test_for_people(root, capsys):
    """Law: time, event, title, URL and the very words; no order reaches a terminal."""
    code, out, err = main(capsys, "changes", "--archive", root, "--since", "2026-01-01")

    assert (code, err) == (0, "")
    blocks = out.rstrip("\n").split("\n\n")
    assert len(blocks) == 7
    assert "观众没有[-鼓掌-]{+欢呼+}，而是一起跺脚。" in blocks[0]
    assert "  gone (HTTP 410)  " in blocks[3]
    assert "  returned  " in blocks[4]
    assert "  returned (v5)  " in blocks[6]
    assert not re.search("[\x00-\x09\x0b-\x1f]", out)


def test_for_programs(root, capsys):
    """Law: one object a line, with time, place and words."""
    _, out, _ = main(capsys, "changes", "--archive", root, "--since", "2026-01-01", "--json")
    values, news = [json.loads(line) for line in out.splitlines()], told(root)

    for value, one in zip(values, news, strict=True):
        assert value["captured"] == moment.stamp(one.captured)
        assert (value["warc"], value["offset"]) == (f"warc/{one.place.file}", one.place.offset)
        assert [change["field"] for change in value["changes"]] == [change.field for change in one.changes]


MUST = {"feed": {"id": 1, "title": 1, "updated": 1}, "entry": {"id": 1, "title": 1, "updated": 1}}
"""How often these stand in an element.  Source: RFC 4287, 4.1.1, 4.1.2."""
MAY = {"feed": {"author", "entry"}, "entry": {"link", "summary", "content"}}
"""What else we let stand there."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
"""Source: RFC 4287, 3.3: RFC 3339 with upper-case T and Z."""


def assert_atom(root):
    """Hold a feed against the rules of RFC 4287 that speak of what is in it."""
    assert root.tag == f"{NS}feed"
    for element in [root, *root.iter(f"{NS}entry")]:
        kind, names = element.tag.removeprefix(NS), [child.tag.removeprefix(NS) for child in element]
        assert {name: names.count(name) for name in MUST[kind]} == MUST[kind]
        assert set(names) <= MUST[kind].keys() | MAY[kind]
        assert not (element.text or "").strip()
        assert re.fullmatch("urn:uuid:[0-9a-f-]{36}", element.findtext(f"{NS}id"))  # 4.2.6: an IRI
        assert _DATE.fullmatch(element.findtext(f"{NS}updated"))
        assert element.findtext(f"{NS}title")
        assert not list(element.find(f"{NS}title"))  # 3.1.1.1: text holds no element
    assert root.findtext(f"{NS}author/{NS}name")  # 4.1.1: of the feed, so its entries need none
    ids = [element.text for element in root.iter(f"{NS}id")]
    assert len(set(ids)) == len(ids)
    for entry in root.iter(f"{NS}entry"):
        (link,), (content,) = entry.findall(f"{NS}link"), entry.findall(f"{NS}content")
        assert (link.get("rel"), link.get("href")[:20]) == ("alternate", "https://www.rfi.fr/c")
        assert (content.get("type"), list(content)) == ("html", [])  # 4.1.3.3: markup is escaped
        assert len(entry.findall(f"{NS}summary")) == 1


class Tags(HTMLParser):
    """The elements of a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))


def test_the_feed_is_atom(root, capsys):
    """Law: the feed obeys RFC 4287; its time is that of its newest entry."""
    found, out = feed(capsys, root)

    assert_atom(found)
    assert out.startswith(
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh">'
    )
    assert [entry.findtext(f"{NS}updated") for entry in found.iter(f"{NS}entry")] == [
        moment.stamp(one.captured) for one in told(root)
    ]
    assert found.findtext(f"{NS}updated") == moment.stamp(told(root)[-1].captured)


def test_the_feed_has_the_words(root, capsys):
    """Law: an entry's content is the changed sentence with what was deleted and inserted."""
    found, _ = feed(capsys, root)

    contents = [entry.findtext(f"{NS}content") for entry in found.iter(f"{NS}entry")]

    assert "<p>观众没有<del>鼓掌</del><ins>欢呼</ins>，而是一起跺脚。</p>" in contents[0].replace(" ⋯ ", "")
    assert contents[3] == "已撤下（HTTP 410）"


def test_a_hostile_title_does_no_harm(root, capsys):
    """Law: what the site writes is text in the feed and in the HTML that it bears."""
    found, out = feed(capsys, root)

    tags = [tag for entry in found.iter(f"{NS}entry") for tag in Tags(entry.findtext(f"{NS}content")).found]
    assert {tag for tag, _ in tags} <= {"h3", "p", "del", "ins"}
    assert all(not attributes for _, attributes in tags)
    assert "<script>" in "".join(found.itertext(f"{NS}title"))
    assert "\x1b" not in out


NASTY = ["]]>", "&amp;<b>", "\x00\x08\x1b[2J", "\ufffe\uffff", "\ud800", "\u202e", "a\u2028b\nc", "<![CDATA[", "\"'"]


@pytest.mark.parametrize("title", NASTY)
def test_any_title_is_xml(root, title):
    """Law: no text makes a feed that XML has no place for."""
    news = [
        changes.News(**{name: getattr(one, name) for name in one.__slots__} | {"title": title, "what": title})
        for one in told(root)
    ]

    text = lines(news)

    found = etree.fromstring(text.encode())
    assert_atom(found)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", text)


def test_ids_stay(root, capsys):
    """Law: an entry's id is the same in every window that has it, and the feed's is always the same."""
    whole, _ = feed(capsys, root)
    day = told(root)[2].captured.date()
    part, _ = feed(capsys, root, "--until", day)

    ids = [element.text for element in whole.iter(f"{NS}id")]
    assert [element.text for element in part.iter(f"{NS}id")] == ids[:4]


# At what cost


def test_the_index_is_read_by_time(root):
    """Law: neither edits nor tombstones are looked for among all captures."""
    with closing(sqlite3.connect(root / INDEX)) as db:
        plan = "\n".join(
            row[3] for row in db.execute(f"explain query plan {articles._EDITS}", {"since": 0, "until": 1})
        )

    assert "USING INDEX pages_edited (epoch>? AND epoch<?)" in plan
    assert plan.count("captures_gone (epoch") == 2
    assert not re.search("SCAN (c|n|g|a|u|pages|captures|articles|urls)\\b", plan)
