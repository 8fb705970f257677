"""Query: what somebody types -> what is looked for.  Pure.

Words with blanks between are all looked for; a run of Han characters is a phrase, and so is
what stands in "", “” or 「」.  `OR`, `AND`, `NOT` in capitals, `-` before a word for NOT, `*` behind
a word in Latin letters for all that begin so, parentheses.  Every other sign is none.  Whatever is
half typed is taken as far as it goes, so that one can search while somebody types.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Literal, NamedTuple

from archive.errors import BadUsage
from archive.language import han
from archive.language.words import WIDE

LONGEST = 200
"""Characters of a query."""
MOST = 16
"""Words and phrases of a query."""
LONG = 64
"""Han characters and Latin words of a query, all in all: each takes time by how common it is."""
Order = Literal["best", "newest"]
ORDERS: tuple[Order, ...] = ("best", "newest")
QUOTES = {'"': '"', "“": "”", "「": "」"}
"""What opens a phrase, and what closes it."""
_PARTS = re.compile(
    r'(?P<phrase>-?(?:"[^"]*(?:"|\Z)|“[^”]*(?:”|\Z)|「[^」]*(?:」|\Z)))'
    r"|(?P<open>-?[(（])|(?P<close>[)）])"
    r'|(?P<word>[^\s"“「()（）]+)'
)
_LETTER = rf"[^\W_{WIDE}]"
_BETWEEN = rf"(?:[^\w{han.ENDS}]|_)*"
"""What may stand between the words of a phrase: signs and blanks, but no end of a clause."""
_WORDS = "{}", r"[\W_]+"
"""A word of a phrase in an expression, and the end of a clause."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, and among which articles."""

    text: str = ""
    """As somebody types it, LONGEST characters at most; empty: every article."""
    since: date | None = None
    """News of this day on, on the clock of Paris."""
    until: date | None = None
    """News up to this day, included."""
    year: int | None = None
    """News of this year, on the clock of Paris."""
    edition: str | None = None
    """Code of an edition: "cn"."""
    section: str | None = None
    """Name of a section, as the index has it; so are the others."""
    show: str | None = None
    """Name of a show."""
    author: str | None = None
    """Name of an author."""
    tag: str | None = None
    """A key word."""
    order: Order = "best"
    """"best": what has it in the title first, then what has it in title and lead, then the others, each the newest
    first; "newest": the newest first."""

    def labels(self) -> Iterator[tuple[str, str]]:
        """Yield kind and name of each label that is asked for."""
        for kind in ("edition", "section", "show", "author", "tag"):
            if (name := getattr(self, kind)) is not None:
                yield kind, name


class Phrase(NamedTuple):
    """Words that stand one behind the other."""

    tokens: tuple[str, ...]
    """As han.tokens has them; at least one, and neither the first nor the last is han.BREAK."""
    begins: bool
    """The last of them may go on."""


class Joined(NamedTuple):
    """What some parts make together."""

    how: Literal["AND", "OR"]
    parts: tuple["Node", ...]
    without: tuple["Node", ...] = ()
    """What must not be there; only of AND."""


Node = Phrase | Joined


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query's text, understood."""

    node: Node
    """All of it."""

    def match(self, *heads: str) -> str:
        """Return it as FTS5 is asked.

        heads: only in these, han.TITLE and han.LEAD, each word in any of them (default: anywhere).
        What must not be there must be nowhere, whatever they are.
        """
        if heads and _excludes(self.node):
            return f"{_match(self.node, heads)} AND {_match(self.node)}"
        return _match(self.node, heads)

    def marks(self) -> re.Pattern[str]:
        """Return the expression that finds what is looked for in a folded text."""
        phrases = sorted(set(_phrases(self.node)), key=lambda phrase: -len("".join(phrase.tokens)))
        return re.compile("|".join(map(_pattern, phrases)))


def wanted(text: str) -> Wanted | None:
    """Return what a text asks for; None if it is empty.  Raises BadUsage."""
    if len(text) > LONGEST:
        raise BadUsage(f"a query has {LONGEST} characters at most, this one {len(text)}")
    parts = list(_parts(text))
    phrases = [part for part in parts if isinstance(part, Phrase)]
    if len(phrases) > MOST:
        raise BadUsage(f"a query has {MOST} words and phrases at most, this one {len(phrases)}")
    if (long := sum(len(phrase.tokens) for phrase in phrases)) > LONG:
        raise BadUsage(f"a query has {LONG} Han characters and Latin words at most, this one {long}")
    if text.strip() and not phrases:
        raise BadUsage("a query needs a word: signs alone are not looked for")
    node, _ = _either(parts, 0)
    return Wanted(node) if node else None


_Part = Phrase | str | None


def _parts(text: str) -> Iterator[_Part]:
    """Yield phrases, AND, OR, NOT, "(", ")" where one is open, and None for what holds no word."""
    depth = 0
    for found in _PARTS.finditer(text):
        said = found[0]
        if found["close"]:
            if depth:
                depth -= 1
                yield ")"
        elif said in ("AND", "OR", "NOT"):
            yield said
        else:
            if said[0] == "-":
                yield "NOT"
            depth += bool(found["open"])
            yield "(" if found["open"] else _phrase(said)


def _phrase(text: str) -> Phrase | None:
    """Return the words of a part as one phrase; None if it has none."""
    tokens = han.tokens(text).strip(f" {han.BREAK}").split()
    return Phrase(tuple(tokens), text.endswith("*")) if tokens else None


def _either(parts: Sequence[_Part], at: int) -> tuple[Node | None, int]:
    """Read parts from `at` on, up to the parenthesis that closes; return what they ask for, and where they end."""
    choices = list[Node]()
    while at < len(parts) and parts[at] != ")":
        node, at = _all(parts, at)
        choices += [node] if node else []
        at += at < len(parts) and parts[at] == "OR"
    return _joined("OR", choices), at


def _all(parts: Sequence[_Part], at: int) -> tuple[Node | None, int]:
    """Read parts up to the next OR or the parenthesis that closes."""
    there, absent, into = list[Node](), list[Node](), None
    while at < len(parts) and parts[at] not in ("OR", ")"):
        part, at = parts[at], at + 1
        if part == "NOT":
            into = absent
        elif part != "AND":
            node, at = _one(part, parts, at)
            (there if into is None else into).extend([node] if node else [])
            into = None
    if absent and not there:
        raise BadUsage("a query says what to find, not only what not")
    return _joined("AND", there, absent), at


def _one(part: _Part, parts: Sequence[_Part], at: int) -> tuple[Node | None, int]:
    """Return what a part asks for; of a parenthesis all up to that which closes it."""
    if part != "(":
        return part if isinstance(part, Phrase) else None, at
    node, at = _either(parts, at)
    return node, at + 1


def _joined(how: Literal["AND", "OR"], nodes: Sequence[Node], without: Sequence[Node] = ()) -> Node | None:
    if len(nodes) > 1 or without:
        return Joined(how, tuple(nodes), tuple(without))
    return nodes[0] if nodes else None


def _match(node: Node, heads: Sequence[str] = ()) -> str:
    """Return a node as FTS5 is asked; in heads without what must not be there.  Tokens hold letters and digits only."""
    if isinstance(node, Phrase):
        words = " ".join(node.tokens)
        asked = [f'"{han.marked(words, mark)}"{" *" * node.begins}' for mark in heads or ("",)]
        return asked[0] if len(asked) == 1 else f"({' OR '.join(asked)})"
    parts = [_match(part, heads) for part in node.parts]
    joined = f"({f' {node.how} '.join(parts)})" if len(parts) > 1 else parts[0]
    if heads or not node.without:
        return joined
    return f"({joined} NOT ({' OR '.join(map(_match, node.without))}))"


def _excludes(node: Node) -> bool:
    return isinstance(node, Joined) and (bool(node.without) or any(map(_excludes, node.parts)))


def _phrases(node: Node) -> Iterator[Phrase]:
    """Yield the phrases that are to be there."""
    if isinstance(node, Phrase):
        yield node
    else:
        yield from chain.from_iterable(map(_phrases, node.parts))


def _pattern(phrase: Phrase) -> str:
    """Return the expression of a phrase: a Latin word is found whole, unless it may go on."""
    words = [_WORDS[token == han.BREAK].format(re.escape(token)) for token in phrase.tokens]
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, phrase.tokens[0]) else ""
    behind = rf"(?!{_LETTER})" if re.match(_LETTER, phrase.tokens[-1]) and not phrase.begins else ""
    return before + _BETWEEN.join(words) + behind
