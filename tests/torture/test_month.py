"""The short form of the month in `make torture`: two days with one of each fault; and laws of those who judge it."""

import json
import shutil
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crawler import evidence
from tests.crawler.crawling import Crawled
from tests.torture import november, oracle, reckoning, simulated
from tests.torture.bell import TOLD, WELL, bell
from tests.torture.month import Hour, begun
from tests.torture.oracle import DONE, messages
from tests.torture.play import BEGIN, HOUR, NEW, RHYTHM, Act, Play
from tests.torture.reckoning import WORDS

SHUT = Act("it refuses", refused=True, code=11)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    with begun(november.REHEARSAL, tmp_path_factory.mktemp("month") / "a") as month:
        return month, list(month.hours())


@pytest.mark.slow
def test_two_days_unattended(lived):
    """Law: whatever happens, what could be had is archived once, each run ends as the script says, who must know is told."""
    month, hours = lived
    assert reckoning.wrong(month, hours) == []
    assert len(hours) == november.REHEARSAL.hours
    assert {hour.ended.code for hour in hours} >= {-9, 0, 11, 12, 13, 14, 15}


@pytest.mark.slow
def test_the_simulation_says_what_two_days_took(lived):
    """Law: requests, articles and how fresh they are, as docs/SCALE.md reckons them, are those of real runs.

    Within 10 %: two days have few articles, and by chance one that failed waits an hour more.  The month's 5 % are held
    by `make torture`.
    """
    month, hours = lived
    assert list(simulated.apart(month, hours, close=0.1)) == []


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
    "fetched twice": (once, "(0 to killed runs), recorded", sent_again),
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


def made_up(codes, rung=()):
    """Hours that ended with these codes, each ringing as it must, but for one that rang otherwise."""
    hours = []
    for number, (code, told) in enumerate(zip(codes, messages(codes), strict=True)):
        rings = [(TOLD, f"{WORDS[told]} (rfi_cn)\nexit code {code}: x")] if told else []
        rings += [(WELL, "")] if code in DONE else []
        ended = Crawled(code, "", "")
        hours.append(
            Hour(number, november.KILLED if code < 0 else november.STUMBLES, ended, (), frozenset(), tuple(rings))
        )
    return changed(hours, len(hours) - 1, rung=tuple(rung)) if rung else hours


@pytest.mark.parametrize(
    ("codes", "rung"),
    [([0, 14], [(WELL, "")]), ([0, 14, 14], [(TOLD, "failed")]), ([14, 0], [(TOLD, "failed"), (WELL, "")])],
)
def test_what_is_told_wrong_is_seen(codes, rung):
    """Law: a silence, a second message of one failure, a recovery told as a failure: each is said."""
    assert list(reckoning.rings(made_up(codes))) == []
    assert [line.partition(" (")[0] for line in reckoning.rings(made_up(codes, rung))] == [f"hour {len(codes) - 1}"]


@pytest.mark.parametrize(
    ("codes", "wrong"),
    [
        ([0, 0, 12, -9, 12, 11, 12, 0, 0], []),
        ([0, 12, 0, -9, 12, 11, 12, 0, 0], [2]),
        ([0, 0, 12, -9, 12, 11, 0, 12, 0], [7]),
        ([12, 0, 12, -9, 12, 11, 12, 0, 12], [8]),
    ],
)
def test_an_alarm_that_comes_twice_is_seen(codes, wrong):
    """Law: of hours 1 to 4, that drift, each alarm begins within and ends behind, once."""
    hours = [replace(hour, act=november.LEADLESS if 1 <= hour.number <= 4 else hour.act) for hour in made_up(codes)]
    assert [f"hour {number}" for number in wrong] == [line.partition(" (")[0] for line in reckoning.unsteady(hours)]


def test_a_report_that_is_missing_or_wrong_is_seen(tmp_path):
    """Law: each run that was let end has a report with its code."""
    hours = made_up([0, 14, -9])
    (tmp_path / "runs").mkdir()
    for number, code in ((0, 0), (1, 14)):
        started = (BEGIN + (number + 0.9) * HOUR).isoformat().replace("+00:00", "Z")
        (tmp_path / f"runs/{number}.json").write_text(json.dumps({"started": started, "code": code}))

    assert list(reckoning.reports(tmp_path, hours)) == []
    assert ["of hour 1 says 14" in line for line in reckoning.reports(tmp_path, ended(hours, 1, code=12))] == [True]
    (tmp_path / "runs/0.json").unlink()
    assert ["of hour 0 says None" in line for line in reckoning.reports(tmp_path, hours)] == [True]


@pytest.mark.parametrize(
    ("when", "soon"),
    [([3], []), ([3, 5, 10, 28, 172], []), ([3, 200], []), ([3, 5, 6], [6]), ([3, 200, 201], [201])],
)
def test_a_look_that_comes_too_soon_is_seen(when, soon):
    """Law: behind the first, an article comes once for all the ages that went by since it came last."""
    assert list(reckoning.too_soon(when)) == soon


@pytest.mark.parametrize(
    ("when", "by"), [([0], 2), ([0, 2], 7), ([0, 2, 7], None), ([0, 7], 2), ([0, 1, 6], None), ([3], 5)]
)
def test_a_look_that_does_not_come_is_seen(when, by):
    """Law: an article that came is looked at by the first run behind each age; what is old is not."""
    new, old = (f"https://www.rfi.fr/cn/a/{day}-a" for day in ("20261030", "20261001"))
    found = list(reckoning.overlooked(made_up([0] * 10), {new: when, old: when}))
    assert [line.partition(",")[0] for line in found[:1]] == ([f"not looked at by hour {by}"] if by else [])
    assert not any(old in line for line in found)


def test_a_bell_notes_who_rings():
    """Law: a call without words and a message are kept in their order, once."""
    with bell() as ear:
        env = ear.env()
        urllib.request.urlopen(env["HEARTBEAT_URL"], timeout=5).close()
        told = json.dumps({"title": "rfi-archive", "message": "it failed"}).encode()
        urllib.request.urlopen(env["NOTIFY"].replace("json:", "http:"), told, timeout=5).close()

        assert ear.taken() == [(WELL, ""), (TOLD, "rfi-archive\nit failed")]
        assert ear.taken() == []


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


def test_a_site_that_names_a_time_is_taken_at_its_word():
    """Law: it is asked by the first run behind the time it named."""
    due = oracle.foretold(Play(10, {range(2, 3): replace(SHUT, named=1.5 * HOUR)}))
    assert [run.asks for run in due] == [True, True, True, False, *[True] * 6]
    assert [sorted(run.codes) for run in due[1:5]] == [[0], [11], [11], [0]]


def test_a_time_that_was_named_and_not_kept_grows():
    """Law: three hours, three again, for an hour and two are less; then 4, 8 ... as if no time were named."""
    due = oracle.foretold(Play(100, {range(10, 60): replace(SHUT, named=3 * HOUR)}))
    assert [hour for hour, run in enumerate(due) if run.asks and 10 <= hour <= 70][:7] == [10, 14, 18, 22, 27, 36, 53]


def test_a_rule_that_needs_several_articles_is_given_them():
    """Law: drift is told when so many have come, at the latest, and its end when 20 have."""
    act = replace(november.LEADLESS, within=13)
    due = oracle.foretold(Play(48, {range(6, 12): act, range(30, 36): act}))
    assert [hour % 24 for hour, run in enumerate(due) if 12 in run.codes] == [*range(6, 15)] * 2
    assert [hour % 24 for hour, run in enumerate(due) if 0 not in run.codes] == [*range(8, 12)] * 2


def test_who_must_know_is_told_once():
    """Law: the first failure of a kind, and recovery; a kill, a spent budget and a second run are no failures."""
    codes = [0, 14, 14, -9, 14, 11, 0, 0, 15, 10, 0, 13, 10, 15, 0]
    told = [None, "failed", None, None, None, "failed", "recovered", *[None] * 4, "failed", None, "recovered", None]
    assert messages(codes) == told
