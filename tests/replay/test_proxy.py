"""An archive as a proxy: a crawl that goes through it finds the site as it was archived, and nothing else."""

import json
import ssl
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

import pytest

from archive.export import cdxj
from archive.index import NAME, Index
from tests.archive import archives
from tests.archive.archives import CN
from tests.crawler.crawling import crawl, verify
from tests.replay.replaying import Front, replayed
from tests.site import render, serve

pytestmark = pytest.mark.slow


def articles(archive):
    """Article files by path, each without its epoch line."""
    found = archive.glob("articles/**/*.md")
    return {str(path.relative_to(archive)): path.read_bytes().split(b"\n", 1)[1] for path in found}


def answers(archive):
    """URL, status and payload of every capture."""
    with closing(Index(archive / NAME)) as index:
        lines = [line for warc in index.warcs() for line in cdxj.made(index, warc.name)]
    told = [json.loads(line.split(b" ", 2)[2]) for line in lines]
    return sorted((capture["url"], capture["status"], capture["digest"]) for capture in told)


def test_crawl_through_an_archive(tmp_path):
    """Law: a crawl through the proxy of one archive into an empty one gives the same article files, but for their epoch."""
    with serve() as site:
        crawl(tmp_path / "a", site).was_clean()

    with replayed(tmp_path / "a", "--proxy") as replay:
        crawl(tmp_path / "b", None, env=replay.env()).was_clean()

    assert len(articles(tmp_path / "a")) == 30
    assert articles(tmp_path / "b") == articles(tmp_path / "a")
    assert answers(tmp_path / "b") == answers(tmp_path / "a")
    verify(tmp_path / "b")


@pytest.fixture(scope="module")
def replay(tmp_path_factory):
    """A small archive as a proxy."""
    root = archives.crawl(tmp_path_factory.mktemp("proxy") / "archive", [archives.page(CN[0])])
    with replayed(root, "--proxy") as replay:
        yield replay


def through(replay, url, certificates=None):
    """What a client gets that goes through a proxy, and believes these certificates, or any."""
    trust = ssl.create_default_context(cadata=certificates) if certificates else ssl._create_unverified_context()
    opener = build_opener(ProxyHandler({"http": replay.url, "https": replay.url}), HTTPSHandler(context=trust))
    try:
        with opener.open(url, timeout=60) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_proxy_gives_the_payload(replay):
    """Law: what a proxy gives is the payload as it was archived, nothing added, for clients that believe its CA."""
    _, authority = through(replay, "http://wsgiprox/download/pem")

    status, body = through(replay, CN[0].url, authority.decode())

    assert (status, body) == (200, render(CN[0]).encode())


@pytest.mark.parametrize("url", ["https://www.rfi.fr/cn/nothing", "https://example.org/", "http://example.org/"])
def test_proxy_asks_nobody(replay, url):
    """Law: what is not archived is 404, whatever host it is of."""
    assert through(replay, url)[0] == 404


def test_proxy_has_the_front_page_too(replay):
    """Law: at its own address a proxy shows the archive, as without `--proxy`."""
    assert [title for title, _ in Front(replay.get().text).links] == [CN[0].title]
