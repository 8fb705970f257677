"""The pictures of README.md: made by every run of the tests in build/pictures; `make pictures` puts them into docs/."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import run
from typing import NamedTuple

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.archive.charts import synthetic
from tests.browser.kinds import ARTICLE, KINDS
from tests.browser.visit import visiting
from tests.crawler.crawling import ROOT, environment

pytestmark = pytest.mark.slow

PICTURES = ROOT / "build" / "pictures"
LARGEST = 150_000
"""Bytes of a picture: they are kept in the repository."""


class Shot(NamedTuple):
    """A picture of the reader."""

    device: str
    path: str
    size: tuple[int, int]
    """Of the window; what is taller is cut off."""
    before: Callable[[Page], object] = lambda _: None
    """What is done to the page first."""


def unfolded(page: Page) -> None:
    page.locator("summary").click()


def from_its_text(page: Page) -> None:
    page.evaluate("scrollTo(0, document.querySelector('.prose').getBoundingClientRect().top - 24)")


SHOTS = {
    "reader-front": Shot("desktop", "/", (1280, 1000)),
    "reader-article": Shot("desktop", ARTICLE, (860, 1240), from_its_text),
    "reader-diff": Shot("desktop", f"{ARTICLE}/diff/1/3", (860, 900)),
    "reader-search": Shot("phone", KINDS["search"], (390, 844), unfolded),
}


def small(path: Path) -> None:
    """Write a picture again, with no more than 256 colours."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


@pytest.mark.parametrize("name", SHOTS)
def test_picture_of_the_reader(browser, reader, name):
    """Law: README shows the reader as it is, in pictures that are small."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    shot, path = SHOTS[name], PICTURES / f"{name}.png"

    with visiting(browser, reader, shot.device, alone=True) as visit:
        visit.page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
        page = visit.go(shot.path)
        shot.before(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=path)
    small(path)

    with Image.open(path) as picture:
        assert picture.size == shot.size
    assert path.stat().st_size < LARGEST


def test_picture_of_the_report(tmp_path):
    """Law: the same of the report: three years as `rfi-archive report` draws them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    life = synthetic.Life(synthetic.days(date(2024, 1, 1), date(2026, 11, 22), 20), gone=0.02, pictures=1)
    root, path = synthetic.make(tmp_path / "archive", life), PICTURES / "report.png"
    words = ["report", "--archive", str(root), "--png", str(path)]

    done = run([sys.executable, "-m", "archive.cli", *words], cwd=ROOT, env=environment(None), check=False)
    small(path)

    assert done.returncode == 0
    assert path.stat().st_size < LARGEST
