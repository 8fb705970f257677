"""The wire: what the site sent is what the WARC holds, byte for byte, whatever was sent."""

import re
import socket
from collections import Counter
from contextlib import suppress

import pytest

from tests.crawler import evidence, loopback, strange
from tests.crawler.crawling import crawl, verify
from tests.crawler.story import Told, bearable, one_a_line, told
from tests.site import ODD, Site, odd_url, serve

GOOD = frozenset(name for name, odd in ODD.items() if odd.good)
RETRIED = frozenset("500 503 cut-length cut-chunk cut-head reset reset-body hang hang-body garbage".split())
CUT = {
    "cut-length": "disconnect",
    "cut-chunk": "disconnect",
    "cut-head": "disconnect",
    "reset-body": "disconnect",
    "hang-body": "time",
}
TRIES = 3
DRIFT = 12
"""More than a fifth of the odd answers are pages, and no articles."""


# --- every odd answer that ends no run, through a tunnel ---


@pytest.fixture(scope="module")
def odd(tmp_path_factory) -> Told:
    folder = tmp_path_factory.mktemp("odd")
    file = one_a_line(folder / "urls", [odd_url(name) for name in bearable()])
    with serve(Site(drip_seconds=0.001)) as running:
        return told(folder / "a", running, settings={"DOWNLOAD_TIMEOUT": 1}, urls=file)


def test_no_odd_answer_ends_a_run_badly(odd):
    """Law: a run through everything that can go wrong ends by itself, without a traceback, and says what it did."""
    odd.crawled.was_clean(DRIFT)
    assert re.fullmatch(
        rf"rfi-archive: .* {len(GOOD)} of the last \d+ pages are articles.*: {len(GOOD)} archived, .*", odd.crawled.last
    )


def test_n_of_n_through_a_tunnel(odd):
    """Law: each answer is one pair of records, whose bytes are those that the site sent and received."""
    assert evidence.kept(odd.archive) == evidence.sent(odd.log)
    assert {entry.fault for entry in odd.log} >= {*bearable()}


def test_what_brought_no_byte_is_noted(odd):
    """Law: a fetch without a byte of answer has no record, but a note; every try has its own."""
    assert Counter(evidence.failed(odd.archive)) == {odd_url("reset"): TRIES, odd_url("hang"): TRIES}


def test_good_answers_become_articles_and_no_others(odd):
    """Law: after the good ones an article file stands, equal to what the site expects; after the others none."""
    evidence.holds_exactly(odd.archive, odd.site, [odd_url(name) for name in GOOD])


@pytest.mark.parametrize("name", CUT)
def test_a_cut_answer_says_so(odd, name):
    """Law: what came of a cut answer is recorded, with WARC-Truncated saying why."""
    found = odd.pairs_of(name)
    assert [pair.truncated for pair in found] == [CUT[name]] * TRIES


def test_whole_answers_are_not_called_cut(odd):
    """Law: WARC-Truncated stands on cut answers alone; bytes without a status line count as cut."""
    cut = {pair.url for pair in evidence.pairs(odd.archive) if pair.truncated}
    assert cut == {odd_url(name) for name in (*CUT, "garbage")}


@pytest.mark.parametrize("name", sorted(RETRIED))
def test_every_try_is_recorded(odd, name):
    """Law: an answer that is asked for again is asked RETRY_TIMES + 1 times, and each try is on record."""
    noted = evidence.failed(odd.archive).count(odd_url(name))
    assert len(odd.pairs_of(name)) + noted == TRIES


def test_redirects_are_recorded_hop_by_hop(odd):
    """Law: each hop is an exchange of its own; a loop ends."""
    for name in ("chain", "chain-2", "loop", "loop-2", "home", "offsite"):
        assert [pair.status for pair in odd.pairs_of(name)] == [302]
    assert [pair.status for pair in odd.pairs_of("chain-3")] == [200]
    assert not any("127.0.0.1" in entry.url for entry in odd.log)


def test_early_hints_are_left_out(odd):
    """Law: a 103 is sent, but not stored."""
    assert all(entry.interim for entry in odd.log if entry.fault == "hints")
    assert not any(pair.response.block.startswith(b"HTTP/1.1 103") for pair in evidence.pairs(odd.archive))


def test_behind_a_proxy_the_address_is_not_known(odd):
    """Law: through a proxy no WARC-IP-Address; protocols are http/1.1 and, in the tunnel, TLS."""
    for pair in evidence.pairs(odd.archive):
        for record in (pair.response, pair.request):
            assert not record.get("WARC-IP-Address")
            assert record.all("WARC-Protocol") == ["http/1.1", "tls/1.3"]


def test_requests_are_plain(odd):
    """Law: an honest name with a contact; gzip and deflate alone; no cookie, no referer, no password."""
    for pair in evidence.pairs(odd.archive):
        lines = pair.request.block.decode().split("\r\n")
        names = [line.partition(":")[0].lower() for line in lines[1:] if line]
        assert "Accept-Encoding: gzip, deflate" in lines
        assert [line for line in lines if line.startswith("User-Agent: ")] == [
            "User-Agent: rfi-archive/0.1.0 (+mailto:archivist@example.org)"
        ]
        assert not {"cookie", "referer", "authorization", "proxy-authorization"} & set(names)


def test_other_tools_take_the_files(odd):
    """Law: gzip, warcio and fastwarc find nothing wrong in what the worst answers left; nor do we."""
    verify(odd.archive)
    evidence.other_tools_agree(odd.archive)


# --- other ways to the site ---


def test_n_of_n_through_a_proxy_in_plain_http(tmp_path):
    """Law: where the proxy is asked in plain http, the record has the request as it was sent: in absolute form."""
    site = Site()
    picture = next(a.picture for a in site.articles if a.picture).url(1280).replace("https:", "http:")
    file = one_a_line(tmp_path / "urls", [picture, f"http://rfi.my/{site.articles[0].short}.W"])
    with serve(site) as running:
        crawl(tmp_path / "a", running, urls=file).was_clean()
        log = running.log
    assert evidence.kept(tmp_path / "a") == evidence.sent(log)
    plain = [pair for pair in evidence.pairs(tmp_path / "a") if pair.url.startswith("http:")]
    assert len(plain) >= 3
    for pair in plain:
        assert pair.request.block.startswith(f"GET {pair.url} HTTP/1.1\r\n".encode())
        assert pair.response.all("WARC-Protocol") == ["http/1.1"]
        assert not pair.response.get("WARC-IP-Address")
    evidence.holds_exactly(tmp_path / "a", site, [site.articles[0].url])


@pytest.fixture(scope="module")
def direct(tmp_path_factory) -> tuple[Told, list[bytes]]:
    """A crawl without a proxy; beside it a socket listens where answers try to lead the crawler."""
    folder = tmp_path_factory.mktemp("direct")
    slow = "hang", "hang-body", "reset", "cut-head", "bomb", "500"
    names = [name for name in bearable() if name not in (*slow, "429")]
    site = strange.Strange(drip_seconds=0.001)
    plain = next(a.picture for a in site.articles if a.picture).url(1280).replace("https:", "http:")
    with serve(site) as running, socket.create_server((loopback.ADDRESS, 0)) as trap:
        trap.settimeout(0.2)
        port = trap.getsockname()[1]
        for host in ("127.0.0.1", "localhost", "www.rfi.fr", "internal.example.org"):
            site.plans[strange.at(f"to-{host}")] = strange.moved(f"http://{host}:{port}/cn/")
        file = one_a_line(folder / "urls", [*map(odd_url, names), *site.plans, plain])
        env = loopback.environment(running)
        direct = told(folder / "a", running, direct=True, env=env, settings=loopback.SETTINGS, urls=file)
        caught = []
        with suppress(TimeoutError):
            caught.append(trap.accept()[0].recv(1000))
        return direct, caught


def test_n_of_n_directly(direct):
    """Law: without a proxy the same: every answer one pair, its bytes those on the wire."""
    run, _ = direct
    run.crawled.was_clean(DRIFT)
    assert evidence.kept(run.archive) == evidence.sent(run.log)
    verify(run.archive)


def test_without_a_proxy_the_address_is_recorded(direct):
    """Law: asked directly, both records of a pair bear the address that answered, and what was spoken."""
    run, _ = direct
    assert any(pair.url.startswith("http:") for pair in evidence.pairs(run.archive))
    for pair in evidence.pairs(run.archive):
        for record in (pair.response, pair.request):
            assert record.get("WARC-IP-Address") == loopback.ADDRESS
            spoken = ["http/1.1", "tls/1.3"] if pair.url.startswith("https:") else ["http/1.1"]
            assert record.all("WARC-Protocol") == spoken
        assert not pair.request.block.startswith(b"GET http")


def test_a_redirect_to_another_place_is_never_followed(direct):
    """Law: nothing that the site says makes the crawler open a connection to anywhere but the site."""
    run, caught = direct
    assert caught == []
    led = [pair.status for pair in evidence.pairs(run.archive) if "29-to-" in pair.url or "odd-offsite" in pair.url]
    assert led == [302] * 5
    assert evidence.failed(run.archive) == []


# --- connections that are kept ---


@pytest.fixture(scope="module")
def kept_alive(tmp_path_factory) -> Told:
    """A crawl slow enough to keep its connection; one dies of the request after `stale`."""
    folder = tmp_path_factory.mktemp("kept")
    site = Site()
    urls = [site.articles[0].url, odd_url("stale"), site.articles[2].url, site.articles[3].url]
    file = one_a_line(folder / "urls", urls)
    with serve(site) as running:
        more = {"DOWNLOAD_DELAY": 0.2, "RANDOMIZE_DOWNLOAD_DELAY": False, "IMAGES": "none"}
        return told(folder / "a", running, settings=more, urls=file)


def test_a_connection_serves_many_requests(kept_alive):
    """Law: with the delay of a good guest one connection is kept and used again, and nothing is mixed up."""
    alive = [entry.connection for entry in kept_alive.log if entry.head and entry.url.startswith("https://www.")]
    assert len(set(alive)) == 2  # until it dies, and after
    assert evidence.kept(kept_alive.archive) == evidence.sent(kept_alive.log)


def test_a_request_sent_again_on_a_new_connection_is_recorded_once(kept_alive):
    """Law: where a kept connection had died, the request is sent again; the answer that came is recorded, once."""
    dead = [entry for entry in kept_alive.log if entry.fault == "stale" and not entry.head]
    assert len(dead) == 1
    assert [pair.status for pair in evidence.pairs(kept_alive.archive) if pair.url == dead[0].url] == [200]
    assert evidence.failed(kept_alive.archive) == []
    evidence.holds_exactly(kept_alive.archive, kept_alive.site, set(evidence.pages(kept_alive.log)))


def test_many_connections_at_once_are_not_mixed_up(tmp_path):
    """Law: however many connections there are, each answer is recorded with its own request."""
    with serve(Site(clones=40, feed_items=200, drip_seconds=0.001)) as running:
        running.site.set_fault(r"-续\d*[05]$", "drip")
        crawl(tmp_path / "a", running, settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 8}).was_clean()
        log = running.log
    assert len([entry for entry in log if entry.fault == "drip"]) > 5
    assert evidence.kept(tmp_path / "a") == evidence.sent(log)
