"""What rows on listings, robots.txt, pictures and whole sites have in common."""

from tests.crawler.faults import FEED, Heard, Row

NEWS: Heard = ("news", 200, 1, "")
"""The news sitemap names one of the feed's articles."""


def unread(status: int | None, why: str = "", tries: int = 1, lost: str = "failed") -> Row:
    """A feed that brings nothing, so that the news sitemap must do."""
    last = f"1 found, 1 archived, {tries} {lost}"
    return {"on": "feed", "last": last, "heard": (("rss", status, 0, why), NEWS), "why": why, "archived": "100"}


ALL: Row = {"last": f"{FEED} found, {FEED} archived", "archived": "111", "state": "archived", "attempts": 0, "lost": 0}
LED_AWAY: Row = unread(302, "HTTP 302 to") | {
    "last": "1 found, 1 archived",
    "got": (302,),
    "state": "moved",
    "attempts": 0,
    "lost": 0,
}
READ: Row = {**ALL, "on": "feed", "heard": (("rss", 200, FEED, ""), NEWS)}
LINKS: Row = READ | {
    "last": "5 found, 3 archived, 2 skipped, 2 failed",
    "heard": (("rss", 200, 5, ""), NEWS),
    "lost": 2,
}
"""Two of the links lead to articles that would be: the site sends them in a circle."""
SITEMAP: Row = {**ALL, "on": "news", "heard": (NEWS, ("rss", 200, FEED, ""))}
LATE: Row = SITEMAP | {
    "last": f"{FEED} found, {FEED} archived, 2 failed",
    "heard": (("rss", 200, FEED, ""), ("news", 200, 0, "cut short: time")),
    "state": "failed",
    "attempts": 1,
    "lost": 2,
}
SHUT: Row = {
    "code": 14,
    "last": "nothing could be discovered: rss failed or were empty; see the log above",
    "heard": (("rss", None, 0, "robots.txt cannot be had"),),
    "archived": "000",
}
NOTHING: Row = SHUT | {"last": "nothing could be discovered: rss, news, .* failed or were empty; see the log above"}
EMPTY: Row = {"items": 5, "state": "rejected", "why": "empty template"}
DRIFT: Row = {
    "code": 12,
    "last": r"the site's pages .* \(pages: 3 of the last 5 pages .*`rfi-archive rebuild --pending`: 5 found, 3 archived, 2 rejected",
}


def robots(state: str) -> Row:
    """A robots.txt that is refused, so that there is none."""
    return (
        ALL
        | {"on": "robots", "last": f"{FEED} found, {FEED} archived, 1 refused"}
        | {"state": state, "attempts": 1, "lost": 1}
    )


def picture(lost: int, word: str, state: str) -> Row:
    """Pictures that cannot be had: six, two of each article."""
    last = f"{FEED} found, {FEED} archived, {lost} {word}"
    return ALL | {"on": "picture", "last": last, "state": state, "attempts": 1, "lost": lost}


ASTRAY: Row = ALL | {"on": "picture", "got": (302,), "state": "moved"}
"""A picture that leads elsewhere."""


def refused(how: str, lost: int, why: str, status: int | None, hours: int = 1) -> Row:
    """A site that shows us the door, for so many hours."""
    last = rf"www\.rfi\.fr refused {how}: nothing is asked of it before .* UTC \(in {hours} h\): {lost} refused"
    return {
        "code": 11,
        "last": last,
        "heard": tuple((surface, status, 0, f".*{why}") for surface in ("rss", "news")),
        "why": why,
        "rests": "www.rfi.fr",
        "archived": "000",
        "lost": lost,
    }
