"""Writers: work that many processes do on one index, in turns that are noted, so that one can do it again."""

import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from archive.commit import draft
from archive.commit.ledger import Ledger
from archive.engines.postgres import Postgres
from archive.exchange import Exchange
from archive.index import Index
from archive.records.record import Capture
from tests.archive.archives import CN, START, answer, feed, open_archive, page

MOST = 4
"""Jobs of one transaction."""


@dataclass(frozen=True)
class Job:
    """One thing that a writer does."""

    does: str
    """The name of a method of a Ledger, or "list"."""
    url: str = ""
    at: datetime = START
    exchange: Exchange | None = None
    capture: Capture | None = None


def jobs(root: Path, number: int, die: random.Random) -> list[Job]:
    """Record what `number` jobs are to take; return them in any order: many of the same articles."""
    with closing(open_archive(root)) as archive:
        found = list[Job]()
        for _ in range(number):
            article = die.choice(CN[:9]).revised(die.randint(0, 3))
            at = START + timedelta(minutes=die.randint(0, 9999))
            kind = die.random()
            if kind < 0.6:
                one = die.choice((page(article), page(article), feed(), answer(article.url, b"", 404)))
                found.append(Job("take", exchange=one, capture=archive.record(one)))
            else:
                does = "list" if kind < 0.7 else "failed" if kind < 0.85 else "looked"
                found.append(Job(does, url=article.url, at=at))
    die.shuffle(found)
    return found


def do(ledger: Ledger, job: Job) -> None:
    """Do one job."""
    if job.exchange and job.capture:
        ledger.note(job.capture, draft.of(job.exchange))
    elif job.does == "list":
        urls = [f"{job.url}-{number}" for number in range(9)]
        random.Random(str(job.at)).shuffle(urls)
        ledger.index.list_urls((url, int(job.at.timestamp())) for url in urls)
    elif job.does == "failed":
        ledger.failed(job.url, f"failed at {job.at}", job.at)
    else:
        ledger.looked(job.url, job.at)


def write(url: str, root: Path, numbers: Sequence[int], work: Sequence[Job], seed: int) -> list[tuple[int, list[int]]]:
    """Do these of the jobs as one writer among others; return the turns it had, and what it did in each."""
    die, left, turns = random.Random(seed), list(numbers), list[tuple[int, list[int]]]()
    with closing(Postgres(url, create=True)) as index:
        ledger = Ledger(root, index)
        while left:
            some = [left.pop() for _ in range(min(len(left), die.randint(1, MOST)))]
            with index:
                row = index.session.raw("select nextval('public.turns')").fetchone()
                assert row
                turns.append((int(row[0]), some))
                for number in some:
                    do(ledger, work[number])
    return turns


def again(index: Index, root: Path, turns: Sequence[list[int]], work: Sequence[Job]) -> None:
    """Do all jobs, one turn after the other."""
    ledger = Ledger(root, index)
    for some in turns:
        with index:
            for number in some:
                do(ledger, work[number])
