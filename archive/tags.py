"""Tags: markup of any making -> what it opens, says and closes, in one pass.  Pure.

A parser as the HTML standard has it can be made to work by the square: each paragraph looks through all that
is open, and opens all emphasis again.  So this one only tells tags from text, as the standard does, and sees to
it that what opens closes, in its order.  No text is lost by a tag: what never ends is text itself.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator

from archive.balance import VOID
from archive.markup import BLOCKS, DROPPED_ELEMENTS, TEXT, Step

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

_SPACE = r"[ \t\n\f\r]"
# Possessive throughout: what was taken is not tried again, so that no markup takes more than one pass.
_WORDS = re.compile(r"(?:[^<]|<(?![A-Za-z/!?]))++")
_ATTRIBUTE = re.compile(
    rf"""(?:{_SPACE}|/)*+
    ([^ \t\n\f\r/>][^ \t\n\f\r/>=]*+)
    (?:{_SPACE}*+={_SPACE}*+("[^"]*+"|'[^']*+'|(?!["'])[^ \t\n\f\r>]*+))?+""",
    re.VERBOSE,
)
"""Source: HTML standard, 13.2.5.32 to 13.2.5.39; a quote that never closes is part of a name."""
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>[A-Za-z][^ \t\n\f\r/>]*+)(?P<rest>(?:{_ATTRIBUTE.pattern})*+(?:{_SPACE}|/)*+)>",
    re.VERBOSE,
)
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
        if words := _WORDS.match(markup, at):
            at = words.end()
            yield TEXT, _unescaped(words[0])
        elif unseen := _UNSEEN.match(markup, at):
            at = unseen.end()
        elif tag := _TAG.match(markup, at):
            at = tag.end()
            name = tag["name"].lower() if tag["name"].isascii() else tag["name"]
            yield name, None if tag["end"] else _attributes(tag["rest"])
            if name in SILENT and not tag["end"] and name not in endless and not tag["rest"].endswith("/"):
                end = re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE).search(markup, at)
                at = end.start() if end else at
                endless |= set() if end else {name}
        else:  # it never ends: no later tag is believed either, or this would take long
            yield TEXT, _unescaped(markup[at:])
            return


def _attributes(rest: str) -> dict[str, str | None]:
    """Return the attributes of a tag, the first of each name."""
    found, at = dict[str, str | None](), 0
    while match := _ATTRIBUTE.match(rest, at):
        at, value = match.end(), match[2]
        if value is not None:
            value = _REFERENCE.sub(lambda one: html.unescape(one[0]), value[1:-1] if value[:1] in ('"', "'") else value)
        found.setdefault(match[1].lower(), value)
    return found


def _unescaped(text: str) -> str:
    return _NO_TEXT.sub("\ufffd", html.unescape(_ENDLESS.sub("\ufffd", text))) if "&" in text else text
