"""Balance: is markup whole, and where does it break?  Pure; imports nothing.

Markup is whole if every element is closed in its order and every "<" belongs to a tag.
"""

import re

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
"""Elements without an end tag.  Source: HTML standard, 13.1.2."""

# The next tag and the text before it.  Matched from tag to tag and never given a second try, so that
# no markup takes more than one pass.  Source: HTML standard, 13.2.5.8 (a name ends at white space, "/" or ">").
_TAG = re.compile(r"""[^<]*+<(/?)([A-Za-z][^ \t\n\f\r/>]*+)(?:[^<>"']++|"[^"]*+"|'[^']*+')*>""")
# The same, found one after the other: a "<" of no tag takes all the rest with it, so that this is one pass, too.
_TAGS = re.compile(r"""<(?:(/?)([A-Za-z][^ \t\n\f\r/>]*+)(?:[^<>"']++|"[^"]*+"|'[^']*+')*>|(?s:.*))""")


def end_of(markup: str, at: int) -> int | None:
    """Return where the element that starts at `at` ends; None if none starts there or it is not balanced."""
    end, whole = _walk(markup, at) if markup.startswith("<", at) else (at, False)
    return end if whole else None


def _walk(markup: str, at: int) -> tuple[int, bool]:
    """Walk the element that starts at `at` to its end; return that, or where it breaks, and whether it is whole."""
    open_tags: list[str] = []
    while tag := _TAG.match(markup, at):
        name = tag[2].lower() if tag[2].isascii() else tag[2]  # ASCII case only: U+212A is no "k"
        if tag[1]:
            if not open_tags or open_tags.pop() != name:
                return tag.start(1) - 1, False
        elif name not in VOID:
            open_tags.append(name)
        at = tag.end()
        if not open_tags:
            return at, True
    return len(markup) if (stray := markup.find("<", at)) < 0 else stray, False


def broken_at(markup: str) -> int | None:
    """Return where markup breaks: a tag that closes nothing, a "<" of no tag, or its end; None if it is whole."""
    end, whole = _walk(f"<div>{markup}</div>", 0)
    return None if whole and end == len(markup) + len("<div></div>") else min(end - len("<div>"), len(markup))


def is_whole(markup: str) -> bool:
    """Tell whether every element is closed in its order and every "<" belongs to a tag."""
    open_tags: list[str] = []
    for end, spelt in _TAGS.findall(markup):
        name = spelt.lower() if spelt.isascii() else spelt
        if end:
            if not open_tags or open_tags.pop() != name:
                return False
        elif name not in VOID:
            if not name:
                return False
            open_tags.append(name)
    return not open_tags
