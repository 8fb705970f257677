"""Laws of prove: a file beside the record it was made from, named so that a stranger finds it."""

import json
import shutil
from pathlib import Path

import pytest

from archive import cli, urls, warc
from archive.errors import BadRecord, NotFound
from archive.prove import prove
from archive.records.digest import digest
from archive.records.member import member
from archive.records.record import Place
from tests.archive import archives
from tests.archive.archives import CN, crawl, hashes, page


@pytest.fixture
def root(tmp_path):
    return crawl(tmp_path / "archive", map(page, CN[:3]))


def file_of(root, number=1):
    return root / urls.article_path(CN[number].url)


def read_pair(root, proof):
    """The record that a proof names, and its exchange."""
    return warc.read_pair(root / "warc", Place(Path(proof.warc).name, proof.offset))


def test_a_proof_names_all(root):
    """Law: WARC, offset, record, digest, time and the file's own hash are those of the record, and they agree."""
    exchange = page(CN[3])
    crawl(root, [exchange])
    proof = prove(root, file_of(root, 3))
    record, again = read_pair(root, proof)
    assert (proof.record, proof.url) == (record.id, CN[3].url)
    assert proof.captured == exchange.date == again.date
    assert proof.digest == digest(exchange.body) == record.get("WARC-Payload-Digest")
    assert proof.sha256 == hashes(root, "articles")[proof.path]
    assert proof.path == urls.article_path(CN[3].url)
    assert proof.problems == ()


def test_every_file_of_an_archive_can_be_proved(tmp_path):
    """Law: every article file has a proof, whatever happened to its article."""
    root = archives.varied(tmp_path)
    paths = list(root.glob("articles/**/*.md"))
    assert len(paths) == 12
    assert [prove(root, path).problems for path in paths] == [()] * 12


def test_it_is_told_on_the_command_line(root, capsys):
    """Law: for people and for programs the same, exit code 0."""
    arguments = ["prove", "--archive", str(root), str(file_of(root))]
    assert cli.main(arguments) == 0
    lines = capsys.readouterr().out
    assert cli.main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["equal"] is True
    for name in ("path", "url", "captured", "warc", "offset", "record", "digest", "sha256"):
        assert f"{name:<9}{told[name]}\n" in lines


def test_a_changed_file_is_told_where(root, capsys):
    """Law: a file that is not what its record makes is exit code 1, with the first difference."""
    content = file_of(root).read_bytes()
    file_of(root).write_bytes(content[:100] + b"?" + content[101:])
    assert "from byte 100 on, '?" in prove(root, file_of(root)).problems[0]
    assert cli.main(["prove", "--archive", str(root), str(file_of(root)), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["equal"] is False
    assert cli.main(["prove", "--archive", str(root), str(file_of(root))]) == 1
    assert "WRONG" in capsys.readouterr().out


def test_a_record_whose_digest_lies_is_told(root):
    """Law: the digests are made again from the bytes, and held against the record's."""
    proof = prove(root, file_of(root))
    path = root / proof.warc
    content, (record, _) = path.read_bytes(), read_pair(root, proof)
    lying = [
        (n, "sha1:" + "A" * 32 if n == "WARC-Payload-Digest" else v)
        for n, v in record.fields
        if n not in ("WARC-Block-Digest", "Content-Length")
    ]
    forged = b"".join(member(tuple(lying), (record.block,)))
    path.write_bytes(content[: proof.offset] + forged + content[proof.offset + record.length :])
    (problem,) = prove(root, file_of(root)).problems
    assert problem == f"WARC-Payload-Digest should be {proof.digest}, the record says 'sha1:{'A' * 32}'"


def spoil_index(root):
    archives.edit(root, "update captures set offset = offset + 1")


def spoil_warc(root):
    for path in warc.sealed(root / "warc"):
        path.unlink()


@pytest.mark.parametrize("spoil", [spoil_index, spoil_warc])
def test_a_record_that_is_not_there(root, spoil, capsys):
    """Law: a missing WARC file, or an offset at which nothing begins, is one clear line and exit code 1."""
    spoil(root)
    with pytest.raises(BadRecord, match="offset"):
        prove(root, file_of(root))
    assert cli.main(["prove", "--archive", str(root), str(file_of(root))]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def outside(root):
    return Path(shutil.copy(file_of(root), root.parent / "copy.md"))


def unknown(root):
    return Path(shutil.copy(file_of(root), file_of(root).with_name("copy.md")))


CASES = {
    "missing": (lambda root: root / "articles/none.md", "no file"),
    "outside": (outside, "not in the archive"),
    "unknown": (unknown, "names no record for it"),
    "a list": (lambda root: root / "lists/rfi_cn.md", "no article file"),
    "a folder": (lambda root: root / "articles", "no file"),
}


@pytest.mark.parametrize(("make", "words"), CASES.values(), ids=CASES)
def test_what_is_no_file_of_the_archive(root, make, words):
    """Law: a file without a record is told apart, in one clear line."""
    with pytest.raises(NotFound, match=words) as error:
        prove(root, make(root))
    assert "\n" not in str(error.value)


def test_by_whatever_way_the_file_is_named(root, monkeypatch):
    """Law: a relative path, or one through a link, names the same file."""
    expected = prove(root, file_of(root))
    (root.parent / "link").symlink_to(root)
    assert prove(root, file_of(root.parent / "link")) == expected
    assert prove(root.parent / "link", file_of(root)) == expected
    monkeypatch.chdir(root)
    assert prove(Path(), Path(expected.path)) == expected
