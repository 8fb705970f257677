"""Requisites: the stylesheets and fonts without which a replayed page does not look like the page.  Pure.

CSS is read by its tokens, not by its grammar, in one pass that no bytes make raise or slow.
Where a browser would pass over what stands here (an import in a wrong place), one request
is made for nothing; where a name is written in escapes, it is not found.
Source: CSS Syntax Module Level 3, 4; CSS Fonts Module Level 4, 4.3, "src".
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from selectolax.lexbor import LexborHTMLParser

from archive import urls
from archive.errors import BadUrl
from archive.pages import markup

MOST = 100
"""Addresses that are looked at in one page or stylesheet.  RFI's name about ten."""
MAX_STYLE = 2 << 20
"""Bytes of a stylesheet, and characters of a page's own styles, that are read; RFI's have about 170,000."""
MEDIA_TYPE = "text/css"
PRELOADED = frozenset(("style", "font"))
"""What a `link rel=preload` may announce that is a requisite: its `as`."""
FETCHABLE = frozenset((urls.Kind.REQUISITE, urls.Kind.OTHER))
"""What a requisite's URL may name: never an article or a listing, whatever a page says of it."""

# One token of CSS, as far as it matters here; all between two of these says nothing.  What is possessive keeps
# what it took, so that reading is one pass.  A string ends with its quote, an unclosed one with its line.
_STRING = r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'"
_TOKEN = re.compile(
    rf"""
      /\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/)?                      # a comment, to its end or to that of the text
    | \\.                                                       # an escape outside of strings
    | @(?P<rule>import|font-face)(?![\w\\-])
    | (?<![\w\\-])url\([ \t\n]*+(?P<quoted>{_STRING})[ \t\n]*+\)
    | (?<![\w\\-])url\([ \t\n]*+(?P<bare>(?:[^"'()\\\s]|\\[^\n])*)[ \t\n]*+\)
    | (?<![\w\\-])url\([ \t\n]*+(?!["'])[^)\\]*+(?:\\.[^)\\]*+)*\)?    # a bad one, to where a browser goes on
    | (?<![\w\\-])format\([ \t\n]*+(?P<format>{_STRING}|[\w-]++)
    | (?<![\w\\-])(?P<src>src)[ \t\n]*+:
    | (?P<string>{_STRING})
    | "(?:[^"\\\n]|\\.)* | '(?:[^'\\\n]|\\.)*                 # a string that is not closed
    | (?P<mark>[{{}};])
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
# What may hide a rule, or is one: the same tokens without those that matter inside of rules only.  It begins with a
# set of characters, so that a search goes from one of them to the next: styles are long, and have few rules or none.
_HIDING = re.compile(
    rf"""
    [/\\@uUfF"'](?i:
        (?<=/)\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/)?
      | (?<=\\).
      | (?<=@)(?P<rule>import|font-face)(?![\w\\-])
      | (?<=u)(?<![\w\\-].)rl\((?:
            [ \t\n]*+(?:{_STRING})[ \t\n]*+\)
          | [ \t\n]*+(?:[^"'()\\\s]|\\[^\n])*[ \t\n]*+\)
          | [ \t\n]*+(?!["'])[^)\\]*+(?:\\.[^)\\]*+)*\)?
        )
      | (?<=f)(?<![\w\\-].)ormat\([ \t\n]*+(?:{_STRING}|[\w-]++)
      | (?<=")(?:[^"\\\n]|\\.)*"?
      | (?<=')(?:[^'\\\n]|\\.)*'?
    )
    """,
    re.DOTALL | re.VERBOSE,
)
_RULE = re.compile("@(?i:import|font-face)")
_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})[ \t\n]?|(.))", re.DOTALL)
# Formats that browsers read today; what they pass over (eot, svg) need not be fetched.
_READABLE = re.compile(r"(?:woff2?|truetype|opentype|collection)(?![0-9a-z])", re.IGNORECASE)


Tokens = Iterator[re.Match[str]]
"""Each token that says something: its kind is the group that it is of; what is read of them is gone."""
END = sys.maxsize
"""Of a text that was read to its end."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stylesheet, read."""

    names: tuple[str, ...]
    """Canonical URLs of the stylesheets it imports and of its fonts, in their order, each once; the site's own only."""


def of_page(body: bytes, url: str) -> tuple[str, ...]:
    """Return canonical URLs of the stylesheets and fonts that a page names, each once: links before styles.

    body: of a page that `archive.page` took for an article, content coding undone.  url: canonical.
    Only the site's own addresses are named: nobody else is asked.
    """
    tree = LexborHTMLParser(body.decode(errors="replace").encode(), scripting=True)
    return _own(chain(_linked(tree), _styled(tree)), url)


def of_sheet(body: bytes, url: str) -> Sheet:
    """Read a stylesheet.  body: content coding undone.  url: canonical, what its names are relative to."""
    return Sheet(_own(_named(body[:MAX_STYLE].decode(errors="replace")), url))


def _linked(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield what the link elements of a page name."""
    for node in tree.css("link[href]"):
        rel = (markup.value(node, "rel") or "").lower().split()
        preloaded = "preload" in rel and (markup.value(node, "as") or "").lower() in PRELOADED
        if preloaded or ("stylesheet" in rel and "alternate" not in rel):
            yield (markup.value(node, "href") or "").strip()


def _styled(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield what the style elements of a page name."""
    left = MAX_STYLE
    for node in tree.css("style"):
        css = node.text()[:left]
        left -= len(css)
        yield from _named(css)


def _own(names: Iterator[str], base: str) -> tuple[str, ...]:
    """Return the canonical forms of the first names that a crawl may fetch as requisites, each once."""
    found = dict[str, None]()
    for name in islice(filter(None, names), MOST):
        try:
            url = urls.join(base, name)
        except BadUrl:
            continue
        if urls.may_be_fetched(url) and urls.kind(url) in FETCHABLE:
            found[url] = None
    return tuple(found)


def _named(css: str) -> Iterator[str]:
    """Yield what CSS imports, and of each font the one file that a browser would take, unless CSS holds it itself."""
    css = css.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    at, last = 0, max((rule.start() for rule in _RULE.finditer(css)), default=-1)
    while at <= last and (rule := _next_rule(css, at)):
        tokens = (token for token in _TOKEN.finditer(css, rule.end()) if token.lastgroup)
        name, at = _imported(tokens) if rule["rule"].lower() == "import" else _font(tokens)
        if name[:5].lower() != "data:":
            yield name


def _next_rule(css: str, at: int) -> re.Match[str] | None:
    """Return the next rule that neither a comment nor a string holds."""
    return next((token for token in _HIDING.finditer(css, at) if token["rule"]), None)


def _imported(tokens: Tokens) -> tuple[str, int]:
    """Return the address that must follow an import, "" if none does; and how far was read."""
    if not (token := next(tokens, None)):
        return "", END
    return _unquoted(_text(token)) if token.lastgroup in ("string", "quoted", "bare") else "", token.end()


def _font(tokens: Tokens) -> tuple[str, int]:
    """Return the first address of a font's last `src` whose format browsers read, or is not named, "" if none is.

    And how far was read.
    """
    sources: list[tuple[str, str]] = []
    end = END
    for token in tokens:
        kind, text = token.lastgroup, _text(token)
        if (kind, text) == ("mark", "}"):
            end = token.end()
            break
        if kind == "src":
            sources = []
        elif kind in ("quoted", "bare"):
            sources.append((_unquoted(text), ""))
        elif kind == "format" and sources and not sources[-1][1]:
            sources[-1] = sources[-1][0], _unquoted(text)
    return next((name for name, form in sources if name and (not form or _READABLE.match(form))), ""), end


def _text(token: re.Match[str]) -> str:
    return token[token.lastgroup or 0]


def _unquoted(text: str) -> str:
    """Return what a string or a bare address means: quotes off, escapes undone.  Source: CSS Syntax, 4.3.7."""
    return _ESCAPE.sub(_meant, text[1:-1] if text[:1] in ("'", '"') else text)


def _meant(escape: re.Match[str]) -> str:
    if not escape[1]:
        return "" if escape[2] == "\n" else escape[2]
    code = int(escape[1], 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004
