"""The site: state, routes and odd answers behind one object; tests and the server talk to it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from . import hostile, lacking, odd
from .answer import Answer, coded
from .article import Article
from .catalogue import build
from .edits import EDITS
from .expected import PLACEHOLDER, expected
from .feeds import ROBOTS
from .frame import Plan, headless, usual
from .log import Entry, Log
from .request import Request
from .routes import Options, Routes
from .source import FOLDER
from .state import State

FAULTS = odd.ODD | hostile.HOSTILE | lacking.LACKING
"""All that can be laid over a URL."""


class Site:
    """A small RFI of our own; every method may be called while it is being served.

    clones: that many articles more, made from the written ones, 39 a day into the past.
    given: more articles, of the caller's own making.
    unpublished: the newest so many wait for `publish`.
    listed_faults: names of odd answers that lists show too (True: all of them).
    validators: pages of articles say by ETag and Last-Modified which version they are (RFI's are not known to).
    late: sitemaps and calendar go by the day that a page shows, which may be the one behind that of its URL.
    drip_seconds: pause before each piece of a slow answer.
    """

    def __init__(
        self,
        *,
        clones: int = 0,
        given: Iterable[Article] = (),
        unpublished: int = 0,
        listed_faults: Iterable[str] | bool = (),
        robots: str = ROBOTS,
        tracking: str = "?ref=rss&xtor=RSS-1",
        feed_items: int = 30,
        validators: bool = False,
        late: bool = False,
        drip_seconds: float = 0.01,
        folder: Path = FOLDER,
        log_file: Path | None = None,
    ) -> None:
        names = tuple(odd.ODD) if listed_faults is True else tuple(listed_faults or ())
        self._state = State(build(clones, names, folder, tuple(given)), unpublished)
        self._routes = Routes(self._state, Options(robots, tracking, feed_items, validators, late))
        self.drip_seconds = drip_seconds
        self.journal = Log(log_file)

    @property
    def log(self) -> list[Entry]:
        """All answers so far, in the order in which they were given."""
        return self.journal.entries

    @property
    def articles(self) -> tuple[Article, ...]:
        """All that lists may show, newest first, published or not."""
        return self._state.catalogue.listable

    def live(self) -> tuple[Article, ...]:
        """What lists show now, newest first."""
        return self._state.live()

    def article(self, url: str) -> Article:
        """The article at a URL as it is now; LookupError if there is none."""
        path = Request("GET", quote(urlsplit(url).path, safe="/%"), {}, b"", "https", "").path
        if found := self._state.current(path):
            return found
        raise LookupError(url)

    def expected(self, url: str, epoch_ms: int = PLACEHOLDER) -> str:
        """What the article's file must hold after a capture at `epoch_ms`."""
        return expected(self.article(url), epoch_ms)

    def publish(self, count: int = 1) -> list[str]:
        """Bring out the oldest waiting articles; returns their URLs."""
        return [a.url for a in self._state.publish(count)]

    def update(self, url: str) -> int:
        """Edit an article: one paragraph more, a second date."""
        return self._state.update(self.article(url).path)

    def edit(self, url: str, name: str, touched: datetime | None = None) -> None:
        """Edit an article in one of the ways of `edits.EDITS`; its page does not say when, listings do if it is told."""
        if name not in EDITS:
            raise LookupError(f"no edit {name!r}; there are {', '.join(EDITS)}")
        self._state.edit(self.article(url).path, name, touched)

    def withdraw(self, url: str, status: int = 404) -> None:
        """Take an article down; a status of 301 or 302 leads to its section."""
        self._state.withdraw(self.article(url).path, status)

    def restore(self, url: str) -> None:
        """Bring an article back that was taken down."""
        self._state.restore(self.article(url).path)

    def set_fault(self, pattern: str, fault: str, times: int | None = None) -> None:
        """Answer oddly wherever `pattern` (a regex) is found in the decoded URL."""
        if fault not in FAULTS:
            raise LookupError(f"no odd answer {fault!r}; there are {', '.join(FAULTS)}")
        self._state.set_fault(pattern, fault, times)

    def clear_faults(self) -> None:
        """Forget all faults that were set."""
        self._state.clear_faults()

    def respond(self, request: Request) -> tuple[Plan, str]:
        """What will be sent, and the name of the fault in it."""
        name = self._fault(request)
        answer = self._routes.answer(request)
        strange = FAULTS.get(name)
        if strange and strange.content:
            answer = strange.content(odd.Scene(answer, self._base(request), request.url))
        answer = coded(conditional(request, answer), request.accepts("gzip"))
        plan = strange.shape(answer) if strange else usual(answer)
        return (headless(plan) if request.method == "HEAD" else plan), name

    def _fault(self, request: Request) -> str:
        if name := self._state.fault(request.readable):
            return name
        match = re.search(rf"/\d{{8}}-{odd.PREFIX}([\w-]+)$", request.path)
        return match[1] if match and match[1] in odd.ODD else ""

    def _base(self, request: Request) -> Article:
        return self._state.current(request.path) or self._state.catalogue.odd["challenge"]


def conditional(request: Request, answer: Answer) -> Answer:
    """304 if the client holds what stands there: by ETag, else by date (RFC 9110, 13.1)."""
    tag, when = answer.header("ETag"), answer.header("Last-Modified")
    if answer.status != 200 or not tag:
        return answer
    held, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if held is not None:
        fresh = tag in [one.strip().removeprefix("W/") for one in held.split(",")]
    else:
        fresh = since is not None and not newer(when, since)
    return replace(answer, status=304, body=b"", coding="identity") if fresh else answer


def newer(when: str, since: str) -> bool:
    """True if the first HTTP date is after the second, or the second is none."""
    try:
        return parsedate_to_datetime(when) > parsedate_to_datetime(since)
    except ValueError:
        return True
