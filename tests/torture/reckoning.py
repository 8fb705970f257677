"""Reckoning: what is wrong with a play that was lived through, told by the script, the site's log and other readers.

Each function returns lines; none is well.
"""

import hashlib
import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.crawler import evidence
from tests.site import Entry
from tests.torture import oracle, witness
from tests.torture.bell import TOLD, WELL
from tests.torture.month import FEED, NEWS, Hour, Month
from tests.torture.oracle import Due
from tests.torture.play import BEGIN, HOUR
from tests.torture.rounds import finished, verb

WORDS = {"failed": "a crawl failed", "recovered": "crawls are well again"}
"""What a message says, by what it must tell."""
REFUSALS = 403, 429
KNOCKS = 3 + 1
"""Refusals in a row after which a run asks for nothing more; one request may be under way when the last is heard."""
DAY = 24
WEEK = timedelta(days=7)
GROWTH = 1.1
"""How much more memory the runs of the last day may take than those of the second."""
LONG = 10 * DAY
"""Hours of a play from which on growth can be told."""


def wrong(month: Month, hours: Sequence[Hour]) -> list[str]:
    """Return all that is wrong."""
    due = oracle.foretold(month.play)
    return [
        *codes(hours, due),
        *unsteady(hours),
        *unasked(hours, due),
        *rings(hours),
        *reports(month.archive, hours),
        *kept(month, hours),
        *once(month.archive, hours, promised(month, hours)),
        *growth(hours),
    ]


def codes(hours: Iterable[Hour], due: Sequence[Due]) -> Iterator[str]:
    """Runs that ended otherwise than the script says, or with a traceback."""
    for hour in hours:
        if hour.ended.code not in due[hour.number].codes:
            yield f"hour {hour.number} ({hour.act.says}) should end with {sorted(due[hour.number].codes)}: {hour}"
        if "Traceback" in hour.ended.err:
            yield f"hour {hour.number} ({hour.act.says}) shows a traceback: {hour.ended.err[-2000:]}"


def unsteady(hours: Iterable[Hour]) -> Iterator[str]:
    """Runs where drift begins when all is well, or ends while it lasts: whatever it is, it is told once."""
    for before, hour in pairwise(hour for hour in hours if hour.ended.code in oracle.READING):
        was, drifts = (run.ended.code == oracle.DRIFT for run in (before, hour))
        if drifts and not was and hour.act.code != oracle.DRIFT:
            yield f"hour {hour.number} ({hour.act.says}) should not begin to tell of drift: {hour}"
        if was and not drifts and hour.act is before.act and hour.act.code == oracle.DRIFT:
            yield f"hour {hour.number} ({hour.act.says}) should not recover: {hour}"


def unasked(hours: Iterable[Hour], due: Sequence[Due]) -> Iterator[str]:
    """Runs that asked where they must not, or did not where they may."""
    for hour in hours:
        refused = sum(entry.status in REFUSALS for entry in hour.log if hour.act.refused)
        if hour.log and not due[hour.number].asks:
            yield f"hour {hour.number} ({hour.act.says}) asked for {len(hour.log)} URLs, such as {hour.log[0].url}"
        if refused > KNOCKS:
            yield f"hour {hour.number} ({hour.act.says}) was refused {refused} times"
        if due[hour.number].asks and not hour.act.deaf and not hour.act.kill:
            yield from (f"hour {hour.number} did not hear {url}" for url in _open(hour) - hour.answered)


def _open(hour: Hour) -> set[str]:
    """Listings that answer in this hour, by the script."""
    return {url for url in (FEED, NEWS) if not any(re.search(pattern, url) for pattern, _, _ in hour.act.faults)}


def rings(hours: Sequence[Hour]) -> Iterator[str]:
    """Runs that told somebody what they should not, or did not tell it."""
    for hour, told in told_of(hours):
        wanted = [TOLD] * (told is not None) + [WELL] * (hour.ended.code in oracle.DONE)
        if sorted(path for path, _ in hour.rung) != sorted(wanted):
            yield f"hour {hour.number} ({hour.act.says}) rang {hour.rung}, not {wanted} ({told})"
        says = f"{WORDS[told]} (rfi_cn)\nexit code {hour.ended.code}: " if told else ""
        if any(path == TOLD and says not in words for path, words in hour.rung):
            yield f"hour {hour.number} ({hour.act.says}) should tell that it {told}: {hour.rung}"


def told_of(hours: Sequence[Hour]) -> Iterator[tuple[Hour, oracle.Told | None]]:
    """Yield each run with what must be told at its end."""
    return zip(hours, oracle.messages([hour.ended.code for hour in hours]), strict=True)


def reports(archive: Path, hours: Iterable[Hour]) -> Iterator[str]:
    """Runs whose report is missing or says another code; one that was killed has none."""
    told = [json.loads(path.read_bytes()) for path in sorted(archive.glob("runs/*.json"))]
    codes = {(datetime.fromisoformat(report["started"]) - BEGIN) // HOUR: report["code"] for report in told}
    for hour in hours:
        reported = codes.pop(hour.number, None)
        if hour.ended.code not in (reported, oracle.KILLED):
            yield f"the report of hour {hour.number} says {reported}: {hour}"
    yield from (f"a report of no run, in hour {number}" for number in codes)


def promised(month: Month, hours: Iterable[Hour]) -> set[str]:
    """Articles that some run saw in a listing, but for those that were never to be had.  A killed run promises nothing."""
    return {url for hour in hours if not hour.act.kill for url in hour.listed}.difference(month.gone)


def kept(month: Month, hours: Sequence[Hour]) -> Iterator[str]:
    """What is missing, too much or not as the site expects it; what `verify` and other readers find."""
    wanted = promised(month, hours)
    yield from witness.lost(month.archive, month.running.site, wanted)
    yield from witness.torn(month.archive, {})
    yield from witness.left(month.archive)
    try:
        evidence.holds_exactly(month.archive, month.running.site, wanted)
    except (AssertionError, ValueError) as error:
        yield f"the article files are not those that were promised: {str(error)[:500]}"
    told = finished(verb("verify", month.archive))
    if told.code:
        yield f"verify ended with {told.code}: {told.out[-2000:]}{told.err[-500:]}"


def once(archive: Path, hours: Sequence[Hour], wanted: set[str]) -> Iterator[str]:
    """Articles that were sent, or are recorded, more or less often than once, and once more at each age that is due.

    What a killed run was sent may be sent again.
    """
    sent = Counter(entry.url for hour in hours for entry in _articles(hour.log))
    killed = Counter(entry.url for hour in hours if hour.act.kill for entry in _articles(hour.log))
    recorded = _recorded(archive, {(entry.url, entry.entity_sha1) for hour in hours for entry in _articles(hour.log)})
    for url in sorted(wanted | sent.keys() | recorded.keys()):
        when = recorded.get(url, [])
        if not (sent[url] >= len(when) >= sent[url] - killed[url] and bool(when) == (url in wanted)):
            yield f"sent {sent[url]} times ({killed[url]} to killed runs), recorded {len(when)} times: {url}"
        yield from (f"looked at in hour {hour}, of {when}, when that was not due: {url}" for hour in too_soon(when))
    yield from overlooked(hours, recorded)


def _recorded(archive: Path, bodies: set[tuple[str, str]]) -> dict[str, list[int]]:
    """Return in which hours the answers of these bodies are recorded, by URL."""
    found: dict[str, list[int]] = {}
    for pair in evidence.pairs(archive):
        if (pair.url, hashlib.sha1(pair.body).hexdigest()) in bodies:
            hour = (datetime.fromtimestamp(pair.epoch / 1000, UTC) - BEGIN) // HOUR
            found.setdefault(pair.url, []).append(hour)
    return found


def too_soon(when: Sequence[int]) -> Iterator[int]:
    """Yield the hours, of those in which an article came, in which it had not reached an age since it came last."""
    for last, hour in pairwise(when):
        if not any(last <= when[0] + age <= hour for age in oracle.AGES):
            yield hour


def overlooked(hours: Sequence[Hour], recorded: dict[str, list[int]]) -> Iterator[str]:
    """Articles that reached an age, and were not looked at by the next run that could read what it wanted."""
    reading = [hour.number for hour in hours if hour.ended.code in oracle.READING or (hour.act.still and hour.log)]
    failed = {(entry.url, hour.number) for hour in hours for entry in hour.log if entry.fault or entry.cut}
    for url, when in recorded.items():
        for age in oracle.AGES if _is_recent(url, when[0]) else ():
            due = when[0] + age + 1  # each run begins a little earlier in its hour than the last
            next_one = bisect_left(reading, due)
            if next_one == len(reading):
                break
            told = any(when[0] + age <= hour <= reading[next_one] for hour in when[1:])
            if not told and not any((url, hour) in failed for hour in range(due - 1, reading[next_one] + 1)):
                yield f"not looked at by hour {reading[next_one]}, of {when}: {url}"


def _is_recent(url: str, hour: int) -> bool:
    """Tell whether an article that came in an hour came out in the week before, by the day in its URL."""
    day = re.search(r"/([0-9]{8})-", url)
    assert day
    return (BEGIN + HOUR * hour).date() - datetime.strptime(day[1], "%Y%m%d").date() < WEEK  # noqa: DTZ007


def _articles(log: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the answers that tell how an article stands: whole ones, and what says that it is there no more."""
    told = [entry for entry in log if entry.status in (200, 404) and (entry.cut, entry.fault) == (False, "")]
    urls = set(evidence.pages(told))
    return (entry for entry in told if entry.url in urls)


def growth(hours: Sequence[Hour]) -> Iterator[str]:
    """What the last day's runs took more than those of the second day."""
    if len(hours) >= LONG and peak(hours[-DAY:]) > GROWTH * peak(hours[DAY : 2 * DAY]):
        yield f"memory grows: {peak(hours[DAY : 2 * DAY]):,} bytes on the second day, {peak(hours[-DAY:]):,} on the last"


def peak(hours: Sequence[Hour]) -> int:
    """Bytes of memory that a usual run took."""
    return int(median(hour.ended.peak for hour in hours))


def figures(hours: Sequence[Hour], archived: int, seconds: float) -> str:
    """Return what it took, and what was told, in three lines."""
    early, late = hours[DAY : 2 * DAY], hours[-DAY:]
    cpu = [median(hour.ended.cpu for hour in some) for some in (early, late)]
    failed = Counter(hour.ended.code for hour, told in told_of(hours) if told == "failed")
    rung = Counter(path for hour in hours for path, _ in hour.rung)
    return (
        f"{len(hours)} runs, {archived} articles, {sum(len(hour.log) for hour in hours)} requests in {seconds:.0f} s\n"
        f"second day and last: {peak(early) / 1e6:.1f} and {peak(late) / 1e6:.1f} MB at most,"
        f" {cpu[0]:.3f} and {cpu[1]:.3f} s of processor time a run (medians)\n"
        f"{rung[TOLD]} messages, {failed.total()} of a failure ("
        + ", ".join(f"{code}: {number}" for code, number in sorted(failed.items()))
        + f"); {rung[WELL]} heartbeats"
    )
