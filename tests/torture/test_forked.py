"""Laws of forked runs: they are what a process of their own would be."""

import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.crawler import evidence, state
from tests.crawler.crawling import ROOT, command, environment, verify
from tests.crawler.story import listed
from tests.site import Site, serve
from tests.torture import clockwork
from tests.torture.forked import hatchery

pytestmark = pytest.mark.slow
WHEN = datetime(2026, 11, 3, 4, 50, tzinfo=UTC)
NOON: dict[str, object] = {"CLOCK": clockwork.SETTING}


@pytest.fixture(scope="module")
def parent():
    with hatchery() as one:
        yield one


def forked(parent, words, running):
    ended = parent.run(words, environment(running))
    return ended.code, ended.out, untimed(ended.last)


def alone(_, words, running):
    done = subprocess.run(words, cwd=ROOT, env=environment(running), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, untimed(done.stderr.splitlines()[-1])


def untimed(line):
    return re.sub(r" in [\d.]+ s$", "", line)


def test_a_forked_run_is_a_run(tmp_path, parent):
    """Law: archive, exit code, last line are those of a process of its own, also of the run after it."""
    told = {}
    for how in (forked, alone):
        archive = tmp_path / how.__name__
        with serve(Site(unpublished=3)) as running:
            ends = [how(parent, command(archive, "rfi_cn", {}, {}), running)]
            running.site.publish(3)
            ends.append(how(parent, command(archive, "rfi_cn", {}, {}), running))
            evidence.holds_exactly(archive, running.site, listed(running.site)[: len(evidence.files(archive))])
            assert evidence.kept(archive) == evidence.sent(running.log)
            told[how] = ends, evidence.kept(archive), state.of(archive)
        verify(archive)

    assert told[forked] == told[alone]
    assert [code for code, _, _ in told[forked][0]] == [0, 0]


@pytest.mark.parametrize("words", [["-a", "limit=0"], ["-s", "ARCHIVE_DIR=/dev/null/a"], ["-a", "url=ftp://x"]])
def test_a_forked_run_fails_like_a_run(tmp_path, parent, words):
    """Law: a run that cannot begin ends with the same code and the same line."""
    given = [*command(tmp_path / "a", "rfi_cn", {}, {}), *words]

    code, out, last = forked(parent, given, None)

    assert (code, out, last) == alone(parent, given, None)
    assert code > 0


def test_a_forked_run_dies_of_a_kill(tmp_path, parent):
    """Law: kill -9 comes when it is asked for, and the next run of the same parent is whole."""
    words = command(tmp_path / "a", "rfi_cn", {}, {})
    with serve(Site()) as running:
        killed = parent.run(words, environment(running), lambda: len(evidence.pages(running.log)) > 2)
        again = parent.run(words, environment(running))
        evidence.holds_exactly(tmp_path / "a", running.site, listed(running.site)[:30])

    assert (killed.code, again.code) == (-9, 0)


def test_the_clock_is_the_runs_own(tmp_path, parent):
    """Law: what a run dates, it dates by the clock it was given, which goes on while it runs."""
    with serve(Site()) as running:
        words = command(tmp_path / "a", "rfi_cn", NOON, {"limit": "1"})
        parent.run(words, environment(running) | clockwork.set_to(WHEN)).was_clean()

    epochs = [pair.epoch / 1000 for pair in evidence.pairs(tmp_path / "a")]
    assert epochs == sorted(epochs)
    assert WHEN <= datetime.fromtimestamp(epochs[0], UTC) <= datetime.fromtimestamp(epochs[-1], UTC)
    assert datetime.fromtimestamp(epochs[-1], UTC) < WHEN + timedelta(minutes=1)
    (sealed,) = (tmp_path / "a" / "warc").iterdir()
    assert f"{WHEN:%Y%m%d%H%M}" in sealed.name
