"""A reader as a program sees it: a real server on loopback, asked byte by byte as one likes; and its pages taken apart."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urldefrag, urljoin

from archive.verbs import serve
from archive.web.links import Links

PATIENCE = 30
"""Seconds after which a reader that does not answer has failed."""
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass(frozen=True)
class Got:
    """What a reader answered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Reader:
    """A reader that is running."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", **headers: str) -> Got:
        """Ask for a path as it stands; a header's name with `_` for `-`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
            found = connection.getresponse()
            return Got(found.status, {name.lower(): v for name, v in found.getheaders()}, found.read())
        finally:
            connection.close()

    def raw(self, sent: bytes) -> bytes:
        """Send bytes, and return what comes until the end."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as line:
            line.sendall(sent)
            return b"".join(iter(lambda: line.recv(65_536), b""))


@contextmanager
def reading(root: Path, links: Links | None = None) -> Iterator[Reader]:
    """Serve an archive while the block runs."""
    with serve.bind("127.0.0.1", 0) as bound:
        server = serve.server(root, "127.0.0.1", links or Links())
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        try:
            yield Reader(bound.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


class Page(HTMLParser):
    """A page as a browser reads it, if it is well made."""

    def __init__(self, got: Got) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        """Every element, in order."""
        self.title = ""
        self.words: list[str] = []
        """Every text, in order."""
        self.open: list[str] = []
        """Elements that are not closed yet: none at the end."""
        self.feed(got.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.open[-1:] == ["title"]:
            self.title += data

    def all(self, *tags: str) -> list[dict[str, str]]:
        """The attributes of all elements of these kinds."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def links(self, path: str) -> set[str]:
        """Paths of our own that the page at `path` leads to or loads, each with its query."""
        named = [one.get("href") or one.get("src") or "" for one in self.all("a", "link", "img", "script")]
        here = "http://here"
        whole = (urldefrag(urljoin(here + path, link))[0] for link in named)
        return {link.removeprefix(here) for link in whole if link.startswith(f"{here}/")}
