"""The short form of the month in `make torture`: two days with one of each fault; and laws of those who judge it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crawler import evidence
from tests.torture import november, oracle, reckoning
from tests.torture.month import begun
from tests.torture.oracle import messages
from tests.torture.play import BEGIN, HOUR, NEW, RHYTHM, Act, Play

SHUT = Act("it refuses", refused=True, code=11)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    play = oracle.playable(november.REHEARSAL)
    with begun(play, tmp_path_factory.mktemp("month") / "a") as month:
        return month, list(month.hours())


@pytest.mark.slow
def test_two_days_unattended(lived):
    """Law: whatever happens, what could be had is archived once, each run ends as the script says, who must know is told."""
    month, hours = lived
    assert reckoning.wrong(month, hours) == []
    assert len(hours) == november.REHEARSAL.hours
    assert {hour.ended.code for hour in hours} >= {-9, 0, 13, 14}


# --- who judges: what is there to be seen, is seen ---


def changed(hours, number, **what):
    return [replace(hour, **what) if hour.number == number else hour for hour in hours]


def ended(hours, number, **what):
    return changed(hours, number, ended=replace(hours[number].ended, **what))


def sent_again(hours):
    """Let the first article be sent to the second run, too."""
    again = next(entry for entry in hours[0].log if evidence.pages([entry]))
    return changed(hours, 1, log=(*hours[1].log, again))


def codes(month, hours):
    return reckoning.codes(hours, oracle.foretold(month.play))


def unasked(month, hours):
    return reckoning.unasked(hours, oracle.foretold(month.play))


def once(month, hours):
    return reckoning.once(month.archive, hours, reckoning.promised(month, hours))


DEFECTS = {
    "it failed": (codes, "should end with [0]", lambda hours: ended(hours, 1, code=14)),
    "it should have failed": (codes, "should end with [13]", lambda hours: ended(hours, 20, code=0)),
    "a traceback": (codes, "shows a traceback", lambda hours: ended(hours, 2, err="Traceback")),
    "it asked": (unasked, "hour 20 (the disk is full) asked", lambda hours: changed(hours, 20, log=hours[0].log)),
    "it did not ask": (unasked, "hour 1 did not hear", lambda hours: changed(hours, 1, log=())),
    "fetched twice": (once, "sent 2 times", sent_again),
    "never fetched": (once, "sent 0 times", lambda hours: changed(hours, 0, log=())),
    "not promised": (once, "recorded 1 times", lambda hours: [replace(hour, listed=frozenset()) for hour in hours]),
}


@pytest.mark.slow
@pytest.mark.parametrize("defect", DEFECTS)
def test_every_defect_of_a_run_is_seen(lived, defect):
    """Law: of runs that were not as they must be, it is said; of good ones nothing."""
    month, hours = lived
    judge, word, breaks = DEFECTS[defect]
    assert list(judge(month, hours)) == []
    assert any(word in line for line in judge(month, breaks(hours)))


@pytest.mark.slow
@pytest.mark.parametrize("defect", ["missing", "another"])
def test_every_defect_of_the_archive_is_seen(lived, tmp_path, defect):
    """Law: an article that is not there, or not as the site has it, is named."""
    month, hours = lived
    spoilt = replace(month, archive=Path(shutil.copytree(month.archive, tmp_path / "a")))
    file = min(spoilt.archive.glob("articles/*/*/*.md"))
    file.unlink() if defect == "missing" else file.write_text("words")

    found = list(reckoning.kept(spoilt, hours))

    assert any(line.startswith("lost: https://www.rfi.fr/cn/") and file.name in line for line in found)
    assert any(line.startswith("verify ended with 1") for line in found)


# --- the script ---


@pytest.mark.parametrize("play", [november.MONTH, november.REHEARSAL])
def test_acts_have_hours_of_their_own(play):
    """Law: at no hour two things happen, and what is laid over an hour's first article has one."""
    hours = [hour for some in play.acts for hour in some]
    assert len(hours) == len(set(hours))
    assert max(hours) < play.hours
    for hour in hours:
        act = play.act(hour)
        assert play.new(hour) or not (act.taken_down or any(pattern == NEW for pattern, _, _ in act.faults))
        assert act.kill < max(1, play.new(hour))


def test_a_day_has_ninety_articles():
    """Law: a month without a still hour brings 2,700 articles, each in its hour."""
    articles = Play(720, {}).articles
    assert len(articles) == 2700
    assert sum(BEGIN + 6 * HOUR <= article.published < BEGIN + 7 * HOUR for article in articles) == RHYTHM[6]


def test_a_site_that_refuses_is_left_alone():
    """Law: 1, 2, 4 ... 24 hours, each counted from the run that was refused; the runs between ask for nothing."""
    due = oracle.foretold(Play(200, {range(10, 100): SHUT}))
    asked = [hour for hour, run in enumerate(due) if run.asks and 10 <= hour <= 120]
    assert asked[:8] == [10, 12, 15, 20, 29, 46, 71, 96]
    assert {code for run in due[10:121] for code in run.codes} == {11}
    assert {code for run in due[121:] for code in run.codes} == {0}


def test_who_must_know_is_told_once():
    """Law: the first failure of a kind, and recovery; a kill, a spent budget and a second run are no failures."""
    codes = [0, 14, 14, -9, 14, 11, 0, 0, 15, 10, 0, 13, 15, 0]
    told = [None, "failed", None, None, None, "failed", "recovered", *[None] * 4, "failed", None, "recovered"]
    assert messages(codes) == told
