"""Laws of `status`: it tells how an archive is, at any moment, under keys that stay, and reads no more than it must."""

import json
import re
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from archive import cli
from archive.index import NAME, Index
from archive.manners.guest import Host
from archive.page import VERSION
from archive.runs import memory, report
from archive.runs.health import gather
from archive.runs.memory import End, Memory
from archive.urls import Kind
from tests.archive import archives, older
from tests.archive.archives import CLOCK, CN, answer, close, feed, keep, open_archive, page

KEYS = "running articles urls captures warc imported parsers backlog disk runs streaks hosts".split()


def told(root, capsys, *words):
    assert cli.main(["status", "--archive", str(root), *words]) == 0
    return capsys.readouterr().out


def test_its_keys_stay(root, capsys):
    """Law: programs find the same keys in any archive, an empty one too, and people a line for each fact."""
    found = json.loads(told(root, capsys, "--json"))
    Index(root.parent / NAME, create=True).close()
    empty = json.loads(told(root.parent, capsys, "--json"))

    assert list(found) == list(empty) == KEYS
    assert found["disk"]["free"] > 0
    assert empty["backlog"] == {"waiting": {}, "next": None, "given_up": 0}
    assert {line.split()[0] for line in told(root, capsys).splitlines()} == {
        *("articles", "captures", "WARC", "disk", "urls", "waiting", "run")
    }


def test_pages_that_an_older_parser_read(root, capsys):
    """Law: by which parser the pages were read is told to programs, and to people where it is not today's."""
    pages = len(archives.dump(root / NAME)["pages"])
    assert gather(root, CLOCK())["parsers"] == {str(VERSION): pages}
    assert "page.py" not in told(root, capsys)
    older.misread(root, CN[4].url)

    assert gather(root, CLOCK())["parsers"] == {str(older.VERSION): 1, str(VERSION): pages - 1}
    assert f"pages      1 read by page.py {older.VERSION}, this is {VERSION}: `rfi-arch" in told(root, capsys)


def test_what_waits_and_what_is_given_up(tmp_path, capsys):
    """Law: the backlog is told by kind, with the time at which what failed is due, and what is given up."""
    archive, busy = open_archive(tmp_path), answer(CN[1].url, b"busy", 503)
    keep(archive, feed())
    keep(archive, busy)
    for _ in range(8):
        CLOCK.wait(hours=1)
        archive.fail(CN[0].url, "refused")
    close(archive)

    with closing(Index(tmp_path / NAME)) as index:
        waiting = [url for url, _, _ in index.open_urls(Kind.ARTICLE)]
    due = f"{busy.date + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    assert CN[1].url in waiting
    assert CN[0].url not in waiting
    assert gather(tmp_path, CLOCK())["backlog"] == {"waiting": {"article": len(waiting)}, "next": due, "given_up": 1}
    assert f"waiting    article {len(waiting)}   next try {due}   given up 1\n" in told(tmp_path, capsys)


def test_what_the_crawler_remembers(root, capsys):
    """Law: runs in a row that ended alike, and hosts that are left alone, are told as long as that is so."""
    until = CLOCK() + timedelta(hours=1)
    ends = {"rfi_cn": End(11, CLOCK(), 3, 11)}
    memory.save(root, Memory({"www.rfi.fr": Host(3, until, "HTTP 403", 10.0)}, ends))
    found = gather(root, CLOCK())
    text = told(root, capsys)

    since = f"{CLOCK():%Y-%m-%dT%H:%M:%SZ}"
    assert found["streaks"] == [{"spider": "rfi_cn", "code": 11, "runs": 3, "since": since}]
    (host,) = found["hosts"]
    assert (host["host"], host["rests"], host["why"], host["delay"]) == ("www.rfi.fr", 3, "HTTP 403", 10.0)
    assert host["until"] == f"{until:%Y-%m-%dT%H:%M:%SZ}"
    assert gather(root, until)["hosts"][0]["until"] is None
    assert f"streak     rfi_cn exit code 11: 3 in a row since {since}\n" in text
    assert "host       www.rfi.fr: " in text


def test_beside_a_crawl_that_writes(root, capsys):
    """Law: it waits for nobody, says who writes since when, and what was committed so far."""
    assert gather(root, CLOCK())["running"] is None
    archive = open_archive(root)
    with archive.index:
        keep(archive, page(CN[20]))
        before = gather(root, CLOCK())
    after = gather(root, CLOCK())
    close(archive)

    assert re.fullmatch(r"rfi_cn \(process \d+\) since .* UTC", before["running"])
    assert after["articles"]["cn"] == before["articles"]["cn"] + 1
    assert "running" not in told(root, capsys)


def test_after_a_crawl_that_died(tmp_path):
    """Law: the dead do not run."""
    archives.crawl(tmp_path, [page(CN[0])])
    assert archives.died(lambda: keep(open_archive(tmp_path), page(CN[1]))) == -signal.SIGKILL

    assert gather(tmp_path, CLOCK())["running"] is None


def test_runs_are_told_by_their_reports(root, capsys, caplog):
    """Law: runs are told by their reports, where there are none by the index; a damaged one is passed over, and said."""
    by_index = gather(root, CLOCK())["runs"]
    paths = [report.write(root, made_up(CLOCK() + timedelta(minutes=number), code=number)) for number in range(3)]
    paths[2].write_bytes(b"{")
    found = gather(root, CLOCK())["runs"]

    assert [(run["code"], run["line"]) for run in by_index] == [(None, "finished")] * 3
    assert [(run["code"], run["line"], list(run)) for run in found] == [
        (n, "30 archived", [*by_index[0]]) for n in (1, 0)
    ]
    assert ": exit code 1, 30 archived\n" in told(root, capsys)
    assert paths[2].name in caplog.text


def made_up(begun, code):
    """A report of a run that never was."""
    seldom: dict[str, Any] = {"listings": (), "slowest": (), "fields": {}, "gone": (), "hosts": (), "given_up": ()}
    counted: dict[str, Any] = {
        "counts": {"archived": 30},
        "causes": {},
        "requests": 90,
        "received": 1,
        "waiting": 0,
        "next": None,
    }
    return report.Report(
        version=1,
        spider="rfi_cn",
        started=begun,
        ended=begun,
        seconds=1.0,
        code=code,
        line="30 archived",
        free=1,
        **counted,
        **seldom,
    )


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_without_an_index(tmp_path, capsys, words):
    """Law: an archive that has none gives one line that says how to make it."""
    (archives.crawl(tmp_path, [page(CN[0])]) / NAME).unlink()

    assert cli.main(["status", "--archive", str(tmp_path), *words]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "rebuild" in err


COUNTS = {
    "select edition, count(*) from articles group by 1 order by 1",
    "select kind, state, count(*) from urls group by 1, 2 order by 1, 2",
    "select count(*), min(epoch), max(epoch) from captures",
}
"""What may read a large table through, for it counts its rows."""


def test_it_reads_through_what_it_counts_and_nothing_else(root):
    """Law: all that is told beside the three counts is found by an index of what it is about."""
    asked: set[str] = set()
    with closing(Index(root / NAME)) as index:
        index._db.set_trace_callback(asked.add)
        for tell in (index.counts, index.backlog, index.waiting, index.given_up_count):
            tell()
        index.runs(5)
    with closing(sqlite3.connect(root / NAME)) as db:
        steps = {sql: [row[3] for row in db.execute(f"explain query plan {sql}")] for sql in asked}

    through = {sql for sql, plan in steps.items() for step in plan if re.match("SCAN (urls|captures|articles)", step)}
    (given_up,) = through - COUNTS
    assert through >= COUNTS
    assert steps[given_up] == ["SCAN urls USING COVERING INDEX urls_given_up"]
