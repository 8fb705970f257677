"""Pages that lack something: what a site sends whose make has changed.

Laid over any article's URL by `Site.set_fault`, they have none of their own.  A field stands in several places
of a page (shown, in metas, in JSON-LD); it is gone from all of them.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from .answer import Answer
from .odd import Odd, Scene


def without(*patterns: str) -> Callable[[Scene], Answer]:
    """The usual page without what these match."""
    pattern = re.compile("|".join(patterns).encode(), re.DOTALL)
    return lambda scene: replace(scene.usual, body=pattern.sub(b"", scene.usual.body))


LACKING: dict[str, Odd] = {
    "no-date": Odd(
        "no date",
        without('<div class="t-content__dates">.*?</div>', "<meta [^>]*_time[^>]*>", r'"date\w+": "[^"]*",\s*'),
    ),
    "no-lead": Odd("no lead", without('<p class="t-content__chapo">.*?</p>')),
    "no-image": Odd(
        "no lead image", without(r"<figure .*?</figure>", '<meta property="og:image"[^>]*>', r',\s*"image": \{[^}]*\}')
    ),
    "no-author": Odd("no author", without('<a class="m-from-author__name".*?</a>', r'"author": \[.*?\],\s*')),
    "redesigned": Odd("all of it, in classes that nobody knows", without(r' class="[^"]*"', r" data-article-content")),
}
