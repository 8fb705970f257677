"""A site that refuses in ways of a test's own, and notes when it was asked for what."""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from tests.site import Request, Site
from tests.site.answer import HTML, Answer, typed
from tests.site.frame import Plan, measured


class Refusing(Site):
    """Answers by `says[pattern]`, one answer after the other, where the pattern is found in the decoded URL.

    None: what the site says.
    """

    def __init__(self, says: Mapping[str, Iterable[Answer | None]], **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # handed on as they came
        self.says: dict[str, Iterator[Answer | None]] = {pattern: iter(answers) for pattern, answers in says.items()}
        self.asked: list[tuple[float, str]] = []
        """When, in seconds by a clock of its own, and for what."""
        self._turn = threading.Lock()

    def respond(self, request: Request) -> tuple[Plan, str]:
        """The next answer of the first pattern that has one left, else what the site says."""
        with self._turn:
            self.asked.append((time.monotonic(), request.readable))
            for pattern, answers in self.says.items():
                if re.search(pattern, request.readable) and (found := next(answers, None)):
                    return measured(found), "refused"
        return super().respond(request)

    def gaps(self, host: str = "www.rfi.fr") -> list[float]:
        """Seconds between each request to a host and the next."""
        times = [when for when, url in self.asked if f"//{host}/" in url]
        return [after - before for before, after in pairwise(times)]


def no(status: int, retry_after: str | None = None) -> Answer:
    """A refusal."""
    more = (("Retry-After", retry_after),) if retry_after is not None else ()
    return typed(HTML, b"<html><head><title>no</title></head><body>no</body></html>", *more, status=status)
