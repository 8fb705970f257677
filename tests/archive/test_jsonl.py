"""Laws of the JSONL export: every article, all that is known of it, and its file again byte for byte."""

import gzip
import hashlib
import json
from contextlib import closing
from dataclasses import fields
from datetime import date, timedelta

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import article, rollup, warc
from archive.commit.ledger import page_at
from archive.export import jsonl, schema
from archive.export.text import Text, texts
from archive.history import history
from archive.index import NAME, Index
from archive.language import moment
from tests.archive import again, archives
from tests.archive.archives import CLOCK, CN, copied
from tests.archive.inside import main

HOSTILE = [
    "</script><script>alert(1)</script>",
    'quote " and \\ backslash',
    "line\u2028end\u2029here",
    "\x85\x7f\x9b31m",
    "\u202eright to left",
    "{}[],:",
    "🀄 𠀀",
]


_DAY = CLOCK()
ONE = Text(
    url="https://www.rfi.fr/cn/a/20261031-x", path="articles/2026/10/20261031-0.md", edition="cn",
    day=date(2026, 10, 31), published=None, modified=_DAY, shown="", section="", show=None, authors=(), tags=("a",),
    title="", lead="", body="", image=None, caption=None, lead_html="", body_html="", after_html="", captured=_DAY,
    warc="", offset=0, record=None, digest="", sha256="", versions=1, first=_DAY, gone=None,
)  # fmt: skip


@pytest.fixture(scope="module")
def exported(good, tmp_path_factory):
    """An archive with some of everything, and its lines."""
    out = tmp_path_factory.mktemp("jsonl") / "rfi.jsonl"
    return good, jsonl.write(again.read(good), out)


def rows(path):
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_processes_change_nothing(root):
    """Law: what is told and what is damaged comes in the same order, however many processes read."""
    files = sorted((root / "articles").rglob("*.md"))
    files[1].write_bytes(b"spoiled")
    files[5].unlink()
    for path in warc.sealed(root / "warc"):
        path.write_bytes(bytes(path.stat().st_size))

    one, three = ([*map(str, told(root, number))] for number in (1, 3))

    assert one == three
    assert sum("left out" in line for line in one) == 2


def told(root, workers):
    """Lines of a JSONL export, and between them what is wrong."""
    found = list[object]()
    with closing(Index(root / NAME)) as index:
        for text in texts(root, index, index.every_card(), found.append, workers):
            found.append(jsonl.line(text))
    return found


def test_every_article_once(exported):
    """Law: each archived article is one line, by the names of the article files."""
    root, path = exported
    there = sorted(file.relative_to(root).as_posix() for file in (root / "articles").rglob("*.md"))
    assert [row["path"] for row in rows(path)] == there


def test_the_article_file_again(exported):
    """Law: from a line alone comes the article file, byte for byte, and its SHA-256 is the one that the line names."""
    root, path = exported
    for row in rows(path):
        assert again.file_of(row) == (root / row["path"]).read_bytes()
        assert hashlib.sha256(again.file_of(row)).hexdigest() == row["sha256"]


def test_text_is_that_of_the_page(exported):
    """Law: lead and body are the plain text that the page's record gives."""
    root, path = exported
    with closing(Index(root / NAME)) as index:
        for row in rows(path):
            filed = index.filed(url=row["url"])
            assert filed
            facts = page_at(root / "warc", filed.place, filed.refers).facts
            assert (row["lead"], row["body"]) == (facts.lead, facts.body)
            assert (row["section"], row["show"]) == (facts.section, facts.show)
            assert (row["authors"], row["tags"]) == ([*facts.authors], [*facts.tags])


def test_provenance(life, tmp_path):
    """Law: a line names the record, its digest, and how the article fared, as `history` tells it."""
    root, _ = life
    (row,) = (row for row in rows(jsonl.write(again.read(root), tmp_path / "a.jsonl")) if row["url"] == CN[0].url)
    with closing(Index(root / NAME)) as index:
        found = history(root, index, CN[0].url)
    last = found.versions()[-1]

    assert (row["versions"], row["gone"]) == (len(found.versions()), None)
    assert row["first"] == moment.stamp(found.seen[0].captured)
    assert row["captured"] == moment.stamp(last.captured)
    assert (row["warc"], row["offset"], row["digest"]) == (*last.place, last.digest)
    assert row["record"].startswith("<urn:uuid:")


def test_what_is_gone_says_when(exported):
    """Law: an article that was taken away bears the time at which that was first seen."""
    gone = {row["url"]: row["gone"] for row in rows(exported[1])}
    assert gone.pop(CN[3].url)
    assert set(gone.values()) == {None}


# The specification


def test_lines_are_as_specified(exported):
    """Law: each line fits the schema in docs/, which is what the fields' docstrings say."""
    told = again.SCHEMA.read_text("utf-8")
    assert told == again.described(), "run `python -m tests.archive.again` and look at what is different"
    assert [*json.loads(told)["properties"]] == [field.name for field in fields(Text)]
    assert all(field["description"] for field in json.loads(told)["properties"].values())

    fits = jsonschema_rs.Draft202012Validator(json.loads(told), validate_formats=True)
    for row in rows(exported[1]):
        fits.validate(row)
        assert not fits.is_valid(row | {"more": 1})
        assert not fits.is_valid(row | {"captured": "yesterday"})


def test_lines_are_lines(exported):
    """Law: whatever a title holds, a line is one line to any reader, and comes back as it was."""
    one = again.read(exported[0])[0]
    for title in HOSTILE:
        changed = Text(**{name: getattr(one, name) for name in one.__slots__} | {"title": title, "tags": (title,)})
        line = jsonl.line(changed).decode()
        assert len(line.splitlines()) == 1
        assert (json.loads(line)["title"], json.loads(line)["tags"]) == (title, [title])


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_survives(title):
    """Law: any text comes back from a line."""
    told = schema.told(ONE) | {"title": title}
    line = jsonl.line(Text(**{name: getattr(ONE, name) for name in ONE.__slots__} | {"title": title}))
    assert json.loads(line) == told
    assert len(line.decode().splitlines()) == 1


# The file


def test_the_same_bytes(good, exported, tmp_path):
    """Law: the same archive makes the same bytes, whenever, packed or not."""
    again_, packed = tmp_path / "b.jsonl", [tmp_path / "c.jsonl.gz", tmp_path / "another.jsonl.gz"]
    for out in (again_, *packed):
        jsonl.write(again.read(good), out)
    assert again_.read_bytes() == exported[1].read_bytes()
    assert packed[0].read_bytes() == packed[1].read_bytes()
    assert gzip.decompress(packed[0].read_bytes()) == exported[1].read_bytes()
    assert packed[0].read_bytes()[3:8] == bytes(5)  # RFC 1952, 2.3: no name, no time


def test_only_the_days_that_were_asked_for(good, exported, tmp_path, capsys):
    """Law: days are those of publication, both included; where there is no article there is nothing to export."""
    out = tmp_path / "some.jsonl"
    days = sorted({row["day"] for row in rows(exported[1])})
    words = ["export", "jsonl", "--archive", good, "--out", out]

    assert main(capsys, *words, "--since", days[1], "--until", days[-2])[0] == 0
    assert rows(out) == [row for row in rows(exported[1]) if days[1] <= row["day"] <= days[-2]]
    assert main(capsys, *words, "--since", days[-1])[0] == 0
    assert {row["day"] for row in rows(out)} == {days[-1]}

    before = out.read_bytes()
    code, told, err = main(capsys, *words, "--since", date.fromisoformat(days[-1]) + timedelta(days=1))
    assert (code, told, len(err.splitlines())) == (1, "", 1)
    assert "nothing to export" in err
    assert out.read_bytes() == before


# Damage


def test_a_damaged_file_is_read_from_its_record(good, exported, tmp_path, capsys):
    """Law: what is damaged or missing is told, and the export is what it would be; exit code 1."""
    root, out = copied(good, tmp_path / "archive"), tmp_path / "a.jsonl"
    first, second, third = (row["path"] for row in rows(exported[1])[:3])
    (root / first).unlink()
    (root / second).write_bytes((root / second).read_bytes() + b"x")
    (root / third).write_bytes(b"\xff\x00")

    code, _, err = main(capsys, "export", "jsonl", "--archive", root, "--out", out)

    assert code == 1
    assert out.read_bytes() == exported[1].read_bytes()
    assert [line.split()[1] for line in err.splitlines()] == [first, second, third]
    assert "is not there" in err.splitlines()[0]


def test_a_damaged_record_is_told(good, exported, tmp_path, capsys):
    """Law: where a record cannot be read its article is told without the record's name; without its file, not at all."""
    root, out = copied(good, tmp_path / "archive"), tmp_path / "a.jsonl"
    whole = rows(exported[1])
    row = next(row for row in whole if row["warc"].startswith("rfi_tw"))
    warc = root / "warc" / row["warc"]
    data = bytearray(warc.read_bytes())
    data[row["offset"] : row["offset"] + 40] = bytes(40)
    warc.write_bytes(data)

    code, _, err = main(capsys, "export", "jsonl", "--archive", root, "--out", out)
    assert (code, len(err.splitlines())) == (1, 1)
    assert rows(out) == [one | ({"record": None} if one == row else {}) for one in whole]

    (root / row["path"]).unlink()
    code, _, err = main(capsys, "export", "jsonl", "--archive", root, "--out", out)
    assert (code, "is left out" in err) == (1, True)
    assert rows(out) == [one for one in whole if one != row]


def test_beside_a_rollup(good, exported, tmp_path):
    """Law: an article whose record is moved by a rollup meanwhile is told with the record's new place."""
    root = copied(good, tmp_path / "archive")
    with closing(Index(root / NAME)) as index:
        cards = list(index.every_card())
        list(rollup.rollup(root, CLOCK() + timedelta(days=3), lambda _: None))
        found = [schema.told(text) for text in texts(root, index, cards, again.refuse)]

    assert {row["warc"] for row in found} == {path.name for path in (root / "warc").glob("*.gz")}
    for row in (*found, *(whole := rows(exported[1]))):
        del row["warc"], row["offset"]
    assert found == whole


def test_read_again_is_article(exported):
    """Law: lead, body and what follows are the markup of the article file."""
    root, path = exported
    for row in rows(path):
        read = article.read((root / row["path"]).read_bytes())
        assert (row["lead_html"], row["body_html"], row["after_html"]) == (read.lead, read.body, read.after)


def test_an_empty_archive(tmp_path, capsys):
    """Law: where no article is, no export of articles is made, and that is said in a line."""
    root = archives.crawl(tmp_path / "archive", [archives.feed()])
    for form in ("jsonl", "parquet", "atom", "git"):
        code, told, err = main(capsys, "export", form, "--archive", root, "--out", tmp_path / form)
        assert (code, told, len(err.splitlines())) == (1, "", 1)
        assert "nothing to export" in err
        assert not (tmp_path / form).exists()
