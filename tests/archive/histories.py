"""Histories: whatever can happen to an archive, drawn at random, and lived through."""

from pathlib import Path

from hypothesis import strategies as st

from tests.archive import archives
from tests.archive.archives import CLOCK, CN, HTML, TW, answer, feed, keep, page, shared

ANSWERS = {
    "page": page,
    "edited": lambda article: page(article.revised(1)),
    "edited twice": lambda article: page(article.revised(2)),
    "shared": shared,
    "gone": lambda article: answer(article.url, b"x", 404),
    "busy": lambda article: answer(article.url, b"x", 503),
    "challenge": lambda article: answer(article.url, b"<html>wait</html>"),
    "moved": lambda article: answer(article.url, b"", 301, HTML, f"Location: {CN[9].url}"),
    "home": lambda article: answer(article.url, b"", 302, HTML, "Location: /cn/"),
    "cut": lambda article: answer(article.url, b"x" * 300, cut="time"),
    "feed": lambda _: feed(),
    "image": lambda _: answer("https://s.rfi.fr/media/display/0/w:1280/p:16x9/a.jpg", b"\xff\xd8", 200, "image/jpeg"),
}
EVENTS = st.one_of(
    st.tuples(st.sampled_from([*ANSWERS, "fail", "fail"]), st.sampled_from([CN[0], CN[1], TW[0]])),
    st.tuples(st.sampled_from(["wait", "close", "die"]), st.sampled_from([1, 40, 900])),
)
HISTORIES = st.lists(EVENTS, max_size=25)
"""What happens, and to which article, or for how many minutes."""


def live(root: Path, history: list, rotate: int) -> Path:
    """Make an archive in which this has happened."""
    archive = archives.open_archive(root, rotate=rotate)
    for what, of in history:
        if what == "wait":
            CLOCK.wait(minutes=of)
        elif what == "close":
            archives.close(archive)
            archive = archives.open_archive(root, "rfi_tw" if of == 1 else "rfi_cn", rotate)
        elif what == "die":
            archive.index._db.close()
            archive._lock.release()
            CLOCK.wait(seconds=1)
            archive = archives.open_archive(root, rotate=rotate)
        elif what == "fail":
            archive.fail(of.url, f"refused at {CLOCK()}")
        else:
            keep(archive, ANSWERS[what](of))
    archives.close(archive)
    return root
