"""Laws of history and diff: what became of an article is told as it was, and two versions differ in their very words."""

import base64
import hashlib
import json
import os
import pty
import random
import re
import subprocess
import sys
from contextlib import closing
from datetime import timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from archive import urls, warc
from archive.errors import BadUsage, NotFound
from archive.history import Event, comparison, find, history, version
from archive.index import NAME as INDEX
from archive.index import Index
from archive.language import moment
from archive.prove import prove
from archive.rebuild import rebuild
from archive.records.digest import digest
from archive.versions.diff import Mark
from tests.archive import archives, lived
from tests.archive.archives import CLOCK, CN, answer
from tests.archive.inside import main
from tests.archive.lived import URL


@pytest.fixture
def root(life):
    return life[0]


def told(root, url=URL):
    with closing(Index(root / INDEX)) as index:
        return history(root, index, url)


def words(change):
    """What was deleted, and what was inserted."""
    return tuple("".join(p.text for p in change.pieces() if p.mark is mark) for mark in (Mark.DELETED, Mark.INSERTED))


# history


def test_a_life_is_told_as_it_was(life):
    """Law: each capture by date, with its version, what changed, what it was, and whether it is a revisit, as scripted."""
    root, steps = life

    seen = told(root).seen

    assert [one.captured for one in seen] == [step.answer.date for step in steps]
    assert [one.digest for one in seen] == [digest(step.answer.body) for step in steps]
    for one, step in zip(seen, steps, strict=True):
        assert (one.event, one.version, one.what) == (step.event, step.version, step.what)
        assert set(one.changed.split()) - {"markup"} == (step.changed or set())
        assert bool(one.refers) == step.revisit
        assert one.status == step.answer.status


def test_markup_is_told_apart_from_nothing(root):
    """Law: other markup is "markup" and no version; the same bytes again are nothing at all."""
    changed = [one.changed for one in told(root).seen]

    assert (changed[1], changed[3], changed[5]) == ("", "markup", "markup")


def test_each_record_is_where_it_is_said_to_be(root):
    """Law: WARC file and offset lead to the record of that time, whose payload is the one that is named."""
    for one in told(root).seen:
        record, exchange = warc.read_pair(root / "warc", one.place, one.refers)
        assert (record.date, record.get("WARC-Payload-Digest")) == (one.captured, one.digest)
        assert (record.type == "revisit") == (one.refers is not None)
        assert urls.canonical(exchange.url) == URL


def test_order_of_arrival_has_no_say(life, tmp_path):
    """Law: the same captures, taken in any order, are the same history."""
    answers = [step.answer for step in life[1]]
    random.Random(5).shuffle(answers)

    archives.crawl(tmp_path / "other", answers)

    plain = [(one.captured, one.event, one.version, one.changed, one.what) for one in told(tmp_path / "other").seen]
    assert plain == [(one.captured, one.event, one.version, one.changed, one.what) for one in told(life[0]).seen]


def test_rebuild_tells_the_same(root, tmp_path):
    """Law: a history is a function of warc/ alone."""
    other = archives.copied(root, tmp_path / "other")
    (other / INDEX).unlink()

    rebuild(other, CLOCK(), lambda _: None)

    assert told(other) == told(root)


SPELLINGS = [
    URL,
    URL.replace("https://www.rfi.fr/cn/", "http://cn.rfi.fr/"),
    URL.replace("https://", ""),
    URL + "?utm_source=x#top",
    URL.replace("%", "%25").replace("%25", "%").lower().replace("https://www.rfi.fr", "https://WWW.RFI.FR"),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_any_spelling(root, spelling):
    """Law: a URL is found in any spelling of it, and by its article file."""
    with closing(Index(root / INDEX)) as index:
        assert find(root, index, spelling) == URL
        assert find(root, index, str(root / urls.article_path(URL))) == URL


UNKNOWN = {
    "never met": (["https://www.rfi.fr/cn/x"], "nothing was captured"),
    "a listing nobody asked for": (["https://www.rfi.fr/cn/rss"], "nothing was captured"),
    "no such file": (["none.md"], "no file"),
    "no URL": (["ftp://x/"], "not an http"),
    "a name too long": (["x" * 5000], "nothing was captured"),
    "a null": (["a\0b"], "not a"),
}


@pytest.mark.parametrize("verb", ["history", "diff"])
@pytest.mark.parametrize(("name", "says"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_there(root, capsys, verb, name, says):
    """Law: one clear line, and exit code 1."""
    code, out, err = main(capsys, verb, "--archive", root, *name)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert says in err


def test_a_file_that_is_none_of_the_archive(root, capsys, tmp_path):
    """Law: a file that the index does not know is told, wherever it lies."""
    (tmp_path / "a.md").write_text("x")
    for file in (tmp_path / "a.md", root / "lists/rfi_cn.md"):
        code, _, err = main(capsys, "history", "--archive", root, file)
        assert code == 1
        assert "is no article file of the archive" in err


def test_history_for_people_and_programs(root, capsys):
    """Law: both name each capture's time, version, digest, file and offset; the terminal gets no orders."""
    _, text, _ = main(capsys, "history", "--archive", root, URL)
    _, out, _ = main(capsys, "history", "--archive", root, URL, "--json")
    values = json.loads(out)

    assert (values["url"], values["versions"], values["imported"]) == (URL, 5, [])
    for one in values["captures"]:
        assert f"{one['captured']}  " in text
        assert f"{one['digest']}  {one['warc']} at offset {one['offset']}" in text
    assert re.search("v4   [0-9]{4}-", text)
    for words_ in ("first", "nothing new", "markup only", "edited: body", "gone: HTTP 410", "returned: nothing new"):
        assert f"  {words_}\n" in text
    assert not re.search("[\x00-\x09\x0b-\x1f]", text)


def test_imported_texts_are_named_as_such(root, tmp_path, capsys):
    """Law: a text that another archiver kept has its time, and is said to have no record; alone it is history enough."""
    other = archives.copied(root, tmp_path / "other")
    url = CN[20].url
    archives.edit(
        other,
        "insert into urls (key, url, kind, state, rank) values (?, ?, 'article', 'imported', 0)",
        urls.key(url),
        url,
    )
    for one in (URL, url):
        row = f"imported/{urls.key(one)}.md", urls.key(one), 1_600_000_000, "旧", "ab" * 32, ""
        archives.edit(other, "insert into imported values (?, ?, ?, ?, ?, ?)", *row)

    found = [told(other, one) for one in (URL, url)]

    assert [len(one.seen) for one in found] == [13, 0]
    assert {moment.stamp(one.imported[0].taken) for one in found} == {"2020-09-13T12:26:40Z"}
    assert "imported, without a record: imported/" in main(capsys, "history", "--archive", other, url)[1]
    assert main(capsys, "diff", "--archive", other, url)[0] == 1
    _, out, _ = main(capsys, "history", "--archive", other, URL, "--json")
    assert [one["taken"] for one in json.loads(out)["imported"]] == ["2020-09-13T12:26:40Z"]


def test_gone_before_it_was_there_is_no_tombstone(tmp_path):
    """Law: only what was there can go, and only what had gone can return."""
    url = CN[3].url
    archives.crawl(
        tmp_path / "a", [answer(url, b"x", 404), archives.page(CN[3]), answer(url, b"x", 503), archives.page(CN[3])]
    )

    assert [one.event for one in told(tmp_path / "a", url).seen] == ["", Event.FIRST, "", ""]


def test_a_record_that_cannot_be_read(root, tmp_path, capsys):
    """Law: where a record is damaged its row says so, and the others are told."""
    other = archives.copied(root, tmp_path / "other")
    gone = told(other).seen[8]
    (other / "warc" / gone.place.file).unlink()

    seen = told(other).seen

    assert seen[8].what.startswith("gone; its record cannot be read: ")
    assert [one.what for at, one in enumerate(seen) if at != 8] == [
        one.what for at, one in enumerate(told(root).seen) if at != 8
    ]
    assert main(capsys, "history", "--archive", other, URL)[0] == 0


# diff


def test_the_very_words(root, capsys):
    """Law: what is shown of a typo mended is the typo and its mending, and nothing of markup and share links."""
    code, out, err = main(capsys, "diff", "--archive", root, URL, 1, 2)

    assert (code, err) == (0, "")
    assert out.splitlines()[2:] == ["body", "    ⋯", "    观众没有[-鼓掌-]{+欢呼+}，而是一起跺脚。", "    ⋯"]
    assert "分享" not in out


def test_fields_of_each_edit(life):
    """Law: two versions in a row differ in the fields that their capture's row names, and in no other."""
    root, _ = life
    found = told(root)
    versions = found.versions()

    for old, new in pairwise(versions):
        made = comparison(root, found, old, new)
        assert [change.field for change in made.changes] == [n for n in new.changed.split() if n != "markup"]
    assert words(comparison(root, found, versions[0], versions[1]).changes[0]) == ("鼓掌", "欢呼")
    assert comparison(root, found, versions[0], versions[4]).changes == ()


def test_which_versions(root):
    """Law: a number names a version, a time the one that stood then, from its first second on."""
    found = told(root)
    second = found.versions()[1].captured

    china, behind = second.astimezone(timezone(timedelta(hours=8))), second + timedelta(days=1)
    for name in ("2", moment.stamp(second), f"{second:%Y%m%d%H%M%S}", china.isoformat(), f"{behind:%Y%m%d}"):
        assert version(found, name) in found.versions()
    assert version(found, f"{second:%Y%m%d%H%M%S}").version == 2
    assert version(found, "9999-12-31").version == 5
    for name in ("0", "6", "1999-01-01", "20261031235959"):
        with pytest.raises(NotFound):
            version(found, name)
    for name in ("x", "20261301000000", "-1", "", "1.5", "２"):
        with pytest.raises(BadUsage):
            version(found, name)


def test_which_two(root, capsys):
    """Law: without words the last two, with one that and the last; they are named with their times."""
    shown = {}
    for words_ in ([], ["2"], ["2", "3"], ["3", "2"]):
        _, out, _ = main(capsys, "diff", "--archive", root, URL, *words_, "--json")
        value = json.loads(out)
        shown[*words_] = value["old"]["version"], value["new"]["version"]
    assert shown == {(): (4, 5), ("2",): (2, 5), ("2", "3"): (2, 3), ("3", "2"): (3, 2)}


def test_one_version_only(root, capsys):
    """Law: where there is nothing to compare that is said, and is no failure."""
    code, out, err = main(capsys, "diff", "--archive", root, CN[1].url)

    assert (code, err) == (0, "one version: nothing to compare\n")
    assert out.splitlines()[0] == CN[1].url


def test_json_gives_both_texts(root, capsys):
    """Law: with --json, equal and deleted pieces joined are the old text, equal and inserted ones the new."""
    _, out, _ = main(capsys, "diff", "--archive", root, URL, 3, 4, "--json")
    (title,) = json.loads(out)["changes"]

    pieces = [piece for hunk in title["hunks"] for piece in hunk]
    assert "".join(p["text"] for p in pieces if p["mark"] != "inserted") == lived.LEAD.title
    assert "".join(p["text"] for p in pieces if p["mark"] != "deleted") == lived.HEADLINE.title


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


def test_html_is_safe(root, capsys, tmp_path):
    """Law: a page with a hostile title holds no element of its own making, no script, no outside resource, and a policy."""
    out = tmp_path / "page.html"
    code, told_, _ = main(capsys, "diff", "--archive", root, URL, 3, 4, "--html", "--out", out)
    text = out.read_text("utf-8")
    page = Page(text)

    assert (code, told_) == (0, f"{out}\n")
    assert set(page.tags) <= set("html head meta title style body header h1 h2 p section del ins".split())
    assert {name for name, _ in page.attributes} <= {"lang", "charset", "http-equiv", "content", "name"}
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert "\x1b" not in text
    assert "<ins>&lt;script&gt;alert(1)&lt;/script&gt;与</ins>" in text
    assert text.startswith('<!DOCTYPE html>\n<html lang="zh">')
    assert main(capsys, "diff", "--archive", root, URL, 3, 4, "--html")[1] == text + "\n"


def test_the_policy_names_the_style(root, capsys):
    """Law: the page's one style sheet is the one whose digest its policy allows, and it knows dark mode."""
    _, text, _ = main(capsys, "diff", "--archive", root, URL, "--html")
    style = text.split("<style>")[1].split("</style>")[0]

    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in text
    assert "prefers-color-scheme: dark" in style


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colours_on_a_terminal_only(root, environment, coloured):
    """Law: colours where a terminal is looked at and nobody refuses them; no other order reaches it."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "archive.cli", "diff", "--archive", str(root), URL, "3", "4"]
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    subprocess.run(command, stdout=theirs, check=True, env=clean | environment)
    os.close(theirs)
    out = os.read(ours, 1 << 16).decode()
    os.close(ours)

    assert ("\x1b[32m" in out) == coloured
    assert ("{+" in out) != coloured
    assert re.sub("\x1b\\[(?:31;9|32|0)m", "", out).count("\x1b") == 0


@pytest.mark.parametrize("words_", [["--html", "--json"], ["--out", "x.html"]])
def test_words_that_make_no_sense(root, capsys, words_):
    """Law: exit code 2, one line."""
    code, out, err = main(capsys, "diff", "--archive", root, URL, *words_)

    assert (code, out, err.count("\n")) == (2, "", 1)


# prove


def test_every_version_is_proved(root, capsys):
    """Law: prove holds each version against its own record; the file is of the last."""
    file = root / urls.article_path(URL)
    proof = prove(root, file)

    assert proof.problems == ()
    assert [(one.number, one.problem) for one in proof.versions] == [(number, "") for number in range(1, 6)]
    assert [one.sha256 for one in proof.versions] == [one.sha256 for one in told(root).versions()]
    assert proof.versions[-1].sha256 == proof.sha256
    _, out, _ = main(capsys, "prove", "--archive", root, file)
    assert [line.split()[1] for line in out.splitlines() if line.startswith("version ")] == list("12345")
    assert out.count("  equal  ") == 5


def test_a_version_that_its_record_does_not_make(root, tmp_path, capsys):
    """Law: an earlier version whose record is lost, or makes another file, is told by its number: exit code 1."""
    other = archives.copied(root, tmp_path / "other")
    second, third = told(other).versions()[1:3]
    (other / "warc" / second.place.file).unlink()
    archives.edit(other, "update pages set sha256 = ? where sha256 = ?", bytes(32), bytes.fromhex(third.sha256))

    code, out, _ = main(capsys, "prove", "--archive", other, other / urls.article_path(URL), "--json")

    found = json.loads(out)
    assert (code, found["equal"]) == (1, False)
    assert [bool(one["problem"]) for one in found["versions"]] == [False, True, True, False, False]
    assert [problem.split(":")[0] for problem in found["problems"]] == ["version 2", "version 3"]
