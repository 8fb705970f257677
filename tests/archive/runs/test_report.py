"""Laws of reports: what was written is read again, and whatever else lies there is told and passed over."""

import json
import logging
import os
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadReport, CannotWrite, NotFound
from archive.runs import report
from archive.runs.report import Filled, GivenUp, Host, Listing, Report, Slow

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)
FULL = Report(
    version=1,
    spider="rfi_cn",
    started=NOON,
    ended=NOON + timedelta(seconds=62),
    seconds=61.5,
    code=11,
    line="rfi_cn: refused (HTTP 403) 雾",
    counts={"archived": 3, "found": 5},
    causes={"HTTP 500": 1},
    requests=9,
    received=123_456,
    listings=(Listing("rss", "https://www.rfi.fr/cn/rss", 200, 30, 5, ""), Listing("sections", "https://www.rfi.fr/cn/", None, 0, 0, "timeout")),
    slowest=(Slow("https://www.rfi.fr/cn/rss", 1.25, 9000),),
    fields={"lead": Filled(3, 3, 900, 950)},
    gone=("lead: 3 of the last 20 articles have a lead",),
    hosts=(Host("www.rfi.fr", 5.0, NOON + timedelta(hours=1), 1, "HTTP 403"), Host("s.rfi.fr", 0.0, None, 0, "")),
    given_up=(GivenUp("https://www.rfi.fr/cn/x/20261001-a", "HTTP 404"),),
    waiting=2,
    next=NOON + timedelta(hours=2),
    free=5 << 30,
)  # fmt: skip


def begun(seconds):
    return replace(FULL, started=NOON + timedelta(seconds=seconds))


# Round trip


def test_report_comes_back(tmp_path):
    """Law: what is written is read again, from the file that is named by the run's begin."""
    path = report.write(tmp_path, FULL)

    assert path == tmp_path / "runs" / "20261123120005000.json"
    assert report.read(path) == FULL


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
COUNTS = st.dictionaries(TEXT, st.integers(0, 1 << 60), max_size=3)
TIMES = st.integers(0, 250_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.builds(replace, st.just(FULL), started=TIMES, line=TEXT, counts=COUNTS, causes=COUNTS, next=st.none() | TIMES, gone=st.tuples(TEXT), seconds=st.floats(0, 1e9)))  # fmt: skip
def test_any_report_comes_back(tmp_path_factory, one):
    """Law: whatever was counted or said is read again as it was."""
    assert report.read(report.write(tmp_path_factory.mktemp("root"), one)) == one


def test_file_is_the_schema(tmp_path):
    """Law: the file has the fields of Report, sorted, and no other; times are ISO; it ends with a line end."""
    text = report.write(tmp_path, FULL).read_text("utf-8")
    told = json.loads(text)

    assert [*told] == sorted(field.name for field in fields(Report))
    for name, kind in {"listings": Listing, "slowest": Slow, "hosts": Host, "given_up": GivenUp}.items():
        assert [*told[name][0]] == sorted(field.name for field in fields(kind))
    assert [*told["fields"]["lead"]] == sorted(field.name for field in fields(Filled))
    assert (told["started"], told["hosts"][1]["until"]) == ("2026-11-23T12:00:05Z", None)
    assert text.endswith("}\n")
    assert "雾" in text


def test_every_field_is_documented():
    """Law: each field of the schema has a docstring of its own."""
    source = Path(report.__file__).read_text("utf-8")
    for kind in (Listing, Slow, Filled, Host, GivenUp, Report):
        body = source.split(f"class {kind.__name__}:")[1].split("\n\n\n")[0]
        for field in fields(kind):
            assert '    """' in body.split(f"    {field.name}: ")[1].split("\n")[1], f"{kind.__name__}.{field.name}"


def test_later_version_is_read(tmp_path):
    """Law: keys that this version does not know are passed over."""
    path = report.write(tmp_path, FULL)
    told = json.loads(path.read_text("utf-8"))
    told |= {"version": 2, "weather": {"fog": True}}
    told["listings"][0]["colour"] = "red"
    path.write_text(json.dumps(told), "utf-8")

    assert report.read(path) == replace(FULL, version=2)


def test_half_a_character_is_no_hindrance(tmp_path):
    """Law: a text that UTF-8 cannot hold still leaves a report."""
    assert report.read(report.write(tmp_path, replace(FULL, line="a\ud800b"))).line == "a?b"


# Damage


def test_report_cut_anywhere_is_one_clear_error(tmp_path):
    """Law: no beginning of a report is one, and no cut raises anything but BadReport, on one line with its name."""
    path = report.write(tmp_path, FULL)
    whole = path.read_bytes()
    for end in range(len(whole) - 2):
        path.write_bytes(whole[:end])
        with pytest.raises(BadReport, match=r"^[^\n]*20261123120005000.json is no report of a run: [^\n]+$"):
            report.read(path)


def hostile(**changed):
    return json.dumps(
        json.loads(json.dumps(asdict(FULL), default=lambda time: f"{time:%Y-%m-%dT%H:%M:%SZ}")) | changed
    ).encode()


HOSTILE = {
    "no JSON": b"<html>",
    "not UTF-8": b'"\xff"',
    "a list": b"[]",
    "null": b"null",
    "empty object": b"{}",
    "deep": b"[" * 100_000,
    "long number": b"9" * 10_000,
    "NaN": hostile(seconds=float("nan")),
    "Infinity": hostile(seconds=float("inf")),
    "endless number": hostile().replace(b"61.5", b"1e999"),
    "a text for a number": hostile(code="11"),
    "true for a number": hostile(code=True),
    "a fraction": hostile(requests=1.5),
    "no time": hostile(started="yesterday"),
    "a time that is none": hostile(started="2026-13-01T00:00:00Z"),
    "a list of numbers": hostile(listings=[1]),
    "a listing without a URL": hostile(listings=[{"surface": "rss"}]),
    "no object": hostile(counts=[1]),
    "counts that are none": hostile(counts={"a": None}),
    "half a surrogate pair": hostile(line="\ud800"),
    "half a surrogate pair in a name": hostile(counts={"\ud800": 1}),
    "large": b" " * (report.MAX_SIZE + 1),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_one_clear_error(tmp_path, content):
    """Law: whatever a file holds that is no report, it is one error of one line."""
    path = tmp_path / "20261123120000000.json"
    path.write_bytes(content)
    with pytest.raises(BadReport) as caught:
        report.read(path)

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(path))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(tmp_path_factory, content):
    """Law: no bytes raise anything but BadReport."""
    path = tmp_path_factory.mktemp("root") / "x.json"
    path.write_bytes(content)
    with pytest.raises(BadReport):
        report.read(path)


def test_missing_report_is_not_found(tmp_path):
    """Law: no file, no report; a folder or a pipe of that name is none either, and nothing waits for it."""
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("missing.json", ".", "pipe.json"):
        with pytest.raises(NotFound, match="no such report"):
            report.read(tmp_path / name)


# Latest


def test_latest_are_the_newest_in_order(tmp_path):
    """Law: of many reports the newest come, newest first; what is not named like one is no report."""
    for seconds in (5, 1, 4, 2, 3):
        report.write(tmp_path, begun(seconds))
    for name in ("notes.txt", "99999999999999999.json.bak", ".20261123130000000.json.new"):
        (tmp_path / "runs" / name).write_text("x")

    assert [one.started - NOON for one in report.latest(tmp_path, 3)] == [timedelta(seconds=n) for n in (5, 4, 3)]
    assert len([*report.latest(tmp_path, 99)]) == 5
    assert [*report.latest(tmp_path, 0)] == []


def test_damaged_report_is_passed_over(tmp_path, caplog):
    """Law: a file that cannot be read costs its own report only, and is told."""
    *_, last = [report.write(tmp_path, begun(seconds)) for seconds in (1, 2, 3)]
    last.write_bytes(b"{")

    assert [one.started - NOON for one in report.latest(tmp_path, 2)] == [timedelta(seconds=2)]
    assert [(r.levelno, str(last) in r.getMessage()) for r in caplog.records] == [(logging.WARNING, True)]


def test_only_the_newest_are_read(tmp_path, caplog):
    """Law: the older reports are not opened, however many there are: damage among them is not met."""
    report.write(tmp_path, FULL)
    for number in range(500):
        (tmp_path / "runs" / f"20260101000000{number:03d}.json").write_bytes(b"{")

    assert [*report.latest(tmp_path, 1)] == [FULL]
    assert caplog.records == []


def test_archive_without_runs_has_none(tmp_path):
    """Law: no folder, no reports."""
    assert [*report.latest(tmp_path, 5)] == []


# Writing


def test_two_runs_of_one_millisecond_both_stay(tmp_path):
    """Law: no report is written over another."""
    one, two = (report.write(tmp_path, replace(FULL, code=code)) for code in (0, 1))

    assert [report.read(path).code for path in (one, two)] == [0, 1]
    assert one < two


def test_disk_that_refuses_is_told(tmp_path):
    """Law: a report that cannot be written raises CannotWrite."""
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(CannotWrite, match="cannot write"):
        report.write(tmp_path, FULL)
