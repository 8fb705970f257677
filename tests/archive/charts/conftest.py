"""Archives to be drawn."""

from contextlib import closing
from datetime import date

import pytest

from archive.charts.figures import gather
from archive.index import NAME, Index
from tests.archive.charts import synthetic

HOSTILE = {
    '"><script>alert(1)</script>': 5,
    "</svg><img src=x onerror=alert(1)>": 4,
    "$\\frac{1}{0}$": 3,
    "\x1b[2J\u202e": 3,
    "很长很长很长很长很长很长很长很长的名称": 2,
    "\uffff\U0001f4a9 x": 2,
    "_法国": 2,
    "&amp;": 1,
    "' style='x": 1,
}
"""Names of sections as nobody wants them."""


def life(name: str) -> synthetic.Life:
    """The archives of all these tests, by name."""
    if name == "empty":
        return synthetic.Life({})
    if name == "one":
        return synthetic.Life({date(2024, 2, 29): 1}, edited=0, gone=0)
    if name == "hostile":
        return synthetic.Life(
            synthetic.days(date(2025, 12, 20), date(2026, 2, 10), 4), HOSTILE, list(HOSTILE), edited=0.5
        )
    if name == "busy":
        return synthetic.Life(synthetic.days(date(2025, 8, 1), date(2026, 11, 22), 25))
    return synthetic.Life(synthetic.days(date(2014, 11, 24), date(2026, 11, 22), 3), gone=0.02, pictures=1)


NAMES = "empty", "one", "hostile", "busy", "twelve years"


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """Folders of archives by name."""
    folder = tmp_path_factory.mktemp("drawn")
    return {name: synthetic.make(folder / name, life(name)) for name in NAMES}


@pytest.fixture(scope="session")
def figures(drawn):
    """Their figures by name."""
    found = {}
    for name, root in drawn.items():
        with closing(Index(root / NAME)) as index:
            found[name] = gather(index)
    return found
