"""November, as a play in 720 hours; and a rehearsal of two days.  What happens, and what each run must end with."""

from tests.torture.play import HOUR, NEW, Act, Play

PAGES = r"^https://www\.rfi\.fr/cn/.*/\d{8}-"
ALL_BUT_THE_FEED = r"^(?!https://www\.rfi\.fr/(robots\.txt|cn/rss)$)"

KILLED = Act("killed in its midst", kill=2, code=-9)
STUMBLES = Act("a page fails once", faults=((NEW, "500", 1),))
FAILS = Act("a page fails for a whole run", faults=((NEW, "500", 3),))
FEEDLESS = Act("the feed fails", faults=(("/cn/rss$", "500", None),))
CHALLENGED = Act("one challenge", faults=((NEW, "challenge", 1),))
TAKEN_DOWN = Act("listed, but gone", taken_down=True)
WITHDRAWN = Act("withdrawn after it was archived", withdrawn=True)
STILL = Act("nothing new", still=True)
REFUSED = Act("nobody listens", deaf=True, code=14)
SILENT = Act("nobody answers", faults=((".", "hang", None),), settings={"DOWNLOAD_TIMEOUT": 0.2}, code=14)
HURRIED = Act("the budget is used up", settings={"MAX_REQUESTS": 12}, code=15)
REDESIGNED = Act("pages in an unknown layout", faults=((PAGES, "empty", None),), code=12, within=7, unread=True)
"""More than a fifth of the newest pages, 20 or a few more, are 7 at most."""
LEADLESS = Act("articles without a lead", lacks="lead", code=12, within=20)
PLAIN = Act("articles without a picture", lacks="picture", code=12, within=20)
"""The rule for fields looks at 20 articles: when as many have come that lack one, it has told of it."""
FULL = Act("the disk is full", settings={"MIN_FREE_BYTES": 1 << 60}, code=13, asks=False)
BUSY = Act("it asks for an hour and a half", faults=((NEW, "busy", 1),), code=11, refused=True, named=1.5 * HOUR)
RATIONED = Act(
    "it asks for three hours", faults=((ALL_BUT_THE_FEED, "429-hours", None),), code=11, refused=True, named=3 * HOUR
)
FORBIDDEN = Act("all but the feed is refused", faults=((ALL_BUT_THE_FEED, "403", None),), code=11, refused=True)

MONTH = Play(
    hours=720,
    acts={
        range(9, 10): STUMBLES,
        range(31, 32): KILLED,
        range(34, 35): FAILS,
        range(40, 41): FEEDLESS,
        range(55, 56): CHALLENGED,
        range(58, 59): TAKEN_DOWN,
        range(60, 61): WITHDRAWN,
        range(69, 82): STILL,
        range(100, 160): REFUSED,
        range(160, 172): SILENT,
        range(172, 174): HURRIED,
        range(178, 179): KILLED,
        range(200, 210): REDESIGNED,
        range(217, 218): BUSY,
        range(223, 224): CHALLENGED,
        range(246, 258): LEADLESS,
        range(277, 285): FULL,
        range(300, 468): FORBIDDEN,
        range(514, 516): KILLED,
        range(540, 541): FAILS,
        range(544, 545): FEEDLESS,
        range(560, 561): TAKEN_DOWN,
        range(572, 596): PLAIN,
        range(607, 608): KILLED,
        range(620, 656): RATIONED,
        range(690, 691): STUMBLES,
        range(701, 702): WITHDRAWN,
    },
)
REHEARSAL = Play(
    hours=48,
    acts={
        range(3, 4): STUMBLES,
        range(4, 5): FAILS,
        range(6, 7): KILLED,
        range(7, 9): REFUSED,
        range(9, 10): SILENT,
        range(10, 11): HURRIED,
        range(12, 14): REDESIGNED,
        range(15, 20): LEADLESS,
        range(20, 22): FULL,
        range(22, 25): FORBIDDEN,
        range(28, 29): BUSY,
        range(31, 32): FEEDLESS,
        range(32, 33): TAKEN_DOWN,
        range(33, 34): WITHDRAWN,
        range(34, 47): STILL,
    },
)
