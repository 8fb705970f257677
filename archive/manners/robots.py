"""Robots: what a robots.txt says of us, read by the parser that the crawl obeys.  Pure.

Source: RFC 9309; Crawl-delay is older than it, and no part of it.
"""

from dataclasses import dataclass, field

from protego import Protego

NAME = "rfi-archive"
"""What a robots.txt may call us; a test holds it against ROBOTSTXT_USER_AGENT of the crawl."""
GENERIC = ("scrapy", "bot", "crawler", "spider", "archiver", "python")
"""Names by which a site may mean all programs of our kind, or what ours is built with; lower case."""
_AGENT = ("user-agent", "useragent", "user agent")
_RULE = ("allow", "disallow")
_ANY_PAGE = "https://www.rfi.fr/x"


@dataclass(frozen=True, slots=True)
class Robots:
    """A robots.txt."""

    text: str
    """As the site gave it, decoded."""
    _parsed: Protego = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parsed", Protego.parse(self.text))

    @property
    def names(self) -> tuple[str, ...]:
        """Agents that it names, as it writes them, in its order, each once; "*" is one."""
        named = (value for field, value in map(_split, self.text.splitlines()) if field in _AGENT and value)
        return tuple(dict.fromkeys(named))

    @property
    def group(self) -> str:
        """The name whose rules are ours: the longest that means us, else "*"; "" if none does."""
        ours = [name for name in self.names if name == "*" or _means_us(name)]
        return max(ours, key=lambda name: (name != "*", len(name)), default="")

    @property
    def delay(self) -> float | None:
        """Seconds that it asks us to leave between two requests; None: it does not say."""
        return self._parsed.crawl_delay(NAME)

    @property
    def generic(self) -> tuple[str, ...]:
        """Names of GENERIC that it has a group for."""
        named = {name.strip("*").lower() for name in self.names}
        return tuple(name for name in GENERIC if name in named)

    def against(self, url: str) -> str:
        """Return the line that forbids us a URL, with its number: "line 2: Disallow: /"; "" if we may fetch it."""
        if self._parsed.can_fetch(url, NAME):
            return ""
        found, group, names, naming = ["forbidden"], self.group.lower(), set[str](), False
        for number, line in enumerate(self.text.splitlines(), start=1):
            field, value = _split(line)
            if field in _AGENT:
                names = (names if naming else set()) | {value.lower()}
            naming = field in _AGENT or (naming and not field)
            if field in _RULE and group in names and not _allows(f"User-agent: *\n{line}", url):
                found.append(f"line {number}: {line.strip()[:100]}")
        return max(found[1:] or found, key=len)


def _split(line: str) -> tuple[str, str]:
    """Return field, lower case, and value of a line, without its comment."""
    name, _, value = line.partition("#")[0].partition(":")
    return name.strip().lower(), value.strip()


def _means_us(name: str) -> bool:
    return not _allows(f"User-agent: {name}\nDisallow: /", _ANY_PAGE)


def _allows(text: str, url: str) -> bool:
    return bool(Protego.parse(text).can_fetch(url, NAME))
