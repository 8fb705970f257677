"""Tags: markup of any making -> what it opens, says and closes, in one pass.  Pure.

A parser as the HTML standard has it can be made to work by the square: each paragraph looks through all that
is open, and opens all emphasis again.  So this one only tells tags from text, as the standard does, and sees to
it that what opens closes, in its order.  No text is lost by a tag: what never ends is text itself.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator

from archive.language.balance import VOID
from archive.pages.markup import BLOCKS, DROPPED_ELEMENTS, TEXT, Step

SILENT = DROPPED_ELEMENTS | frozenset("iframe math noembed noframes object textarea title".split())
"""Elements whose content is passed over: code, drawings, what a browser shows in a box of its own or as plain text."""
IMPLIED = {
    **dict.fromkeys(("dd", "dt"), frozenset(("dd", "dt"))),
    **dict.fromkeys(("td", "th"), frozenset(("td", "th"))),
    "li": frozenset(("li",)),
    "tr": frozenset(("td", "th", "tr")),
}
"""Elements that close what stands right above them.  Source: HTML standard, 13.1.2.4, "optional tags"."""
HEADINGS = tuple("h1 h2 h3 h4 h5 h6".split())
"""None stands in another."""

# No group repeats possessively: Python 3.11.2, which is Debian 12's, takes too much then (gh-106052, mended in 3.11.5).
_WORDS = re.compile(r"[^<]+|<(?![A-Za-z/!?])")
_NAME = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][^ \t\n\f\r/>]*)")
_GAP = re.compile(r"[ \t\n\f\r/]*")
_ATTRIBUTE = re.compile(r"[^ \t\n\f\r/>][^ \t\n\f\r/>=]*")
_VALUE = re.compile(r"""[ \t\n\f\r]*+=[ \t\n\f\r]*+("[^"]*"|'[^']*'|(?!["'])[^ \t\n\f\r>]*)""")
"""Source: HTML standard, 13.2.5.32 to 13.2.5.39; a quote that never closes is part of a name."""
_UNSEEN = re.compile(r"<!--(?:-?>|.*?--!?>)|<(?:!(?!--)|\?|/(?![A-Za-z]))[^>]*+>", re.DOTALL)
"""Comments, and what counts as one.  Source: HTML standard, 13.2.5.41 to 13.2.5.52."""
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{0,40});")
"""What stands for a character inside an attribute; without a semicolon it is part of an address."""
_ENDLESS = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9A-Fa-f]{8,}+);?")
"""Numbers of no character, of which some are too long for Python."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def steps(markup: str) -> Iterator[Step]:
    """Yield what markup opens, says and closes: all that opens closes, a void element at once.

    markup: any text.  Never raises; time and memory grow with its length alone.
    """
    stack = _Open()
    for name, what in _tokens(_NO_TEXT.sub("\ufffd", markup)):
        if isinstance(what, str):
            yield name, what
        elif what is None:
            yield from stack.closed(name)
        else:
            yield from stack.implied(name)
            yield name, what
            stack.push(name)
            if name in VOID:
                yield from stack.closed(name)
    yield from stack.all_closed()


class _Open:
    """The elements that are open."""

    def __init__(self) -> None:
        self._names = list[str]()
        self._count = Counter[str]()

    def push(self, name: str) -> None:
        self._names.append(name)
        self._count[name] += 1

    def closed(self, name: str) -> Iterator[Step]:
        """Close the innermost element of this name and all inside it; nothing if none is open."""
        found = not self._count[name]
        while not found:
            found = self._names[-1] == name
            yield self._pop()

    def implied(self, name: str) -> Iterator[Step]:
        """Close what an element ends by its beginning: a block a paragraph, a link a link, an item an item."""
        if name in BLOCKS or name == "a":
            yield from self.closed("a" if name == "a" else "p")
        for heading in HEADINGS if name in HEADINGS else ():
            yield from self.closed(heading)
        while self._names and self._names[-1] in IMPLIED.get(name, ()):
            yield self._pop()

    def all_closed(self) -> Iterator[Step]:
        while self._names:
            yield self._pop()

    def _pop(self) -> Step:
        name = self._names.pop()
        self._count[name] -= 1
        return name, None


def _tokens(markup: str) -> Iterator[Step]:
    """Yield tags and texts as they stand; end tags may close nothing."""
    at, endless = 0, set[str]()
    while at < len(markup):
        if words := _words(markup, at):
            at += len(words)
            yield TEXT, _unescaped(words)
        elif unseen := _UNSEEN.match(markup, at):
            at = unseen.end()
        elif (tag := _NAME.match(markup, at)) and (rest := _attributes(markup, tag.end())):
            at, attributes = rest
            name = tag["name"].lower() if tag["name"].isascii() else tag["name"]
            yield name, None if tag["end"] else attributes
            if name in SILENT and not tag["end"] and name not in endless and markup[at - 2] != "/":
                end = re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE).search(markup, at)
                at = end.start() if end else at
                endless |= set() if end else {name}
        else:  # it never ends: no later tag is believed either, or this would take long
            yield TEXT, _unescaped(markup[at:])
            return


def _words(markup: str, at: int) -> str:
    """Return the text from `at` up to the next tag."""
    start = at
    while words := _WORDS.match(markup, at):
        at = words.end()
    return markup[start:at]


def _attributes(markup: str, at: int) -> tuple[int, dict[str, str | None]] | None:
    """Read a tag from behind its name on; return where it ends, and its attributes, the first of each name.

    None: it never ends.
    """
    found = dict[str, str | None]()
    while name := _ATTRIBUTE.match(markup, at := _end(_GAP, markup, at)):
        at, value = name.end(), None
        if given := _VALUE.match(markup, at):
            at, value = given.end(), given[1]
            value = _REFERENCE.sub(lambda one: html.unescape(one[0]), value[1:-1] if value[:1] in ('"', "'") else value)
        found.setdefault(name[0].lower(), value)
    return (at + 1, found) if markup.startswith(">", at) else None


def _end(pattern: re.Pattern[str], markup: str, at: int) -> int:
    """Return where a pattern ends that matches anywhere, if only nothing."""
    return match.end() if (match := pattern.match(markup, at)) else at


def _unescaped(text: str) -> str:
    return _NO_TEXT.sub("\ufffd", html.unescape(_ENDLESS.sub("\ufffd", text))) if "&" in text else text
