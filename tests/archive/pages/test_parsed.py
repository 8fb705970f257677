"""Laws of parsed pages: what is found in the front of a page is what is found in all of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.pages.parsed import ARTICLE, Parsed
from tests.site import Site, render

HEAD = "<html lang=zh><head><link rel=canonical href=/a><script type=application/ld+json>{}</script></head><body><main>"
STORY = "<div><article data-article-content><h1>晨雾</h1><p>雾散了。</article>"
KINDS = ["link", "meta", "script", "script[type='application/ld+json']", ".m-breadcrumb a, nav a", "[data-article-content] *"]  # fmt: skip

# What stands behind the article and says something of the page, or may be put before what stands there already.
LATE = {
    "a short link": ("", "<link rel='short&#108;ink' href=https://rfi.my/A>"),
    "a fact": ("", "<META property=og:url content=/b>"),
    "another language": ("", "<html lang=fr>"),
    "an article around all": ("", "<body data-article-content>"),
    "frames in place of all": ("", "<frameset><frame src=a>"),
    "another wrapper": ("<section>", "</section>"),
    "a table": ("<table><tr><td>", "<nav><a>1</a></nav>"),
    "a table that the wrapper was put before": ("<table>", "<nav><a>1</a></nav>"),
    "an element of form": ("<b>", "<p>1</b>2</p>"),
    "a template": ("<template>", "</template><article data-article-content>"),
    "a comment": ("<!-- ", "-->"),
    "an attribute": ("<p title='", "'>"),
    "text": ("<textarea>", "</textarea>"),
    "the mark": ("\x7f", "<p>"),
    "the mark in a comment": ("", "<!--\x7f-->"),
    "no end": ("<article>", "</article>"),
}


def page(before="", behind=""):
    return Parsed(f"{HEAD}{before}{STORY}{behind}</main></body></html>".encode())


def told(parsed):
    """Give all that is found by way of the front, and the same of a page that is parsed as a whole."""
    whole = parsed.whole
    front = [parsed.front.css(kind) for kind in KINDS[:2]], [list(parsed.every(kind)) for kind in KINDS]
    return [(found, [whole.css(kind) for kind in KINDS[: len(found)]]) for found in front]


@pytest.mark.parametrize("story", Site().articles, ids=lambda s: s.slug)
def test_articles_stand_in_the_front(story):
    """Law: of each of the site's articles no more is parsed than its front, which has it as the whole page has it."""
    parsed = Parsed(render(story).encode())

    assert parsed.article is not None
    assert "whole" not in vars(parsed)
    assert parsed.article == parsed.whole.css_first(ARTICLE)
    assert all(front == whole for front, whole in told(parsed))


def test_every_is_asked_no_further_than_needed():
    """Law: who finds enough in the front has nothing else parsed; who goes on gets the rest, each once."""
    parsed = page(behind="<script>2</script>")
    scripts = parsed.every("script")

    first = next(scripts)
    assert (first.text(), "whole" in vars(parsed)) == ("{}", False)
    assert [script.text() for script in scripts] == ["2"]


@pytest.mark.parametrize(("before", "behind"), LATE.values(), ids=LATE)
def test_what_may_matter_has_all_parsed(before, behind):
    """Law: where what follows an article may say something of it, or stand before it, the front is the whole page."""
    parsed = page(before, behind)

    assert parsed.article is None
    assert parsed.front is parsed.whole


SCRAPS = st.lists(
    st.sampled_from(
        "<div> </div> <main> </main> <table> <tr> <td> </table> <b> </b> <a> </a> <p> </p> <nav> </nav> <form> </form>"
        " <select> <option> </select> <template> </template> <svg> </svg> <math> <mi> <script> </script> <article> <h1>"
        " </article> </ARTICLE> <!-- --> <textarea> </textarea> <title> <noembed> <xmp> </body> </html> <head> x"
        " <frameset> <body> <html> <link> <meta> <button> </button> <object> <li> <br> <hr> ' \" =' > \x7f".split()
    ),
    max_size=6,
).map(" ".join)


@settings(max_examples=400)
@given(SCRAPS, SCRAPS, SCRAPS)
def test_front_is_as_the_whole(before, inside, behind):
    """Law: whatever stands around an article and in it, what is found by way of the front is what the page has."""
    parsed = Parsed(f"{HEAD}{before}<article data-article-content>{inside}</article>{behind}<p>1".encode())

    assert parsed.article is None or parsed.article == parsed.whole.css_first(ARTICLE)
    assert all(front == whole for front, whole in told(parsed))
