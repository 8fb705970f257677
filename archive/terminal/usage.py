"""Usage: the words of the command line, as a table: what each verb does, and what it takes."""

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.language.query import ORDERS
from archive.rfi.editions import BY_CODE


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the command line; `archive/verbs/` has a file of its name, or of `room`."""

    says: str
    """What it does, in a few words; begins with a small letter."""
    example: str
    """A command line that one could type."""
    takes: tuple[tuple[str, dict[str, Any]], ...] = ()
    """Words of its own, beside those that all verbs take: name, and what argparse should know of it."""
    room: str = ""
    """The file of `archive/verbs/` where it cannot bear the verb's name, which is a word of Python's own."""


def _file(name: str) -> Path:
    """Take a word of the command line that must be a file."""
    if not Path(name).is_file():
        raise argparse.ArgumentTypeError(f"no file: {name}")
    return Path(name)


def _day(text: str) -> date:
    """Read a day as somebody types it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a day such as 2026-11-30: {text!r}") from None


_NAMED: tuple[str, dict[str, Any]] = (
    "name",
    {"metavar": "URL|FILE", "help": "a URL in any spelling, or an article file of the archive"},
)

_EXPORTS = "cdxj wacz jsonl parquet atom lists git site".split()

VERBS = {
    "status": Verb("what the archive holds", "rfi-archive status --json"),
    "probe": Verb(
        "ask each surface of the live site once, politely, and tell what came; "
        "exit code 0: all well, 1: something failed, 11: refused, 12: not to be read, 14: no answer",
        "rfi-archive probe --save probed",
        takes=(
            ("--edition", {"choices": list(BY_CODE), "default": "cn", "help": "default: %(default)s"}),
            ("--save", {"type": Path, "metavar": "DIR", "help": "keep the exchanges there, as an archive"}),
            (
                "-s",
                {
                    "action": "append",
                    "default": [],
                    "dest": "settings",
                    "metavar": "NAME=VALUE",
                    "help": "a setting of the crawl, as of `scrapy crawl`; may be given again",
                },
            ),
        ),
    ),
    "report": Verb(
        "pictures of what is archived and what is missing: by day, section and show, how soon, edited when, how much",
        "rfi-archive report --html report.html --png report.png",
        takes=(
            ("--html", {"type": Path, "metavar": "FILE", "help": "write an HTML page that stands by itself"}),
            ("--png", {"type": Path, "metavar": "FILE", "help": "write one picture of 1920 x 1080, by matplotlib"}),
        ),
    ),
    "verify": Verb(
        "find everything that is wrong; exit code 1 if anything is",
        "rfi-archive verify --archive data",
        takes=(
            (
                "files",
                {
                    "type": _file,
                    "nargs": "*",
                    "metavar": "FILE",
                    "help": "WARC files to be checked by themselves (default: the whole archive)",
                },
            ),
        ),
    ),
    "audit": Verb(
        "lay every recorded listing beside the index: which articles are missing, why, and which days are thin; "
        "exit code 1 if any is missing",
        "rfi-archive audit --since 2026-10-01 --urls",
        takes=(
            ("--since", {"type": _day, "metavar": "DAY", "help": "articles of this day on, by the day in their URLs"}),
            ("--until", {"type": _day, "metavar": "DAY", "help": "articles up to this day, included"}),
            ("--edition", {"choices": list(BY_CODE), "help": "articles and listings of this one (default: both)"}),
            (
                "--urls",
                {"action": "store_true", "help": "print what is missing as `-a urls=FILE` takes it"},
            ),
        ),
    ),
    "rebuild": Verb(
        "make index, article files and lists again from warc/, or read only some articles again",
        "rfi-archive rebuild --since 2026-11-01 --dry-run",
        takes=(
            (
                "--pending",
                {"action": "store_true", "help": "only what was no article, or came while pages changed"},
            ),
            ("--urls", {"type": _file, "metavar": "FILE", "help": "only the articles of this file, a URL a line"}),
            ("--since", {"type": _day, "metavar": "DAY", "help": "only articles of this day or later, by their URLs"}),
            ("--until", {"type": _day, "metavar": "DAY", "help": "only articles up to this day, included"}),
            ("--dry-run", {"action": "store_true", "help": "tell what each article would become, and write nothing"}),
        ),
    ),
    "doctor": Verb(
        "mend every disagreement between WARC, index and files; exit code 1 if something cannot be mended",
        "rfi-archive doctor --dry-run",
        takes=(("--dry-run", {"action": "store_true", "help": "tell what would be done, and do nothing"}),),
    ),
    "rollup": Verb(
        "merge the small WARC files of past days into files of up to 1 GB", "rfi-archive rollup --archive data"
    ),
    "prove": Verb(
        "show that an article file is what its WARC record makes",
        "rfi-archive prove data/articles/2023/10/20231026-0123456789ab.md",
        takes=(("file", {"type": Path, "metavar": "FILE", "help": "an article file"}),),
    ),
    "import": Verb(
        "take in what other archivers kept: article files of any dialect, in folders of any make, "
        "WARC and WACZ files; exit code 1 if one is damaged",
        "rfi-archive import old/articles theirs.wacz --refetch",
        takes=(
            ("paths", {"type": Path, "nargs": "+", "metavar": "PATH", "help": "a file, or a folder and all below it"}),
            (
                "--refetch",
                {"action": "store_true", "help": "let crawls ask for these pages (default: the old text is enough)"},
            ),
        ),
        room="importing",
    ),
    "search": Verb(
        "find articles by their words, traditional or simplified, from one character on; exit code 1: nothing found",
        "rfi-archive search '北京 洪水' --since 2026-07-01 --section 中国",
        takes=(
            (
                "words",
                {
                    "metavar": "QUERY",
                    "help": 'blanks are AND, "..." or 「...」 is a phrase; OR, NOT, -word, parentheses, latin*; '
                    "'' is every article",
                },
            ),
            ("--since", {"type": _day, "metavar": "DAY", "help": "news of this day on, on the clock of Paris"}),
            ("--until", {"type": _day, "metavar": "DAY", "help": "news up to this day, included"}),
            ("--edition", {"choices": list(BY_CODE), "help": "of this one (default: both)"}),
            *(
                (f"--{kind}", {"metavar": "NAME", "help": says})
                for kind, says in (
                    ("section", "of this section"),
                    ("show", "of this show"),
                    ("author", "by this author"),
                    ("tag", "with this key word"),
                )
            ),
            (
                "--order",
                {
                    "choices": list(ORDERS),
                    "default": ORDERS[0],
                    "help": "best: those whose title says it, then whose lead does, first (default: %(default)s)",
                },
            ),
            ("--limit", {"type": int, "default": 20, "metavar": "N", "help": "at most so many (default: %(default)s)"}),
        ),
    ),
    "history": Verb(
        "every capture of a URL by date: what came, what of the article changed, where its record lies",
        "rfi-archive history https://www.rfi.fr/cn/%E4%B8%AD%E5%9B%BD/20231026-x",
        takes=(_NAMED,),
    ),
    "diff": Verb(
        "what two versions of an article say differently, by default the last two",
        "rfi-archive diff data/articles/2023/10/20231026-0123456789ab.md 1 2026-11-23T10:00",
        takes=(
            _NAMED,
            ("a", {"nargs": "?", "metavar": "A", "help": "a version's number, or a time: the version that stood then"}),
            ("b", {"nargs": "?", "metavar": "B", "help": "the same (default: the last version)"}),
            ("--html", {"action": "store_true", "help": "an HTML page that stands by itself"}),
            ("--out", {"type": Path, "metavar": "PATH", "help": "with --html: the file to write (default: stdout)"}),
        ),
    ),
    "changes": Verb(
        "what was edited, taken away or given back, the newest last; exit code 1 if a record cannot be read",
        "rfi-archive changes --since 2026-11-01 --atom",
        takes=(
            (
                "--since",
                {"type": _day, "required": True, "metavar": "DAY", "help": "what was seen from this day on (UTC)"},
            ),
            ("--until", {"type": _day, "metavar": "DAY", "help": "what was seen up to this day, included"}),
            ("--atom", {"action": "store_true", "help": "print an Atom feed"}),
        ),
    ),
    "lists": Verb("write lists/<spider>.md, the newest 300 articles of each edition", "rfi-archive lists"),
    "export": Verb(
        "write the archive in a format of other tools; "
        "exit code 1 if an article could not be read, or only from its record",
        "rfi-archive export jsonl --since 2026-11-01 --until 2026-11-30 --out november.jsonl.gz",
        takes=(
            ("format", {"choices": _EXPORTS, "metavar": "FORMAT", "help": f"one of: {', '.join(_EXPORTS)}"}),
            (
                "--out",
                {"type": Path, "metavar": "PATH", "help": "the file or folder to write (default: rfi.FORMAT)"},
            ),
            (
                "--since",
                {
                    "type": _day,
                    "metavar": "DAY",
                    "help": "what was published from this day on (Paris); wacz: what was captured (UTC)",
                },
            ),
            (
                "--until",
                {
                    "type": _day,
                    "metavar": "DAY",
                    "help": "what was published up to this day, included; wacz, git: what was captured (UTC)",
                },
            ),
        ),
    ),
    "replay": Verb(
        "show the archived pages in a browser, or serve them as a proxy, until Ctrl-C",
        "rfi-archive replay --port 8080",
        takes=(
            ("--port", {"type": int, "default": 8080, "metavar": "N", "help": "default: %(default)s; 0: any"}),
            ("--proxy", {"action": "store_true", "help": "be an HTTP(S) proxy, too, which asks nobody else"}),
        ),
    ),
    "serve": Verb(
        "read the archive in a browser, until Ctrl-C",
        "rfi-archive serve --port 8000",
        takes=(
            ("--host", {"default": "127.0.0.1", "metavar": "HOST", "help": "default: %(default)s, this machine alone"}),
            ("--port", {"type": int, "default": 8000, "metavar": "N", "help": "default: %(default)s; 0: any"}),
        ),
    ),
}
