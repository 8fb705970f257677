"""Laws of drift: what went missing is told soon, what comes by chance is not, and what is back is told to be."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive import page
from archive.runs import drift
from archive.runs.drift import Fill, Past
from tests.site import Site, render

NOON = datetime(2026, 10, 30, 12, tzinfo=UTC)
NEWS = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261030-a"
SHOW = "https://www.rfi.fr/cn/%E4%B8%93%E6%A0%8F%E6%A3%80%E7%B4%A2/%E6%99%A8%E9%97%B4/20261030-a"
RATES = {"date": 0.999, "lead": 0.95, "image": 0.97, "body": 0.98, "author": 0.90, "generation": 0.97}
"""How many of ordinary articles have a field."""


def read(html, url=NEWS, captured=NOON):
    return page.read(html.encode(), url, captured, "text/html; charset=utf-8")


WHOLE = f"""<main><article data-article-content><h1 class=a-page-title>雾</h1>
<div class=t-content__dates><time datetime=2026-10-30T08:00:00Z>30/10/2026</time></div>
<div class=m-from-author><a class=m-from-author__name>甲</a></div><p class=t-content__chapo>导语</p>
<div class=t-content__main-media><img class=a-img src=https://s.rfi.fr/media/display/1/a.jpg></div>
<div class=t-content__body><p>{"文" * 200}</p></div></article></main>"""


# Marks


def test_whole_article_has_every_field():
    """Law: an article that has all is marked so; of an author only episodes of shows are asked."""
    every = dict.fromkeys(["pages", *RATES], True)

    assert drift.marks(read(WHOLE, SHOW)) == every
    assert drift.marks(read(WHOLE)) == {name: True for name in every if name != "author"}


LACKING = {
    "date": ("t-content__dates", {"date": False}),
    "lead": ("t-content__chapo", {"lead": False}),
    "image": ("t-content__main-media", {"image": False, "generation": None}),
    "body": ("t-content__body", {"body": False}),
    "author": ("m-from-author__name", {"author": False}),
    "generation": ("a-img", {"generation": False}),
}


@pytest.mark.parametrize(("word", "lost"), LACKING.values(), ids=LACKING)
def test_what_a_page_lacks_is_marked(word, lost):
    """Law: without the markup of a field the page lacks that field and no other; without an image it has no layout."""
    cut = WHOLE.replace(word, "x", 1)
    wanted = {name: lost.get(name, True) for name in ["pages", *RATES] if lost.get(name, True) is not None}

    assert drift.marks(read(cut, SHOW)) == wanted


def test_tags_and_blanks_are_no_text():
    """Law: a body is as long as what can be read of it."""
    padded = WHOLE.replace("文" * 200, "文 &nbsp;<a title='>>>>>>>' href='/x'>文</a>\n" * 99 + "&amp;")

    assert drift.marks(read(padded))["body"] is False
    assert drift.marks(read(padded.replace("&amp;", "&amp;二")))["body"] is True


def test_no_article_is_a_page_all_the_same():
    """Law: what is no article counts among the pages; a challenge does not, for it is a refusal."""
    assert drift.marks(read("<html><body>404</body></html>")) == {"pages": False}
    assert drift.marks(read("<html><script src=/_fs-ch/x.js></script></html>")) == {}


def test_old_article_says_nothing_of_today():
    """Law: of an article that was old when it was captured only that it is one is counted."""
    edge = NOON + timedelta(days=30)

    assert drift.marks(read(WHOLE, NEWS, edge)) == drift.marks(read(WHOLE))
    assert drift.marks(read(WHOLE, NEWS, edge + timedelta(days=1))) == {"pages": True}


@pytest.mark.parametrize("story", Site().articles, ids=lambda s: s.slug)
def test_every_article_of_the_small_site_is_dated(story):
    """Law: whatever is odd about an article, it has a date, and its layout is known where it has a picture."""
    captured = story.published.astimezone(UTC) + timedelta(hours=1)
    marks = drift.marks(read(render(story), story.url, captured))

    assert marks["date"]
    assert marks["lead"] == bool(story.lead and not story.has("lead-blank"))
    assert "author" in marks or not story.is_show
    assert marks.get("generation", True) or not story.picture


@given(st.lists(st.dictionaries(st.sampled_from(["pages", *RATES]), st.booleans())))
def test_marks_are_counted(all_marks):
    """Law: a run's fields are the sums of its pages' marks."""
    fields: dict[str, Fill] = {}
    for marks in all_marks:
        fields = drift.counted(fields, marks)

    for name in ["pages", *RATES]:
        having = [marks[name] for marks in all_marks if name in marks]
        assert fields.get(name, Fill()) == Fill(sum(having), len(having))


# Chance


@given(st.integers(1, 60), st.data())
def test_chance_is_the_tail_of_the_binomial(of, data):
    """Law: below what is usual, the chance is the sum of the binomial's terms."""
    having, before_of = data.draw(st.integers(0, of)), data.draw(st.integers(0, 2000))
    before = Fill(data.draw(st.integers(0, before_of)), before_of)
    rate = (before.having + 1) / (before.of + 2)
    tail = math.fsum(math.comb(of, k) * rate**k * (1 - rate) ** (of - k) for k in range(having + 1))

    chance = drift.chance(having, of, before)

    assert chance == 1 if having >= of * rate else math.isclose(chance, tail, rel_tol=1e-9)


@given(st.integers(0, 1 << 30), st.integers(0, 1 << 30), st.integers(0, 1 << 30), st.integers(0, 1 << 30))
@example(0, 1 << 30, 1 << 30, 1 << 30)
def test_chance_is_one_of_any_numbers(a, b, c, d):
    """Law: a probability, however large the numbers are; fewer of as many are never more probable."""
    having, of = sorted((a, b))
    before = Fill(*sorted((c, d)))

    assert 0 <= drift.chance(max(0, having - 1), of, before) <= drift.chance(having, of, before) <= 1


# Gone


def months(run, count=300):
    """Give as many earlier runs, all alike."""
    return [Past(run, drifted=False)] * count


def told(now, earlier):
    return [missing.field for missing in drift.gone(now, earlier)]


HEALTHY = {"pages": Fill(3, 3), "lead": Fill(3, 3), "author": Fill(1, 1)}


def test_field_that_vanished_is_told_with_its_figures():
    """Law: one line says which field, how many of the newest lack it, and how many had it before."""
    missing = drift.gone({"lead": Fill(3, 20)}, months(HEALTHY))

    assert [str(one) for one in missing] == [
        "lead: 3 of the last 20 articles have a lead; of those before, 900 of 900",
    ]


def test_half_of_the_pages_are_told_without_a_history():
    """Law: pages that are no articles are told in a first run, from five pages on; a fifth of them is not."""
    assert [str(one) for one in drift.gone({"pages": Fill(3, 5)}, [])] == ["pages: 3 of the last 5 pages are articles"]
    assert told({"pages": Fill(4, 5)}, []) == []
    assert told({"pages": Fill(0, 4)}, []) == []
    assert told({"pages": Fill(0, 5)}, months(HEALTHY)) == ["pages"]
    assert told({"pages": Fill(0, 4)}, months(HEALTHY)) == []


@given(
    st.lists(st.builds(lambda of, less: Fill(max(0, of - less), of), st.integers(0, 9), st.integers(0, 9)), max_size=40)
)
def test_nothing_is_told_before_what_is_usual_is_known(fills):
    """Law: without 30 articles before the sample no field is missing."""
    history = [Past({"lead": fill}, drifted=False) for fill in fills]
    for missing in drift.gone({"lead": Fill(0, 5)}, history):
        assert missing.before.of >= 30
        assert missing.sample.of >= 20
        assert missing.before + missing.sample == sum(fills, Fill(0, 5))


@given(st.integers(0, 50), st.integers(50, 1000), st.integers(20, 100))
def test_what_all_articles_have_is_not_missing(few, many, of):
    """Law: whatever the past was like, a field that each of the sample has is not told."""
    history = [Past({"lead": Fill(min(few, many), many)}, drifted=False)]
    assert told({"lead": Fill(of, of), "pages": Fill(of, of)}, history) == []


def test_missing_stays_missing_until_it_is_back():
    """Law: runs without an article neither raise nor end an alarm; articles that have the field again end it."""
    lost, none = Past({"lead": Fill(0, 3)}, drifted=True), Past({}, drifted=True)
    history = [none, lost, lost, lost, *months(HEALTHY)]

    assert told({}, history) == ["lead"]
    assert told({"lead": Fill(1, 2)}, history) == ["lead"]
    assert told({"lead": Fill(1, 1)}, history) == ["lead"]
    assert told({"lead": Fill(5, 5)}, history) == []
    assert told({}, [Past({"lead": Fill(5, 5)}, drifted=False), *history]) == []
    assert told({}, months(HEALTHY)) == []


def test_drift_does_not_become_usual():
    """Law: runs that ended in drift are no measure of what is usual, however many they are."""
    history = [Past({"lead": Fill(0, 3)}, drifted=True)] * 600 + months(HEALTHY, 30)

    assert told({"lead": Fill(0, 3)}, history) == ["lead"]
    assert told({"lead": Fill(0, 3)}, [replace(past, drifted=False) for past in history]) == []


def test_alarm_that_ended_does_not_come_again_by_chance():
    """Law: an article that lacks a field by chance does not bring an alarm back that has ended; a row of them does."""
    lost, back = Past({"lead": Fill(0, 3)}, drifted=True), Past({"lead": Fill(4, 4)}, drifted=False)
    history = [back, *[lost] * 6, *months(HEALTHY)]

    assert told({"lead": Fill(0, 1)}, history) == []
    assert told({"lead": Fill(0, 9)}, history) == ["lead"]


# Years


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_articles_that_lack_a_field_together_raise_no_alarm(seed):
    """Law: where articles without a lead come in fours, as wires do, a year tells of nothing; were they
    taken for so many chances, this would be several alarms."""
    random, lacking = Random(seed), 0
    history: list[Past] = []
    told_at: list[str] = []
    for hour in range(365 * 24):
        having, of = 0, random.choice([0, 1, 1, 2, 2, 3, 5]) if hour % 24 >= 6 else 0
        for _ in range(of):
            lacking = lacking - 1 if lacking else 4 * (random.random() < 0.0125)
            having += not lacking
        history = [Past({"lead": Fill(having, of)}, drifted=False), *history[: 30 * 24 - 1]]
        told_at += told({"lead": Fill()}, history)

    assert told_at == []


def article(random, rates):
    """Give the marks of one made-up article; every tenth is an episode of a show."""
    marks = {name: random.random() < rate for name, rate in rates.items()} | {"pages": random.random() < 0.995}
    return marks if random.random() < 0.1 else {name: has for name, has in marks.items() if name != "author"}


def lived(random, hours, rates_at):
    """Yield each hour's number of articles so far, and what is told at its end; none come in six hours of the night."""
    history: list[Past] = []
    total = 0
    for hour in range(hours):
        fields: dict[str, Fill] = {}
        for _ in range(random.choice([0, 1, 1, 2, 2, 3, 5]) if hour % 24 >= 6 else 0):
            fields, total = drift.counted(fields, article(random, rates_at(hour))), total + 1
        missing = drift.gone(fields, history)
        yield total, missing
        history = [Past(fields, drifted=bool(missing)), *history[: 30 * 24 - 1]]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_year_without_drift_has_no_alarm(seed):
    """Law: 8,760 hourly runs with articles that lack this and that, each by its own chance, tell of nothing."""
    alarms = [missing for _, missing in lived(Random(seed), 365 * 24, lambda _: RATES) if missing]

    assert alarms == []


SOON = {"date": 8, "lead": 13, "image": 13, "body": 13, "generation": 13, "author": 150}
"""Articles within which a field that vanished is told; of authors every tenth article says something."""


@pytest.mark.parametrize("name", SOON)
def test_field_that_vanishes_is_told_soon(name):
    """Law: a field that vanishes is told after so many articles, alone, and in each run from then on."""
    start = 24 * 30
    lost = {**RATES, name: 0.0}
    year = list(lived(Random(7), start + 24 * 9, lambda hour: RATES if hour < start else lost))
    total = year[start - 1][0]
    first = next(hour for hour, (_, missing) in enumerate(year) if missing)

    assert first >= start
    assert year[first][0] - total <= SOON[name]
    assert {tuple(one.field for one in missing) for _, missing in year[first:]} == {(name,)}


@pytest.mark.parametrize("name", ["lead", "image"])
def test_field_that_comes_back_ends_its_alarm(name):
    """Law: once the parser is mended the alarm ends within a few articles, and does not come again."""
    start, mended = 24 * 20, 24 * 24
    lost = {**RATES, name: 0.0}
    rates = {True: lost, False: RATES}
    told_at = [bool(missing) for _, missing in lived(Random(5), 24 * 30, lambda hour: rates[start <= hour < mended])]

    assert told_at[mended - 1]
    assert not any(told_at[mended + 16 :])


@pytest.mark.parametrize("name", ["lead", "image"])
def test_field_that_vanishes_twice_is_told_as_soon(name):
    """Law: what an earlier alarm was about is no measure of what is usual, those articles too that came before it."""
    start, length, again = 24 * 14, 24, 24 * 16
    gone = {*range(start, start + length), *range(again, again + length)}
    lost = {**RATES, name: 0.0}
    days = list(lived(Random(3), again + length, lambda hour: lost if hour in gone else RATES))
    first = next(hour for hour, (_, missing) in enumerate(days) if missing and hour >= again)

    assert days[start + length - 1][1]
    assert not days[again - 1][1]
    assert days[first][0] - days[again - 1][0] <= SOON[name]


# Quiet


@pytest.mark.parametrize(
    ("age", "hours", "is_quiet"),
    [(12, 12, False), (12.01, 12, True), (500, 0, False), (500, -1, False), (-5, 12, False), (0.6, 0.5, True), (None, 12, False)],
)  # fmt: skip
def test_quiet(age, hours, is_quiet):
    """Law: quiet is longer than so many hours without a new article; never with 0, nor before the first article."""
    last = None if age is None else NOON - timedelta(hours=age)
    assert drift.quiet(last, NOON, hours) is is_quiet
