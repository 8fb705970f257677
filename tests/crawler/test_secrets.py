"""Laws of secrets: a proxy's password, and addresses that bear a key, are nowhere to be found after a run."""

import base64
import gzip
import socket
from urllib.parse import quote

import pytest

from archive.errors import BadUsage
from crawler import secrets
from tests.crawler import silent
from tests.crawler.crawling import crawl, verify
from tests.site import Site, serve

USER, PASSWORD = "archivist", "s3cr%t/wørd"
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"
KEYS = {
    "NOTIFY": "tgram://bot-key-1/ mailto://x:mail-key-2@example.org",
    "HEARTBEAT_URL": "https://example.org/ping-key-3",
}
NEVER = [
    PASSWORD,
    quote(PASSWORD, safe=""),
    *(base64.b64encode(f"{USER}:{PASSWORD}".encode(coding)).decode() for coding in ("utf-8", "latin-1")),
    "bot-key-1",
    "mail-key-2",
    "ping-key-3",
]
REFUSED = b"HTTP/1.1 407 Proxy Authentication Required: %s\r\nContent-Length: 0\r\n\r\n"
ECHO = REFUSED % NEVER[3].encode()
"""A proxy that says back what it was told."""


def told_nowhere(run, archive):
    """Neither what was said nor any byte of the archive has a secret."""
    assert "Traceback" not in run.err, run.err
    kept = {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()}
    opened = [gzip.decompress(data) for path, data in kept.items() if path.suffix == ".gz"]
    for secret in NEVER:
        assert secret not in run.out + run.err
        assert not [path for path, data in kept.items() if secret.encode() in data]
        assert not [data for data in opened if secret.encode() in data]


def through(address):
    """Environment of a crawl through a proxy with a password, and with keys."""
    url = f"http://{LOGIN}@{address}"
    return {"http_proxy": url, "https_proxy": url, **KEYS}


def free():
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.slow
def test_a_proxy_that_works(tmp_path):
    """Law: what passes through a proxy is archived, and its password is told nowhere, however much is told."""
    archive = tmp_path / "a"
    with serve(Site()) as running:
        run = crawl(archive, running, env=through(f"127.0.0.1:{running.port}"), settings=KEYS, words=["-L", "DEBUG"])

    run.was_clean()
    assert "30 archived" in run.last
    told_nowhere(run, archive)
    verify(archive)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [REFUSED % b"no", ECHO, b"\x15\x03\x01\x00\x02\x02\x28", b"", silent.OPENED])
def test_a_proxy_that_does_not(tmp_path, answer):
    """Law: nor is it when the proxy refuses, says what it was told, speaks no HTTP, is silent, or tunnels nowhere."""
    archive, settings = tmp_path / "a", {"DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 1, **KEYS}
    with silent.proxy(answer) as env:
        address = env["http_proxy"].removeprefix("http://")
        run = crawl(archive, None, env=through(address), settings=settings, words=["-L", "DEBUG"])

    assert run.code == 14
    told_nowhere(run, archive)


@pytest.mark.slow
def test_a_proxy_that_is_not_there(tmp_path):
    """Law: nor when nobody listens."""
    archive = tmp_path / "a"
    run = crawl(archive, None, env=through(f"127.0.0.1:{free()}"), settings=KEYS, words=["-L", "DEBUG"])

    assert run.code == 14
    told_nowhere(run, archive)


@pytest.mark.parametrize(
    "url",
    [f"http://{USER}:{PASSWORD}@127.0.0.1:3128", f"http://{USER}:x#{PASSWORD}@host", "http://host:port", "http://"],
)
def test_a_proxy_that_cannot_be_read(tmp_path, url):
    """Law: a proxy whose address makes no sense is told by its name alone, with exit code 2; no run goes without it."""
    run = crawl(tmp_path / "a", None, env={"https_proxy": url})

    assert run.code == 2
    assert run.err.startswith("rfi-archive: https_proxy cannot be read")
    assert not [secret for secret in (PASSWORD, "x#s3cr") if secret in run.err]
    with pytest.raises(BadUsage):
        secrets.check_proxies({"https_proxy": url})


def test_what_is_no_secret_stays():
    """Law: a text without secrets is told as it is; an @ in a path hides nothing."""
    hide = secrets.hider({"no_proxy": "localhost"}, {"NOTIFY": "", "HEARTBEAT_URL": None})
    for text in ("https://www.rfi.fr/cn/a@b", "mailto:archivist@example.org", "archived articles/2026/10/x.md 标题"):
        assert hide(text) == text
    assert hide("via http://user:pw@host:1/") == "via http://***@host:1/"
