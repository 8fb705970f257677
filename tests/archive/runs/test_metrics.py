"""Laws of metrics: what Prometheus reads is what the report says, for each spider its own."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from archive.errors import CannotWrite
from archive.runs import metrics
from archive.runs.metrics import Totals
from archive.runs.report import Filled, Host
from tests.archive.runs.test_report import FULL, NOON

TOTALS = Totals(given_up=7, streak=3)
PLAIN = {
    "run_start_timestamp_seconds": 1795435205,
    "run_end_timestamp_seconds": 1795435267,
    "run_duration_seconds": 61.5,
    "run_exit_code": 11,
    "run_exit_code_streak": 3,
    "run_articles": 3,
    "run_looks": 0,
    "run_changed": 0,
    "run_taken_down": 0,
    "run_back": 0,
    "run_found": 5,
    "run_failed": 0,
    "run_rejected": 0,
    "run_requests": 9,
    "run_received_bytes": 123_456,
    "waiting_urls": 2,
    "given_up_urls": 7,
    "disk_free_bytes": 5 << 30,
}


def parsed(path):
    """Give what Prometheus would read: gauges by name, values by labels but the spider."""
    return [*text_string_to_metric_families(path.read_text("utf-8"))]


def values(path, spider="rfi_cn"):
    found = {}
    for family in parsed(path):
        for sample in family.samples:
            if sample.labels["spider"] == spider:
                rest = tuple(value for name, value in sample.labels.items() if name != "spider")
                found[(sample.name.removeprefix("rfi_archive_"), *rest)] = sample.value
    return found


def test_prometheus_reads_what_the_report_says(tmp_path):
    """Law: every figure is a gauge of the spider; fields and hosts are told apart by a label."""
    path = tmp_path / "rfi.prom"
    metrics.write(path, FULL, TOTALS)

    assert values(path) == {(name,): value for name, value in PLAIN.items()} | {
        ("field_fill_ratio", "lead"): 1.0,
        ("host_rest_until_timestamp_seconds", "www.rfi.fr"): (NOON + timedelta(hours=1)).timestamp(),
        ("host_rest_until_timestamp_seconds", "s.rfi.fr"): 0.0,
    }
    assert [*tmp_path.iterdir()] == [path]


def test_file_is_as_prometheus_wants_it(tmp_path):
    """Law: each gauge has a name of our own with help and type, once, before its values; none bears a time.

    Source: prometheus.io, "Exposition formats" and "Metric and label naming"; node_exporter refuses times.
    """
    path = tmp_path / "rfi.prom"
    metrics.write(path, FULL, TOTALS)
    lines = path.read_text("utf-8").splitlines()
    families = parsed(path)

    assert [family.name for family in families] == [f"rfi_archive_{name}" for name in metrics.SAYS]
    for family in families:
        assert re.fullmatch("[a-z][a-z_]*[a-z]", family.name)
        assert not family.name.endswith(("_total", "_count", "_sum", "_bucket", "_info"))
        assert (family.type, bool(family.documentation)) == ("gauge", True)
        assert all(sample.timestamp is None for sample in family.samples)
        assert [lines.count(f"# {what} {family.name} {text}") for what, text in (("HELP", family.documentation), ("TYPE", "gauge"))] == [1, 1]  # fmt: skip
    assert path.read_bytes().endswith(b"\n")


def test_same_gauges_run_for_run(tmp_path):
    """Law: a run that did nothing has the same gauges as one that did much; a field without articles has no ratio."""
    path, empty = tmp_path / "rfi.prom", tmp_path / "empty.prom"
    metrics.write(path, FULL, TOTALS)
    metrics.write(empty, replace(FULL, counts={}, fields={"lead": Filled(0, 0, 9, 9)}, hosts=()), TOTALS)

    assert {name for name in values(path) if len(name) == 1} == set(values(empty))
    assert values(empty)[("run_articles",)] == 0


def test_what_looks_found(tmp_path):
    """Law: what was counted of articles that were looked at again has its gauges."""
    counts = {"looked at again": 8, "changed": 3, "taken down": 2, "back": 1}
    metrics.write(tmp_path / "rfi.prom", replace(FULL, counts=counts), TOTALS)
    found = values(tmp_path / "rfi.prom")
    assert [found[f"run_{name}",] for name in ("looks", "changed", "taken_down", "back")] == [8, 3, 2, 1]


def test_two_spiders_share_a_file(tmp_path):
    """Law: a run replaces what its own spider wrote before, gone fields and hosts too, and keeps the other's."""
    path = tmp_path / "rfi.prom"
    metrics.write(path, replace(FULL, spider="rfi_tw"), TOTALS)
    metrics.write(path, FULL, TOTALS)
    other = values(path, "rfi_tw")
    metrics.write(path, replace(FULL, code=0, fields={}, hosts=()), TOTALS)

    assert len(other) == len(PLAIN) + 3
    assert values(path, "rfi_tw") == other
    assert values(path)[("run_exit_code",)] == 0
    assert len(values(path)) == len(PLAIN)
    assert len(parsed(path)) == len(metrics.SAYS)


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"<html>", b"a{b=\n", b"x" * 2_000_000, b'rfi_archive_articles{spider="\n', b"rfi_archive_articles 3\nother_gauge 1\n"])  # fmt: skip
def test_file_that_is_none_is_written_over(tmp_path, junk):
    """Law: whatever stood there, afterwards stand the figures of this run, and nothing else."""
    path = tmp_path / "rfi.prom"
    path.write_bytes(junk)
    metrics.write(path, FULL, TOTALS)

    assert len(values(path)) == len(PLAIN) + 3
    assert sum(len(family.samples) for family in parsed(path)) == len(PLAIN) + 3


@given(st.binary(max_size=60) | st.text("rfi_achvetls{}=\"'\\\n #HELPTY1.e", max_size=60).map(str.encode))
def test_any_file_is_written_over(tmp_path_factory, junk):
    """Law: no bytes keep a run from writing its figures."""
    path = tmp_path_factory.mktemp("metrics") / "rfi.prom"
    path.write_bytes(junk)
    metrics.write(path, FULL, TOTALS)

    assert values(path)[("given_up_urls",)] == 7


def test_names_are_quoted(tmp_path):
    """Law: a name with quotes, line ends and Chinese in it is read again as it is, and survives the next run."""
    path, name = tmp_path / "rfi.prom", 'a"b\\c\n雾'
    metrics.write(path, replace(FULL, hosts=(Host(name, 0.0, None, 0, ""),)), TOTALS)
    metrics.write(path, replace(FULL, spider="rfi_tw"), TOTALS)

    assert ("host_rest_until_timestamp_seconds", name) in values(path)


def test_everybody_may_read_it(tmp_path):
    """Law: whatever the umask is, node_exporter's user may read the file, the first one and the next."""
    path = tmp_path / "rfi.prom"
    before = os.umask(0o077)
    try:
        for _ in range(2):
            metrics.write(path, FULL, TOTALS)
            assert path.stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


def test_disk_that_refuses_is_told(tmp_path):
    """Law: a file that cannot be written raises CannotWrite, which names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match=r"rfi\.prom"):
        metrics.write(tmp_path / "file" / "rfi.prom", FULL, TOTALS)


@pytest.mark.parametrize("name", ["metrics", "notify", "report"])
def test_nothing_heavy_is_imported_for_it(name):
    """Law: a run that writes no metrics and tells nobody loads neither prometheus_client nor apprise."""
    code = f"import archive.runs.{name}, sys; print({{'prometheus_client', 'apprise', 'requests'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
