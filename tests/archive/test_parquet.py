"""Laws of the Parquet export: the articles of `jsonl` as typed columns, which DuckDB and pandas open as README shows."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from datetime import UTC

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.errors import BadUsage
from archive.export import jsonl, parquet, schema
from archive.export.text import Text
from tests.archive import again, archives
from tests.archive.archives import hashes
from tests.archive.inside import main
from tests.crawler.crawling import ROOT

EXAMPLES = {
    "duckdb": """import duckdb

print(duckdb.sql("select month, section, count(*) from 'rfi.parquet/*/*.parquet' group by all order by all"))
""",
    "pandas": """import pandas

articles = pandas.read_parquet("rfi.parquet")
print(articles.explode("tags").groupby("tags").size().nlargest(10))
""",
}
"""As README shows them."""


@pytest.fixture(scope="module")
def exported(good, tmp_path_factory):
    """An archive with some of everything, and its folder."""
    out = tmp_path_factory.mktemp("parquet") / "rfi.parquet"
    return good, parquet.write(again.read(good), out)


def rows(out):
    """Every row of every file, by the folders' names."""
    return [row for path in sorted(out.glob("*/*.parquet")) for row in pq.ParquetFile(path).read().to_pylist()]


def test_the_same_articles(exported, tmp_path):
    """Law: the rows are those of `jsonl`, field by field; from each comes the article file, byte for byte."""
    root, out = exported
    lines = jsonl.write(again.read(root), tmp_path / "a.jsonl").read_bytes().splitlines()
    found = rows(out)

    told = [schema.told(Text(**row | {name: tuple(row[name]) for name in ("authors", "tags")})) for row in found]
    assert told == list(map(json.loads, lines))
    assert [again.file_of(row) for row in found] == [(root / row["path"]).read_bytes() for row in found]


def test_columns_are_typed(exported):
    """Law: times are UTC with their zone, names are lists, what cannot lack is not null; each column says what it is."""
    (path,) = exported[1].glob("*/*.parquet")
    found = pq.ParquetFile(path).schema_arrow

    assert found.field("published").type == found.field("captured").type == pa.timestamp("ms", tz="UTC")
    assert (found.field("day").type, found.field("offset").type) == (pa.date32(), pa.int64())
    assert pa.types.is_list(found.field("tags").type)
    assert found.field("tags").type.value_type == pa.string()
    assert not found.field("url").nullable
    assert found.field("gone").nullable
    assert found.equals(schema.arrow(), check_metadata=False)
    assert all(b"description" in found.field(name).metadata for name in found.names)
    assert {row["captured"].tzinfo.utcoffset(None) for row in rows(exported[1])} == {UTC.utcoffset(None)}


def test_a_folder_a_month(tmp_path):
    """Law: an article lies in the folder of its month, which tools read as a column."""
    root = archives.crawl(tmp_path / "archive", map(archives.short, range(30)))
    out = parquet.write(again.read(root), tmp_path / "rfi.parquet")

    months = {path.name for path in out.iterdir()}
    assert months == {f"month=2026-0{month}" for month in range(1, 10)}
    for path in out.glob("*/*.parquet"):
        assert {f"month={row['day']:%Y-%m}" for row in pq.ParquetFile(path).read().to_pylist()} == {path.parent.name}


def test_the_same_bytes(exported, tmp_path):
    """Law: the same archive makes the same files."""
    root, out = exported
    other = parquet.write(again.read(root), tmp_path / "other")
    assert hashes(other, ".") == hashes(out, ".")
    assert len(hashes(out, ".")) == 1


def test_row_groups_are_bounded(exported, tmp_path):
    """Law: no row group has more articles, or more text, than may be held in memory at once."""
    one = again.read(exported[0])[0]
    long = Text(**{name: getattr(one, name) for name in one.__slots__} | {"body": "长" * (parquet.SIGNS // 3)})
    for texts, groups in ((one for _ in range(2 * parquet.ROWS + 1)), 3), ((long for _ in range(10)), 4):
        out = parquet.write(texts, tmp_path / f"{groups}")
        (path,) = out.glob("*/*.parquet")
        assert pq.ParquetFile(path).num_row_groups == groups


# Others read it


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_runs(exported, name):
    """Law: what README shows runs as it stands there, beside the folder."""
    readme = (ROOT / "README.md").read_text("utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EXAMPLES[name]],
        cwd=exported[1].parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert EXAMPLES[name] in readme or f"import {name}" not in readme
    assert (done.returncode, done.stderr) == (0, "")
    assert ("2026-10" if name == "duckdb" else "图书馆") in done.stdout


def test_duckdb_agrees(exported):
    """Law: DuckDB reads every row, with zones and lists."""
    import duckdb  # large, as pandas is

    found = duckdb.sql(f"select url, len(tags), epoch(captured) from '{exported[1]}/*/*.parquet' order by path")
    assert found
    assert found.fetchall() == [
        (row["url"], len(row["tags"]), row["captured"].timestamp()) for row in rows(exported[1])
    ]


def test_pandas_agrees(exported):
    """Law: pandas reads every row; times bear their zone, and the month is a column."""
    import pandas as pd  # type: ignore[import-untyped]  # large: who runs other tests does without

    found = pd.read_parquet(exported[1])
    assert list(found["url"]) == [row["url"] for row in rows(exported[1])]
    assert str(found["captured"].dt.tz) == "UTC"
    assert set(found["month"].astype(str)) == {"2026-10"}


# The folder


def test_an_export_takes_the_place_of_the_last(exported, tmp_path):
    """Law: a folder of an earlier export is replaced as a whole; months that are no more are gone, and nothing else stays."""
    texts = again.read(exported[0])
    out = parquet.write(texts, tmp_path / "rfi.parquet")
    (out / "month=2026-10").rename(out / "month=2001-01")

    parquet.write(texts, out)

    assert hashes(out, ".") == hashes(exported[1], ".")
    assert [path.name for path in tmp_path.iterdir()] == ["rfi.parquet"]


@pytest.mark.parametrize("there", ["a file", "a folder of somebody's", "a month and more", "a month with more"])
def test_what_is_not_ours_stays(exported, tmp_path, capsys, there):
    """Law: where something else is, nothing is touched; exit code 2 and one line."""
    out = tmp_path / "mine"
    if there == "a file":
        out.write_text("mine")
    else:
        month = out / ("x" if there == "a folder of somebody's" else "month=2026-10")
        month.mkdir(parents=True)
        (month / "part-0.parquet").write_text("mine")
        if "more" in there:
            (month if "with" in there else out).joinpath("thesis.txt").write_text("mine")
    before = hashes(tmp_path, "."), sorted(tmp_path.rglob("*"))

    code, told, err = main(capsys, "export", "parquet", "--archive", exported[0], "--out", out)

    assert (code, told, len(err.splitlines())) == (2, "", 1)
    assert (hashes(tmp_path, "."), sorted(tmp_path.rglob("*"))) == before


def test_a_failure_leaves_the_old_one(exported, tmp_path):
    """Law: where an export cannot be finished the one that stands stays, and nothing lies beside it."""
    texts = again.read(exported[0])
    out = parquet.write(texts[:2], tmp_path / "rfi.parquet")
    before = hashes(out, ".")

    def failing():
        yield texts[0]
        raise BadUsage("enough")

    with pytest.raises(BadUsage, match="enough"):
        parquet.write(failing(), out)
    assert hashes(out, ".") == before
    assert [path.name for path in tmp_path.iterdir()] == ["rfi.parquet"]


def test_without_pyarrow(exported, tmp_path):
    """Law: where pyarrow is not installed, one line says what to install."""
    hidden = tmp_path / "hidden" / "pyarrow"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('hidden')")
    words = ["export", "parquet", "--archive", exported[0], "--out", tmp_path / "out"]
    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", *map(str, words)],
        env={**os.environ, "PYTHONPATH": f"{hidden.parent}:{ROOT}"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert importlib.util.find_spec("pyarrow")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert re.search(r"pip install 'rfi-archive\[parquet\]'", done.stderr)
    assert not (tmp_path / "out").exists()
