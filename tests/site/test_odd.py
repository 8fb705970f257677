"""Every odd answer, byte for byte on a raw socket, against what the log says."""

import gzip
import hashlib
import re
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site import ODD, Entry, Running, Site, odd_url, render, serve
from tests.site.client import Reply, connected, drained, get, request

FAULTS = [name for name in ODD if name != "bomb"]
ENDS = {"reset": "reset", "reset-body": "reset", "hang": "silence", "hang-body": "silence"}
STATUS = {
    "busy": 503,
    "403": 403,
    "404": 404,
    "410": 410,
    "429": 429,
    "500": 500,
    "503": 503,
    "chain": 302,
    "chain-2": 302,
    "loop": 302,
    "loop-2": 302,
    "home": 302,
    "offsite": 302,
    "reset": 0,
    "hang": 0,
    "garbage": 0,
}


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """One site for all odd answers."""
    with serve(Site(drip_seconds=0.001)) as one:
        yield one


def agrees(entry: Entry, reply: Reply) -> None:
    """The log entry says exactly what was received."""
    assert entry.interim == reply.interim
    assert entry.head == reply.head
    assert entry.status == reply.status
    assert entry.entity_length == len(reply.entity)
    assert entry.entity_sha1 == hashlib.sha1(reply.entity).hexdigest()


def opened(reply: Reply) -> bytes:
    """The entity without its content coding."""
    coding = reply.header("Content-Encoding")
    if coding == "deflate":
        return zlib.decompressobj(15 if reply.entity[:1] == b"\x78" else -15).decompress(reply.entity)
    return gzip.decompress(reply.entity) if coding == "gzip" else reply.entity


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", FAULTS)
def test_the_log_says_what_was_sent(running: Running, name: str, scheme: str) -> None:
    """Law: request, heads, entity, status and end of each odd answer are logged exactly."""
    url = odd_url(name).replace("https", scheme)
    reply = get(running, url, "X-Mine: 1", patience=0.15 if ENDS.get(name) == "silence" else 5)
    entry = running.log[-1]
    assert (entry.url, entry.fault) == (url, name)
    assert entry.request == request(url, "X-Mine: 1", "Connection: close")
    if name != "garbage":
        agrees(entry, reply)
    assert reply.ended == ENDS.get(name, "closed")
    assert reply.status == STATUS.get(name, 200)
    assert entry.cut == (not ODD[name].good and (name.startswith(("cut", "reset", "hang")) or name == "garbage"))


@pytest.mark.parametrize("name", [name for name, odd in ODD.items() if odd.good])
def test_good_ones_hold_a_whole_article(running: Running, name: str) -> None:
    """Law: where the table says so, the usual page arrives, whatever the wire looked like."""
    text = opened(get(running, odd_url(name)))
    usual = render(running.site.article(odd_url(name))).encode()
    if name == "big":
        assert len(text) > 5_000_000
        assert text.endswith(usual[usual.index(b"</head>") :])
    else:
        assert text == usual


def test_what_each_odd_head_looks_like(running: Running) -> None:
    """Law: the oddity is really on the wire."""
    heads = {name: get(running, odd_url(name)) for name in ODD if ODD[name].good}
    assert heads["hints"].raw.count(b"HTTP/1.1 103 Early Hints\r\n") == 2
    assert heads["no-reason"].raw.startswith(b"HTTP/1.1 200\r\n")
    assert b"\r\nthis line has no colon\r\n" in heads["bad-line"].head
    assert b"first\r\n  second\r\n\tthird\r\n" in heads["headers"].head
    assert b"caf\xe9 \xa9" in heads["headers"].head
    assert b"-Length" not in heads["close"].head
    assert b"000;end\r\nX-Checked: yes\r\n" in heads["chunked"].raw
    assert get(running, odd_url("429")).header("Retry-After") == "2"
    assert get(running, odd_url("offsite")).header("Location") == "http://127.0.0.1:1/"


def test_pages_that_are_no_articles(running: Running) -> None:
    """Law: each impostor is what its name says."""

    def body(name: str) -> bytes:
        return get(running, odd_url(name)).entity

    assert b"Challenge" in body("challenge")
    assert b"didomi" in body("consent")
    assert b"u-clearfix'></div>" in body("empty")
    assert b"t-content--page-builder" in body("list")
    assert b'<html lang="fr"' in body("foreign")
    assert b'rel="canonical" href="https://www.rfi.fr/fr/' in body("foreign")
    assert body("pdf").startswith(b"%PDF")
    assert "怪答".encode("gbk") in body("gbk")


def test_the_bomb_is_small_and_opens_wide(running: Running) -> None:
    """Law: 300 kB on the wire, 300 MB inside; opened here only as far as needed."""
    reply = get(running, odd_url("bomb"))
    agrees(running.log[-1], reply)
    assert len(reply.entity) < 400_000
    opener = zlib.decompressobj(31)
    assert len(opener.decompress(reply.entity, 20_000_000)) == 20_000_000
    assert int.from_bytes(reply.entity[-4:], "little") == 1_000_002 * 300


def test_a_stale_connection_dies_of_its_next_request(running: Running) -> None:
    """Law: first answer whole and kept alive, second request unanswered, a new one is answered."""
    url = odd_url("stale")
    with connected(running, url) as sock:
        sock.sendall(request(url))
        entry_length = 0
        received = b""
        while not entry_length or len(received) < entry_length:
            received += sock.recv(1 << 16)
            entry_length = len(running.log[-1].head) + running.log[-1].entity_length
        sock.sendall(request(url))
        assert drained(sock, 5).raw == b""
    answered, dropped = running.log[-2:]
    assert (answered.status, dropped.status, dropped.cut) == (200, 0, True)
    assert answered.connection == dropped.connection
    assert get(running, url).status == 200


def test_drip_takes_its_time() -> None:
    """Law: the pause stands before each of 24 pieces."""
    with serve(Site(drip_seconds=0.01)) as slow:
        start = time.monotonic()
        assert get(slow, odd_url("drip")).status == 200
        assert time.monotonic() - start > 0.2


def test_faults_over_other_urls() -> None:
    """Law: a fault strikes where its pattern is found, as often as it was told."""
    with serve(Site(listed_faults=["reset", "gzip"])) as one:
        listed = get(one, "https://www.rfi.fr/sitemaps/cn/contents_202610.xml").entity.decode()
        assert odd_url("reset") in listed
        assert odd_url("gzip") in listed
        assert odd_url("hang") not in listed
        one.site.set_fault("/cn/国际/", "cut-length", times=2)
        url = next(a.url for a in one.site.articles if a.section == "国际" and not a.slug.startswith("odd-"))
        got = [get(one, url) for _ in range(3)]
        assert [len(r.entity) == int(r.header("Content-Length") or -1) for r in got[:2]] == [False] * 2
        assert got[2].entity == render(one.site.article(url)).encode()
        one.site.set_fault("rss$", "challenge")
        assert b"Challenge" in get(one, "https://www.rfi.fr/cn/rss").entity
        one.site.clear_faults()
        assert b"<rss" in get(one, "https://www.rfi.fr/cn/rss").entity
        with pytest.raises(LookupError, match="no odd answer"):
            one.site.set_fault("x", "nonsense")


def test_leaving_stops_hanging_connections() -> None:
    """Law: `serve` ends at once though clients still wait."""
    start = time.monotonic()
    with serve(Site()) as one:
        sock = connected(one, odd_url("hang"))
        sock.sendall(request(odd_url("hang")))
        time.sleep(0.05)
    sock.close()
    assert time.monotonic() - start < 3


def test_the_readme_lists_every_odd_answer() -> None:
    """Law: README.md's table names each, bold where an article arrives."""
    table = Path(__file__).with_name("README.md").read_text("utf-8").split("|---|")[1].split("**Hostile")[0]
    listed = {name: bool(bold) for bold, name in re.findall(r"(\*\*)?`([\w-]+)`", table)}
    assert listed == {name: odd.good for name, odd in ODD.items()}
