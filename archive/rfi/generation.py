"""Generation: which of the site's known layouts a page is built like.  Pure.

What differs between them and stands on nearly every page is the markup of the lead image; authors, dates and
body bear the same classes throughout.  Source: rfi-site.md, 3.1, the table of generations.
"""

from selectolax.lexbor import LexborNode

LAYOUTS = (
    ("2020", "img.m-figure__img[src^='data:']"),  # a placeholder; the real addresses stand in `srcset` only
    ("2023", "img.m-figure__img"),  # a real `src`, mostly behind a WebP source
    ("2025", ".m-item-image img, img.a-img"),
)
"""Name of each layout, the year it was first seen, and what is found in its main media.  The first that is decides."""


def of(media: LexborNode | None) -> str | None:
    """Return the name of the layout whose lead image stands in a page's main media; None if that of none does."""
    if media is None:
        return None
    return next((name for name, selector in LAYOUTS if media.css_first(selector)), None)
