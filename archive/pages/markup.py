"""Serialise a piece of a parsed page as the article file has it.  Pure.  Source: FORMAT.md, "Markup inside".

What goes and what stays are the tables below; everything else is kept as it stands.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from selectolax.lexbor import LexborNode

from archive.article import attribute
from archive.language.balance import VOID

DROPPED_ELEMENTS = frozenset("script style svg noscript template".split())
"""Elements that go with all they hold; comments and the like go too."""
DROPPED_CLASSES = frozenset(["m-interstitial"])
"""Classes whose elements go with all they hold: advertising between paragraphs."""
DROPPED_ATTRIBUTES = frozenset("class id style".split())
"""Attributes that go, besides every event handler (`on...`)."""
ACTIVE_SCHEMES = ("javascript:", "vbscript:", "data:")
"""A link to one of these loses its `href`."""
PROMO = "data-selfpromo"
"""How the attribute begins that marks what the site says of itself inside a body: in the file, but no text of it."""
BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section table td th tr ul".split()
)
"""Elements that begin a line of their own in plain text."""

# What may be an attribute's name; the parser lets more through, but it could not be read back.
# Source: HTML standard, 13.1.2.3.
_NAME = re.compile(r"""[^\s"'<>/=\x00-\x1f\x7f]+""")
_SPACE = re.compile(r"[ \t\n\r\f]+")
# What browsers pass over before a scheme.  Source: WHATWG URL standard, 4.4, steps 1 and 3.
_BEFORE_SCHEME = "".join(map(chr, range(0x21)))
TEXT = "-text"
"""What the parser calls a text node."""

Step = tuple[str, str | dict[str, str | None] | None]
"""An element's name with its attributes where it opens, with None where it closes; `TEXT` with a text."""


def outer(node: LexborNode) -> str:
    """Return the markup of `node` and all inside it."""
    return _written(_steps(node))


def both(node: LexborNode | None) -> tuple[str, str]:
    """Return the markup of all inside `node`, and its text as `said` has it, by one walk; two empty texts for none."""
    steps = _steps(node) if node is not None else []
    return _written(steps[1:-1]), said(steps)


def line(node: LexborNode | None) -> str:
    """Return the text inside `node` as one line, "" for none; U+00A0 and U+3000 are text, not white space."""
    return "" if node is None else one_line("".join([what for _, what in _steps(node) if isinstance(what, str)]))


def one_line(text: str) -> str:
    """Return a text with its white space collapsed, as HTML has it."""
    return _SPACE.sub(" ", text).strip(" ")


def value(node: LexborNode | None, name: str) -> str | None:
    """Return an attribute's value; None where it has none, or there is no node."""
    return node.attrs.get(name) if node is not None else None


def said(steps: Iterable[Step]) -> str:
    """Return the text of steps, one line a block, no empty line, blanks at line ends gone, PROMO left out."""
    words = [
        _unbroken(what) if isinstance(what, str) else "\n"
        for name, what in unpromoted(steps)
        if name is TEXT or name in BLOCKS
    ]
    return "\n".join(line for line in map(str.strip, "".join(words).split("\n")) if line)


def unpromoted(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield steps without what PROMO holds; the element itself stays, bare."""
    depth = 0  # how many elements deep in promotion
    for name, what in steps:
        if depth:
            depth += 0 if isinstance(what, str) else -1 if what is None else 1
            if not depth:
                yield name, None
        elif what and isinstance(what, dict) and any(attribute.startswith(PROMO) for attribute in what):
            depth = 1
            yield name, {}
        else:
            yield name, what


def is_kept_element(node: LexborNode) -> bool:
    """Tell whether `node` is an element, and none of those that go."""
    name = node.tag or "-"
    return name[0] != "-" and name not in DROPPED_ELEMENTS and _has_kept_class(node.attributes)


def _has_kept_class(attributes: dict[str, str | None]) -> bool:
    return "class" not in attributes or DROPPED_CLASSES.isdisjoint((attributes["class"] or "").split())


def _steps(root: LexborNode) -> list[Step]:
    """Return `root` and all kept inside it, in page order; nothing if it goes itself.

    A walk without recursion: hostile pages nest deeper than Python's stack.
    """
    steps: list[Step] = []
    parents: list[tuple[LexborNode, str]] = []
    node: LexborNode | None = root
    while node is not None:
        name = node.tag or "-"
        if name == TEXT:
            steps.append((TEXT, node.text_content or ""))
        elif name[0] != "-" and name not in DROPPED_ELEMENTS and _has_kept_class(attributes := node.attributes):
            steps.append((name, attributes))
            if (child := node.first_child) is not None:
                parents.append((node, name))
                node = child
                continue
            steps.append((name, None))
        node = node.next if parents else None
        while node is None and parents:
            parent, name = parents.pop()
            steps.append((name, None))
            node = parent.next if parents else None
    return steps


def _written(steps: Iterable[Step]) -> str:
    """Return the markup of steps, without line breaks and tabs; a void element has no end tag."""
    pieces = list[str]()
    for name, what in steps:
        if isinstance(what, str):
            pieces.append(what.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        elif what is None:
            if name not in VOID:
                pieces.append(f"</{name}>")
        else:
            pieces.append(f"<{name}{_attributes(what)}>" if what else f"<{name}>")
    return _unbroken("".join(pieces))


def _attributes(attributes: dict[str, str | None]) -> str:
    """Return each kept attribute with the blank before it; a valueless one stays valueless."""
    return "".join(
        f" {name}" if value is None else f' {name}="{attribute(value)}"'
        for name, value in attributes.items()
        if _is_kept(name) and not (name == "href" and _is_active(value or ""))
    )


@lru_cache(maxsize=1024)
def _is_kept(name: str) -> bool:
    """Tell whether attributes of this name stay."""
    return name not in DROPPED_ATTRIBUTES and not name.startswith("on") and _NAME.fullmatch(name) is not None


def _is_active(href: str) -> bool:
    """Tell whether a browser would run this link."""
    return _unbroken(href).lstrip(_BEFORE_SCHEME).lower().startswith(ACTIVE_SCHEMES)


def _unbroken(text: str) -> str:
    """Return a text without its line breaks and tabs."""
    return text.replace("\n", "").replace("\r", "").replace("\t", "")
