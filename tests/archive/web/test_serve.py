"""`rfi-archive serve` as a user starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest

from archive.replay import ENVIRONMENT
from tests.archive import archives
from tests.archive.archives import CN
from tests.archive.inside import main
from tests.archive.web.reading import Page, Reader
from tests.crawler.crawling import ROOT, environment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A small archive."""
    return archives.crawl(tmp_path_factory.mktemp("serve") / "archive", [archives.page(CN[0])])


@contextmanager
def served(root, *words):
    """Serve an archive while the block runs; yield process and address."""
    command = [sys.executable, "-m", "archive.cli", "serve", "--archive", str(root), "--port", "0", *words]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(None), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().split(" ")[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def children_of(process):
    return Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_end(root, told):
    """Law: it says where it is; told to end it ends well, with all that it started, and has said nothing else."""
    with served(root) as (process, url):
        reader = Reader(urlsplit(url).port)
        assert CN[0].title in reader.ask("/").text
        children = children_of(process.pid)

        process.send_signal(told)

        assert process.wait(60) == 0
        assert not [child for child in children if Path(f"/proc/{child}").exists()]
        assert process.stdout.read() == ""
        assert "Traceback" not in process.stderr.read()


def test_ctrl_c_reaches_both(root):
    """Law: where a terminal tells the replay to end as well, nobody is alarmed."""
    with served(root) as (process, _):
        for child in children_of(process.pid):
            os.kill(int(child), signal.SIGINT)
        process.send_signal(signal.SIGINT)

        assert process.wait(60) == 0
        assert process.stderr.read() == ""


@pytest.mark.skipif(not ENVIRONMENT.exists(), reason="no pywb beside this environment: `make replay-env`")
def test_an_article_leads_to_its_replay(root):
    """Law: beside the reader a replay runs, and an article's link to it shows the page as it was captured."""
    with served(root) as (_, url):
        reader = Reader(urlsplit(url).port)
        article = next(link for link in Page(reader.ask("/")).links("/") if link.startswith("/article/"))
        (link,) = [a["href"] for a in Page(reader.ask(article)).all("a") if "/rfi/" in a["href"]]

        with build_opener(ProxyHandler({})).open(link, timeout=60) as found:
            assert f"{CN[0].title}</h1>" in found.read().decode()


def test_address_as_json(root):
    """Law: with --json, stdout is JSON that says where it is."""
    with served(root, "--json") as (process, first):
        told = first + "".join(iter(process.stdout.readline, "}\n")) + "}"

        assert Reader(urlsplit(json.loads(told)["url"]).port).ask("/").status == 200


def test_beyond_this_machine(root):
    """Law: bound beyond loopback it warns in one line, links to no replay, and answers to any name."""
    with served(root, "--host", "0.0.0.0") as (process, url):
        reader = Reader(urlsplit(url).port)
        assert reader.ask("/", Host="news.example.org").status == 200
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read().splitlines()

    assert [line for line in said if "0.0.0.0 is more than this machine" in line] == said[1:]
    assert "no links to a replay: it is for this machine only" in said[0]


def test_fifty_at_once(root):
    """Law: fifty readers at once are all answered."""
    with served(root) as (_, url):
        port = urlsplit(url).port
        lines = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(50)]
        for line in lines:
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        heads = [line.recv(15, socket.MSG_WAITALL) for line in lines]
        for line in lines:
            line.close()

    assert heads == [b"HTTP/1.1 200 OK"] * 50


def test_one_who_never_ends_his_request_does_not_keep_it(root):
    """Law: a request that stands half sent does not keep it from ending."""
    with served(root) as (process, url), socket.create_connection(("127.0.0.1", urlsplit(url).port), 30) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost:")
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)

        assert process.wait(30) == 0


REFUSED = {
    "a port of no machine": (["--port", "70000"], "port 70000 of 127.0.0.1 cannot be had"),
    "below": (["--port", "-1"], "port -1 of 127.0.0.1 cannot be had"),
    "no such host": (["--host", "nowhere.invalid", "--port", "0"], "of nowhere.invalid cannot be had"),
    "not ours": (["--host", "192.0.2.1", "--port", "0"], "of 192.0.2.1 cannot be had"),
}


@pytest.mark.parametrize(("words", "says"), REFUSED.values(), ids=REFUSED)
def test_where_it_cannot_be(root, capsys, words, says):
    """Law: an address that cannot be had is told in one line, exit code 2."""
    code, out, err = main(capsys, "serve", "--archive", root, *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_a_port_that_is_taken(root, capsys):
    """Law: the same of a port that somebody else has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, _, err = main(capsys, "serve", "--archive", root, "--port", other.getsockname()[1])

    assert (code, err.count("\n")) == (2, 1)


def test_no_archive(tmp_path, capsys):
    """Law: where no archive is, that is told at once."""
    code, out, err = main(capsys, "serve", "--archive", tmp_path / "none", "--port", "0")

    assert (code, out, err) == (1, "", f"rfi-archive: no archive at {tmp_path / 'none'}\n")
