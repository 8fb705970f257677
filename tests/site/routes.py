"""Which answer stands where: one function a host, one a kind of path.  Reads the state only."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime

from . import feeds, lists
from .answer import Answer, Headers, not_found, page, redirect, typed
from .article import HOST, Article, encoded
from .furniture import CALENDAR
from .page import render
from .pictures import jpeg
from .request import Request
from .state import State
from .static import FILES

RSS = "application/rss+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True)
class Options:
    """How the listings are."""

    robots: str = feeds.ROBOTS
    tracking: str = "?ref=rss&xtor=RSS-1"
    """Query on the links of the feeds."""
    feed_items: int = 30
    validators: bool = False
    """Pages of articles have an ETag and a Last-Modified."""
    late: bool = False
    """Sitemaps and calendar go by the day that a page shows, not by the day in its URL, which may be the one before."""

    def filed(self, article: Article) -> date:
        """The day under which lists by date have an article."""
        return article.published.date() if self.late else article.day


class Routes:
    """Answers for all hosts of the site."""

    def __init__(self, state: State, options: Options) -> None:
        self._state = state
        self._options = options
        self._hosts: dict[str, Callable[[Request], Answer]] = {
            "www.rfi.fr": self._www,
            "rfi.fr": lambda r: redirect(HOST + r.local),
            "cn.rfi.fr": lambda r: redirect(f"{HOST}/cn{r.local}"),
            "m.cn.rfi.fr": lambda r: redirect(f"{HOST}/cn{r.local}"),
            "rfi.my": self._short,
            "s.rfi.fr": self._picture,
            "static.rfi.fr": self._static,
            "127.0.0.1": self._www,
            "localhost": self._www,
        }

    def answer(self, request: Request) -> Answer:
        """The usual answer to a request; 502 for a host that is none of ours."""
        route = self._hosts.get(request.host)
        return route(request) if route else typed("text/plain", b"no such host", status=502)

    def _picture(self, request: Request) -> Answer:
        if not re.match(r"/media/display/[0-9a-f-]{36}/", request.path):
            return not_found()
        body = jpeg(HOST.replace("www", "s") + request.local)
        return typed("image/jpeg", body, ("Cache-Control", "public, max-age=31536000"))

    def _static(self, request: Request) -> Answer:
        """Stylesheets and a font; the sheets do not say when they changed, so each fetch brings all of one."""
        if request.path in FILES:
            kind, body = FILES[request.path]
            return typed(
                kind, body, ("Cache-Control", "public, max-age=31536000"), ("Access-Control-Allow-Origin", "*")
            )
        return not_found()

    def _short(self, request: Request) -> Answer:
        found = self._state.catalogue.by_short.get(request.path[1:].split(".")[0])
        return redirect(found.url) if found else not_found()

    def _www(self, request: Request) -> Answer:
        path = request.path
        if self._state.current(path):
            return self._article(path)
        if path == "/robots.txt":
            return typed("text/plain; charset=utf-8", self._options.robots.encode())
        if match := re.fullmatch(r"/(cn|tw)/rss/?", path):
            return self._rss(match[1])
        if match := re.fullmatch(r"/sitemaps/(cn|tw)/(\w+)\.xml", path):
            return self._map(match[1], match[2])
        if match := re.fullmatch(r"/(cn|tw)(/.*)?", path):
            return self._list(match[1], match[2] or "")
        return not_found()

    def _article(self, path: str) -> Answer:
        status = self._state.status(path)
        found = self._state.current(path)
        if found and status in (301, 302):
            return redirect(f"{HOST}/{found.edition}/{encoded(found.folder)}/", status)
        if not found or status != 200:
            return page(not_found_text(), status)
        text = render(found)
        return page(text).plus(*versioned(text, found.lastmod)) if self._options.validators else page(text)

    def _edition(self, edition: str) -> tuple[Article, ...]:
        return tuple(a for a in self._state.live() if a.edition == edition)

    def _rss(self, edition: str) -> Answer:
        newest = self._edition(edition)[: self._options.feed_items]
        return self._dated(RSS, feeds.rss(edition, newest, self._options.tracking))

    def _map(self, edition: str, name: str) -> Answer:
        live = self._edition(edition)
        month = name.removeprefix("contents_")
        days = [self._options.filed(a) for a in live]
        rows = [a for a, day in zip(live, days, strict=True) if f"{day:%Y%m}" == month]
        text = {
            "index": lambda: feeds.index(edition, days),
            "news": lambda: feeds.news_map(live),
            "tags": lambda: feeds.tags_map(edition, live),
            "pagebuilders": lambda: feeds.builders_map(edition),
        }.get(name, lambda: feeds.month_map(rows) if rows else "")()
        return self._dated(XML, text) if text else not_found()

    def _dated(self, kind: str, text: str) -> Answer:
        body = text.encode()
        return typed(kind, body, *versioned(text, self._state.modified), ("Cache-Control", "public, max-age=60"))

    def _list(self, edition: str, rest: str) -> Answer:
        names = [name for name in rest.split("/") if name]
        if names[:1] == [CALENDAR[edition]]:
            return self._calendar(edition, names[1:])
        if not rest.endswith("/"):
            return redirect(f"{HOST}/{edition}{encoded(rest)}/")
        number = int(names.pop()) if names and names[-1].isdecimal() else 1
        found = lists.select(edition, names, self._state.live())
        if names and not found and not lists.known(edition, names):
            return not_found()
        text = lists.page(edition, names, number, found)
        return page(text) if text else not_found()

    def _calendar(self, edition: str, names: list[str]) -> Answer:
        by_day, text = [(self._options.filed(a), a) for a in self._edition(edition)], None
        if len(names) == 1 and names[0].isdecimal():
            text = lists.calendar_year(edition, int(names[0]), {day for day, _ in by_day})
        if len(names) == 3:
            digits = f"{names[0]}{names[1]}{names[2][:2]}"
            text = lists.calendar_day(edition, digits, [a for day, a in by_day if f"{day:%Y%m%d}" == digits])
        return page(text) if text else not_found()


def versioned(text: str, changed: datetime) -> Headers:
    """What an answer says of its version."""
    when = format_datetime(changed.astimezone(UTC), usegmt=True)
    return ("ETag", f'"{hashlib.sha1(text.encode()).hexdigest()[:16]}"'), ("Last-Modified", when)


def not_found_text() -> str:
    """Words of the page that stands where an article was."""
    return not_found().body.decode()
