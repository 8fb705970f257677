"""Metrics: the figures of each spider's last run as a text file, for the textfile collector of node_exporter.

prometheus_client is imported when a file is written, which most runs never do.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archive.files.disk import replace
from archive.runs.report import Report

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

PREFIX = "rfi_archive_"
MODE = 0o644
"""node_exporter runs as another user."""
MAX_SIZE = 1 << 20
"""Bytes of an older file that are read; no file of ours is as long."""

# Names end in their unit.  Source: prometheus.io, "Metric and label naming".
SAYS = {
    "run_start_timestamp_seconds": "When the last run began",
    "run_end_timestamp_seconds": "When the last run ended",
    "run_duration_seconds": "How long the last run took",
    "run_exit_code": "Exit code of the last run; README.md says what each means",
    "run_exit_code_streak": "Runs in a row that ended with this code",
    "run_articles": "Articles that the last run archived",
    "run_looks": "Archived articles that the last run looked at again",
    "run_changed": "Those of them that have a new version",
    "run_taken_down": "Those of them that are there no more",
    "run_back": "Those of them that are there again",
    "run_found": "Links to articles that the last run found",
    "run_failed": "Fetches of the last run that failed",
    "run_rejected": "Pages of the last run that were no articles",
    "run_requests": "Requests that the last run sent",
    "run_received_bytes": "Bytes of all answers of the last run",
    "waiting_urls": "URLs that later runs will try",
    "given_up_urls": "URLs that are not tried again by themselves",
    "disk_free_bytes": "Bytes free on the disk of the archive",
    "field_fill_ratio": "Share of the last run's articles that have a field, of those that should",
    "host_rest_until_timestamp_seconds": "A host is asked for nothing before; 0 = it may be asked",
}
"""What each gauge tells, without the prefix.  A gauge that has no value now is left out of the file."""

LOOKS = {"looks": "looked at again", "changed": "changed", "taken_down": "taken down", "back": "back"}
"""What is told of looks at archived articles, by what a run counts it as, recheck.py."""


class Sample(NamedTuple):
    """One value."""

    name: str
    """Of its gauge, without the prefix."""
    labels: dict[str, str]
    """The spider, and what else tells it from others."""
    value: float
    """In the unit that the name tells."""


class Totals(NamedTuple):
    """What is known of an archive, but not by one run's report."""

    given_up: int
    """URLs that are not tried again by themselves."""
    streak: int
    """Runs in a row that ended with the same code, the last one included."""


def write(path: Path, report: Report, totals: Totals) -> None:
    """Put a run's figures in the place of the same spider's last; those of other spiders in the file stay.

    Raises CannotWrite.
    """
    others = (sample for sample in _read(path) if sample.labels.get("spider") != report.spider)
    replace(path, _text([*others, *samples(report, totals)]), mode=MODE)


def samples(report: Report, totals: Totals) -> Iterator[Sample]:
    """Yield the values of one run; the same gauges each time, but for fields that no article should have."""
    of = {"spider": report.spider}
    plain = {
        "run_start_timestamp_seconds": report.started.timestamp(),
        "run_end_timestamp_seconds": report.ended.timestamp(),
        "run_duration_seconds": report.seconds,
        "run_exit_code": report.code,
        "run_exit_code_streak": totals.streak,
        "run_articles": report.counts.get("archived", 0),
        **{f"run_{name}": report.counts.get(counted, 0) for name, counted in LOOKS.items()},
        **{f"run_{name}": report.counts.get(name, 0) for name in ("found", "failed", "rejected")},
        "run_requests": report.requests,
        "run_received_bytes": report.received,
        "waiting_urls": report.waiting,
        "given_up_urls": totals.given_up,
        "disk_free_bytes": report.free,
    }
    yield from (Sample(name, of, value) for name, value in plain.items())
    for name, fill in sorted(report.fields.items()):
        if fill.of:
            yield Sample("field_fill_ratio", of | {"field": name}, fill.having / fill.of)
    for host in report.hosts:
        yield Sample("host_rest_until_timestamp_seconds", of | {"host": host.host}, _seconds(host.until))


def _seconds(time: datetime | None) -> float:
    return time.timestamp() if time else 0.0


def _text(values: list[Sample]) -> bytes:
    """Return the file: gauges in the order of the table, each with what it tells."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Given(values))
    return generate_latest(registry)


class _Given:
    """What prometheus_client collects: values that are there already."""

    def __init__(self, values: list[Sample]) -> None:
        self._values = values

    def collect(self) -> Iterator["GaugeMetricFamily"]:
        from prometheus_client.core import GaugeMetricFamily

        for name, says in SAYS.items():
            family = GaugeMetricFamily(PREFIX + name, says)
            for sample in self._values:
                if sample.name == name:
                    family.add_sample(PREFIX + name, sample.labels, sample.value)
            if family.samples:
                yield family


def _read(path: Path) -> Iterator[Sample]:
    """Yield the values of our gauges that a file holds; none if it is not there or no such file."""
    from prometheus_client.parser import text_string_to_metric_families

    try:
        if not path.is_file() or path.stat().st_size > MAX_SIZE:
            return
        families = [*text_string_to_metric_families(path.read_text("utf-8"))]
    except (OSError, ValueError, KeyError, IndexError):  # what the parser raises for damage
        return
    for sample in (sample for family in families for sample in family.samples):
        name = sample.name.removeprefix(PREFIX)
        if name in SAYS and re.fullmatch("[a-z_]+", sample.labels.get("spider", "")):
            yield Sample(name, dict(sample.labels), sample.value)
