"""Report: pictures of what is archived and what is missing, as a page or as one picture."""

import argparse
from contextlib import closing
from pathlib import Path

from archive.charts import document
from archive.charts.figures import Figures, gather
from archive.engines.opening import open_index
from archive.errors import BadUsage, Unsupported
from archive.files import disk
from archive.index import NAME as INDEX
from archive.terminal.telling import WELL, show


def run(options: argparse.Namespace) -> int:
    """Write what is asked for."""
    wanted: dict[str, Path] = {form: path for form in _FORMS if (path := getattr(options, form))}
    if not wanted:
        raise BadUsage("say where to: --html FILE, --png FILE, or both")
    with closing(open_index(options.archive / INDEX)) as index:
        figures = gather(index)
    made = {path: _FORMS[form](figures) for form, path in wanted.items()}
    for path, content in made.items():
        disk.replace(path, content)
    told = {form: str(path) for form, path in wanted.items()}
    show(told, lambda told: list(told.values()), as_json=options.json)
    return WELL


def _html(figures: Figures) -> bytes:
    return document.text(figures).encode()


def _png(figures: Figures) -> bytes:
    try:
        from archive.charts import picture
    except ModuleNotFoundError as error:
        raise Unsupported(f"report --png needs {error.name}: pip install 'rfi-archive[report]'") from error
    return picture.png(figures)


_FORMS = {"html": _html, "png": _png}
"""Each is given the figures and returns the bytes of its file."""
