"""CDXJ lines and files: what the tools of the field make of the same WARC files."""

import json
import random
import shutil
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import warc
from archive.errors import BadUrl
from archive.export import cdxj
from archive.files.sorting import Sorting
from archive.index import NAME, Index
from archive.records import cdxj as line_of
from archive.records import surt
from archive.records.record import Capture, Place
from tests.archive import archives
from tests.archive.archives import CN, answer
from tests.crawler.crawling import ROOT

TOOLS = ROOT / ".venv-replay" / "bin"
WHEN = datetime(2026, 11, 1, 2, 3, 4, tzinfo=UTC)
ONE = Capture("a.warc.gz", 10, 20, "https://www.rfi.fr/cn/", WHEN, "sha1:AB", 200, "text/html")


# Keys


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.rfi.fr/cn/%E4%B8%AD/20261031-A", "fr,rfi)/cn/%e4%b8%ad/20261031-a"),
        ("http://rfi.fr:80/cn/", "fr,rfi)/cn"),
        ("https://s.rfi.fr:8443/media?B=2&a=%E4%B8%AD", "fr,rfi,s:8443)/media?a=%e4%b8%ad&b=2"),
        ("https://www2.rfi.fr//a/./b/../c?", "fr,rfi)/a/c"),
        ("http://127.0.0.1:8080/", "1,0,0,127:8080)/"),
        ("http://[2001:DB8::1]/x", "2001:db8::1)/x"),
    ],
)
def test_key(url, key):
    """Law: a key is the host turned round, and all of the URL that tells two pages apart."""
    assert surt.key(url) == key


@pytest.mark.parametrize("url", ["", "urn:x", "https://", "https://a.b:99999/", "https://a.b/\ud800", "http://[1/"])
def test_no_key(url):
    """Law: what is no http(s) URL is refused by our own error."""
    with pytest.raises(BadUrl):
        surt.key(url)


def made_up(number):
    """URLs of what may stand in one, and of what should not."""
    pieces = """a B %E4%B8%AD %e9 %2F %252f %3F %23 %20 % %zz . .. / // & = ? + ~ ' " < | [ ^ ` { \\ 中 ; : @ ! $ ( * , -
        %41 %00 %0a é x=1 sid=0123456789abcdef0123456789abcdef PHPSESSID=0123456789abcdef0123456789abcdeF cfid=1&cftoken=2
        """.split()
    hosts = "www.rfi.fr s.rfi.fr WWW1.RFI.fr rfi.my:8080 a.b:80 a.b:443 127.0.0.1:81 [2001:DB8::1]:8080 x.".split()
    dice = random.Random(number)
    for _ in range(number):
        path, query = ("".join(dice.choices(pieces, k=dice.randrange(7))) for _ in range(2))
        yield f"{dice.choice(['http', 'https'])}://{dice.choice(hosts)}/{path}" + dice.choice(["", f"?{query}"])


@pytest.mark.slow
def test_keys_are_those_of_the_field():
    """Law: keys equal those of the package that pywb and cdxj-indexer make theirs by, of odd URLs too."""
    urls = [*made_up(5000), *(article.url for article in CN)]
    ask = "import json, sys, surt; print(json.dumps([surt.surt(url) for url in json.load(sys.stdin)]))"
    done = subprocess.run(
        [TOOLS / "python", "-c", ask], input=json.dumps(urls), capture_output=True, text=True, check=True
    )

    theirs = json.loads(done.stdout)

    assert [(url, surt.key(url)) for url in urls] == list(zip(urls, theirs, strict=True))


@pytest.mark.parametrize("path", ["a" * 50_000 + "%", "a/" * 25_000, "%e4a" * 20_000 + "%20", "/" * 50_000])
def test_no_path_takes_long(path):
    """Law: the key of a path is made in one pass, however the path ends."""
    start = time.process_time()

    surt.key(f"https://www.rfi.fr/{path}")

    assert time.process_time() - start < 1


# Lines


def test_line():
    """Law: a line is key, time and what a replay needs, in ASCII."""
    assert line_of.line(ONE) == (
        'fr,rfi)/cn 20261101020304 {"url": "https://www.rfi.fr/cn/", "mime": "text/html", "status": "200",'
        ' "digest": "sha1:AB", "length": "20", "offset": "10", "filename": "a.warc.gz"}\n'
    )


@pytest.mark.parametrize("odd", [{"status": 304}, {"status": 0}, {"url": "https://a.b:99999/"}])
def test_no_line(odd):
    """Law: a blank page, a head without a status and a URL without a key have no line."""
    assert line_of.line(replace(ONE, **odd)) is None


def test_line_of_a_revisit():
    """Law: a revisit is marked, whatever its media type is."""
    assert '"mime": "warc/revisit"' in (line_of.line(replace(ONE, refers=Place("b.warc.gz", 0))) or "")


def test_lines_are_in_byte_order():
    """Law: lines are sorted as bytes, key and time first."""
    captures = [
        replace(ONE, url=f"https://www.rfi.fr/{path}", offset=n) for n, path in enumerate(["b", "a", "a", "a/b"])
    ]

    with closing(Sorting(line_of.lines(captures))) as lines:
        made = list(lines)

    assert [line.split()[0] for line in made] == ["fr,rfi)/a", "fr,rfi)/a", "fr,rfi)/a/b", "fr,rfi)/b"]
    assert made == sorted(made, key=str.encode)


# Files


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive with CDXJ files: revisits, errors, redirections, URLs that are not canonical, heads without a type."""
    root = archives.varied(tmp_path_factory.mktemp("cdxj") / "archive")
    odd = [
        answer("http://cn.rfi.fr/rss?b=1&A=2", b"<rss/>", 200, "Application/RSS+xml ;charset=x"),
        answer("https://www.rfi.fr/cn//x/?utm=%e4%B8%AD", b"<p>x</p>"),
        answer("https://s.rfi.fr:8443/media/display/a.jpg", b"\xff\xd8", 200, "image/jpeg"),
        answer("https://www.rfi.fr/cn/empty", b"", 404, ""),
        answer(CN[1].url, b"busy", 503),
    ]
    return archives.crawl(root, odd)


@pytest.fixture
def root(made, tmp_path):
    """A copy of it, to be broken."""
    return Path(shutil.copytree(made, tmp_path / "archive"))


def index_of(root):
    return closing(Index(root / NAME))


def whole(root):
    return b"".join(cdxj.merged(root))


def test_a_file_for_each_sealed_file(root):
    """Law: after a run each sealed WARC file has its CDXJ file, sorted, with a line for each capture."""
    warcs = {path.name.removesuffix(".warc.gz") for path in root.glob("warc/*.warc.gz")}

    assert {path.stem for path in root.glob("cdxj/*")} == warcs
    lines = [path.read_bytes().splitlines() for path in root.glob("cdxj/*")]
    assert all(some == sorted(some) for some in lines)
    with index_of(root) as index:
        assert sum(map(len, lines)) == index.capture_count()
        assert list(cdxj.stale(root, index)) == []


def test_an_offset_opens_its_record(root):
    """Law: at the offset that a line names lies the answer's record, as long as it says, with this digest and URL."""
    for line in whole(root).splitlines():
        told = json.loads(line.split(b" ", 2)[2])
        record = warc.read_record(root / "warc", Place(told["filename"], int(told["offset"])))
        assert (record.get("WARC-Target-URI"), record.length) == (told["url"], int(told["length"]))
        assert record.get("WARC-Payload-Digest") == told["digest"]


def test_write_brings_up_to_date(root):
    """Law: what is missing is made, what has no WARC file any more is removed, all else is left alone."""
    first, second = sorted(root.glob("cdxj/*"))[:2]
    before = whole(root)
    first.unlink()
    shutil.copy(second, stray := root / "cdxj" / "stray.cdxj")

    with index_of(root) as index:
        assert [finding.file for finding in cdxj.stale(root, index)] == [f"cdxj/{path.name}" for path in (first, stray)]
        assert cdxj.write(root, index) == [first, stray]
        assert cdxj.write(root, index) == []

    assert not stray.exists()
    assert whole(root) == before


def test_stale_file_is_found(root):
    """Law: a CDXJ file that is not what the index makes is found."""
    path = next(root.glob("cdxj/*"))
    path.write_bytes(path.read_bytes().replace(b'"200"', b'"201"'))

    with index_of(root) as index:
        assert [finding.file for finding in cdxj.stale(root, index)] == [f"cdxj/{path.name}"]


@pytest.mark.parametrize("files", [0, 1, 64, 65, 200])
def test_merged(tmp_path, files):
    """Law: however many files there are, one sorted stream has every line of them, as often as they do."""
    lines = [b"%03d %03d\n" % (n * 7 % 13, n) for n in range(2 * files)]
    (tmp_path / "cdxj").mkdir()
    for n in range(files):
        (tmp_path / "cdxj" / f"{n}.cdxj").write_bytes(b"".join(sorted(lines[2 * n : 2 * n + 2])))

    assert list(cdxj.merged(tmp_path)) == sorted(lines)


@pytest.mark.slow
def test_lines_are_those_of_cdxj_indexer(root):
    """Law: the whole equals, byte for byte, what cdxj-indexer makes of the same files, but for odd media types.

    It keeps their capitals, and names one where the head has a name without a value.
    """
    files = sorted(root.glob("warc/*.warc.gz"))
    done = subprocess.run([TOOLS / "cdxj-indexer", "--sort", *files], capture_output=True, check=True)

    theirs = done.stdout.replace(b"Application/RSS+xml", b"application/rss+xml").replace(b'"mime": "", ', b"")
    assert whole(root) == theirs
    assert b"warc/revisit" in done.stdout


@pytest.mark.slow
def test_lines_are_those_of_pywb(root):
    """Law: pywb's own indexer says the same but for three habits of its own.

    It takes the label off a digest, has no status of a revisit, and calls a type that is not named "unk".
    """
    files = sorted(root.glob("warc/*.warc.gz"))
    done = subprocess.run([TOOLS / "cdx-indexer", "--cdxj", "--sort", *files], capture_output=True, check=True)

    ours = [without_habits(line) for line in whole(root).splitlines()]

    assert sorted(ours, key=repr) == sorted((without_habits(line) for line in done.stdout.splitlines()), key=repr)


def without_habits(line):
    key, time, known = line.split(b" ", 2)
    told = json.loads(known)
    told["digest"] = told["digest"].removeprefix("sha1:")
    told["mime"] = told.get("mime", "unk").lower()
    if told["mime"] == "warc/revisit":
        told.pop("status", None)
    return key, time, sorted(told.items())
