"""Laws of requisites: which stylesheets and fonts a page and a stylesheet name, whatever their bytes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.pages import requisites
from archive.pages.requisites import MAX_STYLE, MOST, of_page, of_sheet
from tests.site import Site, render, static

PAGE = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261030-a"
SHEET = "https://static.rfi.fr/build/css/page.css"
CSS, FONTS = "https://static.rfi.fr/build/css", "https://static.rfi.fr/build/fonts"


def named(css):
    """Names of a stylesheet, relative to its folder where they lie in it."""
    return [url.removeprefix(f"{CSS}/") for url in of_sheet(css.encode(), SHEET).names]


def face(src):
    return f"@font-face{{font-family:x;{src}}}"


# Stylesheets


@pytest.mark.parametrize(
    ("css", "names"),
    [
        ('@import "a.css";', ["a.css"]),
        ("@import 'a.css' screen;@import url(b.css) layer(x);", ["a.css", "b.css"]),
        ('@IMPORT URL( "a.css" );', ["a.css"]),
        ('@import/**/"a.css"', ["a.css"]),
        ("@import url(\ta.css\r\n)", ["a.css"]),
        ('@import "a.css";@import "./a.css#x";@import "/build/css/a.css"', ["a.css"]),
        ('@import "//static.rfi.fr/a.css"', ["https://static.rfi.fr/a.css"]),
        (face("src:url(a.woff2)"), ["a.woff2"]),
        (face('src : url("a.ttf") format( "truetype" )'), ["a.ttf"]),
        (face("src:local(x),url(a.woff)format(woff)"), ["a.woff"]),
        ("@media print{@supports (a:b){" + face("src:url(a.woff2)") + "}}", ["a.woff2"]),
        (face("src:url(a.woff2)").removesuffix("}"), ["a.woff2"]),
        (face("src:url(a.woff2)") + face("src:url(b.woff2)"), ["a.woff2", "b.woff2"]),
    ],
)
def test_imports_and_fonts_are_found(css, names):
    """Law: an import is found as string and as url(), a font in its font-face, in any case and any spacing."""
    assert named(css) == names


@pytest.mark.parametrize(
    "css",
    [
        "/* @import 'a.css'; */",
        "/* @import 'a.css';",
        "a{content:\"@import 'a.css'\"}",
        "a{content:'@font-face{src:url(a.woff2)}'}",
        "a{background:url(a.png)}",
        'a{b:url(@import "x";)}',
        r"\@import 'a.css'",
        "@important 'a.css'",
        "@import screen",
        "@import ;b{c:'a.css'}",
        "@import url(a b.css);",
        "@import 'a\n.css';",
        "@font-face-x{src:url(a.woff2)}",
        face("src:my-url(a.woff2)"),
        face("src:local(a)"),
        face("src:url()") + "@import '';@import url('')",
        face("src:url(a.eot) format('embedded-opentype'),url(a.svg) format(svg)"),
    ],
)
def test_what_says_nothing_is_passed_over(css):
    """Law: comments, strings, other rules and broken names name nothing."""
    assert named(css) == []


@pytest.mark.parametrize(
    ("src", "name"),
    [
        ("src:url(a.woff2) format('woff2'),url(a.woff) format('woff'),url(a.ttf) format('truetype')", "a.woff2"),
        ("src:url(a.eot);src:url(a.eot?#iefix) format('embedded-opentype'),url(a.woff) format('woff')", "a.woff"),
        ("src:url(a.svg) format(svg),url(a.ttf)", "a.ttf"),
        ("src:url(a.woff2) format('woff2-variations')", "a.woff2"),
        ("src:url() format('woff2'),url(a.woff) format(''),url(b.woff)", "a.woff"),
        ("src:url(a.eot) format(eot),local(x) format(woff)", None),
        ("src:url(a.otf) format(opentype) tech(variations)", "a.otf"),
        ("src:url(data:font/woff2;base64,AA==) format('woff2'),url(a.woff) format('woff')", None),
    ],
)
def test_of_a_font_one_file_is_named(src, name):
    """Law: of each font the file is named that a browser of today would take: one request, not five."""
    assert named(face(src)) == ([name] if name else [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"a\.css"', "a.css"),
        (r'"\61.css"', "a.css"),
        (r'"\000061.css"', "a.css"),
        (r'"\61 .css"', "a.css"),
        ('"a\\\n.css"', "a.css"),
        (r'"a\".css"', "a%22.css"),
        (r"url(a\).css)", "a).css"),
        (r'"\0.css"', "%EF%BF%BD.css"),
        (r'"\d800.css"', "%EF%BF%BD.css"),
        (r'"\ffffff.css"', "%EF%BF%BD.css"),
    ],
)
def test_escapes_are_undone(written, meant):
    """Law: an escape stands for its character, in strings and in bare addresses.  Source: CSS Syntax, 4.3.7."""
    assert named(f"@import {written};") == [meant]


@pytest.mark.parametrize(
    "name",
    [
        "https://fonts.example.org/a.css",
        "https://www.rfi.fr.example.org/a.css",
        "http://127.0.0.1/a.css",
        "http://[::1]/a.css",
        "http://10.0.0.1/a.css",
        "http://169.254.169.254/a.css",
        "https://static.rfi.fr:8443/a.css",
        "https://u:p@static.rfi.fr/a.css",
        "//localhost/a.css",
        "file:///etc/a.css",
        "DATA:text/css,a",
        "javascript:a.css",
        "https://[/a.css",
        "https://static.rfi.fr:x/a.css",
        "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261030-b",
        "https://www.rfi.fr/cn/rss",
        "https://s.rfi.fr/media/display/1/w:1280/p:16x9/a.jpg",
    ],
)
def test_nobody_else_is_named(name):
    """Law: only the site's own addresses are named, by a stylesheet or a page, and of them no article, feed or picture."""
    page = f'<link rel=stylesheet href="{name}"><link rel=preload as=font href="{name}"><style>@import "{name}"</style>'

    assert named(f'@import "{name}";' + face(f'src:url("{name}")')) == []
    assert of_page(page.encode(), PAGE) == ()


@given(st.binary())
def test_any_bytes_are_a_stylesheet(body):
    """Law: whatever the bytes, a value comes back, within its bounds, and every name in it may be fetched."""
    assert_bounded(of_sheet(body, SHEET).names)


PIECES = r"""@import @font-face{ src: url( format( " ' \ ) } ; , /* */ a.css a.woff2 woff2 data: \61 //[ %""".split(" ")


@given(st.lists(st.sampled_from([*PIECES, " ", "\n", "\0", "\ud800"])).map("".join))
def test_any_pieces_of_css_are_a_stylesheet(css):
    """Law: the same for bytes that are nearly CSS, in a stylesheet and in a page."""
    body = css.encode(errors="surrogatepass")

    assert_bounded(of_sheet(body, SHEET).names)
    assert_bounded(of_page(b"<style>" + body + b"</style><link rel=stylesheet href='" + body + b"'>", PAGE))


def assert_bounded(names):
    assert len(set(names)) == len(names) <= MOST
    assert all(urls.may_be_fetched(url) and urls.canonical(url) == url for url in names)


BOMBS = {
    "url": "url(a)",
    "import": "@import url(a);",
    "each another": "".join(f'@import "{n}.css";' for n in range(100_000)),
    "font": "@font-face{src:" + "url(a)," * 1_000_000,
    "fonts": "@font-face{src:url(a)}",
    "url open": "url(",
    "url string open": 'url("',
    "comment open": "/*",
    "quotes": '"',
    "escapes": "\\",
    "blanks": "url( ",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_in_bounds(name):
    """Law: ten million bytes of anything take no time to speak of, and name MOST addresses at most."""
    body = (BOMBS[name] * (10_000_000 // len(BOMBS[name]) + 1)).encode()
    start = time.process_time()

    names = of_sheet(body, SHEET).names

    assert time.process_time() - start < 3
    assert len(names) <= MOST


def test_what_is_read_of_a_stylesheet_ends_somewhere():
    """Law: of a stylesheet MAX_STYLE bytes are read."""
    assert named("@import 'a.css';" + " " * MAX_STYLE + "@import 'b.css';") == ["a.css"]


# Pages


def test_what_a_page_names():
    """Law: links come first, then the page's own styles, each once; preloads count if they are styles or fonts."""
    html = """<head>
        <style>@import "own.css";@font-face{src:url(https://static.rfi.fr/own.woff2)}a{b:url(c.png)}</style>
        <link rel="preload" as="style" href="/a.css"><link rel=" STYLESHEET x" href="/a.css">
        <link rel="preload" as="FONT" href="//static.rfi.fr/b.woff2"><link rel=preload as=image href="/c.png">
        <link rel="alternate stylesheet" href="/other.css"><link rel=icon href="/d.ico"><link rel=stylesheet>
        <link rel=stylesheet href=""><link href="/e.css"></head><body><link rel=stylesheet href="f.css?v=1">"""

    assert of_page(html.encode(), "https://static.rfi.fr/x/y") == (
        "https://static.rfi.fr/a.css",
        "https://static.rfi.fr/b.woff2",
        "https://static.rfi.fr/x/f.css?v=1",
        "https://static.rfi.fr/x/own.css",
        "https://static.rfi.fr/own.woff2",
    )


@given(st.binary())
def test_any_bytes_are_a_page(body):
    """Law: whatever the bytes, a value comes back."""
    assert_bounded(of_page(body, PAGE))


@pytest.mark.parametrize("story", Site().articles, ids=lambda story: story.slug)
def test_pages_of_the_small_site(story):
    """Law: all pages of one template name the same."""
    names = [f"{CSS}/page--{story.edition}.css"]
    if story.is_show:
        names = [f"{FONTS}/segments.ttf", *names, f"{CSS}/show--{story.edition}.css"]

    assert of_page(render(story).encode(), story.url) == tuple(names)


def test_stylesheets_of_the_small_site():
    """Law: the page's stylesheet leads to another, and that one to the font, in the one format that is read."""
    sheets = {path: of_sheet(body, f"https://static.rfi.fr{path}").names for path, (_, body) in static.FILES.items()}

    assert sheets["/build/css/page--cn.css"] == (f"{CSS}/base.css",)
    assert sheets["/build/css/show--cn.css"] == ()
    assert sheets["/build/css/base.css"] == (f"{FONTS}/segments.ttf",)
    assert requisites.MEDIA_TYPE in static.FILES["/build/css/base.css"][0]
