"""Laws of the house: arrows point down only, every room has a name and says what it is for.  Source: DESIGN.md."""

import ast
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOREIGN = {"scrapy", "twisted", "crawler"}
"""What the library must never need."""
LONGEST = 300
"""Lines of a file; more of them want two rooms."""

# Lowest first: a module imports from the rows above its own only.  A new file goes into the row below
# the lowest that it imports from; if that makes another module import upwards, it is in the wrong place.
LEVELS = [
    "archive archive.export archive.verbs crawler crawler.commands crawler.spiders",
    "archive.align archive.balance archive.beside archive.budget archive.charts archive.charts.colours archive.charts.wording archive.coded archive.dialect archive.editions archive.ending archive.entry archive.errors archive.export.blocks archive.export.package archive.export.site archive.export.site.scripts archive.finding archive.generation archive.guest archive.heap archive.jsonld archive.moment archive.month archive.notify archive.parsed archive.plain archive.post archive.progress archive.robots archive.telling archive.thin archive.web archive.web.answer archive.web.hosts archive.web.sayings archive.words archive.work archive.zst crawler.clock crawler.settings",
    "archive.article archive.cards archive.charts.fonts archive.charts.svg archive.cloud archive.database archive.diff archive.disk archive.export.atom archive.export.repository archive.feed archive.han archive.session archive.sorting archive.surt archive.urls archive.web.asked archive.web.headers archive.web.shown archive.web.speech",
    "archive.differ archive.export.folder archive.export.site.folding archive.export.site.postings archive.imported archive.lexemes archive.listing archive.lock archive.marked archive.markup archive.memory archive.quarantine archive.query archive.reach archive.report archive.reserve archive.snippet archive.spool archive.walk archive.web.fields archive.web.language archive.web.links archive.web.problem archive.worker",
    "archive.coding archive.facts archive.metrics archive.requisites archive.tags archive.usage archive.web.page",
    "archive.exchange archive.safe archive.unpack",
    "archive.decide archive.dropped archive.page archive.record archive.wacz",
    "archive.calendar archive.content archive.coverage archive.drift archive.lenient archive.member archive.rows archive.taken",
    "archive.card archive.cdxj archive.foreign archive.front archive.pair archive.reading archive.stood archive.tally",
    "archive.backfill archive.pairing archive.recheck archive.rules archive.warc",
    "archive.export.part archive.holdings archive.mend archive.salvage archive.seal archive.shipping archive.standing archive.writer",
    "archive.causes archive.check archive.figures archive.listed",
    "archive.abreast archive.desk archive.imports archive.texts",
    "archive.draft archive.export.site.order archive.searching archive.trends",
    "archive.articles archive.glean",
    "archive.lately",
    "archive.borrowed",
    "archive.index",
    "archive.audit archive.charts.figures archive.chosen archive.export.selection archive.group archive.kept archive.ledger archive.merge archive.postgres archive.review archive.revisit archive.validators",
    "archive.borrow archive.charts.axis archive.charts.bars archive.charts.heat archive.export.pages archive.export.site.search archive.history archive.intake archive.opening archive.search archive.waiting",
    "archive.changes archive.charts.stacks archive.charts.tables archive.compare archive.export.cdxj archive.export.comparison archive.export.days archive.export.lists archive.export.readback archive.export.text archive.fold archive.health archive.web.life archive.web.schemas archive.web.shelf archive.web.sought",
    "archive.charts.rise archive.export.edits archive.export.latest archive.export.schema archive.export.site.steady archive.export.versions archive.export.wacz archive.heard archive.prove archive.rebuild archive.replay archive.rollup archive.store archive.verify archive.web.context",
    "archive.adopting archive.charts.page archive.doctor archive.export.git archive.export.jsonl archive.export.parquet archive.reread archive.surfaces archive.web.failing archive.web.finder archive.web.health archive.web.items archive.web.picture archive.web.pieces archive.web.switch",
    "archive.charts.document archive.probe archive.web.charts archive.web.events archive.web.feeds archive.web.finding archive.web.front archive.web.labels archive.web.text",
    "archive.advice archive.charts.picture archive.export.site.addresses archive.web.article",
    "archive.web.proof archive.web.values archive.web.versions",
    "archive.web.api",
    "archive.web.operations",
    "archive.web.described archive.web.manual",
    "archive.web.routes",
    "archive.export.site.pages archive.web.app",
    "archive.export.site.tree",
    "archive.verbs.audit archive.verbs.changes archive.verbs.diff archive.verbs.doctor archive.verbs.export archive.verbs.history archive.verbs.importing archive.verbs.lists archive.verbs.probe archive.verbs.prove archive.verbs.rebuild archive.verbs.replay archive.verbs.report archive.verbs.rollup archive.verbs.search archive.verbs.serve archive.verbs.status archive.verbs.verify",
    "archive.cli",
    "crawler.agent crawler.arguments crawler.beside crawler.coded crawler.framing crawler.grace crawler.guest crawler.letter crawler.look crawler.lookup crawler.proxied crawler.secrets crawler.steps crawler.tape",
    "crawler.aftermath crawler.connection crawler.log crawler.shared crawler.together",
    "crawler.cluster crawler.dial crawler.run",
    "crawler.backfill crawler.belongings crawler.budget crawler.closing crawler.courtesy crawler.dedupe crawler.frontier crawler.message crawler.pipelines crawler.politeness crawler.pool crawler.probe crawler.progress crawler.recheck crawler.stop",
    "crawler.joining crawler.leases crawler.outing crawler.shipping crawler.spiders.rfi crawler.wire",
    "crawler.commands.crawl crawler.commands.probe",
]


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for package in ("archive", "crawler") for path in (ROOT / package).rglob("*.py")}
TREES = {name: ast.parse(path.read_bytes()) for name, path in FILES.items()}
LEVEL = {name: number for number, row in enumerate(LEVELS) for name in row.split()}


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
def test_every_file_has_its_level(name):
    """Law: every file stands in the table of levels and imports only from rows above its own, so never in a ring."""
    assert name in LEVEL, f"{FILES[name].relative_to(ROOT)} is new: give it a row of LEVELS in {__file__}"
    for other in imported(TREES[name]):
        if other in FILES:
            assert other in LEVEL, f"{FILES[other].relative_to(ROOT)} is new: give it a row of LEVELS in {__file__}"
            assert LEVEL[other] < LEVEL[name], f"{name} must not import {other}: it is no lower in LEVELS"
        else:
            assert other.partition(".")[0] not in ("archive", "crawler"), (
                f"{name} imports {other}: there is no such file"
            )


def test_table_of_levels_holds_files_only():
    """Law: every row of the table names files that are there, each once."""
    assert sorted(chain.from_iterable(row.split() for row in LEVELS)) == sorted(FILES)


@pytest.mark.parametrize("name", sorted(name for name in FILES if name.startswith("archive")))
def test_library_names_no_framework(name):
    """Law: nothing in archive/ imports Scrapy, Twisted or crawler, not even inside a function."""
    assert not FOREIGN & {other.partition(".")[0] for other in imported(TREES[name])}


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
    tree = TREES[name]
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
