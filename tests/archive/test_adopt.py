"""Laws of importing other tools' records: what they hold becomes articles as our own does, in whatever order they come."""

import gzip
import hashlib
import itertools
import json
import signal
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import brotli
import pytest
import zstandard

from archive import adopting, cli, urls, warc
from archive.adopting import Adopting
from archive.doctor import doctor
from archive.export import wacz as export
from archive.index import NAME as INDEX
from archive.index import Index
from archive.prove import prove
from archive.rebuild import rebuild
from archive.records import lenient
from archive.rollup import rollup
from archive.store import ROTATE, Archive
from archive.strangers.pairing import pairs
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, answer, died, dump, findings, page
from tests.archive.outsiders import each_gzipped, http, record, sha1, wacz
from tests.site import render

NOW = datetime(2026, 12, 1, tzinfo=UTC)
STAMPS = [f"2023-10-2{day}T08:09:10Z" for day in range(1, 9)]


def take_in(root, *paths, rotate=ROTATE):
    """Import files; return what was told and the counts."""
    CLOCK.wait(seconds=5)
    with closing(Archive(root, lenient.PREFIX, CLOCK, adopting.about(paths), rotate)) as archive:
        took = Adopting(archive)
        told = [str(error) for path in paths for error in took.take(path)]
        told += map(str, took.end())
        return told, took.counts


def put(folder, data, name="a.warc"):
    path = folder / name
    path.write_bytes(data)
    return path


def articles(root):
    """Article files by path, without their first line, which is the epoch."""
    paths = sorted((root / "articles").rglob("*.md"))
    return {path.relative_to(root).as_posix(): path.read_bytes().partition(b"\n")[2] for path in paths}


def html(article):
    return render(article).encode()


def response(article, *head, body=None, date=STAMPS[0], **also):
    """Another tool's record of an article's page."""
    block = http(html(article) if body is None else body, *head)
    return record("response", block, ("WARC-Payload-Digest", sha1(html(article))), url=article.url, date=date, **also)


def request(url, date=STAMPS[0], *more):
    return record("request", b"GET / HTTP/1.1\r\nHost: www.rfi.fr\r\n\r\n", *more, url=url, date=date)


def revisit(article, date, *more, digest=None, head=True, profile="1.0"):
    named = f"http://netpreserve.org/warc/{profile}/revisit/identical-payload-digest"
    fields = [("WARC-Profile", named), ("WARC-Payload-Digest", digest or sha1(html(article))), *more]
    return record("revisit", http(b"") if head else b"", *fields, url=article.url, date=date)


def chunked(body):
    return (
        b"".join(
            b"%x\r\n%s\r\n" % (len(body[at : at + 5000]), body[at : at + 5000]) for at in range(0, len(body), 5000)
        )
        + b"0\r\n\r\n"
    )


def sound(root):
    """All laws of an archive hold, and a rebuild and a doctor change nothing."""
    assert findings(root) == []
    before, files = dump(root / INDEX), archives.hashes(root)
    assert [
        str(cure) for cure in doctor(root, NOW, lambda _: None, dry=True) if not cure.what.startswith("lists/")
    ] == []
    done = rebuild(root, NOW, lambda _: None)
    assert done.problems == ()
    assert (dump(root / INDEX), archives.hashes(root)) == (before, files)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The articles of our own crawl."""
    return articles(archives.crawl(tmp_path_factory.mktemp("ours"), map(page, CN[:3])))


# --- what they store, and how ---

BODY = html(CN[0])
STORED = {
    "as it is": response(CN[0]),
    "WARC 1.1": response(CN[0], version="1.1", date="2023-10-21T08:09:10.123456Z"),
    "bare line ends": response(CN[0], end=b"\n"),
    "gzip": response(CN[0], "Content-Encoding: gzip", body=gzip.compress(BODY)),
    "br": response(CN[0], "Content-Encoding: br", body=brotli.compress(BODY)),
    "zstd": response(CN[0], "Content-Encoding: zstd", body=zstandard.compress(BODY)),
    "chunked": response(CN[0], "Transfer-Encoding: chunked", body=chunked(BODY)),
    "chunked br": response(
        CN[0], "Transfer-Encoding: chunked", "Content-Encoding: br", body=chunked(brotli.compress(BODY))
    ),
    "dechunked, the head kept": response(CN[0], "Transfer-Encoding: chunked"),
    "decoded, the head kept": response(CN[0], "Content-Encoding: br"),
    "decoded from gzip, lengths kept": response(CN[0], "Content-Encoding: gzip", f"Content-Length: {len(BODY) * 2}"),
    "decoded from deflate": response(CN[0], "Content-Encoding: deflate"),
    "decoded from zstd": response(CN[0], "Content-Encoding: zstd"),
    "decoded, as Common Crawl has it": response(
        CN[0], "X-Crawl-Content-Encoding: gzip", f"Content-Length: {len(BODY)}"
    ),
    "a URI in brackets": response(CN[0]).replace(CN[0].url.encode(), b"<" + CN[0].url.encode() + b">", 1),
    "an old spelling": response(CN[0]).replace(b"https://www.rfi.fr/cn/", b"http://cn.rfi.fr/", 1),
    "sha256 in hex": response(CN[0]).replace(sha1(BODY).encode(), b"sha256:" + b"0" * 64),
    "no digest": response(CN[0]).replace(b"WARC-Payload-Digest", b"X-Digest"),
}


@pytest.mark.parametrize("form", STORED)
def test_every_way_of_storing_makes_the_same_article(tmp_path, ours, form):
    """Law: however a tool stores a page, its article file is that of our own crawl, and all that we check holds."""
    path = urls.article_path(CN[0].url)

    told, counts = take_in(tmp_path / "root", put(tmp_path, each_gzipped([STORED[form]])))

    assert (told, counts.taken, counts.articles) == ([], 1, 1)
    assert articles(tmp_path / "root") == {path: ours[path]}
    sound(tmp_path / "root")
    assert prove(tmp_path / "root", tmp_path / "root" / path).problems == ()


@pytest.mark.parametrize("form", STORED)
def test_records_are_copied_byte_for_byte(tmp_path, form):
    """Law: header and block stand in our file as in theirs, the answer first, its request behind it."""
    uri = lenient.fields(STORED[form])[3][1] if form != "bare line ends" else CN[0].url
    theirs = [request(uri), STORED[form], response(CN[1])]

    take_in(tmp_path / "root", put(tmp_path, b"".join(theirs)))

    (path,) = warc.sealed(tmp_path / "root" / "warc")
    assert path.name.startswith("import-")
    data = path.read_bytes()
    found = [data[r.offset : r.offset + r.length] for r in warc.walk(path)]
    opened = [gzip.decompress(one) for one in found]
    assert [one.rstrip(b"\r\n") for one in opened[1:4]] == [
        one.rstrip(b"\r\n") for one in (theirs[1], theirs[0], theirs[2])
    ]
    assert [r.type for r in warc.walk(path)] == ["warcinfo", "response", "request", "response", "metadata"]


CUT = {
    "said so": response(CN[0], body=BODY[:4000]).replace(b"WARC-Date", b"WARC-Truncated: length\r\nWARC-Date"),
    "said so, for no reason": response(CN[0]).replace(b"WARC-Date", b"WARC-Truncated: unspecified\r\nWARC-Date"),
    "in a chunk": response(CN[0], "Transfer-Encoding: chunked", body=chunked(BODY)[:9000]),
    "by its length": response(CN[0], f"Content-Length: {len(BODY)}", body=BODY[:-9]),
    "in its coding": response(CN[0], "Content-Encoding: br", body=brotli.compress(BODY)[:-9]),
    "no 200": response(CN[0]).replace(b"200 OK", b"404 NO"),
}


@pytest.mark.parametrize("how", CUT)
def test_what_is_not_whole_makes_no_article(tmp_path, how):
    """Law: an answer that was cut, or is none, is kept, and its URL is as it was: still to be fetched."""
    told, counts = take_in(tmp_path / "root", put(tmp_path, CUT[how]))

    assert (told, counts.taken, counts.articles) == ([], 1, 0)
    assert articles(tmp_path / "root") == {}
    with closing(Index(tmp_path / "root" / INDEX)) as index:
        assert index.known([CN[0].url])[CN[0].url].state == "listed"
    sound(tmp_path / "root")


def test_what_is_taken_and_what_is_passed_over(tmp_path):
    """Law: pages, listings, pictures and stylesheets of our editions are taken; all else is counted, and that is all."""
    wanted = ["https://www.rfi.fr/cn/", "http://www.rfi.fr/tw/rss", "https://s.rfi.fr/media/display/a/w:1/b.jpg"]
    wanted += ["https://static.rfi.fr/a/b.css", "https://www.rfi.fr/sitemaps/cn/index.xml"]
    others = [
        "https://www.rfi.fr/fr/",
        "https://www.france24.com/cn/",
        "https://rfi.fr.example.org/cn/",
        "ftp://www.rfi.fr/cn/",
    ]
    others += ["dns:www.rfi.fr", "", "https://user:word@www.rfi.fr/cn/", "https://www.rfi.fr:8443/cn/"]
    data = [record("response", http(url.encode()), url=url) for url in wanted + others]
    data += [record("metadata", b"", url=wanted[0]), record("resource", b"hello", url=wanted[0])]
    server = ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/server-not-modified")
    data += [record("revisit", http(b"", status="304 Not Modified"), server, url=wanted[0])]

    told, counts = take_in(tmp_path / "root", put(tmp_path, b"".join(data)))

    assert told == []
    assert (counts.records, counts.taken, counts.passed) == (16, 5, 11)
    sound(tmp_path / "root")


def test_digests_that_do_not_hold(tmp_path):
    """Law: a record whose block digest is another's is told with its offset and not taken; in whatever form it is written."""
    block = http(BODY)
    good = [
        sha1(block),
        "sha256:" + hashlib.sha256(block).hexdigest(),
        "md5:" + hashlib.md5(block).hexdigest(),
        "xyz:1",
    ]
    data = [record("response", block, ("WARC-Block-Digest", one), url=f"{CN[0].url}{n}") for n, one in enumerate(good)]
    bad = record("response", block, ("WARC-Block-Digest", sha1(b"")), url=CN[0].url)

    told, counts = take_in(tmp_path / "root", put(tmp_path, b"".join([*data, bad])))

    assert told == [f"a.warc at offset {len(b''.join(data))}: WARC-Block-Digest is not that of its {len(block)} bytes"]
    assert counts.taken == 4


# --- requests ---


def test_requests_stand_where_they_like(tmp_path):
    """Law: a request belongs to its answer by WARC-Concurrent-To on either, or by URI and time; before it or behind."""
    a, b, c = (article.url for article in CN[:3])
    data = [
        request(a, STAMPS[0], ("WARC-Record-ID", "<urn:a>")),
        response(CN[0]).replace(b"WARC-Date", b"WARC-Concurrent-To: <urn:a>\r\nWARC-Date"),
        record("response", http(html(CN[1])), ("WARC-Record-ID", "<urn:b>"), url=b),
        record("response", http(html(CN[2])), url=c, date=STAMPS[0]),
        request(c),
        request(b, STAMPS[0], ("WARC-Concurrent-To", "<urn:b>")),
        response(CN[3]),
    ]

    take_in(tmp_path / "root", put(tmp_path, b"".join(data)))

    (path,) = warc.sealed(tmp_path / "root" / "warc")
    kinds = [(r.type, r.get("WARC-Target-URI")) for r in warc.walk(path)][1:]
    # In the order in which both were there.
    assert kinds == [
        ("response", a), ("request", a), ("response", c), ("request", c), ("response", b), ("request", b),
        ("response", CN[3].url), ("metadata", ""),
    ]  # fmt: skip
    sound(tmp_path / "root")


# --- revisits, and the order of things ---


def by_date(date=STAMPS[0], article=CN[0]):
    return ("WARC-Refers-To-Target-URI", article.url), ("WARC-Refers-To-Date", date)


NAMED: dict[str, tuple[Any, dict[str, Any]]] = {
    "by URL and date": (by_date(), {}),
    "by URL and date, 1.1": (by_date(), {"profile": "1.1"}),
    "by its record": ((("WARC-Refers-To", "<urn:original>"),), {"digest": "sha256:" + "0" * 64}),
    "by digest alone": ((), {}),
    "without a head": (by_date(), {"head": False}),
}


def named_response():
    """An answer of an article, with an id that a revisit can name."""
    return record(
        "response",
        http(html(CN[0])),
        ("WARC-Record-ID", "<urn:original>"),
        ("WARC-Payload-Digest", sha1(html(CN[0]))),
        url=CN[0].url,
        date=STAMPS[0],
    )


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_order_of_import_changes_nothing(tmp_path, named, order):
    """Law: an original, a revisit of it and a change make the same articles and versions in whatever order they come."""
    more, also = NAMED[named]
    original = named_response()
    change = response(CN[0].revised(1), body=html(CN[0].revised(1)), date=STAMPS[1])
    change = change.replace(sha1(html(CN[0])).encode(), sha1(b"other").encode())
    back = revisit(CN[0], STAMPS[2], *more, **also)
    files = [put(tmp_path, one, f"{n}.warc") for n, one in enumerate((original, change, back))]

    told = [take_in(tmp_path / "root", files[at])[0] for at in order]

    assert [len(lines) <= 1 for lines in told] == [True] * 3
    assert told[-1] == []
    with closing(Index(tmp_path / "root" / INDEX)) as index:
        pages = index.pages(CN[0].url)
        assert [one.epoch for one in pages] == [int(datetime.fromisoformat(stamp).timestamp()) for stamp in STAMPS[:3]]
        assert [bool(one.changed) for one in pages] == [True, True, True]
        filed = index.filed(url=CN[0].url)
        assert filed is not None
        assert filed.epoch == pages[2].epoch
    sound(tmp_path / "root")


def test_a_revisit_whose_original_never_comes(tmp_path):
    """Law: a revisit without its payload is kept, told, makes nothing, and harms no verb."""
    root = tmp_path / "root"
    told, counts = take_in(root, put(tmp_path, revisit(CN[0], STAMPS[1], *by_date()) + response(CN[1])))

    assert [line.partition(": ")[2] for line in told] == [
        "a revisit: the record that holds its payload is not here yet"
    ]
    assert (counts.taken, counts.articles, counts.waiting) == (2, 1, 1)
    sound(root)
    with closing(Index(root / INDEX)) as index:
        export.write(root, index, tmp_path / "x.wacz", None, None)
    assert take_in(root, put(tmp_path, revisit(CN[0], STAMPS[1], *by_date())))[1].known == 1


def test_a_revisit_of_another_payload(tmp_path):
    """Law: a revisit never takes a payload whose digest, of the same kind, is another than it states."""
    odd = revisit(CN[1], STAMPS[1], *by_date(), ("WARC-Refers-To", "<urn:original>"))
    named = named_response()

    told, counts = take_in(tmp_path / "root", put(tmp_path, named + odd))

    assert (len(told), counts.articles, counts.waiting) == (1, 1, 1)
    sound(tmp_path / "root")


def test_a_revisit_of_what_we_recorded_ourselves(tmp_path):
    """Law: a revisit finds its payload in our own crawl's records too; and none of ours refers to another tool's."""
    root = tmp_path / "root"
    ours = page(CN[0])
    archives.crawl(root, [ours])
    date = ours.date.strftime("%Y-%m-%dT%H:%M:%SZ")
    told, counts = take_in(
        root, put(tmp_path, revisit(CN[0], "2027-01-01T00:00:00Z", *by_date(date), digest="sha256:00"))
    )

    assert (told, counts.articles) == ([], 0)
    with closing(Index(root / INDEX)) as index:
        assert len(index.pages(CN[0].url)) == 2
    sound(root)

    taken = answer(CN[1].url, html(CN[1]))
    theirs = record("response", taken.head + taken.body, url=CN[1].url)
    take_in(root, put(tmp_path, theirs))
    archives.crawl(root, [taken])
    assert [r.type for r in warc.walk(warc.sealed(root / "warc")[-1])][1] == "response"
    sound(root)


# --- twice, damaged, killed ---


def several(number=6):
    """Records of some articles, with requests before, and a revisit."""
    data = [one for article in CN[:number] for one in (request(article.url), response(article))]
    return [record("warcinfo", b"software: x\r\n", url=""), *data, revisit(CN[0], STAMPS[3], *by_date())]


def test_importing_twice_changes_nothing(tmp_path):
    """Law: what is here is not taken again: from the same file, from a copy otherwise packed, from a WACZ."""
    root = tmp_path / "root"
    data = several()
    take_in(root, put(tmp_path, b"".join(data)))
    before, files = dump(root / INDEX), archives.hashes(root)
    again = [
        put(tmp_path, b"".join(data)),
        put(tmp_path, each_gzipped(data), "b"),
        put(tmp_path, wacz(("archive/c.warc.gz", each_gzipped(data), zipfile.ZIP_STORED)), "c"),
    ]

    told, counts = take_in(root, *again)

    assert (told, counts.taken, counts.known) == ([], 0, 21)
    assert (dump(root / INDEX), archives.hashes(root)) == (before, files)


def test_our_own_export_imported(tmp_path):
    """Law: our own WACZ makes the same articles in an empty archive, and nothing in the archive that it came from."""
    ours = archives.varied(tmp_path / "ours")
    with closing(Index(ours / INDEX)) as index:
        path = export.write(ours, index, tmp_path / "x.wacz", None, None)
    files = archives.hashes(ours)

    told, counts = take_in(tmp_path / "root", path)
    again, none = take_in(ours, path)

    assert told == again == []
    assert (none.taken, archives.hashes(ours)) == (0, files)
    assert articles(tmp_path / "root") == articles(ours)
    assert counts.articles > 10
    sound(tmp_path / "root")


def test_damage_in_each_member(tmp_path):
    """Law: of a file with a damaged member all else is taken, and the damage is told; a whole copy completes it."""
    data = several(3)
    packed = [each_gzipped([one]) for one in data]
    whole_root = tmp_path / "whole"
    take_in(whole_root, put(tmp_path, b"".join(packed)))
    for number, one in enumerate(packed):
        root = tmp_path / f"root{number}"
        broken = bytearray(one)
        broken[len(one) // 2] ^= 255
        path = put(tmp_path, b"".join((*packed[:number], bytes(broken), *packed[number + 1 :])))
        told, counts = take_in(root, path)
        assert f"a.warc at offset {len(b''.join(packed[:number]))}: " in told[0]
        assert counts.broken == 1
        assert findings(root) == []
        take_in(root, put(tmp_path, b"".join(packed)))
        assert articles(root) == articles(whole_root)
        assert findings(root) == []


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path):
    """Law: an import that is killed leaves what the next one mends and completes; nothing is lost, doubled or torn."""
    path = put(tmp_path, each_gzipped(several(8)))
    take_in(tmp_path / "whole", path)
    for stop in range(9):
        root = tmp_path / f"root{stop}"

        def die(root=root, stop=stop):
            archive = Archive(root, lenient.PREFIX, CLOCK, adopting.about([path]))
            took = Adopting(archive)
            for _ in itertools.islice(_taken(took, path), stop):
                pass

        assert died(die) == -signal.SIGKILL
        for left in root.glob("warc/*.open"):  # as if it had been cut while it was written
            with left.open("r+b") as file:
                file.truncate(left.stat().st_size - (37 if stop % 2 and not _rows(root) else 0))
        told, counts = take_in(root, path)
        assert told == []
        assert articles(root) == articles(tmp_path / "whole")
        assert counts.taken + counts.known == 9
        sound(root)


def _taken(took, path):
    """Let an import go on answer by answer."""
    before = 0
    for found in pairs(took._read(path, lambda _: None)):
        took._one(found)
        if took.counts.taken > before:
            before = took.counts.taken
            yield before


def _rows(root):
    with closing(Index(root / INDEX)) as index:
        return index.capture_count()


def test_rotation(tmp_path):
    """Law: a large import goes on in a new file; revisits find what lies in another."""
    root = tmp_path / "root"
    told, counts = take_in(root, put(tmp_path, b"".join(several())), rotate=20_000)

    assert (told, counts.taken) == ([], 7)
    assert len(warc.sealed(root / "warc")) > 2
    sound(root)


def test_rollup_leaves_imports_alone(tmp_path):
    """Law: a file of other tools' records is never merged, nor are files across it."""
    root = tmp_path / "root"
    for number in range(6):
        archives.crawl(root, [archives.short(number)])
        if number == 2:
            take_in(root, put(tmp_path, b"".join(several())))
    CLOCK.wait(days=2)

    made = list(rollup(root, CLOCK(), lambda _: None))

    assert len(made) == 2
    assert [path.name.partition("-")[0] for path in warc.sealed(root / "warc")] == ["rollup", "import", "rollup"]
    assert findings(root) == []


def test_spoiled_imports_are_found(tmp_path):
    """Law: verify holds a foreign record to its own block digest and to our row of it."""
    root = tmp_path / "root"
    block = http(html(CN[0]))
    take_in(root, put(tmp_path, record("response", block, ("WARC-Block-Digest", sha1(block)), url=CN[0].url)))
    (path,) = warc.sealed(root / "warc")
    members = [path.read_bytes()[r.offset : r.offset + r.length] for r in warc.walk(path)]
    opened = gzip.decompress(members[1])
    members[1] = gzip.compress(opened.replace(b"</html>", b"</HTML>"))
    path.write_bytes(b"".join(members))

    found = [finding.rule for finding in findings(root)]

    assert "WARC-Block-Digest is that of the bytes" in found
    assert "a sealed file never changes" in found


# --- the verb ---


def run(capsys, root, *words):
    """Import by the command line; return the exit code and the lines."""
    code = cli.main(["import", "--archive", str(root), *map(str, words)])
    return code, capsys.readouterr().out.splitlines()


def test_the_verb(tmp_path, capsys):
    """Law: `import` takes files of records by what they are, tells what is damaged, and ends with 1 if anything is."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    packed = each_gzipped(several(2))
    put(folder, packed, "whole")
    put(folder, packed[:-40], "cut.warc.gz")
    put(folder, wacz(("archive/a", packed, zipfile.ZIP_STORED)), "x.wacz")
    put(folder, wacz(("word/document.xml", b"<a/>", zipfile.ZIP_DEFLATED)), "letter.docx")
    put(folder, gzip.compress(b"hello"), "hello.gz")
    put(folder, b"not what it says", "none.warc")

    code, lines = run(capsys, tmp_path / "root", folder)

    assert code == 1
    assert [line.partition(" at offset")[0] for line in lines[:-2]] == [
        f"damaged: {folder}/cut.warc.gz: cut.warc.gz",
        f"damaged: {folder}/none.warc: none.warc",
    ]
    assert lines[-2:] == [
        "2 imported, 1 known already, 3 passed over, 2 damaged",
        "records: 3 answers taken, 2 of them articles, 5 known already, 3 of other things, 0 waiting for their payload",
    ]
    sound(tmp_path / "root")
    code, lines = run(capsys, tmp_path / "root", folder / "x.wacz", "--json")
    assert (code, json.loads(lines[-1])["records"]["known"]) == (0, 3)


@pytest.mark.parametrize("days", [(None, None), (date(2023, 10, 21), date(2023, 10, 22))], ids=["whole", "part"])
def test_an_export_of_what_was_imported(tmp_path, days):
    """Law: what was imported, however it was written, is exported and imported again: the same articles."""
    forms = [STORED["bare line ends"], STORED["a URI in brackets"], response(CN[1]), request(CN[1].url)]
    forms += [revisit(CN[1], STAMPS[1], *by_date(STAMPS[0], CN[1]), head=False), response(CN[2], date=STAMPS[6])]
    named = [one.replace(b"WARC-Payload-Digest", b"X-Digest") for one in forms[:2]]
    take_in(tmp_path / "a", put(tmp_path, b"".join([forms[0], *named[1:], *forms[2:]])))
    with closing(Index(tmp_path / "a" / INDEX)) as index:
        path = export.write(tmp_path / "a", index, tmp_path / "x.wacz", *days)

    told, _ = take_in(tmp_path / "b", path)

    there = articles(tmp_path / "a")
    assert told == []
    assert articles(tmp_path / "b") == (
        there if days[0] is None else {name: there[name] for name in there if name != urls.article_path(CN[2].url)}
    )
    sound(tmp_path / "b")
