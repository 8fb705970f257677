"""Laws of the page of charts in the reader: all of them, in the reader's language, under its policy."""

import re
from contextlib import closing

import pytest

from archive.charts import page
from archive.index import NAME, Index
from archive.web import charts, pieces
from archive.web.asked import Asked
from archive.web.context import Context
from archive.web.links import Links
from archive.web.routes import ROUTES
from archive.web.shelf import Shelf
from tests.archive.charts.conftest import NAMES


def answered(root, language):
    """The reader's answer, made in one of its threads."""
    context = Context(root, Links(), Shelf(root))
    try:
        return context.shelf.submit(lambda: charts.page(context, Asked("/pictures", "", {}, {}, language))).result()
    finally:
        context.shelf.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_the_reader_shows_all_charts(drawn, name, language):
    """Law: the page holds each chart as it is drawn elsewhere, and nothing that the reader's policy would stop."""
    with closing(Index(drawn[name] / NAME)) as index:
        drawn_there = [page.figure(chart, language) for chart in page.charts(index, language)]

    text = answered(drawn[name], language).body.decode()

    assert [figure for figure in drawn_there if figure not in text] == []
    assert re.search(r"<style|<script|<[^>]*\s(style|on[a-z]+)=", text) is None
    assert 'href="/static/charts.css"' in text


def test_the_reader_leads_there():
    """Law: the page has its address and its style sheet."""
    assert ("/pictures", charts.page) in ROUTES
    assert pieces.pieces()["charts.css"].type.startswith("text/css")
