"""Laws of dropped links: what looks like an article and is not taken is named with its rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import listing
from archive.errors import BadListing
from archive.gaps import dropped

SITE = "https://www.rfi.fr"
FEED = f"{SITE}/cn/rss"
GOOD = f"{SITE}/cn/x/20261031-good"


def feed(*links: str) -> bytes:
    items = "".join(f"<item><link>{link}</link></item>" for link in (GOOD, *links))
    return f"<rss><channel>{items}</channel></rss>".encode()


def page(*links: str) -> bytes:
    cards = "".join(f'<div class="m-item-list-article"><a href="{link}">x</a></div>' for link in (GOOD, *links))
    return f"<!doctype html><html><body>{cards}</body></html>".encode()


def found(content: bytes, url: str = FEED, limits: listing.Limits = listing.LIMITS) -> list[tuple[str, str, bool]]:
    try:
        read = listing.read(content, url, limits)
        why = read.damage or ""
    except BadListing as error:
        read, why = None, str(error)
    return [(one.link, one.rule, one.ours) for one in dropped.dropped(content, url, read, why)]


LINKS = [
    ("https://www.france24.com/fr/20261031-x", "another host", False),
    (f"{SITE}/fr/x/20261031-x", "another edition", False),
    (f"{SITE}/cn/x/20261031-a\ufffdb", "characters that no text may hold", True),
    (f"{SITE}/cn/x/20261031-{'x' * 2_048}", "more than 2,048 characters", True),
    (f"{SITE}/cn/x/y/z/20261031-deep", "not of the shape of an article's URL", True),
    ("https://[www.rfi.fr/cn/x/20261031-x", "it is no URL", True),
    ("file:///x/20261031-x", "it is no URL", False),
    (f"{SITE}:8443/cn/x/20261031-x", "another host", False),
]


@pytest.mark.parametrize("make", [feed, page])
@pytest.mark.parametrize(("link", "rule", "ours"), LINKS)
def test_rule(make, link, rule, ours):
    """Law: a link of an article's shape that is not taken is named with the rule by which it was left."""
    assert found(make(link)) == [(link, rule, ours)]


@pytest.mark.parametrize("make", [feed, page])
@pytest.mark.parametrize("link", [GOOD, f"{SITE}/cn/x/", f"{SITE}/cn/20261031", "mailto:a@b.c", ""])
def test_what_is_no_article_or_is_taken_is_not_named(make, link):
    """Law: nothing is said of links that do not look like an article, nor of those that are taken."""
    assert found(make(link)) == []


def test_an_entry_with_one_good_link_is_taken():
    """Law: an item whose guid names the article is not dropped for its broken link."""
    item = f"<item><link>http://[x/20261031-x</link><guid>{SITE}/cn/x/20261031-y</guid></item>"

    assert found(f"<rss><channel>{item}</channel></rss>".encode()) == []


@pytest.mark.parametrize("make", [feed, page])
def test_what_lies_beyond_the_limits_is_named(make):
    """Law: what a listing names behind the limits of reading is hidden by its damage."""
    links = [f"{SITE}/cn/x/20261031-{number}" for number in range(9)]
    limits = listing.Limits(links=4)

    hidden = [link for link, rule, ours in found(make(*links), limits=limits) if ours and "first 4 links" in rule]

    assert hidden == links[3:]


def test_a_link_in_the_margin_of_a_page_is_not_named():
    """Law: of a page that is read whole, a link that is no card says nothing of a lost article."""
    aside = f'<aside><a href="{SITE}/cn/x/20200101-old">x</a></aside>'

    assert found(page().replace(b"</body>", aside.encode() + b"</body>")) == []


def test_a_page_that_cannot_be_read_hides_all_of_its_articles():
    """Law: a listing that is no good is looked through all the same."""
    deep = b"<html>" + b"<div>" * 300 + f'<a href="{GOOD}">x</a></html>'.encode()

    assert [(link, ours) for link, _, ours in found(deep)] == [(GOOD, True)]


def test_a_comment_lists_nothing():
    """Law: what a listing has commented out, it does not list."""
    assert found(feed().replace(b"</channel>", f"<!-- <item><link>{GOOD}2</link></item> --></channel>".encode())) == []


@pytest.mark.parametrize(
    ("link", "url", "may"),
    [
        (f"{SITE}/cn/x/20261031-a\ufffdb", f"{SITE}/cn/x/20261031-a%E4%B8%ADb", True),
        (f"{SITE}/cn/%E4%B8%AD/20261031-a\ufffd\ufffd", f"{SITE}/cn/%E4%B8%AD/20261031-abcd", True),
        (f"{SITE}/cn/x/20261031-a\ufffdb", f"{SITE}/cn/x/20261031-c", False),
        (f"{SITE}/cn/x/20261031-c", f"{SITE}/cn/x/20261031-c", False),
    ],
)
def test_fits(link, url, may):
    """Law: unreadable characters stand for any others; a link without them fits nothing."""
    assert dropped.fits(link, url) is may


@given(st.binary(max_size=500), st.sampled_from([b"<rss>", b"<urlset>", b"<html>", b""]))
def test_any_bytes_are_looked_through(content, root):
    """Law: nothing that a site could send makes it raise."""
    assert isinstance(found(root + content), list)
