"""Laws of the pictures as SVG and HTML: whole, harmless, readable without being seen, and always the same."""

import re
from contextlib import closing
from dataclasses import astuple
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest

from archive.charts import colours, page
from archive.charts.document import text
from archive.charts.wording import _WORDS, LANGUAGES, say, size, spans
from archive.index import NAME, Index
from tests.archive.charts.conftest import HOSTILE, NAMES

SVG = "{http://www.w3.org/2000/svg}"
CSS = files("archive").joinpath("web", "static", "charts.css").read_text("utf-8")
PIECES = {"svg", "g", "rect", "path", "text", "title", "desc"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


@pytest.fixture(params=[(name, language) for name in NAMES for language in LANGUAGES], ids="-".join)
def charts(request, figures):
    name, language = request.param
    return page.made(figures[name], language)


def test_each_picture_is_whole_and_can_do_nothing(charts):
    """Law: SVG and table are well-formed, of a few harmless elements; no style attribute, no handler, no address."""
    for chart in charts:
        for markup, pieces in ((chart.svg, PIECES), (chart.table, TABLE)):
            for element in ET.fromstring(markup).iter() if markup else ():
                assert element.tag.removeprefix(SVG) in pieces
                names = {name.lower() for name in element.attrib}
                assert not names & {"style", "href", "src"}
                assert not [name for name in names if name.startswith(("on", "xlink", "{"))]
                assert "url(" not in str(element.attrib)


def test_each_picture_can_be_read_without_being_seen(charts):
    """Law: a picture is an image with a title and a description, and has its numbers in a table."""
    assert [chart.name for chart in charts] == ["days", "sections", "shows", "lags", "ages", "growth"]
    for chart in charts:
        assert bool(chart.svg) == bool(chart.table)
        if chart.svg:
            root = ET.fromstring(chart.svg)
            ids = {element.get("id"): element.text for element in root if element.get("id")}
            assert root.get("role") == "img"
            assert [ids[name] for name in root.get("aria-labelledby", "").split()] == [chart.title, chart.note]


def test_every_class_has_its_colour(charts):
    """Law: the style sheet knows every class of a picture that bears a colour."""
    for chart in charts:
        for name in set(
            re.findall(r'class="(chart-[a-z]+-[0-9]|chart-(?:gap|thin|others|dim|grid|mark|over|line))"', chart.svg)
        ):
            assert f".{name} {{" in CSS or f".{name} {{" in CSS.replace(",", " {"), name


def test_the_style_sheet_has_the_colours_of_the_table():
    """Law: each colour of the table is that of the style sheet on light ground, by name."""
    light = CSS.partition("@media")[0]
    table = {f"many-{at}": colour for at, colour in enumerate(colours.MANY)}
    table |= {f"name-{at}": colour for at, colour in enumerate(colours.NAMED)}
    table |= {
        "gap": colours.GAP,
        "thin": colours.THIN,
        "others": colours.OTHERS,
        "grid": colours.GRID,
        "mark": colours.MARK,
    }

    assert {name: colour for name, colour in table.items() if f"--chart-{name}: {colour};" not in light} == {}


def boxes(chart, name):
    """The days drawn in a group, by its class: day -> number of articles."""
    found = {}
    for group in ET.fromstring(chart.svg).iter(f"{SVG}g"):
        if re.fullmatch(name, group.get("class", "")):
            for title in group.iter(f"{SVG}title"):
                day, number = str(title.text).split(" · ")
                assert date.fromisoformat(day) not in found
                found[date.fromisoformat(day)] = int(number.replace(",", ""))
    return found


@pytest.mark.parametrize("name", ["one", "hostile", "busy", "twelve years"])
def test_every_day_is_drawn_once_and_red_if_it_is_empty(figures, name):
    """Law: the calendar has a box for each day from the first to the last; red are those without an article."""
    (days, *_) = page.made(figures[name], "zh")
    counts = figures[name].calendar.counts

    assert boxes(days, "chart-(many-[0-3]|thin|gap)") == counts
    assert boxes(days, "chart-gap") == {day: 0 for day, count in counts.items() if not count}
    assert boxes(days, "chart-thin").keys() == figures[name].calendar.thin
    assert name != "busy" or (len(boxes(days, "chart-gap")) >= 14 and boxes(days, "chart-thin"))


def test_what_the_site_says_is_text(figures):
    """Law: names of sections come out as they are, as text: in tables whole, in no other place than text."""
    (_, sections, *_) = page.made(figures["hostile"], "zh")
    heads = [cell.text for cell in ET.fromstring(sections.table).iter("th")]

    assert '"><script>alert(1)</script>' in heads
    assert "<script" not in sections.svg + sections.table
    assert len(figures["hostile"].sections.names) + figures["hostile"].sections.others == len(HOSTILE)
    assert "\x1b" not in sections.svg + sections.table
    assert "\u202e" not in sections.svg + sections.table


def test_an_empty_archive_says_so(figures):
    """Law: where nothing is, nothing is drawn, and a line says so."""
    assert {chart.note for chart in page.made(figures["empty"], "en")} == {"Nothing to draw yet"}
    assert {chart.svg for chart in page.made(figures["empty"], "en")} == {""}


def test_the_same_archive_gives_the_same_bytes(drawn):
    """Law: pictures hold nothing but what the index holds."""
    made = []
    for _ in range(2):
        with closing(Index(drawn["hostile"] / NAME)) as index:
            made.append([astuple(chart) for chart in page.charts(index, "zh")])

    assert made[0] == made[1]


class Page(HTMLParser):
    """What an HTML page holds."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.policy = [], [], ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"]


@pytest.mark.parametrize("name", NAMES)
def test_the_document_stands_by_itself(figures, name):
    """Law: the page names nothing outside, has no script and no style but the one that its policy lets through."""
    markup = text(figures[name])
    found = Page(markup)

    assert not {"script", "link", "img", "iframe", "a", "form", "base"} & set(found.tags)
    assert not {"src", "href", "style", "action"} & {attribute for attribute, _ in found.attributes}
    assert not [attribute for attribute, _ in found.attributes if attribute.startswith("on")]
    assert found.policy.startswith("default-src 'none'; style-src 'sha256-")
    assert found.tags.count("style") == 1
    ids = [value for attribute, value in found.attributes if attribute == "id"]
    assert len(ids) == len(set(ids))


def test_all_is_said_in_both_languages():
    """Law: each sentence has the same blanks to fill in Chinese and in English, and is not the same."""
    blanks = {name: [set(re.findall(r"{(\w+)", text)) for text in both] for name, both in _WORDS.items()}

    assert {name for name, (zh, en) in blanks.items() if zh != en} == set()
    assert {name for name, (zh, en) in _WORDS.items() if zh == en} == set()
    assert say("en", "gone") == "Gone"


def test_times_and_sizes_in_words():
    """Law: limits are told in the largest whole unit, sizes in units of a thousand."""
    assert list(spans("zh", (0, 300, 3_600, 86_400, 172_800))) == [
        "早于发布",
        "5 分钟以内",
        "5 分钟–1 小时",
        "1 小时–1 天",
        "1–2 天",
        "2 天以上",
    ]
    assert [size(999), size(1_000), size(1_234_567), size(2 * 10**9, 0)] == ["999 B", "1.0 kB", "1.2 MB", "2 GB"]
