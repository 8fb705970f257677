"""Article <-> the article file.  Pure.  Source of every rule here: FORMAT.md.

Writing is strict, reading is lenient.  `read(write(article)) == article` for every
Article that can be made, and `write(read(file)) == file` for every file that we write;
files of older archivers are read too, with notes on what was odd about them.
"""

import html
import re
from dataclasses import dataclass, field, replace
from typing import TypedDict

from archive.errors import BadArticle
from archive.language import balance

LAST_EPOCH = 253_402_300_799_000
"""The last whole second of the year 9999, in milliseconds: no calendar of ours goes beyond."""

_FRAME = re.compile(r"<!--([0-9]{1,17})-->\n\[([^\n]*)\]\(([^\s()]+)\)\n------\n\n(.*)", re.DOTALL)
_LINES = {
    "<!--epoch-->": re.compile("<!--[0-9]{1,17}-->"),
    "[title](url)": re.compile(r"\[.*\]\([^\s()]+\)"),
    "------": re.compile("------"),
    "empty": re.compile(""),
}
"""The frame once more, line by line: to tell which one is wrong."""
_URL, _SOURCE = re.compile(r"[^\s()]+"), re.compile(r"\S+")
_SHOWN = re.compile(r"<div>([^<]*)</div>")
_IMAGE = re.compile(r'<img src="([^"]+)">')
_BODY_START = re.compile(r'<div(?: class="t-content__body[^"]*")?>')
_FOOTER = re.compile(r"<br><hr><div>获取更多RSS.*", re.DOTALL)
_SITE_NAME = " – 法国国际广播电台 - RFI"
_OLD_URL = re.compile(r"http:|https://[^/]+//|https://(?:m\.)?cn\.rfi\.fr/")
# A start tag and its first attribute grown together: the page had a line break between them,
# which older archivers took away.  The names are those seen so in real files.
_FUSED = re.compile(
    r"<(video-player|source|figure|div|img)(?=(?:data-|media-)?[a-z-]+[=>\s])(?=data-|media-|src|type|class)"
)


@dataclass(frozen=True, slots=True)
class Article:
    """What one article file holds.  No field holds a line break; all markup is balanced."""

    epoch: int
    """When it was captured: milliseconds since 1970 UTC, always whole seconds."""
    title: str
    """Plain text, entities undone; on a show page " - <show>" is its end."""
    url: str
    """Canonical URL: no blank, no parenthesis."""
    shown: str
    """Publication time as readers see it: "DD/MM/YYYY - HH:MM", Paris; "" if the page has none."""
    image: str | None
    """URL of the lead image; None if there is none."""
    lead: str
    """Markup inside the lead paragraph; "" if there is none."""
    body: str
    """Markup inside the body's container."""
    after: str
    """Markup of the one element behind the body: share bar or author chain; "" if neither."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What the reader met that we would not write; empty for files of our own."""

    def __post_init__(self) -> None:
        """Refuse what a file could not give back.  Raises BadArticle."""
        _refuse_epoch(self.epoch, self.url)
        if not _URL.fullmatch(self.url) or (self.image is not None and not _SOURCE.fullmatch(self.image)):
            raise BadArticle(f"blanks or parentheses inside a URL: {self.url!a}, {self.image!a}")
        text = "".join((self.url, self.image or "", self.title, self.shown, self.lead, self.body, self.after))
        if "\n" in text or "\r" in text:
            raise BadArticle(f"a line break inside a field: {self.url!a}")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadArticle(f"half a surrogate pair, which has no UTF-8: {self.url!a}") from None
        if not (balance.is_whole(self.lead) and balance.is_whole(self.body)):
            raise BadArticle(f"markup that is not balanced: {self.url!a}")
        if self.after and balance.end_of(self.after, 0) != len(self.after):
            raise BadArticle(f"not one whole element behind the body: {self.url!a}")


def _refuse_epoch(epoch: int, url: str) -> None:
    if not 0 <= epoch <= LAST_EPOCH or epoch % 1000:
        raise BadArticle(f"epoch {epoch} is not in whole seconds, or beyond the year 9999: {url!a}")


def write(article: Article) -> str:
    """Return the text of the article file, to be encoded in UTF-8."""
    image = f'<img src="{attribute(article.image)}">' if article.image else ""
    return (
        f"<!--{article.epoch}-->\n[{escaped_title(article.title)}]({article.url})\n------\n\n"
        f"<div>{html.escape(article.shown, quote=False)}</div>{image}<p><strong>{article.lead}</strong></p>"
        f"<div>{article.body}</div>{article.after}\n"
    )


def escaped_title(title: str) -> str:
    """Return a title as it stands between the brackets of article files and lists."""
    return html.escape(title, quote=False).replace('"', "&quot;")


def attribute(value: str) -> str:
    """Return an attribute's value as it stands between its double quotes."""
    return value.replace("&", "&amp;").replace('"', "&quot;")


def read(file: str | bytes) -> Article:
    """Read an article file of any known dialect.  Raises BadArticle.

    An older file keeps its own URL, title and classes; `notes` tell what was met:
    "2020 dialect", "old URL", "site name in the title", "feed footer", "fused tags",
    "damaged markup", "foreign line ends"; "other spelling" is any other difference from
    what we would write.  A file without a note is written again as it stood.
    """
    text, notes = _text(file)
    frame, title, met = _framed(text)
    found, repairs, line = _parts(frame[4])
    parts, seen = found or (_forgiving(line), ["damaged markup"])
    article = Article(int(frame[1]), title, frame[3], notes=(*notes, *met, *seen, *repairs), **parts)
    return article if article.notes or write(article) == text else replace(article, notes=("other spelling",))


@dataclass(frozen=True, slots=True)
class Look:
    """What a whole article file says of itself; all as `read` has it."""

    epoch: int
    """When it was captured: milliseconds since 1970 UTC, always whole seconds."""
    title: str
    """Plain text."""
    url: str
    """As it stands in the file."""
    notes: tuple[str, ...]
    """As of `read`, without "other spelling"; or "other build": whole markup, but not in an article file's order."""


def look(file: bytes) -> Look:
    """Look whether an article file is whole, and what of; damaged markup is not read, which would take long.

    Raises BadArticle for any other file, and one that is cut short: it names the byte where markup breaks.
    """
    text, notes = _text(file)
    frame, title, met = _framed(text)
    _refuse_epoch(int(frame[1]), frame[3])
    found, repairs, line = _parts(frame[4])
    seen = found[1] if found else ["other build"]
    if not found and (at := balance.broken_at(line)) is not None:
        before = sum(map(len, file.split(b"\n", 4)[:4])) + 4
        raise BadArticle(f"line 5, near byte {before + len(line[:at].encode())}: markup that is not balanced")
    if not line or not text.endswith("\n"):
        raise BadArticle(f"cut short at byte {len(file)}: {'its last line has no end' if line else 'it has no body'}")
    return Look(int(frame[1]), title, frame[3], (*notes, *met, *seen, *repairs))


def _framed(text: str) -> tuple[re.Match[str], str, list[str]]:
    """Find the frame of a file; return it, the title, and what was met.  Raises BadArticle, which names the line."""
    frame = _FRAME.fullmatch(text)
    if not frame:
        raise BadArticle(f"no article file: {_unlike(text)}")
    title = _unescaped(frame[2])
    met = ["old URL"] if _OLD_URL.match(frame[3]) else []
    return frame, title, met + (["site name in the title"] if title.endswith(_SITE_NAME) else [])


def _unlike(text: str) -> str:
    """Say which line of a file is not as the frame has it."""
    lines = (*text.split("\n", 4), *[""] * 4)
    for number, (what, line) in enumerate(zip(_LINES, lines, strict=False), start=1):
        if not _LINES[what].fullmatch(line):
            return f"line {number} should be {what}, not {line[:60]!r}"
    return "line 5, the body, is missing"


class _Parts(TypedDict):
    """The fields of an Article that stand on the body line."""

    shown: str
    image: str | None
    lead: str
    body: str
    after: str


def _text(file: str | bytes) -> tuple[str, list[str]]:
    """Decode a file and mend its line ends; return the text and what was met."""
    try:
        text = file.decode() if isinstance(file, bytes) else file
    except UnicodeDecodeError as error:
        raise BadArticle(f"no article file: not UTF-8 ({error.reason} at byte {error.start})") from None
    mended = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return mended, ["foreign line ends"] if mended != text else []


def _parts(rest: str) -> tuple[tuple[_Parts, list[str]] | None, list[str], str]:
    """Take the body line apart: as we write it, else with one repair more at each try.

    Return its parts and their dialect, None if no try succeeds; the repairs; and the line with all of them.
    """
    line = rest.removesuffix("\n").replace("\n", "").replace("\r", "")
    unfooted = _FOOTER.sub("", line)
    unfused = _FUSED.sub(r"<\1 ", unfooted)
    met: list[str] = []
    for name, before, candidate in (("", "", line), ("feed footer", line, unfooted), ("fused tags", unfooted, unfused)):
        if candidate != before:
            met += [name] if name else []
            if found := _strict(candidate):
                return found, met, candidate
    return None, met, unfused


def _strict(line: str) -> tuple[_Parts, list[str]] | None:
    """Take a body line of whole markup apart, and tell its dialect; None if it is not built as article files are."""
    if not (shown := _SHOWN.match(line)):
        return None
    image = _IMAGE.match(line, shown.end())
    at = image.end() if image else shown.end()
    lead, at = _wrapped(line, at, "<p><strong>", "</strong></p>")
    start = _BODY_START.match(line, at)
    end = balance.end_of(line, at) if start else None
    if not start or end is None:
        return None
    body, after = line[start.end() : end - len("</div>")], line[end:]
    if not (balance.is_whole(lead) and (not after or balance.end_of(after, 0) == len(after))):
        return None
    source = _unescaped(image[1]) if image else None
    parts = _Parts(shown=_unescaped(shown[1]), image=source, lead=lead, body=body, after=after)
    return parts, [] if start[0] == "<div>" else ["2020 dialect"]


def _wrapped(line: str, at: int, opening: str, closing: str) -> tuple[str, int]:
    """Return what the element at `at` holds between the two wrappers, and where it ends; ("", at) if it is no such."""
    end = balance.end_of(line, at) if line.startswith(opening, at) else None
    if end is None or not line.endswith(closing, at, end):
        return "", at
    return line[at + len(opening) : end - len(closing)], end


def _forgiving(line: str) -> _Parts:
    """Take a damaged body line apart as a browser would read it.  Raises BadArticle."""
    from bs4 import BeautifulSoup  # a tenth of a second, for what no file of ours needs
    from bs4.exceptions import ParserRejectedMarkup

    shown = _SHOWN.match(line)
    if not shown:
        raise BadArticle(f"no article file: the fifth line should begin with <div>date</div>, not {line[:60]!r}")
    image = _IMAGE.match(line, shown.end())
    try:
        # Not "html.parser": it takes time by the square of some damage.  The wrapper tells that this is HTML.
        soup = BeautifulSoup(f"<html><body>{line[image.end() if image else shown.end() :]}</body></html>", "lxml")
        strong, body = soup.select_one("body > p > strong"), soup.select_one("body > div")
        after = body.find_next_sibling("div") if body else None
        return _Parts(
            shown=_unescaped(shown[1]),
            image=_unescaped(image[1]) if image else None,
            lead=_unbroken(strong.decode_contents()) if strong else "",
            body=_unbroken(body.decode_contents()) if body else "",
            after=_unbroken(after.decode()) if after else "",
        )
    except (ParserRejectedMarkup, RecursionError, ValueError) as error:
        raise BadArticle(f"markup damaged beyond reading ({type(error).__name__}): {line[:60]!a}") from None


def _unbroken(markup: str) -> str:
    """Return markup without line breaks: the parser writes out what stood as a reference."""
    return markup.replace("\n", "").replace("\r", "")


def _unescaped(text: str) -> str:
    """Undo the entities of a text.  Raises BadArticle: Python reads no number of thousands of digits."""
    try:
        return html.unescape(text)
    except ValueError:
        raise BadArticle(f"a character reference without end: {text[:60]!a}") from None
