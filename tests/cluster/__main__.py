"""Are four workers as quick as one?  `python -m tests.cluster [ARTICLES]` measures both, in turn, and tells; it judges nothing."""

import os
import sys
import tempfile
from pathlib import Path

from tests.archive import server
from tests.cluster import servers
from tests.cluster.crew import crew
from tests.cluster.test_frontier import listed
from tests.site import Site, serve

ARTICLES = 500
ROUNDS = 2


def seconds(folder: Path, number: int, articles: int) -> float:
    """How long so many workers take for so many articles, from their start to the end of the last."""
    with (
        servers.redis(folder) as redis,
        servers.s3(folder) as bucket,
        server.served() as postgres,
        serve(Site(clones=articles)) as site,
        crew(folder, site, redis) as workers,
    ):
        workers.env = {**bucket.env, "INDEX_URL": postgres.database(), "STORE_URL": bucket.url}
        file, _ = listed(site.site, folder, articles)
        for _ in range(number):
            workers.worker(urls=file)  # all know the list, so that none ends before the first has read it
        for worker in workers.workers:
            worker.start()
        took = workers.work(60 + articles)
        assert {code for worker in workers.workers for code in worker.codes} == {0}
        return took


def main() -> None:
    """Measure one worker and four, in turn."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES
    for _ in range(ROUNDS):
        for number in (1, 4):
            with tempfile.TemporaryDirectory(prefix="rfi-cluster-") as folder:
                took = seconds(Path(folder), number, articles)
            sys.stdout.write(f"{number} of them: {articles} articles in {took:.1f} s, {articles / took:.1f} a second\n")
    sys.stdout.write(f"on {len(os.sched_getaffinity(0))} cores, which Redis, PostgreSQL, S3 and the site share\n")


if __name__ == "__main__":
    main()
