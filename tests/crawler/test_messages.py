"""Laws of telling: real crawls tell of the first failure and of recovery, and at no other time; nobody waits for it."""

import signal
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from archive.files.lock import Lock
from archive.runs import memory
from tests.crawler import evidence, silent
from tests.crawler.crawling import crawl, set_off
from tests.crawler.runs import BEGIN, LEAN_NOW, Runs, coming
from tests.crawler.story import listed
from tests.site import Site, serve
from tests.torture.bell import TOLD, WELL, bell

pytestmark = pytest.mark.slow

WWW = r"^https://www\.rfi\.fr/(?!robots\.txt)"
DEAF = ((WWW, "500"),)
SOON = 10
"""Seconds within which a run that is told to stop ends."""
HANGS = 10
"""Seconds that a server which never answers costs."""


@pytest.fixture
def ear():
    with bell() as one:
        yield one


@pytest.fixture
def runs(tmp_path, parent, ear):
    """An archive of one run, whose failures and recoveries are told to the ear."""
    with serve(Site(given=coming(20), unpublished=20, feed_items=3)) as running:
        yield Runs(tmp_path / "a", running, parent, rings(ear))


def rings(ear) -> dict[str, str]:
    """Settings of a run that rings, by its environment; the site's proxy is in it, and nothing says who goes without."""
    return {name: value for name, value in ear.env().items() if name != "no_proxy"}


def rung(ear) -> list[str]:
    """What was rung since the last time, in a word each."""
    return [path if path == WELL else "failed" if "failed" in said else "recovered" for path, said in ear.taken()]


def streak(archive: Path, spider: str = "rfi_cn") -> tuple[int, int, int] | None:
    """Exit code of a spider's last runs, how many, and what was told."""
    end = memory.load(archive).ends.get(spider)
    return (end.code, end.runs, end.told) if end else None


@pytest.fixture(scope="module")
def closed():
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


# --- when ---


@dataclass(frozen=True)
class Step:
    """One run of a row."""

    code: int
    told: list[str]
    """What it rings."""
    faults: tuple[tuple[str, str], ...] = ()
    settings: dict[str, object] = field(default_factory=dict)


FULL: dict[str, object] = {"MIN_FREE_BYTES": 1 << 60}
ROW = (
    Step(0, [WELL]),
    Step(14, ["failed"], DEAF),
    Step(14, [], DEAF),
    Step(11, ["failed"], ((WWW, "403"),)),
    Step(0, ["recovered", WELL]),
    Step(0, [WELL]),
    Step(15, [WELL], settings={"MAX_REQUESTS": 3}),
    Step(13, ["failed"], settings=FULL),
    Step(13, [], settings=FULL),
    Step(15, ["recovered", WELL], settings={"MAX_REQUESTS": 3}),
    Step(12, ["failed"], ((r"/cn/.*/\d{8}-", "empty"),)),
    Step(12, [], ((r"/cn/.*/\d{8}-", "empty"),)),
    Step(14, ["failed"], DEAF),
)


def test_a_row_of_runs(runs, ear):
    """Law: the first failure of a kind is told, and the first run that does its work again; each such run asks for
    HEARTBEAT_URL, no other does; how many ended alike in a row is remembered."""
    row, before = [], None
    for number, step in enumerate(ROW):
        runs.running.site.clear_faults()
        runs.running.site.publish({0: 1, 15: 2, 12: 3}.get(step.code, 0))
        for pattern, fault in step.faults:
            runs.running.site.set_fault(pattern, fault)
        settings = {"DOWNLOAD_DELAY": 0.01, **step.settings}
        runs.at(3 * number, discover="rss,sections", settings=settings).was(step.code)
        row.append(rung(ear))
        now = streak(runs.archive)
        assert now
        assert now[:2] == (step.code, before[1] + 1 if before and before[0] == step.code else 1)
        before = now

    assert row == [step.told for step in ROW]


def test_what_is_told(runs, ear):
    """Law: title and text name the spider, the machine, the exit code and the last line of the run."""
    runs.running.site.set_fault(WWW, "500")
    failed = runs.at(0).was(14)
    runs.running.site.clear_faults()
    well = runs.at(1, discover="rss").was(0)

    host = socket.gethostname()
    assert ear.taken() == [
        (TOLD, f"rfi-archive on {host}: a crawl failed (rfi_cn)\nexit code 14: {failed.line}"),
        (TOLD, f"rfi-archive on {host}: crawls are well again (rfi_cn)\nexit code 0: {well.line}"),
        (WELL, ""),
    ]


def test_a_server_that_was_not_there_is_told_later(runs, ear, closed):
    """Law: a failure that nobody took is told by the next run that fails; the run itself ends as it would."""
    runs.running.site.set_fault(WWW, "500")
    lost = runs.at(0, env={"NOTIFY": f"json://127.0.0.1:{closed}/x"}).was(14)
    told = streak(runs.archive), rung(ear)
    runs.at(1).was(14)

    assert "NOTIFY: number 1 of 1 did not take the message" in lost.ended.err
    assert told == ((14, 1, 0), [])
    assert (streak(runs.archive), rung(ear)) == ((14, 2, 14), ["failed"])


def test_without_anybody_to_tell(runs, ear):
    """Law: streaks are counted where nothing is told; whoever is named later hears of a failure that lasts."""
    runs.running.site.set_fault(WWW, "500")
    nobody = {"NOTIFY": "", "HEARTBEAT_URL": ""}
    for hours in (0, 1):
        runs.at(hours, env=nobody).was(14)
    runs.at(2).was(14)

    assert (streak(runs.archive), rung(ear)) == ((14, 3, 14), ["failed"])


# --- who says nothing ---


def test_a_run_by_hand_tells_nothing(runs, ear, tmp_path):
    """Law: who asks for pages by hand sees how it went: no message, no streak, well or not."""
    runs.running.site.set_fault(WWW, "500")
    runs.at(0).was(14)
    runs.running.site.clear_faults()
    before = streak(runs.archive), rung(ear)
    page, names = listed(runs.running.site)[0], tmp_path / "urls.txt"
    names.write_text(page, "utf-8")
    runs.at(1, url=page).was(0)
    runs.at(1, urls=names).was(0)
    runs.at(1, url=page, settings=FULL).was(13)
    runs.at(1, urls=names, settings=FULL).was(13)

    assert before == ((14, 1, 14), ["failed"])
    assert (streak(runs.archive), rung(ear)) == ((14, 1, 14), [])


def test_no_run_tells_nothing(runs, ear):
    """Law: a run that another keeps out, or whose words make no sense, neither fails nor recovers for anybody."""
    runs.at(0, discover="rss").was(0)
    rung(ear)
    lock = Lock(runs.archive, "another", BEGIN)
    assert runs.at(1).ended.code == 10
    lock.release()
    assert runs.at(1, limit="none").ended.code == 2

    assert (streak(runs.archive), rung(ear)) == ((0, 1, 0), [])


def test_two_spiders_in_one_archive(runs, ear, tmp_path):
    """Law: each edition fails and recovers by itself, and has its figures in the same file."""
    file = tmp_path / "rfi.prom"
    more = {"settings": {"METRICS_FILE": file}, "discover": "rss"}
    runs.running.site.set_fault("/tw/", "500")
    ends = [runs.at(n, spider=f"rfi_{code}", **more).ended.code for n, code in enumerate(("cn", "tw", "cn", "tw"))]
    messages = ear.taken()

    assert ends == [0, 14, 0, 14]
    assert [path for path, _ in messages] == [WELL, TOLD, WELL]
    assert "(rfi_tw)" in messages[1][1]
    assert (streak(runs.archive), streak(runs.archive, "rfi_tw")) == ((0, 2, 0), (14, 2, 14))
    found = figures(file)
    assert {spider: found["run_exit_code", spider] for spider in ("rfi_cn", "rfi_tw")} == {"rfi_cn": 0, "rfi_tw": 14}
    assert found["run_exit_code_streak", "rfi_tw"] == 2


# --- a disk that refuses ---


def test_an_archive_that_cannot_be_made_is_told(tmp_path, parent, ear):
    """Law: where nothing at all can be written, of that too somebody hears."""
    (tmp_path / "file").touch()
    with serve(Site(feed_items=1)) as running:
        ran = Runs(tmp_path / "file" / "a", running, parent, rings(ear)).at(0)

    assert ran.ended.code == 13
    assert "Traceback" not in ran.ended.err
    assert rung(ear) == ["failed"]


@pytest.mark.parametrize("spoilt", ["", "runs", "memory.json"])
def test_a_disk_that_refuses_in_mid_run_is_told(tmp_path, ear, spoilt):
    """Law: a run that a disk ends is told of, also where there is no room for report or memory."""
    archive = tmp_path / "a"
    archive.mkdir()
    if spoilt == "runs":
        (archive / spoilt).touch()
    elif spoilt:
        (archive / spoilt).mkdir()
    with serve(Site(clones=30, feed_items=60)) as running:
        crawl(archive, running, settings=LEAN_NOW, env=rings(ear), most=400_000).was_clean(13)

    assert rung(ear) == ["failed"]


# --- figures ---


def figures(file: Path) -> dict[tuple[str, str], float]:
    """Values by name and spider; those with more labels are left out."""
    families = text_string_to_metric_families(file.read_text("utf-8"))
    samples = [sample for family in families for sample in family.samples]
    short = [sample for sample in samples if len(sample.labels) == 1]
    return {(s.name.removeprefix("rfi_archive_"), s.labels["spider"]): s.value for s in short}


def test_figures_are_those_of_the_report(runs, tmp_path):
    """Law: METRICS_FILE has what the report has, after a failure too."""
    file = tmp_path / "new" / "rfi.prom"
    for hours, settings, code in ((0, {}, 0), (1, FULL, 13), (2, FULL, 13)):
        told = runs.at(hours, discover="rss", settings={"METRICS_FILE": file, **settings}).was(code).report
        found = figures(file)
        wanted = {
            "run_exit_code": code,
            "run_exit_code_streak": max(1, hours),
            "run_articles": told.counts.get("archived", 0),
            "run_found": told.counts.get("found", 0),
            "run_requests": told.requests,
            "run_received_bytes": told.received,
            "disk_free_bytes": told.free,
            "given_up_urls": 0,
            "waiting_urls": told.waiting,
        }
        assert {name: found[name, "rfi_cn"] for name in wanted} == wanted


@pytest.mark.parametrize("where", ["file/rfi.prom", "folder"])
def test_figures_that_cannot_be_written_fail_nothing(runs, ear, tmp_path, where):
    """Law: that is one warning; the run ends as it would, and tells what it would."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    ran = runs.at(0, discover="rss", settings={"METRICS_FILE": tmp_path / where}).was(0)

    assert ran.ended.err.count("METRICS_FILE") == 1
    assert rung(ear) == [WELL]
    assert streak(runs.archive) == (0, 1, 0)


# --- nobody waits ---


def told_to(env: dict[str, str]) -> str:
    """A NOTIFY address at which somebody takes connections and never says a word."""
    return "json://" + env["http_proxy"].removeprefix("http://") + "/x?cto=60&rto=60"


def test_a_server_that_never_answers_costs_ten_seconds(runs):
    """Law: NOTIFY's server may hang: the run ends ten seconds later, with report and streak."""
    runs.running.site.set_fault(WWW, "500")
    with silent.proxy() as env:
        begun = time.monotonic()
        runs.at(0, env={"NOTIFY": told_to(env)}).was(14)
        took = time.monotonic() - begun

    assert HANGS - 1 < took < HANGS + 5
    assert streak(runs.archive) == (14, 1, 0)


@pytest.mark.parametrize("when", ["in mid-run", "while it tells"])
def test_a_run_that_is_told_to_stop_waits_for_nobody(tmp_path, when):
    """Law: SIGTERM ends a run at once and in order whoever is to be told, also while somebody is being told."""
    archive, mid = tmp_path / "a", when == "in mid-run"
    with serve(Site(clones=50, feed_items=60)) as running, silent.proxy() as env:
        running.site.set_fault("/20261026-" if mid else WWW, "hang" if mid else "500")
        hangs = {"NOTIFY": told_to(env), "HEARTBEAT_URL": env["http_proxy"]}
        victim = set_off(archive, running, settings=LEAN_NOW, env=hangs)
        until = time.monotonic() + 30
        while not (any(e.fault == "hang" for e in running.log) if mid else list(archive.glob("runs/*.json"))):
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(0.5)
        begun = time.monotonic()
        victim.send_signal(signal.SIGTERM)
        _, err = victim.communicate(timeout=60)
        took = time.monotonic() - begun

    assert took < (SOON if mid else 2), took
    assert b"Traceback" not in err
    assert victim.returncode == (15 if mid else 14)
    assert not list(archive.glob("warc/*.open"))
    assert bool(evidence.files(archive)) == mid
