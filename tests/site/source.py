"""Read `articles/*.txt`: `key: value` lines, an empty line, then one body line a line.

A body line is a paragraph of plain text, or markup if it starts with `<`.  Where page and file
differ, `page| ` lines say what the page has and `file| ` lines what the file must have.
"""

import hashlib
import html
import re
import unicodedata
from datetime import date, datetime
from pathlib import Path

from .article import PARIS, SHOWS, Article, Line, Picture, base62

FOLDER = Path(__file__).parent / "articles"

TRAITS = {
    "audio": "an audio player; JSON-LD has `audio`",
    "blank-tail": "eight blanks stand before the `</div>` of the body (AFP wires)",
    "bare-image": "the lead image is offered without width and ratio",
    "body-crlf": "the lines of the body end in CR LF and start with tabs",
    "day-before": "visible date one day after the date of the URL (checked when read)",
    "dressed-image": "the lead image carries an `m:{…}` dressing before its file name",
    "hex-entities": "texts of the head and the H1 are written as hexadecimal entities",
    "keywords-text": "JSON-LD keywords are one string",
    "ld-array": "JSON-LD is one array",
    "ld-many": "several JSON-LD scripts, one of them broken",
    "lead-blank": "a lead element that holds white space only",
    "no-card": "no og:image at all; without it a missing image means the default card",
    "no-promo": "no self-promotion divs at the end of the body",
    "no-show-link": "no link to the show: its name is only in the URL",
    "promo-words": "the self-promotion divs have words in them",
    "share-icons": "share bar of early 2023: no label",
    "tag-span": "the section tag is a span, only the breadcrumb is a link",
    "time-empty": "`time` has a datetime and no text",
    "title-broken": "the H1 is broken over lines, doubly blanked, with a span inside",
    "video": "a video player in the main media, a video picto on the card",
}


class SourceError(ValueError):
    """An article's text file is not as README.md says; the message names the file."""


def slugged(title: str) -> str:
    """The site's slug: ASCII in lower case, punctuation and blanks become one hyphen."""
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", title).lower()).strip("-")


def body_lines(text: str) -> tuple[Line, ...]:
    """Turn the lower half of a source file into body lines, in page order."""
    lines = []
    for raw in text.split("\n"):
        if raw.startswith("page| "):
            lines.append(Line(raw[6:], ""))
        elif raw.startswith("file| "):
            lines.append(Line("", raw[6:]))
        elif raw.startswith("<"):
            lines.append(Line(raw, raw))
        elif raw:
            words = f"<p>{html.escape(raw, quote=False)}</p>"
            lines.append(Line(words, words))
    return tuple(lines)


def moment(text: str) -> datetime:
    """`2026-10-12 15:12`, Paris time."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS)


def words(text: str) -> tuple[str, ...]:
    """A list written with commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def lead(keys: dict[str, str]) -> Line | None:
    """`lead` is plain text; `lead-page` with `lead-file` is markup that differs."""
    if "lead-page" in keys:
        return Line(keys["lead-page"], keys["lead-file"])
    if "lead" not in keys:
        return None
    text = html.escape(keys["lead"], quote=False)
    return Line(text, text)


def after(keys: dict[str, str]) -> str:
    """What follows the body, if the file does not say: it depends on the section."""
    usual = "authors" if keys["section"].startswith(SHOWS) else "share"
    return keys.get("after", "none" if keys["section"] == "contenu" else usual)


def parse(text: str) -> Article:
    """Make an Article of one source file's text; KeyError or ValueError if it is none."""
    head, _, body = text.partition("\n\n")
    keys = {k.strip(): v.strip() for k, _, v in (row.partition(":") for row in head.split("\n"))}
    when = moment(keys["published"])
    parts = keys["section"].split("/")
    picture = Picture(keys["picture"], keys.get("caption", "")) if "picture" in keys else None
    seed = int.from_bytes(hashlib.sha1(keys["title"].encode()).digest()[:6], "big")
    return Article(
        edition=keys.get("edition", "cn"),
        section=keys["section"],
        slug=keys.get("slug", slugged(keys["title"])),
        day=date.fromisoformat(keys["day"]) if "day" in keys else when.date(),
        title=keys["title"],
        published=when,
        modified=moment(keys["modified"]) if "modified" in keys else None,
        lead=lead(keys),
        picture=picture,
        body=body_lines(body),
        generation=keys.get("generation", "2025"),
        after=after(keys),
        authors=words(keys.get("authors", "")),
        keywords=words(keys.get("keywords", keys["section"].replace("/", ","))),
        show=keys.get("show", parts[1]) if parts[0] in SHOWS else "",
        traits=frozenset(words(keys.get("traits", ""))),
        short=keys.get("short", "A" + base62(seed % 62**3, 3)),
    )


def check(article: Article) -> None:
    """Raise ValueError where a file says what the site could not show."""
    if unknown := article.traits - set(TRAITS):
        raise ValueError(f"unknown traits {sorted(unknown)}")
    if article.generation not in ("2020", "2023", "2025"):
        raise ValueError(f"unknown generation {article.generation!r}")
    if article.has("day-before") != (article.day != article.published.date()):
        raise ValueError("`day-before` and the dates disagree")
    if article.title != " ".join(article.title.split()):
        raise ValueError("write the title with its white space collapsed")


def read(path: Path) -> Article:
    """Read one source file; SourceError names the file and the reason."""
    try:
        article = parse(path.read_text(encoding="utf-8"))
        check(article)
    except (KeyError, ValueError) as error:
        raise SourceError(f"{path.name}: {error!r}") from error
    return article


def read_all(folder: Path = FOLDER) -> tuple[Article, ...]:
    """All articles of a folder, in the order of their file names."""
    return tuple(read(path) for path in sorted(folder.glob("*.txt")))
