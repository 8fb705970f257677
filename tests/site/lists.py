"""List pages: home, sections, shows, tags, authors, and the calendar of the footer.

A list is a decoded path and the articles it selects; `page` draws one page of it.
"""

import html
import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from .article import HOST, Article, encoded
from .cards import card, flash, pager, partner, promo
from .furniture import CALENDAR, SECTIONS, SHOW_FOLDER, document
from .head import script

CARDS_A_PAGE = 12


def belongs(article: Article, names: list[str]) -> bool:
    """True if the list at `/<edition>/<names…>/` shows the article."""
    if names[0] == "关键词":
        return names[1:] == [name for name in names[1:] if name in article.keywords]
    if names[0] == "作者":
        return names[1:] == [name for name in names[1:] if name in article.authors]
    return article.section.split("/")[: len(names)] == names


def known(edition: str, names: list[str]) -> bool:
    """True for lists that exist even while they are empty."""
    return names in ([s] for s in (*SECTIONS[edition], SHOW_FOLDER[edition]))


def select(edition: str, names: list[str], live: Sequence[Article]) -> list[Article]:
    """Articles of a list, newest first; of the home page all."""
    return [a for a in live if a.edition == edition and (not names or belongs(a, names))]


def item_list(articles: Sequence[Article]) -> str:
    """JSON-LD of a list page."""
    rows = [{"@type": "ListItem", "position": n, "url": a.url, "name": a.title} for n, a in enumerate(articles, 1)]
    return script(json.dumps({"@type": "ItemList", "itemListElement": rows}, ensure_ascii=False))


def page(edition: str, names: list[str], number: int, found: Sequence[Article]) -> str | None:
    """Page `number` of a list, or None where it has no such page."""
    pages = max(1, -(-len(found) // CARDS_A_PAGE))
    if not 1 <= number <= pages:
        return None
    here = tuple(found[(number - 1) * CARDS_A_PAGE : number * CARDS_A_PAGE])
    base = f"/{edition}/{encoded('/'.join(names))}/" if names else f"/{edition}/"
    title = html.escape(names[-1] if names else "法广 - 时事与新闻直播")
    head = f'<title>{title} - 法广 - RFI</title>\n<link rel="canonical" href="{HOST}{base}">{item_list(here)}'
    cards = "".join(card(a) for a in here)
    main = (
        '<div class="t-content t-content--page-builder">'
        f'<h1 class="a-page-title">{title}</h1><section class="t-content__section-pb">'
        f'<div class="o-layout-list">{cards}{partner()}</div>{promo(edition, "highlighted")}'
        f"{promo(edition, 'sponsors')}</section>{'' if names else flash(here[:5])}"
        f"{pager(base, number, pages)}</div>"
    )
    return document(edition, head, main)


def calendar_year(edition: str, year: int, every: AbstractSet[date]) -> str | None:
    """The days of a year on which something came out, and links to the other years."""
    days = sorted(day for day in every if day.year == year)
    calendar = f"/{edition}/{encoded(CALENDAR[edition])}"
    base = f"{calendar}/{year}"
    others = "".join(f'<a href="{calendar}/{y}/">{y}</a>' for y in sorted({day.year for day in every} - {year}))
    rows = "".join(
        '<li class="o-archive-month__days__day">'
        f'<a href="{base}/{d:%m}/{d:%d}-{encoded(f"{d.month}月")}-{year}">{d.day}</a></li>'
        for d in days
    )
    main = f'<div class="o-archive"><nav>{others}</nav><ul class="o-archive-month__days">{rows}</ul></div>'
    return document(edition, f"<title>{year} - RFI</title>", main) if days else None


def calendar_day(edition: str, digits: str, found: Sequence[Article]) -> str | None:
    """All articles of one day."""
    rows = "".join(
        '<li class="o-archive-day__list__entry"><a class="a-archive-link" '
        f'href="{a.url.removeprefix(HOST)}">{html.escape(a.title)}</a></li>'
        for a in found
    )
    main = f'<div class="o-archive-day"><ul class="o-archive-day__list">{rows}</ul></div>'
    return document(edition, f"<title>{digits} - RFI</title>", main) if rows else None
