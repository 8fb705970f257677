"""Laws of revisits: a payload is stored once, each capture of it is whole, and none points at what may vanish."""

import json
import signal
from contextlib import closing
from dataclasses import replace

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive import cli, urls, warc
from archive.commit import revisit
from archive.errors import BadRecord
from archive.index import NAME as INDEX
from archive.index import Index
from archive.prove import prove
from archive.rebuild import rebuild
from archive.records.record import SAME_PAYLOAD, Place
from tests.archive import archives
from tests.archive.archives import (
    CLOCK,
    CN,
    HTML,
    answer,
    crawl,
    feed,
    findings,
    hashes,
    keep,
    open_archive,
    page,
)
from tests.site import render

ROBOTS = "https://www.rfi.fr/robots.txt"


def robots(words=b"User-agent: *\nAllow: /\n", status=200, *more, **also):
    return answer(ROBOTS, words, status, "text/plain", *more, **also)


def records(root):
    """Every record of an archive, file by file."""
    return [record for path in warc.sealed(root / "warc") for record in warc.walk(path)]


def types(root, url=ROBOTS):
    """Types of the records that hold the answers of a URL, in order."""
    return [r.type for r in records(root) if r.get("WARC-Target-URI") == url and r.type in ("response", "revisit")]


def captured(archive):
    """All captures that the index has of its sealed files."""
    return [row.capture for file in archive.index.warcs() for row in archive.index.captured(file.name)]


def test_the_same_payload_is_stored_once(tmp_path):
    """Law: within a run and in later runs, the same payload of the same URL becomes a revisit of its first record."""
    for _ in range(2):
        crawl(tmp_path, [robots(), robots()])

    assert types(tmp_path) == ["response", "revisit", "revisit", "revisit"]
    first, *others = [r for r in records(tmp_path) if r.type in ("response", "revisit")]
    for other in others:
        fields = dict(other.fields)
        assert fields["WARC-Profile"] == SAME_PAYLOAD
        assert fields["WARC-Refers-To"] == first.id
        assert fields["WARC-Refers-To-Target-URI"] == first.get("WARC-Target-URI")
        assert fields["WARC-Refers-To-Date"] == first.get("WARC-Date")
        assert fields["WARC-Payload-Digest"] == first.get("WARC-Payload-Digest")
        assert fields["WARC-Truncated"] == "length"  # 6.7.2: the payload was left out
        assert bytes(other.block).endswith(b"\r\n\r\n")
    assert findings(tmp_path) == []


def test_a_revisit_has_its_own_head_and_the_same_body(tmp_path):
    """Law: the exchange read back through a revisit is the exchange that was recorded."""
    exchanges = [robots(), robots(b"User-agent: *\nAllow: /\n", 200, "X-Served-By: second")]
    crawl(tmp_path, exchanges)
    archive = open_archive(tmp_path)
    found = [warc.read_pair(tmp_path / "warc", Place(c.file, c.offset), c.refers)[1] for c in captured(archive)]
    archive.close()

    assert [replace(e, body=bytes(e.body)) for e in found] == exchanges


@pytest.mark.parametrize(
    "second",
    {
        "another payload": lambda: robots(b"User-agent: *\nDisallow: /\n"),
        "another URL": lambda: answer("https://www.rfi.fr/cn/robots.txt", b"User-agent: *\nAllow: /\n"),
        "cut": lambda: replace(robots(), truncated="disconnect"),
        "no plain head": lambda: replace(robots(), head=robots().head.replace(b"\r\n", b"\n")),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_what_differs_is_stored_whole(tmp_path, second):
    """Law: only a whole answer of the same URL with the same payload becomes a revisit."""
    crawl(tmp_path, [robots(), second[1]()])

    assert [r.type for r in records(tmp_path) if r.type == "revisit"] == []
    assert findings(tmp_path) == []


def test_an_empty_body_is_no_payload(tmp_path):
    """Law: answers without a body are stored as they are."""
    crawl(tmp_path, [answer(CN[0].url, b"", 404), answer(CN[0].url, b"", 404)])

    assert types(tmp_path, CN[0].url) == ["response", "response"]


def test_a_run_that_died_is_pointed_at_only_once_it_is_sealed(tmp_path):
    """Law: what a dead run left is mended and sealed first, and then serves as the first record."""
    assert archives.died(lambda: keep(open_archive(tmp_path), robots())) == -signal.SIGKILL
    CLOCK.wait(hours=1)
    crawl(tmp_path, [robots()])

    assert types(tmp_path) == ["response", "revisit"]
    assert findings(tmp_path) == []


def test_a_record_that_was_torn_away_leaves_no_revisit(tmp_path):
    """Law: a revisit of a record in the same file goes with it when the file's tail is torn."""
    assert archives.died(lambda: [keep(a, robots()) for a in [open_archive(tmp_path)] * 2]) == -signal.SIGKILL
    left = next((tmp_path / "warc").glob("*.open"))
    first = next(r for r in warc.walk(left) if r.type == "response")
    left.write_bytes(left.read_bytes()[: first.offset + first.length - 5])
    archives.edit(tmp_path, "delete from captures")
    CLOCK.wait(hours=1)
    crawl(tmp_path, [robots()])

    assert types(tmp_path) == ["response"]
    assert findings(tmp_path) == []


def test_a_damaged_first_record_is_stored_again(tmp_path):
    """Law: before anything points at a record it is read whole; a damaged one is replaced by what came now."""
    crawl(tmp_path, [robots()])
    path = warc.sealed(tmp_path / "warc")[0]
    record = next(r for r in warc.walk(path) if r.type == "response")
    content = bytearray(path.read_bytes())
    content[record.offset + record.length // 2] ^= 1
    path.write_bytes(content)
    crawl(tmp_path, [robots()])

    assert "revisit" not in [r.type for r in warc.walk(warc.sealed(tmp_path / "warc")[1])]


def test_a_feed_that_did_not_change_is_read_through(tmp_path):
    """Law: a listing that came again leaves the same in the index as one that was stored whole."""
    crawl(tmp_path, [feed(), feed()])
    before = archives.dump(tmp_path / INDEX)
    (tmp_path / INDEX).unlink()
    done = rebuild(tmp_path, CLOCK(), lambda _: None)

    assert done.problems == ()
    assert archives.dump(tmp_path / INDEX) == before
    assert len(before["captures"]) == 2


def test_an_article_that_came_back_is_made_from_its_revisit(tmp_path):
    """Law: a text that was changed and changed back has a file made from the revisit, proven and rebuilt from it."""
    old, new = page(CN[0]), page(CN[0].revised(1))
    back = page(CN[0])
    crawl(tmp_path, [old, new, back])
    file = tmp_path / urls.article_path(CN[0].url)
    before, kept = archives.dump(tmp_path / INDEX), hashes(tmp_path)
    proof = prove(tmp_path, file)

    assert types(tmp_path, CN[0].url) == ["response", "response", "revisit"]
    assert (proof.problems, proof.captured) == ((), back.date)
    assert proof.refers is not None
    assert file.read_text().startswith(f"<!--{int(proof.captured.timestamp())}000-->")
    file.unlink()
    (tmp_path / INDEX).unlink()
    assert rebuild(tmp_path, CLOCK(), lambda _: None).problems == ()
    assert (archives.dump(tmp_path / INDEX), hashes(tmp_path)) == (before, kept)
    assert findings(tmp_path) == []


def test_prove_names_the_record_of_the_payload(tmp_path, capsys):
    """Law: `prove` of a file made from a revisit names both records."""
    crawl(tmp_path, [page(CN[0]), page(CN[0].revised(1)), page(CN[0])])
    assert cli.main(["prove", "--json", "--archive", str(tmp_path), str(tmp_path / urls.article_path(CN[0].url))]) == 0

    proof = json.loads(capsys.readouterr().out)
    first = next(r for r in records(tmp_path) if r.get("WARC-Target-URI") == CN[0].url)
    assert proof["refers"] == f"warc/{first.file} at offset {first.offset}"
    assert proof["offset"] != first.offset


def test_a_revisit_of_what_is_lost_is_told(tmp_path):
    """Law: where the record of a payload is lost, a rebuild names each revisit of it and takes all else."""
    crawl(tmp_path, [robots(), page(CN[0])])
    crawl(tmp_path, [robots(), page(CN[1])])
    warc.sealed(tmp_path / "warc")[0].unlink()
    done = rebuild(tmp_path, CLOCK(), lambda _: None)

    assert [ROBOTS in line for line in done.problems] == [True]
    assert (tmp_path / urls.article_path(CN[1].url)).exists()


def test_mending_goes_on_behind_a_revisit_of_what_is_lost(tmp_path):
    """Law: a run that died is mended even where the record of a payload of its is lost."""
    crawl(tmp_path, [robots()])
    assert archives.died(lambda: [keep(a, e) for a in [open_archive(tmp_path)] for e in (robots(), page(CN[1]))]) < 0
    warc.sealed(tmp_path / "warc")[0].unlink()
    (tmp_path / INDEX).unlink()
    CLOCK.wait(hours=1)
    crawl(tmp_path, [page(CN[2])])

    assert (tmp_path / urls.article_path(CN[1].url)).exists()
    with closing(Index(tmp_path / INDEX)) as index, pytest.raises(BadRecord, match="not there"):
        revisit.referred(index, next(r for r in records(tmp_path) if r.type == "revisit"))


def test_warcio_reads_revisits(tmp_path):
    """Law: the field's reader sees a revisit with its head and no payload."""
    crawl(tmp_path, [robots(), robots()])
    with warc.sealed(tmp_path / "warc")[0].open("rb") as file:
        seen = [(r.rec_type, r.http_headers and r.http_headers.get_statuscode()) for r in ArchiveIterator(file)]

    assert ("revisit", "200") in seen


def test_pages_of_an_article_are_equal_only_in_their_bytes(tmp_path):
    """Law: two pages with the same article and other bytes are both stored whole."""
    html = render(CN[0])
    crawl(tmp_path, [answer(CN[0].url, html.encode()), answer(CN[0].url, html.encode() + b"<!-- 2 -->", 200, HTML)])

    assert types(tmp_path, CN[0].url) == ["response", "response"]
