"""Laws of generations: each of the site's layouts is known again, and another is none of them."""

from datetime import UTC, datetime

import pytest

from archive import page
from tests.site import Site, render

NOON = datetime(2026, 10, 30, 12, tzinfo=UTC)
URL = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261030-a"
ADDRESS = "https://s.rfi.fr/media/display/1-2-3/w:980/a.jpg"


def generation(media, url=URL):
    """Give the generation of a small page."""
    html = f"<main><article data-article-content><h1 class=a-page-title>雾</h1>{media}<div class=t-content__body><p>正文</div></article></main>"
    found = page.read(html.encode(), url, NOON, "text/html; charset=utf-8")
    assert isinstance(found, page.Page)
    return found.facts.generation


@pytest.mark.parametrize("story", Site().articles, ids=lambda s: s.slug)
def test_generation_of_every_article(story):
    """Law: an article with a lead image is of the generation that it was drawn in, one without is of none."""
    found = page.read(render(story).encode(), story.url, NOON, "text/html; charset=utf-8")

    assert isinstance(found, page.Page)
    assert found.facts.generation == (story.generation if story.picture else None)


# The markup that rfi-site.md, 3.1, tells of.
LAYOUTS = {
    "2020": (f"<figure class=m-figure><picture><img class='m-figure__img lazy' src='data:image/gif;base64,R0' srcset='{ADDRESS} 980w'></picture></figure>", "2020"),
    "2023": (f"<picture><source type=image/webp srcset='{ADDRESS} 980w'><img src='{ADDRESS}' class='m-figure__img lazy'></picture>", "2023"),
    "2025": (f"<figure class='m-item-image m-item-image--16x9'><img class=a-img src='{ADDRESS}'></figure>", "2025"),
    "2025, without a figure": (f"<picture class=a-picture><img class=a-img src='{ADDRESS}'></picture>", "2025"),
    "2025, another class on the image": (f"<figure class=m-item-image><img src='{ADDRESS}'></figure>", "2025"),
    "a new one": (f"<div class=x-hero><img class=x-hero__img src='{ADDRESS}'></div>", None),
    "a video": ("<video-player></video-player>", None),
    "empty": ("", None),
}  # fmt: skip


@pytest.mark.parametrize(("html", "name"), LAYOUTS.values(), ids=LAYOUTS)
def test_generation_of_a_lead_image(html, name):
    """Law: each known layout is told by its lead image, whatever else the page has; an unknown one is None."""
    assert generation(f"<div class=t-content__main-media>{html}</div>") == name


def test_picture_elsewhere_tells_nothing():
    """Law: only the main media counts: cards beside an article may be of another layout."""
    assert generation(f"<aside><img class=a-img src='{ADDRESS}'></aside>") is None
