"""The replica of the real site, where it stands beside the checkout: real articles, byte for byte.

What lies in ../shared is no part of this project; without it nothing is collected here.
"""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.crawler import evidence
from tests.crawler.crawling import ROOT, Crawled, crawl, verify
from tests.site import Entry

SHARED = ROOT.parent / "shared"
CORPUS, REPLICA = SHARED / "corpus", SHARED / "replica"
FILES = sorted(CORPUS.glob("*-*.md"))
FUSED = re.compile(r"<(?:img|source|div|video-player)[a-z-]+=")
"""Tags fused with their attributes: a page so damaged in its archive that none can be made of it exactly."""
WHOLE = [path for path in FILES if not FUSED.search(path.read_text("utf-8"))]
REFERENCE = [path for path in FILES if path.name.startswith("seed-")]


@dataclass
class Told:
    """Two crawls of the replica."""

    archive: Path
    first: Crawled
    second: Crawled
    log: list[Entry]
    after: list[Entry]
    """What the second one asked for."""


def entry(line: str) -> Entry:
    """An answer of the replica in the words of our own site; all of its links are https."""
    row = json.loads(line)
    head = f"{row['head']}\r\n\r\n".encode("latin-1")
    url = "https://" + row["host"] + row["request"].split(" ")[1]
    request = row["request"].encode("latin-1")
    return Entry(0, url, "GET", request, b"", head, row["status"], row["entity"], row["bytes"], False, "")


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """The replica, on a free port, and its log."""
    log = tmp_path_factory.mktemp("replica") / "log"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, REPLICA / "replica.py", "--corpus", CORPUS, "--port", str(port), "--log", log]
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE) as replica:
        assert replica.stdout
        assert b"replica on" in replica.stdout.readline()
        yield log, f"http://127.0.0.1:{port}"
        replica.terminate()


@pytest.fixture(scope="module")
def told(served) -> Told:
    log, proxy = served
    archive = log.parent / "a"
    env = {"http_proxy": proxy, "https_proxy": proxy}
    first = crawl(archive, None, env=env)
    lines = log.read_text("utf-8").splitlines()
    time.sleep(1)  # a second capture of the same second would hide a second fetch
    second = crawl(archive, None, env=env)
    after = log.read_text("utf-8").splitlines()[len(lines) :]
    return Told(archive, first, second, [entry(line) for line in lines], [entry(line) for line in after])


def made(told: Told, path: Path) -> tuple[str, str]:
    """The file that the crawl made of a page of the corpus, and its epoch."""
    found = re.search(r"^\[.*\]\((\S+)\)$", path.read_text("utf-8"), re.MULTILINE)
    assert found
    slug = unquote(urlsplit(found[1]).path).replace("//", "/")
    for text, _ in evidence.files(told.archive).values():
        url = re.search(r"\]\((\S+)\)$", text.split("\n")[1])
        if url and unquote(urlsplit(url[1]).path) == slug:
            return text, text[4 : text.index("-->")]
    raise AssertionError(f"no file of {path.name}")


def expected(path: Path, epoch: str) -> str:
    """What the replica says that file must be."""
    words = [sys.executable, REPLICA / "expected.py", path, epoch]
    return subprocess.run([str(word) for word in words], capture_output=True, check=True).stdout.decode()


def test_every_page_is_archived(told):
    """Law: the crawl ends well, and each article of the corpus has its file."""
    told.first.was_clean()
    assert len(evidence.files(told.archive)) == len(FILES) == 15
    verify(told.archive)


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_a_whole_page_becomes_the_file_that_is_expected(told, path):
    """Law: of each page whose markup is whole the file is, byte for byte, what the replica expects."""
    text, epoch = made(told, path)
    assert text == expected(path, epoch)


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
def test_the_reference_article(told, path):
    """Law: but for the second of its capture, our file of the reference article is the reference file."""
    text, epoch = made(told, path)
    reference = path.read_text("utf-8")
    assert text.replace(epoch, reference[4 : reference.index("-->")], 1) == reference


def test_n_of_n(told):
    """Law: each answer of the replica is one pair of records, its bytes those in the replica's own log."""
    assert evidence.kept(told.archive) == evidence.sent([*told.log, *told.after])
    assert len(evidence.pairs(told.archive)) > 2 * len(FILES)


def test_a_second_crawl_fetches_no_article(told):
    """Law: nothing new on the real site's double: no page is asked for, no file changes."""
    told.second.was_clean()
    assert evidence.pages(told.after) == []
    assert {entry.status for entry in told.after if "robots" not in entry.url} == {304}
