"""Made-up answers: whatever a site or a proxy could say beside the odd answers, a crawl survives and records it."""

import gzip
import re
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.crawler import evidence, loopback, state, strange
from tests.crawler.crawling import ROOT, crawl, verify
from tests.crawler.story import Told, one_a_line, told
from tests.site import Site, odd_url, serve
from tests.site.answer import page

# --- a proxy that refuses ---


@pytest.mark.parametrize(
    "says", [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", b"nonsense\r\n\r\n", b""]
)
def test_a_proxy_that_refuses_the_tunnel_leaves_no_record(tmp_path, says):
    """Law: what a proxy says is no answer of the site: no record, a note for each fetch, exit code 14."""
    with proxy_saying(says) as port:
        env = {"https_proxy": f"http://127.0.0.1:{port}"}
        done = crawl(tmp_path / "a", None, env=env, settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 1}, discover="rss")
    done.was_clean(14)
    assert evidence.pairs(tmp_path / "a") == []
    assert set(evidence.failed(tmp_path / "a")) == {"https://www.rfi.fr/robots.txt"}
    verify(tmp_path / "a")


@contextmanager
def proxy_saying(words: bytes) -> Iterator[int]:
    """A proxy that answers every CONNECT with these words and hangs up."""

    class Refuses(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(words)

    with socketserver.ThreadingTCPServer((loopback.ADDRESS, 0), Refuses) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


# --- answers of our own making ---

LEADS = {
    "user": "https://someone:secret@www.rfi.fr/cn/",
    "port": "https://www.rfi.fr:99999/cn/",
    "other-port": "https://www.rfi.fr:8443/cn/",
    "bracket": "http://[::1/",
    "six": "http://[::1]/",
    "script": "javascript:alert(1)",
    "data": "data:text/html,x",
    "file": "file:///etc/passwd",
    "empty": "",
    "half": "https://",
    "control": "https://www.rfi.fr/cn/\x01\x7f",
    "look-alike": "https://www.rfi.fr.example.org/cn/",
    "long": "/cn/" + "x" * 9000,
}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory) -> Told:
    folder = tmp_path_factory.mktemp("made-up")
    plans = {strange.at(f"lead-{name}"): strange.moved(where) for name, where in LEADS.items()}
    site = strange.Strange(plans)
    site.plans[strange.at("unended")] = strange.unended(strange.text(site, "unended"))
    site.plans[strange.at("long")] = strange.long(3 << 20)
    site.plans[strange.at("card")] = strange.whole(
        page(strange.text(site, "card").replace("https://s.rfi.fr/media/", "https://s.rfi.fr:x/media/"))
    )
    site.plans[strange.at("user-card")] = strange.whole(
        page(strange.text(site, "user-card").replace("https://s.rfi.fr/media/", "https://u:p@s.rfi.fr/media/"))
    )
    site.plans[strange.at("odd-form")] = strange.moved("http://www.rfi.fr//cn/x/20261029-dead?a=1")
    site.set_fault("^http://www.rfi.fr//cn/x/20261029-dead", "reset")
    file = one_a_line(folder / "urls", [*site.plans, site.articles[0].url])
    with serve(site) as running:
        more = {"DOWNLOAD_MAXSIZE": 1 << 20, "IMAGES": "all"}
        return told(folder / "a", running, settings=more, urls=file)


def test_no_address_in_an_answer_ends_a_run_badly(made_up):
    """Law: whatever an answer names as the next address, the run goes on, and the next article is archived."""
    made_up.crawled.was_clean()
    assert evidence.path_of(made_up.site.articles[0].url) in evidence.files(made_up.archive)
    verify(made_up.archive)


def test_a_redirect_to_nowhere_is_recorded_and_not_followed(made_up):
    """Law: each redirection is in the WARC; no request goes where a crawl may not go."""
    recorded = {pair.url: pair.status for pair in evidence.pairs(made_up.archive)}
    assert {name: recorded.get(strange.at(f"lead-{name}")) for name in LEADS} == dict.fromkeys(LEADS, 302)
    hosts = {re.sub(r"^https?://([^/]*).*", r"\1", entry.url) for entry in made_up.log}
    assert hosts <= {"www.rfi.fr", "s.rfi.fr", "static.rfi.fr"}


def test_an_answer_that_is_whole_by_its_own_framing_is_kept(made_up):
    """Law: a page whose last chunk came is an article, though the client's own reading of it failed; asked once."""
    url = strange.at("unended")
    assert evidence.path_of(url) in evidence.files(made_up.archive)
    found = [pair for pair in evidence.pairs(made_up.archive) if pair.url == url]
    assert [pair.truncated for pair in found] == [""]
    assert len(evidence.asked(made_up.log, url)) == 1


def test_an_answer_that_is_too_long_is_kept_as_far_as_it_came(made_up):
    """Law: beyond DOWNLOAD_MAXSIZE an answer is cut off: recorded with WARC-Truncated: length, no article, not retried."""
    (pair,) = [pair for pair in evidence.pairs(made_up.archive) if pair.url == strange.at("long")]
    whole = b"<html>" + b"x" * (3 << 20)
    assert pair.truncated == "length"
    assert whole.startswith(pair.body)
    assert 1 << 20 < len(pair.body) < len(whole)
    assert len(evidence.asked(made_up.log, strange.at("long"))) == 1


@pytest.mark.parametrize("name", ["card", "user-card"])
def test_a_picture_with_an_impossible_address_costs_no_article(made_up, name):
    """Law: an article is archived though the picture it names cannot be asked for."""
    assert evidence.path_of(strange.at(name)) in evidence.files(made_up.archive)


def test_n_of_n_of_all_that_came_whole(made_up):
    """Law: of these answers, too, each is recorded as it was sent, but the one that was cut off on purpose."""
    kept = evidence.kept(made_up.archive) - evidence.sent(made_up.log)
    lost = evidence.sent(made_up.log) - evidence.kept(made_up.archive)
    assert {url for url, *_ in kept} == {url for url, *_ in lost} == {strange.at("long")}


def test_a_rebuilt_index_knows_the_same_of_every_url(made_up, tmp_path):
    """Law: what the crawl noted of each URL is what a rebuild reads from the WARC."""
    shutil.copytree(made_up.archive, tmp_path / "b")
    (tmp_path / "b" / "index.sqlite").unlink()
    words = [sys.executable, "-m", "archive.cli", "rebuild", "--archive", tmp_path / "b"]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    assert state.of(tmp_path / "b") == state.of(made_up.archive)


# --- secrets ---


def test_the_password_of_a_proxy_is_nowhere(tmp_path):
    """Law: neither the log nor any file of the archive holds the proxy's password, in clear or in base64."""
    site = Site()
    file = one_a_line(
        tmp_path / "urls", [site.articles[0].url, f"http://rfi.my/{site.articles[1].short}", odd_url("reset")]
    )
    with serve(site) as running:
        proxy = f"http://archivist:open-sesame@127.0.0.1:{running.port}"
        env = {"http_proxy": proxy, "https_proxy": proxy}
        crawled = crawl(tmp_path / "a", running, env=env, settings={"LOG_LEVEL": "DEBUG"}, urls=file).was_clean()
        log = running.log
    assert any(b"Proxy-Authorization" in entry.request for entry in log)
    secrets = (b"open-sesame", b"YXJjaGl2aXN0Om9wZW4tc2VzYW1l")
    said = [crawled.err.encode(), crawled.out.encode()]
    said += [p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()]
    said += [gzip.decompress(p.read_bytes()) for p in (tmp_path / "a").rglob("*.gz")]
    assert not [one[:80] for one in said for secret in secrets if secret in one]
    assert len(evidence.pairs(tmp_path / "a")) == len([entry for entry in log if entry.head])
