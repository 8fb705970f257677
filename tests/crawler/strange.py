"""A site that also gives answers of a test's own making: bytes at paths, beside the odd ones of tests/site."""

from tests.site import Request, Site, render
from tests.site.answer import Answer, page
from tests.site.frame import End, Plan, chunk, head, measured

FOLDER = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261029-"


class Strange(Site):
    """Answers `plans[url]` where a plan is laid down for the URL as it was asked for."""

    def __init__(self, plans: dict[str, Plan] | None = None, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # handed on as they came
        self.plans = plans or {}

    def respond(self, request: Request) -> tuple[Plan, str]:
        """The plan of the URL, else what the site says."""
        plan = self.plans.get(request.url)
        return (plan, "strange") if plan else super().respond(request)


def at(name: str) -> str:
    """URL of an article that only a plan answers for."""
    return FOLDER + name


def text(site: Site, name: str) -> str:
    """An article's page, with the address of `at(name)`."""
    base = site.articles[0]
    return render(base).replace(base.url, at(name))


def whole(answer: Answer) -> Plan:
    """An answer of a known length."""
    return measured(answer)


def moved(location: str, status: int = 302) -> Plan:
    """A redirection whose location stands as it is."""
    lines = (f"Location: {location}", "Content-Length: 0")
    return Plan(status, head(Answer(status), *lines))


def unended(markup: str) -> Plan:
    """Chunks whose last one is there, but for the empty line behind it."""
    body = page(markup).body
    top = head(page(markup), "Transfer-Encoding: chunked")
    return Plan(200, top, (chunk(body), b"0\r\n"), body, end=End.CLOSE)


def long(size: int) -> Plan:
    """A page of many bytes, in chunks."""
    body = b"<html>" + b"x" * size
    wire = tuple(chunk(body[n : n + 65536]) for n in range(0, len(body), 65536))
    return Plan(200, head(page("x"), "Transfer-Encoding: chunked"), (*wire, b"0\r\n\r\n"), body)
