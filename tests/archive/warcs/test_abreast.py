"""Laws of files walked abreast: whatever is wrong is told, once, in order, however the work is cut."""

import random
from functools import partial

import pytest

from archive import cli, warc
from archive.cores.work import here
from archive.warcs.abreast import alone, findings, guessed
from archive.warcs.check import Stretch, walk
from tests.archive.archives import CN, crawl, page


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """A WARC file of some size."""
    root = crawl(tmp_path_factory.mktemp("one"), [page(article) for article in CN[:12]])
    return warc.sealed(root / "warc")[0]


def told(paths, **how):
    return list(alone(paths, lambda _: None, **how))


def broken(one, folder, seed):
    """A copy with some damage in it."""
    rng, data = random.Random(seed), bytearray(one.read_bytes())
    for _ in range(1 + seed % 4):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    copy = folder / one.name
    copy.write_bytes(data[: len(data) - seed % 3 * 50])
    return copy


@pytest.mark.parametrize("seed", range(12))
def test_findings_do_not_depend_on_the_cuts(one, tmp_path, seed):
    """Law: a file walked in one go and in stretches of any size, from guessed places, shows the same defects."""
    path = broken(one, tmp_path, seed)
    whole = told([path], step=1 << 40)

    for step in (1, 3000, 20_000):
        assert told([path], step=step) == whole
    assert {finding.file for finding in whole} <= {str(path)}


def test_findings_do_not_depend_on_the_processes(one, tmp_path):
    """Law: several processes tell what one tells."""
    path = broken(one, tmp_path, 7)

    assert told([path, one], workers=3, step=5000) == told([path, one]) != []


def test_progress_is_the_whole_file(one):
    """Law: what is told as done adds up to the size of the files."""
    done: list[int] = []
    assert list(alone([one, one], done.append, step=7000)) == []

    assert sum(done) == 2 * one.stat().st_size


def test_wrong_cuts_are_put_right(one):
    """Law: a plan that cuts in the middle of a record or of a pair shows nothing that is not wrong."""

    def cut(path):
        ends = [500, 1000, 5001, 5002, 40_000]
        for start, end in zip([0, *ends], [*ends, None], strict=True):
            yield Stretch(path, start, end)

    class Now:
        def __init__(self, stretch):
            self.result = lambda: walk(stretch)

        def cancel(self):
            pass

    assert list(findings([one], cut, Now, 3, lambda _: None)) == []


def test_work_begins_before_it_is_asked_for(one):
    """Law: so many stretches as may be at work at once are so before the first finding is asked for, and no more."""
    begun: list[Stretch] = []

    def noted(stretch):
        begun.append(stretch)
        return here(walk, stretch)

    findings([one], partial(guessed, step=3000), noted, 3, lambda _: None)

    assert begun == list(guessed(one, 3000))[:3]


def test_files_on_the_command_line(one, tmp_path, capsys):
    """Law: `verify FILE` needs no archive, tells what is wrong with that file, and refuses what is none."""
    bad = broken(one, tmp_path, 1)
    assert cli.main(["verify", str(one)]) == 0
    assert cli.main(["verify", str(one), str(bad)]) == 1

    assert str(bad) in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        cli.main(["verify", str(tmp_path / "none.warc.gz")])
    assert "no file: " in capsys.readouterr().err


def test_what_is_no_warc_is_told(tmp_path):
    """Law: a file of something else is one finding, not an error."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"this is a text\n" * 1000)

    assert [finding.offset for finding in told([path])] == [0]
    path.write_bytes(b"")
    assert [finding.what for finding in told([path])] == ["it is empty"]
