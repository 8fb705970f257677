"""Serialise a piece of a parsed page as the article file has it.  Pure.  Source: FORMAT.md, "Markup inside".

What goes and what stays are the tables below; everything else is kept as it stands.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from archive.article import VOID, attribute

DROPPED_ELEMENTS = frozenset("script style svg noscript template".split())
"""Elements that go with all they hold; comments and the like go too."""
DROPPED_CLASSES = frozenset(["m-interstitial"])
"""Classes whose elements go with all they hold: advertising between paragraphs."""
DROPPED_ATTRIBUTES = frozenset("class id style".split())
"""Attributes that go, besides every event handler (`on...`)."""
ACTIVE_SCHEMES = ("javascript:", "vbscript:", "data:")
"""A link to one of these loses its `href`."""
BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section table td th tr ul".split()
)
"""Elements that begin a line of their own in plain text."""

# What may be an attribute's name; the parser lets more through, but it could not be read back.
# Source: HTML standard, 13.1.2.3.
_NAME = re.compile(r"""[^\s"'<>/=\x00-\x1f\x7f]+""")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BREAKS = str.maketrans("", "", "\n\r\t")
_IN_URL = re.compile(r"[\x00-\x20]+")


def inner(node: LexborNode) -> str:
    """Return the markup inside `node`."""
    return "".join(_pieces(node, own=False))


def outer(node: LexborNode) -> str:
    """Return the markup of `node` and all inside it."""
    return "".join(_pieces(node, own=True))


def line(node: LexborNode | None) -> str:
    """Return the text inside `node` as one line, "" for none; U+00A0 and U+3000 are text, not white space."""
    if node is None:
        return ""
    text = "".join(step.text_content or "" for step, _ in _steps(node) if step.is_text_node)
    return _SPACE.sub(" ", text).strip(" ")


def value(node: LexborNode | None, name: str) -> str | None:
    """Return an attribute's value; None where it has none, or there is no node."""
    return node.attributes.get(name) if node is not None else None


def plain(node: LexborNode) -> str:
    """Return the text inside `node`, one line a block, no empty line, blanks at line ends gone."""
    text = "".join(_words(step) for step, _ in _steps(node) if step is not node)
    return "\n".join(line for line in (piece.strip() for piece in text.split("\n")) if line)


def _words(node: LexborNode) -> str:
    """Return a text node's text, a line break for the edge of a block, nothing for other elements."""
    if node.is_text_node:
        return (node.text_content or "").translate(_BREAKS)
    return "\n" if node.tag in BLOCKS else ""


def _steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each kept node as it opens (True) and each element as it closes (False), in page order.

    A walk without recursion: hostile pages nest deeper than Python's stack.
    """
    stack = [(root, True)]
    while stack:
        node, opens = stack.pop()
        yield node, opens
        if opens and node.is_element_node:
            stack.append((node, False))
            child = node.last_child
            while child is not None:
                if child.is_text_node or is_kept_element(child):
                    stack.append((child, True))
                child = child.prev


def is_kept_element(node: LexborNode) -> bool:
    """Tell whether `node` is an element, and none of those that go."""
    if not node.is_element_node or node.tag in DROPPED_ELEMENTS:
        return False
    return DROPPED_CLASSES.isdisjoint((node.attributes.get("class") or "").split())


def _pieces(root: LexborNode, *, own: bool) -> Iterator[str]:
    """Yield the markup of `root` tag by tag and text by text; its own tags only if asked for."""
    for node, opens in _steps(root):
        if node.is_text_node:
            yield (
                (node.text_content or "")
                .translate(_BREAKS)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
            )
        elif node is root and not own:
            continue
        elif opens:
            yield f"<{node.tag}{''.join(_attributes(node))}>"
        elif node.tag not in VOID:
            yield f"</{node.tag}>"


def _attributes(node: LexborNode) -> Iterator[str]:
    """Yield each kept attribute with the blank before it; a valueless one stays valueless."""
    for name, value in node.attributes.items():
        if name in DROPPED_ATTRIBUTES or name.startswith("on") or not _NAME.fullmatch(name):
            continue
        if value is None:
            yield f" {name}"
        elif name != "href" or not _IN_URL.sub("", value).lower().startswith(ACTIVE_SCHEMES):
            yield f' {name}="{attribute(value.translate(_BREAKS))}"'
