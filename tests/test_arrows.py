"""Laws of the house: arrows point down only, every room has a name and says what it is for.  Source: DESIGN.md."""

import ast
import re
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOREIGN = {"scrapy", "twisted", "crawler"}
"""What the library must never need."""
LONGEST = 300
"""Lines of a file; more of them want two rooms."""

# Lowest first.  What stands here is a folder of modules, or a module that stands by itself: it imports from the rows
# above its own only.  If a new import goes upwards, the module that has it is in the wrong folder.
LEVELS = [
    "archive crawler",
    "archive.cores archive.errors archive.finding archive.manners archive.rfi",
    "archive.files archive.language archive.urls",
    "archive.article archive.codings archive.listing archive.terminal",
    "archive.exchange archive.pages",
    "archive.decide archive.page archive.records",
    "archive.strangers archive.versions archive.warc",
    "archive.tables archive.warcs",
    "archive.front archive.index",
    "archive.chosen archive.commit archive.engines archive.kept",
    "archive.compare archive.heard archive.history archive.intake archive.runs archive.search",
    "archive.changes archive.gaps archive.prove archive.rebuild archive.store archive.verify",
    "archive.audit archive.charts archive.export archive.probing archive.reread",
    "archive.adopting archive.doctor archive.replay archive.rollup archive.web",
    "archive.export.site",
    "archive.verbs",
    "archive.cli",
    "crawler.clock crawler.coded crawler.grace crawler.lookup crawler.proxied crawler.settings crawler.steps",
    "crawler.secrets crawler.shared",
    "crawler.cluster",
    "crawler.log",
    "crawler.framing",
    "crawler.agent crawler.letter",
    "crawler.beside",
    "crawler.aftermath crawler.look",
    "crawler.arguments crawler.guest crawler.tape crawler.together",
    "crawler.connection crawler.run",
    "crawler.backfill crawler.belongings crawler.budget crawler.closing crawler.courtesy crawler.dedupe crawler.dial crawler.frontier crawler.pipelines crawler.politeness crawler.probe crawler.progress crawler.recheck crawler.stop",
    "crawler.joining crawler.leases crawler.message crawler.outing crawler.pool crawler.shipping crawler.spiders",
    "crawler.commands crawler.wire",
]


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name):
    """Give the folder that a module lies in, or the module where it stands by itself."""
    folder = name if FILES[name].name == "__init__.py" else name.rpartition(".")[0]
    return name if folder in ("archive", "crawler") else folder


FILES = {name_of(path): path for package in ("archive", "crawler") for path in (ROOT / package).rglob("*.py")}
LEVEL = {name: number for number, row in enumerate(LEVELS) for name in row.split()}


@cache
def tree_of(name):
    return ast.parse(FILES[name].read_bytes())


def imported(tree):
    """Every module that a file imports, wherever in it: whole names, of our own the file that is meant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.module, f"line {node.lineno}: imports here are absolute"
            assert not node.level, f"line {node.lineno}: imports here are absolute"
            whole = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in FILES else node.module for name in whole)


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_arrow_points_down(name):
    """Law: a file imports from its own folder, and from what stands in rows of the table above that folder's."""
    for other in imported(tree_of(name)):
        if other in FILES:
            below = LEVEL[room(other)] < LEVEL[room(name)] or room(other) == room(name)
            assert below, f"{name} must not import {other}: it is no lower in LEVELS"
        else:
            assert other.partition(".")[0] not in ("archive", "crawler"), (
                f"{name} imports {other}: there is no such file"
            )


def test_no_arrows_go_round():
    """Law: no file needs itself, through whatever others of its folder."""
    arrows = TopologicalSorter({name: set(imported(tree_of(name))) for name in FILES})

    arrows.prepare()  # raises CycleError, which names the ring


def test_table_of_levels_holds_what_is_there():
    """Law: every row of the table names folders, and files that stand by themselves, each once; none is missing."""
    assert sorted(chain.from_iterable(row.split() for row in LEVELS)) == sorted(set(map(room, FILES)))


@pytest.mark.parametrize("name", sorted(name for name in FILES if name.startswith("archive")))
def test_library_names_no_framework(name):
    """Law: nothing in archive/ imports Scrapy, Twisted or crawler, not even inside a function."""
    assert not FOREIGN & {other.partition(".")[0] for other in imported(tree_of(name))}


def test_library_needs_no_framework():
    """Law: with every module of archive/ imported, neither Scrapy nor Twisted nor crawler is, through whatever else."""
    code = "".join(f"import {name}\n" for name in sorted(FILES) if name.startswith("archive"))
    code += f"import sys; print(*{FOREIGN} & {{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "\n"


NURSERY = """
import importlib, os, sys, traceback
import bs4, dateutil.parser, jinja2, lxml.etree, selectolax.lexbor, starlette.applications, uvicorn, w3lib.url
for name in sys.argv[1:]:
    if not (child := os.fork()):
        try:
            importlib.import_module(name)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(name)
"""
"""Imports each module in a process of its own, in which others' packages are there already: that saves half a minute."""


def test_every_module_can_be_imported_first():
    """Law: no module of the library leans on another's having been imported before it."""
    names = sorted(name for name in FILES if name.startswith("archive"))
    words = [sys.executable, "-c", NURSERY, *names]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_room_says_what_it_is_for(name):
    """Law: every module, and every public function and class in it, has a docstring."""
    tree = tree_of(name)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]

    assert ast.get_docstring(tree), f"{name} has no docstring"
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_is_long(name):
    """Law: a file has 300 lines at most."""
    assert len(FILES[name].read_bytes().splitlines()) <= LONGEST


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_group_repeats_possessively(name):
    """Law: no expression repeats a group possessively: Python 3.11.2, Debian 12's, then takes what it must not (gh-106052)."""
    assert re.findall(r"\)[*+?]\+(?!,;)|\(\?>", FILES[name].read_text("utf-8")) == []
