"""Laws of many workers on one frontier, with real ones, a real Redis, and a site on loopback."""

import signal
import time
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from redis import Redis

from archive import urls
from archive.decide import State
from archive.index import Index
from tests.cluster.crew import crew, share_index
from tests.site import Site, serve

PATIENCE = 60
ROBOTS = "https://www.rfi.fr/robots.txt"


def listed(site, folder, count):
    """A file of so many of a site's articles, and what stands in it."""
    found = [article.url for article in site.articles if article.edition == "cn"][:count]
    (folder / "urls").write_text("\n".join(found))
    return folder / "urls", found


def kept(redis):
    """What Redis still has of requests and leases."""
    with Redis.from_url(redis, decode_responses=True) as one:
        return [key for key in one.scan_iter("rfi-archive:rfi_cn:*") if not key.endswith(":tokens")]


def put(redis):
    """How many requests workers have put into the queue, whoever has taken them."""
    with Redis.from_url(redis) as one:
        return one.hlen("rfi-archive:rfi_cn:seen")


def asked(site):
    """Articles that a site was asked for, in order."""
    return [entry.url for entry in site.log if entry.url != ROBOTS]


def until(true, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def archived(folder, wanted):
    """How many of these URLs an index has as archived."""
    with closing(Index(folder / "index.sqlite")) as index:
        known = index.known(map(urls.canonical, wanted))
    return sum(one.state is State.ARCHIVED for one in known.values())


@pytest.mark.slow
def test_each_article_is_archived_once(redis, tmp_path):
    """Law: of workers that share a frontier and are killed meanwhile, one archives each article, once; and nothing stays behind."""
    with serve(Site(clones=40)) as site, crew(tmp_path, site, redis) as workers:
        file, wanted = listed(site.site, tmp_path, 60)
        first, *others = [workers.worker(urls=file), workers.worker(), workers.worker(), workers.worker()]
        share_index(workers)
        first.start()
        until(lambda: asked(site))
        for worker in others:
            worker.start()

        workers.work(PATIENCE, kills=2, every=1)

    assert all(worker.codes[-1] == 0 for worker in workers.workers)
    assert "Traceback" not in "".join(worker.said for worker in workers.workers)
    records = workers.records()
    records.pop(ROBOTS)
    assert records == dict.fromkeys(wanted, 1)
    assert sorted(workers.files().values()) == [1] * len(wanted)
    assert kept(redis) == []


def begotten(worker):
    """The processes that a worker starts until it ends."""
    found = set()
    while not worker.is_over():
        children = Path(f"/proc/{worker.process.pid}/task/{worker.process.pid}/children")
        found.update(children.read_text("utf-8").split())
        time.sleep(0.02)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("many", "has"), [("a worker", 0), ("a crawl of its own", 1)])
def test_a_worker_is_one_process(redis, tmp_path, many, has):
    """Law: a worker leaves the other cores to the others, while a crawl by itself has its second process on one."""
    with serve(Site(clones=150)) as site, crew(tmp_path, site, redis) as workers:
        file, wanted = listed(site.site, tmp_path, 160)
        one = workers.worker(urls=file, settings={} if many == "a worker" else {"QUEUE_URL": ""})
        one.start()
        assert len(begotten(one)) == has
    assert one.codes == [0]
    assert archived(one.folder, wanted) == len(wanted)


@pytest.mark.slow
def test_what_a_dead_worker_held_is_taken_up(redis, tmp_path):
    """Law: what a worker had taken that never comes back is fetched by another, once its lease has run out."""
    with serve(Site(clones=10)) as site, crew(tmp_path, site, redis, LEASE=2) as workers:
        file, wanted = listed(site.site, tmp_path, 12)
        dead, other = workers.worker(urls=file, settings={"DOWNLOAD_DELAY": 30}), workers.worker()
        share_index(workers)
        dead.start()
        until(lambda: asked(site))
        dead.die()
        workers.workers.remove(dead)
        other.start()

        workers.work(PATIENCE)

    assert other.codes == [0]
    assert archived(tmp_path, wanted) == len(wanted)
    assert kept(redis) == []


@pytest.mark.slow
def test_who_slept_comes_too_late(redis, tmp_path):
    """Law: a worker that was paused for longer than its lease records nothing of what another has archived meanwhile."""
    with serve(Site(drip_seconds=0.1)) as site, crew(tmp_path, site, redis, LEASE=2) as workers:
        file, wanted = listed(site.site, tmp_path, 1)
        site.site.set_fault("/20", "drip", 1)
        sleeper, other = workers.worker(urls=file, settings={"LOG_LEVEL": "INFO"}), workers.worker()
        share_index(workers)
        sleeper.start()
        until(lambda: asked(site))
        sleeper.send(signal.SIGSTOP)
        other.start()
        until(other.is_over)
        sleeper.send(signal.SIGCONT)

        workers.work(PATIENCE)

    assert (sleeper.codes, other.codes) == ([0], [0])
    assert "its lease has run out" in sleeper.said
    records = workers.records()
    records.pop(ROBOTS)
    assert records == dict.fromkeys(wanted, 1)
    assert [folder.parts[-5] for folder in tmp_path.glob("*/articles/*/*/*.md")] == [other.folder.name]


PAUSE, BUSY = 0.4, 0.3
"""Seconds between two requests; and by how much a busy machine may notice one late, however many came before it."""


class Watched(Site):
    """A site that notes when it is asked."""

    def __init__(self, **given):
        super().__init__(**given)
        self.times = []

    def respond(self, request):
        self.times.append(time.monotonic())
        return super().respond(request)


@pytest.mark.slow
def test_the_pause_is_for_the_site(redis, tmp_path):
    """Law: between two requests to a host lies the whole pause, whichever workers they are from; the newest come first."""
    polite = {"DOWNLOAD_DELAY": PAUSE, "DOWNLOAD_DELAY_JITTER": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "LEASE": 2}
    with (
        serve(watched := Watched(clones=20)) as site,
        crew(tmp_path, site, redis, CONCURRENT_REQUESTS=1, **polite) as workers,
    ):
        file, wanted = listed(site.site, tmp_path, 16)
        dead, *alive = [workers.worker(urls=file), workers.worker(), workers.worker(), workers.worker()]
        share_index(workers)
        dead.start()
        until(lambda: asked(site))
        dead.die()
        workers.workers.remove(dead)
        for worker in alive:
            worker.start()

        workers.work(PATIENCE)

    paused = [at - number * PAUSE for number, at in enumerate(watched.times[1:])]
    assert min(after - before for before, after in combinations(paused, 2)) > -BUSY
    assert sum(bool(list(worker.folder.glob("articles/*"))) for worker in alive) > 1
    order = [wanted.index(url) for url in asked(site) if url != wanted[0]]
    assert sorted(order) == [*range(1, 16)]
    assert max(abs(place - at) for at, place in enumerate(order, 1)) <= 2 * len(alive)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["403", "429-hours"])
def test_who_is_refused_is_refused_for_all(redis, tmp_path, fault):
    """Law: when the site refuses one worker, no other asks for more; none that begins later does either."""
    with serve(Site(clones=60)) as site, crew(tmp_path, site, redis, CONCURRENT_REQUESTS=1) as workers:
        file, _ = listed(site.site, tmp_path, 60)
        site.site.set_fault("/20", fault)
        first = workers.worker(urls=file, settings={"DOWNLOAD_DELAY": 0.5})
        others = [workers.worker(settings={"DOWNLOAD_DELAY": 0.5}) for _ in range(3)]
        share_index(workers)
        first.start()
        until(lambda: asked(site))
        for worker in others[:2]:
            worker.start()
        until(lambda: all(worker.process is None or worker.is_over() for worker in workers.workers))
        before = len(asked(site))
        others[2].start()

        workers.work(PATIENCE)

    assert before <= 3 + 3
    assert len(asked(site)) == before
    assert others[2].codes == first.codes == [11]
    assert all("refused" in worker.said for worker in workers.workers if worker.codes != [0])
