"""Parsed: the elements of a page, those behind its article only where somebody asks for them.  Pure.

Half of a page or more stands behind its article: links to others, and data for its script.  By the rules of HTML5
nothing that follows the end of an element changes what is inside it, nor what ended before it, as long as none of
what is still open is a table, whose content may be put before it, or an element of form (b, a), which may be moved.
Source: HTML standard, 13.2.6.1, "foster parenting", and 13.2.6.4.7, "adoption agency algorithm".
"""

import re
from collections.abc import Iterator
from functools import cached_property

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

ARTICLE = "[data-article-content]"
"""The element that holds an article, as all of the site's generations have it."""
_BEGIN, _END = b"data-article-content", b"</article>"
_AROUND = frozenset("html body main div".split())
"""What may be open around an article, and nothing else."""
# What says something of a page wherever it stands: html, body, frameset, link, meta.  The first letters are apart,
# for most tags have another.
_LATE = re.compile(rb"<[hbflmHBFLM](?i:tml|ody|rameset|ink|eta)")
_MARK = b"\x7f"
"""In a comment, the first thing behind an article: no text has it."""
_OPTIONS = LexborDocumentOptions.WO_EVENTS


class Parsed:
    """A page, parsed as far as is needed."""

    front: LexborHTMLParser
    """Its elements up to the end of its article, or all: every `link` and `meta` among them, `html` as it ends up."""
    article: LexborNode | None
    """That of its article, with all that is inside it, nothing behind it; None where the front is all of the page."""

    def __init__(self, text: bytes) -> None:
        """Parse a page in UTF-8 up to the end of its article, or as a whole, if what is behind it may matter."""
        self._text = text
        self.front, self.article = _front(text) or (self.whole, None)

    @cached_property
    def whole(self) -> LexborHTMLParser:
        """All of its elements."""
        return _tree(self._text)

    def every(self, selector: str) -> Iterator[LexborNode]:
        """Yield all elements of a kind in page order; who has enough in time does not have the whole page parsed."""
        first = self.front.css(selector)
        yield from first
        if self.article is not None:
            yield from self.whole.css(selector)[len(first) :]


def _tree(text: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(text, options=_OPTIONS, scripting=True)


def _front(text: bytes) -> tuple[LexborHTMLParser, LexborNode] | None:
    """Parse a page to the end of its article; return that, and the article; None if what is behind it may matter."""
    end = text.find(_END, text.find(_BEGIN)) + len(_END)
    if end < len(_END) or _MARK in text or _LATE.search(text, end):
        return None
    tree = _tree(text[:end] + b"<!--%b-->" % _MARK)
    article, last = tree.css_first(ARTICLE), _last(tree.root)
    if article is None or last is None or last.comment_content != _MARK.decode() or last.prev is None:
        return None
    return (tree, article) if last.prev.mem_id == article.mem_id else None


def _last(node: LexborNode | None) -> LexborNode | None:
    """Return the last node of all inside one; None if more than what may be is open around it."""
    while node is not None and (inner := node.last_child) is not None:
        if node.tag not in _AROUND:
            return None
        node = inner
    return node
