"""Real replays: `rfi-archive replay` as a user would start it, and what a browser without script sees of it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import ProxyHandler, build_opener

from tests.crawler.crawling import ROOT, environment

PATIENCE = 60
"""Seconds after which a replay that does not begin or end has failed."""


@dataclass(frozen=True)
class Answer:
    """What a replay answers."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Replayed:
    """A replay that is running."""

    url: str
    """Of its front page; the same is its address as a proxy."""
    process: "subprocess.Popen[str]"

    def get(self, link: str = "") -> Answer:
        """What it answers at a link, relative to the front page."""
        try:
            with build_opener(ProxyHandler({})).open(urljoin(self.url, link), timeout=PATIENCE) as found:
                return Answer(found.status, dict(found.headers), found.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def page(self, url: str, stamp: str) -> Answer:
        """What it shows for a URL at a time."""
        return self.get(f"/rfi/{stamp}/{url}")

    def env(self) -> dict[str, str]:
        """What makes a crawl go through it as a proxy."""
        return dict.fromkeys(("http_proxy", "https_proxy"), self.url)


@contextmanager
def replayed(archive: Path, *words: str) -> Iterator[Replayed]:
    """Replay an archive while the block runs; it must end well when it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-m", "archive.cli", "replay", "--archive", archive, "--port", "0", *words],
        cwd=ROOT,
        env=environment(None),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process:
        try:
            url = process.stdout.readline().split(" ")[0].strip()
            assert url.startswith("http://127.0.0.1:"), "no replay"
            yield Replayed(url, process)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE)
    assert code == 0


class Front(HTMLParser):
    """The front page as a browser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        """Title and address of each article, in order."""
        self.tags: set[str] = set()
        """Every element there is."""
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self._open = True
            self.links.append(("", dict(attrs)["href"] or ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._open:
            title, link = self.links[-1]
            self.links[-1] = (title + data, link)
