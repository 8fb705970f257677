"""Laws of what other tools archive: their files make the articles of our own crawl, byte for byte but for the epoch.

The tools run: wget and warcprox fetch the small RFI, warcio records what Python fetches.  A
WACZ is our own export, and another is made as Browsertrix makes it.
"""

import contextlib
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, datetime

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import adopting
from archive.adopting import Adopting
from archive.export import wacz as export
from archive.index import NAME as INDEX
from archive.index import Index
from archive.records import lenient
from archive.store import Archive
from archive.strangers import foreign
from tests import program
from tests.archive import archives
from tests.archive.archives import findings
from tests.archive.socks import socks
from tests.crawler.crawling import ROOT, crawl, environment
from tests.site import Site, serve
from tests.site.client import get
from tests.site.server import LOOPBACK

pytestmark = pytest.mark.slow
WARCPROX = ROOT / ".venv-peers" / "bin" / "warcprox"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
RECORDS_OF_PYTHON = """
import http.client, sys
from warcio.capture_http import capture_http
import http.client
port, version, path, *urls = sys.argv[1:]
with capture_http(path, warc_version=version):
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    for url in urls:
        connection.request("GET", url, headers={"Host": "www.rfi.fr", "Accept-Encoding": "gzip"})
        connection.getresponse().read()
    connection.close()
"""


@pytest.fixture(scope="module")
def site():
    """The small RFI."""
    with serve(Site()) as running:
        yield running


@pytest.fixture(scope="module")
def ours(site, tmp_path_factory):
    """Our own crawl: its archive."""
    root = tmp_path_factory.mktemp("ours") / "archive"
    crawl(root, site).was_clean()
    return root


@pytest.fixture(scope="module")
def pages(ours):
    """The URLs of its articles."""
    with closing(Index(ours / INDEX)) as index:
        return [filed.url for filed in index.articles()]


def articles(root):
    """Article files by path, without their first line, which is the epoch."""
    paths = sorted((root / "articles").rglob("*.md"))
    return {path.relative_to(root).as_posix(): path.read_bytes().partition(b"\n")[2] for path in paths}


def imported(root, *paths):
    """An empty archive into which these were imported: it is sound, and they bring nothing more when they come again."""
    for again in (False, True):
        before = archives.hashes(root) if again else {}
        with closing(Archive(root, lenient.PREFIX, lambda: datetime.now(UTC), adopting.about(paths))) as archive:
            took = Adopting(archive)
            assert [str(error) for path in paths for error in took.take(path)] == []
            assert list(took.end()) == []
        assert findings(root) == []
        assert (took.counts.taken == 0, not again or archives.hashes(root) == before) == (again, True)
    return articles(root)


@pytest.mark.parametrize(
    "words", [(), ("--no-warc-compression",), ("--compression=gzip",)], ids=["gzip", "plain", "coded"]
)
def test_wget(site, ours, pages, tmp_path, words):
    """Law: a WARC of `wget --warc-file`, compressed or not, makes the articles of our own crawl."""
    assert shutil.which("wget"), "install wget: make test does"
    (tmp_path / "urls").write_text("\n".join(pages))
    command = ["wget", "-q", "-i", "urls", "--no-check-certificate", "-O", "page", "--warc-file=theirs", *words]
    done = subprocess.run(command, cwd=tmp_path, env=environment(site), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr

    (path,) = tmp_path.glob("theirs.warc*")
    assert imported(tmp_path / "root", path) == articles(ours)


@contextlib.contextmanager
def warcprox(folder, site, *words):
    """Run warcprox, which meets the site as if that were the world; yield its address."""
    port = program.free()
    with socks(site) as upstream:
        command = [WARCPROX, "-b", LOOPBACK, "-p", port, "-d", "warcs", "--socks-proxy", upstream, *words]
        with program.running(command, port, folder / "log"):
            yield f"http://{LOOPBACK}:{port}"


@pytest.mark.parametrize("words", [("-z",), ("--base32", "-g", "sha256")], ids=["gzip", "plain"])
def test_warcprox(site, ours, pages, tmp_path, words):
    """Law: what warcprox recorded makes the articles of our own crawl; what came twice is a revisit there."""
    assert WARCPROX.exists(), "make peers-env"
    (tmp_path / "urls").write_text("\n".join([*pages, *pages[:3]]))
    with warcprox(tmp_path, site, *words) as address:
        env = {**environment(None), "http_proxy": address, "https_proxy": address}
        command = ["wget", "-q", "-i", "urls", "--no-check-certificate", "-O", "page"]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
        assert done.returncode == 0, (done.stderr, (tmp_path / "log").read_text())

    paths = sorted((tmp_path / "warcs").glob("*.warc*"))
    kinds = [raw.record.type for path in paths for raw in foreign.records(path) if isinstance(raw, foreign.Raw)]
    assert kinds.count("revisit") == 3
    assert imported(tmp_path / "root", *paths) == articles(ours)
    with closing(Index(tmp_path / "root" / INDEX)) as index:
        assert [len(index.pages(url)) for url in pages] == [2] * 3 + [1] * (len(pages) - 3)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_warcio_captures(site, ours, pages, tmp_path, version):
    """Law: what warcio records of Python's own client, as it crossed the wire, makes the articles of our own crawl."""
    path = tmp_path / "theirs.warc.gz"
    plain = [url.replace("https:", "http:") for url in pages]
    command = [sys.executable, "-c", RECORDS_OF_PYTHON, str(site.port), version, path, *plain]
    subprocess.run(command, env=environment(None), check=True)

    assert gzip.decompress(path.read_bytes()).startswith(f"WARC/{version}".encode())
    assert imported(tmp_path / "root", path) == articles(ours)


def test_our_own_export(ours, tmp_path):
    """Law: a WACZ of our own makes the articles that it was made of."""
    with closing(Index(ours / INDEX)) as index:
        path = export.write(ours, index, tmp_path / "x.wacz", None, None)

    assert imported(tmp_path / "root", path) == articles(ours)


def browsertrix(site, pages):
    """A WACZ in Browsertrix's manner: WARC 1.1, bodies decoded by the browser, names of their codings moved away."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    for url in pages:
        reply = get(site, url, "Accept-Encoding: gzip", "Connection: close")
        body = gzip.decompress(reply.entity) if reply.header("Content-Encoding") == "gzip" else reply.entity
        lines = [line.split(": ", 1) for line in reply.head.decode("latin-1").split("\r\n")[1:] if line]
        moved = {"content-encoding", "transfer-encoding"}
        fields = [(f"x-orig-{name.lower()}" if name.lower() in moved else name.lower(), value) for name, value in lines]
        head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
        named = {"WARC-Date": "2023-10-21T08:09:10.123Z", "WARC-Page-ID": "x"}
        answer = writer.create_warc_record(
            url, "response", io.BytesIO(body), len(body), http_headers=head, warc_headers_dict=named
        )
        asked = StatusAndHeaders("GET / HTTP/1.1", [("accept-encoding", "gzip, br, zstd")], is_http_request=True)
        request = writer.create_warc_record(
            url, "request", io.BytesIO(), 0, http_headers=asked, warc_headers_dict=named
        )
        writer.write_request_response_pair(request, answer)
        about = json.dumps({"pageid": "x", "url": url}).encode()
        writer.write_record(
            writer.create_warc_record(
                f"urn:pageinfo:{url}", "resource", io.BytesIO(about), len(about), warc_content_type="application/json"
            )
        )
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("archive/rec-0-20231021.warc.gz", out.getvalue())
        file.writestr("pages/pages.jsonl", "{}", zipfile.ZIP_DEFLATED)
        held = {"name": "rec", "hash": f"sha256:{hashlib.sha256(out.getvalue()).hexdigest()}"}
        file.writestr("datapackage.json", json.dumps({"resources": [held]}), zipfile.ZIP_DEFLATED)
    return package.getvalue()


def test_browsertrix(site, ours, pages, tmp_path):
    """Law: a WACZ in the manner of Browsertrix makes the articles of our own crawl."""
    path = tmp_path / "theirs.wacz"
    path.write_bytes(browsertrix(site, pages))

    assert imported(tmp_path / "root", path) == articles(ours)
