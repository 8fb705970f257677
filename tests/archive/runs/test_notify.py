"""Laws of telling: each change is told once, no server keeps a run waiting, and no secret is logged."""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.runs import notify

SECRET = "t0ken-that-is-nobodys-business"
ANSWERS = {
    "/good": b"HTTP/1.0 200 OK\r\n\r\nfine",
    "/bad": b"HTTP/1.0 500 Internal Server Error\r\n\r\n" + SECRET.encode(),
    "/nothing": b"",
    "/noise": b"\x00\xff" * 99,
    "/onward": b"HTTP/1.0 302 Found\r\nLocation: /good\r\n\r\n",
    "/file": b"HTTP/1.0 302 Found\r\nLocation: file:///etc/hostname\r\n\r\n",
    "/ftp": b"HTTP/1.0 302 Found\r\nLocation: ftp://127.0.0.1/x\r\n\r\n",
    "/round": b"HTTP/1.0 302 Found\r\nLocation: /round\r\n\r\n",
}


class Handler(BaseHTTPRequestHandler):
    """Answers by the last step of the path; "/drip" never comes to an end."""

    server: "Server"

    def do_GET(self):
        """Note what was asked for, and answer."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append((self.path, body, self.headers.get("user-agent")))
        name = "/" + self.path.rpartition("/")[2]
        if name == "/drip":
            for _ in range(600):
                if self.server.over.wait(0.1):
                    return
                self.wfile.write(b"H" if _ == 0 else b"T")
        self.wfile.write(ANSWERS.get(name, b"HTTP/1.0 404 Not Found\r\n\r\n"))

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server on loopback that remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, bytes, str | None]] = []
        self.over = threading.Event()

    def handle_error(self, *_):
        """Who was killed in the middle is gone."""

    def url(self, name, scheme="http"):
        """Give a URL of this server with a secret in it."""
        return f"{scheme}://127.0.0.1:{self.server_port}/{SECRET}/{name}"


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def silent():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def closed():
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def lasting(least, most):
    begun = time.monotonic()
    yield
    assert least <= time.monotonic() - begun < most


@pytest.fixture(autouse=True)
def _no_secret_is_logged(caplog):
    """Law, of every test here: whatever happens, nothing of a URL is logged, at any level."""
    caplog.set_level(logging.DEBUG)
    yield
    logged = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert SECRET not in logged
    assert "127.0.0.1" not in logged


# Due

FAILURES = (1, 2, 11, 12, 13, 14)


@pytest.mark.parametrize("code", FAILURES)
def test_failure_is_told_once_and_its_end_once(code):
    """Law: the first failure of a kind is told, those after it are not, then the first run that is well."""
    assert notify.due(0, code) == "failed"
    assert notify.due(code, code) is None
    assert notify.due(code, 0) == notify.due(code, 15) == "recovered"
    assert notify.due(0, 0) is None
    assert {notify.due(code, other) for other in FAILURES if other != code} == {"failed"}


@pytest.mark.parametrize("told", [0, *FAILURES])
def test_locked_out_says_nothing(told):
    """Law: a run that another one kept out tells of neither failure nor recovery."""
    assert notify.due(told, 10) is None


def test_budget_is_no_failure():
    """Law: a run that used up its budget did its work."""
    assert notify.due(0, 15) is notify.due(15, 0) is notify.due(15, 15) is None
    assert notify.due(15, 11) == "failed"


# Send


def test_message_arrives(server):
    """Law: title and body arrive as they were, Chinese, markup and line ends too; true is returned."""
    body = "rfi_cn: refused <b>&amp;</b> 雾\n第二行 *x* \\n"

    assert notify.send(server.url("good", "json"), "rfi_cn 失败", body)
    [(path, sent, _)] = server.asked
    assert path == f"/{SECRET}/good"
    assert {name: json.loads(sent)[name] for name in ("title", "message")} == {"title": "rfi_cn 失败", "message": body}


def test_each_url_is_told(server, closed, caplog):
    """Law: of several URLs each is told, one that fails keeps nobody from the message, and is named by its place."""
    urls = [server.url("good", "json"), f"json://127.0.0.1:{closed}/{SECRET}", f"nonsense://{SECRET}", server.url("bad", "json"), server.url("x/good", "json")]  # fmt: skip

    assert notify.send("  ".join(urls), "t", "b")
    assert sorted(path for path, *_ in server.asked) == [f"/{SECRET}/{name}" for name in ("bad", "good", "x/good")]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        f"NOTIFY: number {number} of 5 did not take the message" for number in (2, 3, 4)
    ]


def test_nobody_to_tell():
    """Law: without a URL nothing is done."""
    assert notify.send(" ", "t", "b") is False


@pytest.mark.slow
def test_server_that_hangs_costs_ten_seconds(server, silent):
    """Law: servers that never answer, or never come to an end, cost ten seconds in all, and nobody his message."""
    urls = [server.url("drip", "json"), server.url("good", "json"), f"json://127.0.0.1:{silent}/{SECRET}?rto=60"]
    with lasting(0, 11):
        assert notify.send(" ".join(urls), "t", "b")

    assert f"/{SECRET}/good" in [path for path, *_ in server.asked]


@pytest.mark.slow
def test_who_is_in_a_hurry_waits_for_nobody(silent):
    """Law: as soon as somebody is in a hurry, what was not taken yet counts as not told."""
    begun = time.monotonic()
    with lasting(1, 3):
        assert not notify.send(
            f"json://127.0.0.1:{silent}/{SECRET}?rto=60", "t", "b", lambda: time.monotonic() > begun + 1
        )
    with lasting(0, 2):
        assert not notify.ping(f"http://127.0.0.1:{silent}/{SECRET}", lambda: True)


# Ping

PINGS = {
    "good": "",
    "onward": "",
    "bad": "HTTP 500",
    "missing": "HTTP 404",
    "file": "HTTP 302",
    "ftp": "HTTP 302",
    "round": "HTTP 302",
    "nothing": "RemoteDisconnected",
    "noise": "BadStatusLine",
}


@pytest.mark.parametrize(("name", "why"), PINGS.items(), ids=PINGS)
def test_ping(server, caplog, name, why):
    """Law: a good answer is good, behind a redirect too; any other is one warning that says why, without the URL."""
    assert notify.ping(server.url(name)) is (not why)

    assert [r.getMessage() for r in caplog.records] == ([f"HEARTBEAT_URL: no good answer ({why})"] if why else [])
    assert server.asked[0] == (f"/{SECRET}/{name}", b"", "rfi-archive")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"ftp://127.0.0.1/{SECRET}", "neither http nor https"),
        (f"file:///{SECRET}", "neither http nor https"),
        (SECRET, "neither http nor https"),
        (f"http://[{SECRET}", "ValueError"),
        (f"http://127.0.0.1:port/{SECRET}", "InvalidURL"),
        (f"http://127.0.0.1/{SECRET} x\r\n", "InvalidURL"),
        (f"http:///{SECRET}", "URLError"),
    ],
)
def test_what_is_no_url_is_told_without_it(caplog, url, why):
    """Law: a wrong setting is one warning, and nothing of it is logged."""
    assert notify.ping(url) is False
    assert caplog.messages == [f"HEARTBEAT_URL: no good answer ({why})"]


def test_nobody_listens(closed, caplog):
    """Law: a server that refuses is a warning at once."""
    with lasting(0, 5):
        assert notify.ping(f"http://127.0.0.1:{closed}/{SECRET}") is False
    assert caplog.messages == ["HEARTBEAT_URL: no good answer (Connection refused)"]


@pytest.mark.slow
def test_ping_that_hangs_costs_ten_seconds(server, silent, caplog):
    """Law: neither silence nor a head that drips in, each byte in time, lasts longer than ten seconds."""
    for url in (f"http://127.0.0.1:{silent}/{SECRET}", server.url("drip")):
        with lasting(9, 11):
            assert notify.ping(url) is False
    assert len(caplog.messages) == 2


# Surroundings

TELL = """
import logging, sys
from archive.runs import notify
logging.basicConfig(level=1)
print(notify.ping(sys.argv[1]), notify.send(sys.argv[2], "t", "b"))
"""


@pytest.mark.parametrize("direct", [{}, {"no_proxy": "example.org"}, {"NO_PROXY": "example.org"}, {"no_proxy": "*"}])
def test_loopback_needs_no_proxy(server, closed, direct):
    """Law: a proxy in the environment is not asked for this machine's own servers; nothing is printed of the URLs."""
    proxy = f"http://127.0.0.1:{closed}"
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-c", TELL, server.url("good"), server.url("good", "json")],
        env={**kept, "http_proxy": proxy, "https_proxy": proxy, **direct},
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("True True\n", "")


def test_other_hosts_are_asked_through_the_proxy(server):
    """Law: what is not this machine is reached as the environment says."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            TELL,
            f"http://heartbeat.example/{SECRET}/good",
            f"json://message.example/{SECRET}/good",
        ],
        env={**os.environ, "http_proxy": f"http://127.0.0.1:{server.server_port}", "no_proxy": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("True True\n", "")
    assert [path for path, *_ in server.asked] == [
        f"http://{name}.example/{SECRET}/good" for name in ("heartbeat", "message")
    ]


def arguments_of_children():
    """Give what any user of this machine can read of the processes that this one has started."""
    told = b""
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            if f"\nPPid:\t{os.getpid()}\n" in (path / "status").read_text():
                told += (path / "cmdline").read_bytes().replace(b"\0", b" ")
    return told.decode()


def test_secret_is_no_argument(server):
    """Law: no process that tells has a URL among its arguments, where every user of the machine could read it."""
    thread = threading.Thread(target=notify.ping, args=(server.url("drip"),), daemon=True)
    thread.start()
    while not server.asked:
        time.sleep(0.01)
    children = arguments_of_children()
    server.over.set()
    thread.join()

    assert "archive.runs.post" in children
    assert SECRET not in children
