"""Pages that lack something lack that, and nothing else."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import page
from archive.page import Page
from archive.runs import drift
from tests.site import Request, Site
from tests.site.lacking import LACKING

SITE = Site()
FIELDS = {name: {name.removeprefix("no-")} for name in LACKING if name.startswith("no-")}
FIELDS["no-image"].add("generation")
"""What each takes away; a page without an image shows no layout."""
SHOW = next(a for a in SITE.articles if a.is_show and a.picture and a.lead and a.authors)


def read(fault: str) -> object:
    """What the archive makes of an episode's page under a fault."""
    SITE.clear_faults()
    if fault:
        SITE.set_fault("/cn/", fault)
    path = SHOW.url.removeprefix("https://www.rfi.fr")
    plan, _ = SITE.respond(Request("GET", path, {}, b"", "https", "www.rfi.fr"))
    return page.read(plan.entity, SHOW.url, datetime(2026, 11, 1, tzinfo=UTC), "text/html; charset=utf-8")


@pytest.mark.parametrize("fault", FIELDS)
def test_a_page_lacks_what_its_name_says(fault: str) -> None:
    """Law: an article that had all lacks one field, and the others are as they were."""
    whole, cut = read(""), read(fault)
    assert isinstance(whole, Page)
    assert isinstance(cut, Page)
    before, after = drift.marks(whole), drift.marks(cut)
    lost = {name for name, has in before.items() if has and not after.get(name)}
    assert lost == FIELDS[fault]


def test_a_page_of_another_make_is_no_article() -> None:
    """Law: with classes that nobody knows it holds its text, and is read as no article."""
    assert isinstance(read("redesigned"), page.NotAnArticle)


def test_the_readme_lists_every_page_that_lacks_something() -> None:
    """Law: README.md's third table names each."""
    table = Path(__file__).with_name("README.md").read_text("utf-8").split("|---|")[3]
    assert sorted(re.findall(r"`([\w-]+)`", table)) == sorted(LACKING)
