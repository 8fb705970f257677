"""Laws of reading again, killed: at whatever call it dies, each article is as it was or as it becomes, and nothing is lost."""

import os
import sys
from random import Random

import pytest

from archive import urls
from archive.index import NAME
from tests.archive import archives, older
from tests.archive.archives import CN, copied, dump, findings, hashes
from tests.crawler.crawling import ROOT
from tests.torture import cage
from tests.torture.cage import LET
from tests.torture.moments import Moment
from tests.torture.rounds import SIGKILL, can_hold, finished

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_hold(), reason="this kernel lets nobody hold another's calls"),
]
KILLS = 24


def command(root):
    return [sys.executable, "-m", "archive.cli", "rebuild", "--since", "2000-01-01", "--archive", str(root)]


def read_again(root, judge):
    return cage.run(command(root), root, judge, cwd=ROOT, env=dict(os.environ))


@pytest.fixture(scope="module")
def doubted(tmp_path_factory):
    """An archive as an older parser left it, which took one article for none; and what it becomes."""
    folder = tmp_path_factory.mktemp("doubted")
    root = archives.varied(folder / "archive")
    good = dump(root / NAME), hashes(root)
    older.aged(root)
    older.unread(root, CN[11].url)
    return root, good


def test_killed_at_any_call(doubted, tmp_path):
    """Law: killed between any two calls, or in a write, it leaves whole files, and the next try makes what a rebuild does."""
    root, good = doubted
    calls: list[str] = []

    def count(call):
        calls.append(str(call))
        return LET

    read_again(copied(root, tmp_path / "all"), count)
    assert (dump(tmp_path / "all" / NAME), hashes(tmp_path / "all")) == good
    assert any(call.startswith("rename articles/") for call in calls)
    before, rng = hashes(root, "articles"), Random(11)

    for number in range(KILLS):
        one = copied(root, tmp_path / str(number))
        nth = 1 + number * len(calls) // KILLS
        told = read_again(one, Moment("", nth, part=rng.choice((0, rng.random()))).judge())
        assert told.code == SIGKILL, told
        for path, sha256 in hashes(one, "articles").items():
            if not path.rsplit("/", 1)[1].startswith("."):
                assert sha256 in (before.get(path), good[1][path]), (told.last, path)
        assert finished(command(one)).code == 0
        assert (dump(one / NAME), {k: v for k, v in hashes(one).items() if "/." not in k}) == good, told.last
        assert {finding.rule for finding in findings(one)} <= {"every article file has a record"}, told.last
        assert urls.article_path(CN[11].url) in hashes(one, "articles")
