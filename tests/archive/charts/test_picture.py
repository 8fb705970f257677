"""Laws of the PNG: its size, its signs, the same bytes each time; and of the verb that writes the report."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from archive.charts import fonts, picture
from archive.charts.document import text
from archive.errors import Unsupported
from tests.archive.charts.conftest import NAMES
from tests.archive.inside import main


def chunks(png):
    """The names of a PNG file's chunks, and its width and height."""
    at, found = 8, []
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append(png[at + 4 : at + 8].decode())
        at += length + 12
    return found, struct.unpack(">II", png[16:24])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_the_same_each_time(figures, name):
    """Law: the same figures give the same bytes, of a fixed size, that say nothing of when or by what they were made.

    A sign that the font does not have would be a warning, and so a failure.
    """
    made = picture.png(figures[name])
    names, measures = chunks(made)

    assert made == picture.png(figures[name])
    assert measures == (1920, 1080)
    assert set(names) <= {"IHDR", "pHYs", "IDAT", "IEND"}


def test_the_best_font_is_taken():
    """Law: of the installed families the first of the table is taken; one without Chinese signs is none."""
    assert fonts.best(["DejaVu Sans", "SimHei", "Noto Sans CJK SC"]) == "Noto Sans CJK SC"
    assert set(map(ord, "法广存档每日文章")) <= set(fonts.signs(fonts.family()))


def test_without_a_font_the_error_says_what_to_install():
    """Law: where no font has Chinese signs, one line says which to install."""
    with pytest.raises(Unsupported, match="fonts-noto-cjk"):
        fonts.best(["DejaVu Sans"])


@pytest.mark.slow
def test_the_verb_writes_both(drawn, figures, tmp_path, capsys):
    """Law: `report` writes what is asked for, whole, and tells where; again it gives the same bytes."""
    page, png = tmp_path / "new" / "r.html", tmp_path / "r.png"
    code, out, err = main(capsys, "report", "--archive", drawn["hostile"], "--html", page, "--png", png)

    assert (code, out, err) == (0, f"{page}\n{png}\n", "")
    assert page.read_text("utf-8") == text(figures["hostile"])
    assert png.read_bytes() == picture.png(figures["hostile"])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["new", "r.html", "r.png"]


def test_the_verb_must_be_told_what_to_write(drawn, capsys):
    """Law: without a file to write it is wrong usage; JSON names the files."""
    assert main(capsys, "report", "--archive", drawn["one"])[0] == 2


def test_json_names_the_files(drawn, tmp_path, capsys):
    """Law: for programs the files are told by form."""
    code, out, _ = main(capsys, "report", "--json", "--archive", drawn["one"], "--html", tmp_path / "r.html")

    assert (code, out) == (0, f'{{\n  "html": "{tmp_path / "r.html"}"\n}}\n')


def test_without_matplotlib_one_line_says_what_to_install(drawn, tmp_path):
    """Law: where matplotlib is not installed, --png ends with one line, nothing is written, and --html does not need it."""
    words = [
        "report",
        "--archive",
        str(drawn["one"]),
        "--png",
        str(tmp_path / "r.png"),
        "--html",
        str(tmp_path / "r.html"),
    ]
    code = f"import sys; sys.modules['matplotlib'] = None; from archive import cli; sys.exit(cli.main({words}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False
    )
    alone = subprocess.run(
        [sys.executable, "-c", code.replace(f"'--png', {str(tmp_path / 'r.png')!r}, ", "")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "rfi-archive: report --png needs matplotlib: pip install 'rfi-archive[report]'\n"
    assert (alone.returncode, alone.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]
