"""Laws of a guest: refused a few times in a row it stays away, longer each time; told when to come back, it does then."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.manners import guest
from archive.manners.guest import CHALLENGED, LONGEST_REST, MANY, PATIENCE, WELCOME, Answer, Host, Visit

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
REFUSED = Answer(refused="HTTP 403")
DATE = "Mon, 23 Nov 2026 05:00:00 GMT"
HOUR = timedelta(hours=1)
ANSWERS = st.sampled_from([WELCOME, CHALLENGED, REFUSED, Answer()])


def visited(host: Host, *answers: Answer, now: datetime = NOW) -> tuple[Host, Visit]:
    """What a run makes of these answers."""
    visit = Visit()
    for answer in answers:
        host, visit = guest.after(host, visit, answer, now)
    return guest.leave(host, visit, now), visit


# --- what an answer says ---


@pytest.mark.parametrize(
    ("status", "refused", "good"),
    [
        (200, "", True),
        (304, "", True),
        (301, "", False),
        (403, "HTTP 403", False),
        (404, "", False),
        (429, "HTTP 429", False),
        (500, "", False),
        (503, "", False),
        (0, "", False),
    ],
)
def test_which_statuses_refuse(status, refused, good):
    """Law: 403 and 429 refuse, 200 and 304 are good, all others say neither."""
    assert guest.answer(status, None, None, NOW) == Answer(refused, good)


@pytest.mark.parametrize("status", [200, 301, 403, 404, 500])
def test_a_retry_after_counts_where_it_means_a_wait(status):
    """Law: Retry-After counts on 429 and 503, on no other status."""
    assert guest.answer(status, "60", None, NOW).told is None
    assert guest.answer(429, "60", None, NOW).told == guest.answer(503, "60", None, NOW).told == NOW + HOUR / 60


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        ("1", None, 1),
        (" 120 ", None, 120),
        ("3600", None, 3600),
        ("0", None, None),
        ("-5", None, None),
        ("1.5", None, None),
        ("soon", None, None),
        ("", None, None),
        (None, None, None),
        ("٣", None, None),
        ("86401", None, 86400),
        ("9" * 5000, None, 86400),
        ("Mon, 23 Nov 2026 06:00:00 GMT", DATE, 3600),
        ("Mon, 23 Nov 2026 06:00:00 GMT", None, 3600),
        ("Mon, 23 Nov 2026 06:00:00 GMT", "nonsense", 3600),
        ("Monday, 23-Nov-26 06:00:00 GMT", DATE, 3600),
        ("Mon Nov 23 06:00:00 2026", DATE, 3600),
        ("Mon, 23 Nov 2026 07:00:00 +0100", DATE, 3600),
        ("Mon, 23 Nov 2026 04:59:59 GMT", DATE, None),
        ("Sat, 31 Oct 2026 23:00:05 GMT", "Sat, 31 Oct 2026 23:00:00 GMT", 5),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DATE, 86400),
        ("Fri, 31 Dec 9999 23:59:59 -2359", DATE, None),
        ("Mon, 99 Nov 2026 06:00:00 GMT", DATE, None),
    ],
)
def test_when_to_come_back(text, date, seconds):
    """Law: seconds, or a date beside the answer's own; a day at most; what names no time to come names none."""
    told = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert guest.come_back(text, date, NOW) == told


@given(st.text(), st.none() | st.text())
def test_no_text_makes_it_raise(text, date):
    """Law: whatever the headers say, a rest ends within a day."""
    told = guest.come_back(text, date, NOW)
    assert told is None or NOW < told <= NOW + LONGEST_REST


# --- a run ---


@pytest.mark.parametrize(
    ("answers", "over"),
    [
        ([REFUSED] * 2, False),
        ([REFUSED] * 3, True),
        ([REFUSED, CHALLENGED, Answer("HTTP 429")], True),
        ([REFUSED, REFUSED, WELCOME, REFUSED, REFUSED], False),
        ([REFUSED, Answer(), REFUSED, Answer(), REFUSED], True),
        ([Answer()] * 9, False),
        ([Answer("HTTP 429", told=NOW + PATIENCE)], False),
        ([Answer("HTTP 429", told=NOW + PATIENCE)] * 3, True),
        ([Answer(told=NOW + PATIENCE)] * 9, False),
        ([Answer(told=NOW + PATIENCE + timedelta(seconds=1))], True),
    ],
)
def test_when_a_visit_is_over(answers, over):
    """Law: many refusals with no good answer between end a visit, or a Retry-After longer than our patience."""
    host, visit = visited(Host(), *answers)
    assert visit.over is over
    assert host.rests == int(over)


@given(st.lists(ANSWERS), st.integers(0, 5))
def test_rests_grow_or_are_wiped_out(answers, rests):
    """Law: a run that a host ended adds one rest; one that it did not wipes them out if it had a good answer, else none."""
    before = Host(rests, NOW - HOUR, "HTTP 403", 3.0)
    host, visit = visited(before, *answers)
    assert host.delay == before.delay
    assert host.rests == (rests + 1 if visit.over else 0 if visit.good else rests)


def test_a_rest_doubles_up_to_a_day():
    """Law: 1, 2, 4, 8, 16 hours, then a day for ever."""
    host, hours = Host(), []
    for _ in range(40):
        host, _ = visited(host, *[REFUSED] * MANY)
        assert host.until
        hours.append((host.until - NOW) / HOUR)
    assert hours == [1, 2, 4, 8, 16] + [24] * 35
    assert host.rests == 40


@pytest.mark.parametrize(
    ("rests", "row", "seconds", "rest"),
    [
        (0, 1, 600, 600),
        (0, 1, 7200, 7200),
        (1, 1, 600, 3600),
        (2, 1, 600, 7200),
        (2, 1, 86400, 86400),
        (0, 3, 60, 3600),
        (0, 3, 7200, 7200),
    ],
)
def test_a_retry_after_is_taken_at_its_word_once(rests, row, seconds, rest):
    """Law: the first that ends a run is the rest; where it was not enough, or came with many refusals, the longer counts."""
    last = Answer("HTTP 429", told=NOW + timedelta(seconds=seconds))
    host, _ = visited(Host(rests), *[REFUSED] * (row - 1), last)
    assert host == Host(rests + 1, NOW + timedelta(seconds=rest), "HTTP 429")


def test_what_comes_in_afterwards_changes_nothing():
    """Law: answers to what was under way when a visit ended count neither for nor against the host."""
    ended = visited(Host(), *[REFUSED] * MANY)
    assert visited(Host(), *[REFUSED] * MANY, REFUSED, WELCOME, WELCOME) == ended


def test_a_short_wait_outlasts_its_run():
    """Law: a Retry-After that is not over when the run ends holds for the next one; one that is over is forgotten."""
    answers = WELCOME, Answer(told=NOW + PATIENCE), WELCOME
    host, visit = visited(Host(2, NOW - HOUR, "HTTP 403"), *answers)
    assert host == Host(0, NOW + PATIENCE, "HTTP 503")
    assert guest.leave(host, visit, NOW + PATIENCE) == Host()


# --- from run to run ---


@pytest.mark.parametrize(
    ("until", "rests"),
    [
        (None, False),
        (NOW - HOUR, False),
        (NOW, False),
        (NOW + timedelta(seconds=1), True),
        (NOW + LONGEST_REST, True),
        (NOW + LONGEST_REST + timedelta(seconds=1), False),
        (datetime.max.replace(tzinfo=UTC), False),
    ],
)
def test_when_a_host_rests(until, rests):
    """Law: until the time it was left alone for; a time that no rule of ours could have named is not believed."""
    assert guest.rests(Host(1, until), NOW) is rests


@pytest.mark.parametrize(
    ("asked", "rate", "delay"),
    [
        (None, None, 0),
        (0, None, 0),
        (5, None, 5),
        (0.5, None, 0.5),
        (600, None, 60),
        (-3, None, 0),
        (float("nan"), None, 0),
        (float("inf"), None, 60),
        (None, (1, 10), 10),
        (5, (1, 10), 10),
        (20, (1, 10), 20),
        (None, (0, 10), 0),
    ],
)
def test_the_distance_that_a_robots_txt_asks_for(asked, rate, delay):
    """Law: the larger of Crawl-delay and Request-rate, in seconds, a minute at most; nonsense is nothing."""
    assert guest.delay(asked, rate) == delay


# --- what people read ---


@pytest.mark.parametrize(
    ("host", "line"),
    [
        (
            Host(3, NOW + timedelta(hours=3, minutes=20), "HTTP 403"),
            "x refused (HTTP 403) in 3 runs: nothing is asked of it before 2026-11-23 08:20 UTC (in 3 h 20 min)",
        ),
        (
            Host(1, NOW + timedelta(hours=1, seconds=-1), "a challenge"),
            "x refused (a challenge) in 1 run: nothing is asked of it before 2026-11-23 06:00 UTC (in 1 h)",
        ),
        (
            Host(0, NOW + timedelta(seconds=1), "HTTP 503"),
            "x refused (HTTP 503): nothing is asked of it before 2026-11-23 05:01 UTC (in 1 min)",
        ),
    ],
)
def test_a_rest_is_told(host, line):
    """Law: what refused, with what, how often, until when and in how long; rounded up, so that nobody comes too early."""
    assert guest.told("x", host, NOW) == line


@pytest.mark.parametrize(
    ("rests", "answers", "line"),
    [
        (
            0,
            [REFUSED] * 3,
            "x refused 3 times in a row (HTTP 403): nothing is asked of it before 2026-11-23 06:00 UTC (in 1 h)",
        ),
        (
            1,
            [REFUSED] * 3,
            "x refused 3 times in a row (HTTP 403), in 2 runs now: nothing is asked of it before 2026-11-23 07:00 UTC (in 2 h)",
        ),
        (
            0,
            [Answer(told=NOW + HOUR / 2)],
            "x refused and named a time to come back (HTTP 503): nothing is asked of it before 2026-11-23 05:30 UTC (in 30 min)",
        ),
    ],
)
def test_the_end_of_a_visit_is_told(rests, answers, line):
    """Law: the last line says what refused, how often in a row, and when the next run will ask again."""
    host, visit = visited(Host(rests), *answers)
    assert guest.told_now("x", host, visit, NOW) == line
