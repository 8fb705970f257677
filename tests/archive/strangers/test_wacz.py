"""Laws of the WACZ export: whole, the same every time, only what was asked for, and proven before it has its name."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from contextlib import closing
from datetime import timedelta

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

from archive import cli, urls, warc
from archive.errors import BadRecord, NotFound
from archive.export import pages, readback, wacz
from archive.export.package import Package
from archive.index import NAME, Index
from archive.records.record import ANSWERS
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, answer, keep, page, varied
from tests.crawler.crawling import ROOT

VALIDATOR = ROOT / ".venv-replay" / "bin" / "wacz"
IMAGE = "https://s.rfi.fr/media/display/1/w:1280/p:16x9/a.jpg"


def export(root, out, since=None, until=None):
    with closing(Index(root / NAME)) as index:
        return wacz.write(root, index, out, since, until)


def image():
    return answer(IMAGE, b"\xff\xd8" + b"picture" * 100, kind="image/jpeg")


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """Make an archive of three days, the first two in one file; what stays the same on the second and third is a revisit."""
    root = tmp_path_factory.mktemp("days")
    CLOCK.wait(days=1)
    CLOCK.now = CLOCK.now.replace(hour=10, minute=0, second=0)
    first = CLOCK.now.date()
    archive = archives.open_archive(root)
    for exchange in (archives.feed(), page(CN[0]), image()):
        keep(archive, exchange)
    archive.fail(CN[9].url, "timeout")
    CLOCK.wait(days=1)
    for exchange in (page(CN[0]), page(CN[1]), image()):
        keep(archive, exchange)
    archives.close(archive)
    CLOCK.wait(days=1)
    archives.crawl(root, [page(CN[0].revised(1)), page(CN[1]), image(), answer(CN[2].url, b"gone", 404)])
    return root, [first + timedelta(days=n) for n in range(3)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Export an archive with some of everything."""
    folder = tmp_path_factory.mktemp("whole")
    return varied(folder / "archive"), export(folder / "archive", folder / "all.wacz")


# What a package holds


def entries(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def lines(path):
    """Give the index: key, time, and what it says of each capture."""
    text = zlib_members(entries(path)["indexes/index.cdx.gz"]).decode("ascii")
    found = (line.split(" ", 2) for line in text.splitlines())
    return [(key, time, json.loads(told)) for key, time, told in found]


def zlib_members(data):
    out = b""
    while data:
        gzip = zlib.decompressobj(31)
        out += gzip.decompress(data)
        data = gzip.unused_data
    return out


def listed(path):
    return [json.loads(line) for line in entries(path)[pages.PATH].splitlines()][1:]


def captured(path):
    """Give what the index names: day and URL."""
    return sorted((time[:8], told["url"]) for _, time, told in lines(path))


def records(path, folder):
    """Give every record of a package's WARC files, read by our own walk."""
    for name, content in entries(path).items():
        if name.startswith("archive/"):
            file = folder / name.removeprefix("archive/")
            file.write_bytes(content)
            yield from ((file.name, record) for record in warc.walk(file))


# A whole archive


def test_it_holds_the_archive_byte_for_byte(whole):
    """Law: every sealed WARC file lies in it as it is, stored, with every capture in the index and nothing else."""
    root, path = whole
    held = {name.removeprefix("archive/"): data for name, data in entries(path).items() if name.startswith("archive/")}

    assert held == {file.name: file.read_bytes() for file in warc.sealed(root / "warc")}
    with closing(Index(root / NAME)) as index:
        assert len(lines(path)) == index.capture_count()


def test_the_same_archive_makes_the_same_bytes(whole, tmp_path):
    """Law: whenever and under whatever name it is made, the same archive makes the same file."""
    root, path = whole
    CLOCK.wait(days=3)

    assert export(root, tmp_path / "another.wacz").read_bytes() == path.read_bytes()


def test_its_frame_is_that_of_the_format(whole):
    """Law: names, order and list are those of WACZ 1.1.1; what is read by offset is stored; its time is a capture's."""
    _, path = whole
    with zipfile.ZipFile(path) as package:
        stored = {info.filename for info in package.infolist() if info.compress_type == zipfile.ZIP_STORED}
    files = entries(path)
    told = json.loads(files["datapackage.json"])
    last = max(time for _, time, _ in lines(path))

    assert {name for name in files if name.endswith(".gz")} == stored
    assert (told["profile"], told["wacz_version"]) == ("data-package", "1.1.1")
    assert [one["path"] for one in told["resources"]] == [*files][:-2]
    assert re.sub(r"\D", "", told["created"]) == last
    for one in told["resources"]:
        assert (one["bytes"], one["hash"]) == (len(files[one["path"]]), f"sha256:{sha256(files[one['path']])}")
    assert json.loads(files["datapackage-digest.json"])["hash"] == f"sha256:{sha256(files['datapackage.json'])}"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def test_a_place_can_be_reckoned_from_the_directory(whole):
    """Law: no file has an extra field, neither in the directory nor in its own header.

    ReplayWeb.page looks into the second only if the first has one.
    """
    data = whole[1].read_bytes()
    with zipfile.ZipFile(whole[1]) as package:
        for info in package.infolist():
            assert info.extra == b""
            assert data[info.header_offset + 28 : info.header_offset + 30] == b"\0\0"


@pytest.mark.slow
@pytest.mark.parametrize("part", [False, True])
def test_the_validator_of_the_field_agrees(days, tmp_path, part):
    """Law: `wacz validate` finds a whole archive valid, and a part of one."""
    root, (_, second, _) = days
    path = export(root, tmp_path / "a.wacz", second if part else None, second if part else None)
    done = subprocess.run([VALIDATOR, "validate", "-f", path], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "the passed WACZ is valid" in done.stdout


# Some days


def test_only_the_days_that_were_asked_for(days, tmp_path):
    """Law: both ends are included, an open end has no end; what a day's revisits refer to comes along."""
    root, (first, second, third) = days
    article, other, gone = CN[0].url, CN[1].url, CN[2].url
    on = [f"{day:%Y%m%d}" for day in (first, second, third)]
    one = [(on[0], archives.FEED), (on[0], article), (on[0], IMAGE)]
    two = [(on[1], article), (on[1], other), (on[1], IMAGE)]
    three = [(on[2], article), (on[2], other), (on[2], IMAGE), (on[2], gone)]
    cases = [
        ((None, None), [*one, *two, *three]),
        ((first, first), one),
        ((None, second), [*one, *two]),
        ((second, second), [*two, (on[0], article), (on[0], IMAGE)]),
        ((third, None), [*three, (on[0], IMAGE), (on[1], other)]),
    ]
    for number, ((since, until), wanted) in enumerate(cases):
        assert captured(export(root, tmp_path / f"{number}.wacz", since, until)) == sorted(wanted)


def test_stylesheets_of_the_month_come_along(tmp_path):
    """Law: days bring the stylesheets and fonts that were fetched before them in their month, the newest of each."""
    root = tmp_path / "archive"
    CLOCK.now = (CLOCK.now.replace(day=1) + timedelta(days=40)).replace(day=1)
    runs = {4: ["page.css", "font.woff2"], 6: ["page.css"], 8: [], 45: ["none.css"]}
    first = CLOCK.now.date()
    for day, names in runs.items():
        CLOCK.wait(days=(first - CLOCK.now.date()).days + day)
        bodies = [answer(f"https://static.rfi.fr/{name}", f"{name} {day}".encode(), kind="text/css") for name in names]
        archives.crawl(root, [*bodies, page(CN[day % 7])])

    def brought(day):
        path = export(root, tmp_path / f"{day}.wacz", first + timedelta(days=day), first + timedelta(days=day))
        found = {(time, url.rpartition("/")[2]) for time, url in captured(path) if "static.rfi.fr" in url}
        return {(name, next(n for n in runs if f"{first + timedelta(days=n):%Y%m%d}" == time)) for time, name in found}

    assert brought(6) == {("page.css", 6), ("page.css", 4), ("font.woff2", 4)}
    assert brought(8) == {("page.css", 6), ("font.woff2", 4)}
    assert brought(45) == {("none.css", 45)}


def test_no_day_no_file(days, tmp_path):
    """Law: where nothing was captured there is nothing to export, and that is said."""
    root, (first, *_) = days
    with pytest.raises(NotFound, match="nothing was captured from the beginning to"):
        export(root, tmp_path / "a.wacz", None, first - timedelta(days=1))
    assert not list(tmp_path.iterdir())


def test_a_part_is_a_sound_file(days, tmp_path):
    """Law: a part begins with a warcinfo record of its own, keeps those that its records name, and members as they were."""
    root, (_, second, _) = days
    originals = {r.id: r for file in warc.sealed(root / "warc") for r in warc.walk(file)}
    found = list(records(export(root, tmp_path / "a.wacz", second, second), tmp_path))
    ids = {record.id for _, record in found}
    (name,) = {file for file, _ in found}

    assert name.startswith("part-rfi_cn-")
    assert (found[0][1].type, found[0][1].get("WARC-Filename")) == ("warcinfo", name)
    assert len(ids) == len(found)
    for _, record in found[1:]:
        assert (record.fields, bytes(record.block)) == (originals[record.id].fields, bytes(originals[record.id].block))
        for field in ("WARC-Warcinfo-ID", "WARC-Concurrent-To", "WARC-Refers-To"):
            assert record.get(field) in {"", *ids}
    assert [r.type for _, r in found[2:]] == ["response", "request"] * 2 + [
        "revisit",
        "request",
        "response",
        "request",
    ] + ["revisit", "request"]


def test_another_reader_reads_a_part(days, tmp_path):
    """Law: FastWARC opens each capture of a part where the index says, and finds its block's digest right."""
    root, (_, second, third) = days
    path = export(root, tmp_path / "a.wacz", second, third)
    files = entries(path)
    for _, _, told in lines(path):
        at = int(told["offset"])
        data = files[f"archive/{told['filename']}"][at : at + int(told["length"])]
        record = next(iter(ArchiveIterator(io.BytesIO(data), parse_http=False)))
        assert record.headers["WARC-Target-URI"] == told["url"]
        assert record.verify_block_digest()


def test_parts_are_the_same_every_time(days, tmp_path):
    """Law: the same days make the same bytes."""
    root, (_, second, _) = days
    one, other = (export(root, tmp_path / name, second, second).read_bytes() for name in ("a.wacz", "b.wacz"))
    assert one == other


# Pages


def test_pages_are_the_articles(days, tmp_path):
    """Law: each version of an article is a page, newest first; one that was seen again unchanged is none again."""
    root, _ = days
    found = listed(export(root, tmp_path / "a.wacz"))
    assert [entry["url"] for entry in found] == [CN[0].url, CN[1].url, CN[0].url]
    assert [entry["ts"] for entry in found] == sorted((entry["ts"] for entry in found), reverse=True)
    assert all(set(entry) == {"id", "url", "ts", "title", "text"} for entry in found)
    assert [entry["title"] for entry in found] == [CN[0].title, CN[1].title, CN[0].title]
    assert [("第1次补充" in entry["text"]) for entry in found] == [True, False, False]


def test_a_page_that_is_a_revisit_alone_is_a_page(days, tmp_path):
    """Law: where a day has an article only as a revisit, it is a page of that day, with its text."""
    root, (_, second, _) = days
    found = listed(export(root, tmp_path / "a.wacz", second, second))
    whole = listed(export(root, tmp_path / "b.wacz"))
    assert [(e["url"], e["ts"][:10]) for e in found] == [(CN[1].url, f"{second}"), (CN[0].url, f"{second}")]
    assert found[1]["text"] == whole[-1]["text"]


def test_what_is_no_article_is_no_page(whole):
    """Law: errors, shells, cut answers and listings are in the index, and on no list of pages."""
    _, path = whole
    found = {entry["url"] for entry in listed(path)}
    known = {told["url"] for _, _, told in lines(path)}
    assert found <= known
    assert {urls.kind(url) for url in found} == {urls.Kind.ARTICLE}
    assert not {CN[8].url, CN[9].url, CN[12].url, archives.FEED} & found


@given(st.text(alphabet="中国雨a ，。1", max_size=40), st.integers(2, 4))
def test_every_chinese_word_can_be_found(text, length):
    """Law: whatever two to four Chinese characters stand in a row are a word of their own, once, and nothing else is."""
    runs = re.findall("[中国雨]+", text)
    words = pages.words(text)
    wanted = {run[at : at + length] for run in runs for at in range(len(run) - length + 1)}
    assert {word for word in words if len(word) == length} == wanted
    assert len(words) == len(set(words))


# Read back


def changed(path, out, name, change):
    """Package the same files again, one of them changed, with a list that fits."""
    with out.open("w+b") as file:
        _pack(file, {held: change(data) if held == name else data for held, data in entries(path).items()})
    return out


def _pack(file, files):
    """Write a package of these files, with a list that fits."""
    with Package(file) as package:
        for name, data in files.items():
            if not name.startswith("datapackage"):
                package.add(name, [data], squeeze=not name.endswith(".gz"))
        package.close({})


def in_index(change):
    """Change the lines of an index of one block."""

    def apply(data):
        gzip = zlib.compressobj(wbits=31)
        return gzip.compress(change(zlib_members(data))) + gzip.flush()

    return apply


INDEX, LIST = "indexes/index.cdx.gz", "indexes/index.idx"
DEFECTS = {
    "a page of another second": (pages.PATH, lambda data: re.sub(rb'(?<="ts": ")[^"]+', b"2001-01-01T00:00:00Z", data), "is not in the index"),
    "a page that is no JSON": (pages.PATH, lambda data: data + b"{\n", "cannot be read back"),
    "a block with a line too many": (INDEX, in_index(lambda data: data + data.splitlines(keepends=True)[-1]), "cannot be read back"),
    "bytes behind the blocks": (INDEX, lambda data: data + b"\0", "cannot be read back"),
    "a list that names no block": (LIST, lambda data: data.splitlines(keepends=True)[0], "cannot be read back"),
    "a list with another key": (LIST, lambda data: data.replace(b"\nfr,", b"\nde,"), "cannot be read back"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "change", "told"), DEFECTS.values(), ids=DEFECTS)
def test_what_does_not_fit_is_found(whole, tmp_path, name, change, told):
    """Law: a package whose parts contradict each other is never given a name, though its list of files is right."""
    path = changed(whole[1], tmp_path / "changed.wacz", name, change)
    with pytest.raises(BadRecord, match=told):
        readback.check(path)


def resized(data, change):
    """Change the lines of the index, and the list of blocks with it."""
    gzip = zlib.compressobj(wbits=31)
    block = gzip.compress(change(zlib_members(data[INDEX]))) + gzip.flush()
    listed = re.sub(rb'"length": \d+', b'"length": %d' % len(block), data[LIST])
    return {**data, INDEX: block, LIST: listed}


LINES = {
    "an offset beside the record": (lambda text: re.sub(rb'(?<="offset": ")\d+', lambda m: b"%d" % (int(m[0]) + 1), text), "gzip|record"),
    "another record's offset": (lambda text: re.sub(rb'(?<="offset": ")\d+', b"0", text), "another record"),
    "another length": (lambda text: re.sub(rb'(?<="length": ")\d+', b"1", text), "another record"),
    "another second": (lambda text: re.sub(rb"(?m)^(\S+) \d{14}", rb"\1 20010101000000", text), "another record|cannot be read back"),
    "another digest": (lambda text: text.replace(b"sha1:", b"sha1:A"), "another record"),
    "another URL": (lambda text: text.replace(b"www.rfi.fr", b"www.rfi.fx"), "another record"),
    "no such file": (lambda text: text.replace(b"rfi_", b"rfi-"), "cannot be read back"),
    "out of order": (lambda text: b"".join([*text.splitlines(keepends=True)[:1], *reversed(text.splitlines(keepends=True)[1:])]), "not in order"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "told"), LINES.values(), ids=LINES)
def test_a_wrong_line_of_the_index_is_found(whole, tmp_path, change, told):
    """Law: a line that does not open the record it names is found, whatever in it is wrong."""
    path = tmp_path / "changed.wacz"
    with path.open("w+b") as file:
        _pack(file, resized(entries(whole[1]), change))
    with pytest.raises(BadRecord, match=told):
        readback.check(path)


def test_every_damaged_byte_is_found(days, tmp_path):
    """Law: a package with one flipped bit in what it holds is found, wherever that is."""
    root, (first, *_) = days
    path = export(root, tmp_path / "a.wacz", first, first)
    sound, broken = path.read_bytes(), tmp_path / "broken.wacz"
    with zipfile.ZipFile(path) as package:
        spans = [(i.header_offset + 30 + len(i.filename), i.compress_size) for i in package.infolist()]
    for start, size in spans:
        for at in (start, start + size // 2):  # the last bits of what is squeezed may mean nothing
            data = bytearray(sound)
            data[at] ^= 4
            broken.write_bytes(data)
            with pytest.raises(BadRecord):
                readback.check(broken)


# What goes wrong


def test_a_damaged_archive_leaves_what_was_there(tmp_path):
    """Law: where a WARC file is not what was sealed, that is said; the old export stays, and nothing lies beside it."""
    root = archives.crawl(tmp_path / "archive", [page(CN[0])])
    out = export(root, tmp_path / "out" / "a.wacz")
    before = out.read_bytes()
    (file,) = warc.sealed(root / "warc")
    file.write_bytes(file.read_bytes()[:-1] + b"!")

    with pytest.raises(BadRecord, match="not what was sealed"):
        export(root, out)
    assert (out.read_bytes(), [*out.parent.iterdir()]) == (before, [out])

    file.unlink()
    with pytest.raises(BadRecord):
        export(root, out)
    assert (out.read_bytes(), [*out.parent.iterdir()]) == (before, [out])


def command(*words, most=None):
    """Run `rfi-archive export wacz` as a process that may write files of `most` bytes."""
    limit = ["prlimit", f"--fsize={most}"] if most else []
    line = [*limit, sys.executable, "-m", "archive.cli", "export", "wacz", *map(str, words)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_full_disk_is_told(whole, tmp_path):
    """Law: where the file cannot be written the code is 13, on one line, and nothing is left."""
    done = command("--archive", whole[0], "--out", tmp_path / "a.wacz", most=50_000)

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (13, "", 1)
    assert not list(tmp_path.iterdir())


def test_the_command(days, tmp_path, capsys):
    """Law: `export wacz` tells the path that it made; days that make no sense are wrong usage."""
    root, (first, second, _) = days
    out = tmp_path / "a.wacz"
    words = ["export", "wacz", "--archive", str(root), "--out", str(out)]

    assert cli.main([*words, "--since", f"{first}", "--until", f"{second}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(out), "bytes": out.stat().st_size}
    assert cli.main([*words, "--since", f"{second}", "--until", f"{first}"]) == 2
    assert cli.main(["export", "cdxj", "--archive", str(root), "--since", f"{first}"]) == 2
    with pytest.raises(SystemExit, match="2"):
        cli.main([*words, "--since", "yesterday"])


def test_what_is_being_written_is_left_out(tmp_path):
    """Law: beside a crawl an export holds what is sealed, and only that."""
    root = archives.crawl(tmp_path / "archive", [page(CN[0])])
    running = archives.open_archive(root)
    keep(running, page(CN[1]))
    path = export(root, tmp_path / "a.wacz")
    archives.close(running)

    assert [entry["url"] for entry in listed(path)] == [CN[0].url]


def test_every_record_of_an_answer_is_in_the_index(whole, tmp_path):
    """Law: what our own walk finds in the package is what the index names."""
    _, path = whole
    walked = sorted((name, record.offset) for name, record in records(path, tmp_path) if record.type in ANSWERS)
    assert sorted((told["filename"], int(told["offset"])) for _, _, told in lines(path)) == walked
