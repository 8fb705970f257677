"""Laws of rollup: fewer files, every record byte for byte, nothing lost however it ends."""

import resource
import signal
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls, warc
from archive.commit import merge
from archive.errors import BadRecord, CannotWrite, Locked, NotFound
from archive.index import NAME as INDEX
from archive.index import Index
from archive.prove import prove
from archive.rebuild import rebuild
from archive.rollup import groups, rollup
from archive.tables.rows import Warc
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, answer, crawl, dump, findings, hashes, page

ROBOTS = "https://www.rfi.fr/robots.txt"


def quiet(_):
    """Tells nobody how far work is."""


def run(root, **limit):
    """Roll up; return what came of it."""
    return list(rollup(root, CLOCK(), quiet, **limit))


@pytest.fixture
def days(tmp_path):
    """An archive of four runs on four days, the last of them today; revisits from day to day."""
    root = tmp_path / "archive"
    for number in range(4):
        CLOCK.wait(days=1)
        robots = answer(ROBOTS, b"User-agent: *\nAllow: /\n", kind="text/plain")
        crawl(root, [robots, page(CN[number]), page(CN[number + 6]), page(CN[5])], rotate=15_000)
    return root


def members(root):
    """Each record of an archive but merged files' own, by id: its bytes as they stand in the file."""
    found = {}
    for path in warc.sealed(root / "warc"):
        content, own = path.read_bytes(), merge.sources_of(path)
        records = list(warc.walk(path))[bool(own) :]
        found.update({r.id: content[r.offset : r.offset + r.length] for r in records})
    return found


def past(root):
    """The sealed files that were begun before today, by name."""
    today = CLOCK().strftime("%Y%m%d")
    return [path for path in warc.sealed(root / "warc") if path.name.split("-")[1][:8] < today]


def test_past_days_become_one_file(days):
    """Law: afterwards one file holds every record of the past days, in order, byte for byte; today's stay alone."""
    before, sources, today = members(days), past(days), len(warc.sealed(days / "warc")) - len(past(days))
    (merged,) = run(days)

    assert len(sources) > 3
    assert [source.name for source in merged.sources] == [path.name for path in sources]
    assert [path.name for path in past(days)] == [merged.file.name]
    assert len(warc.sealed(days / "warc")) == today + 1
    assert members(days) == before
    assert list(members(days)) == list(before)
    assert findings(days) == []


def test_everything_still_leads_to_its_record(days):
    """Law: article files and lists stay as they are, and each file is still what its record makes."""
    kept = hashes(days, "articles", "lists")
    run(days)

    assert hashes(days, "articles", "lists") == kept
    assert all(prove(days, days / urls.article_path(a.url)).problems == () for a in (*CN[:4], *CN[5:10]))


def test_a_rebuild_knows_no_difference(days):
    """Law: the index that a rollup leaves is the one that a rebuild makes, and the files are too."""
    run(days)
    before, kept = dump(days / INDEX), hashes(days)
    (days / INDEX).unlink()
    assert rebuild(days, CLOCK(), quiet).problems == ()

    assert (dump(days / INDEX), hashes(days)) == (before, kept)


def test_a_second_rollup_has_nothing_to_do(days):
    """Law: right after a rollup another one changes nothing."""
    run(days)
    kept = hashes(days)

    assert run(days) == []
    assert hashes(days) == kept


def test_merged_files_are_merged(days):
    """Law: a merged file joins younger ones when they are as large, and all still leads to its record."""
    run(days)
    before = members(days)
    for number in range(10, 17):
        CLOCK.wait(days=1)
        crawl(days, [page(CN[n]) for n in range(number, number + 3)])
    CLOCK.wait(days=1)
    (again,) = run(days)

    assert again.sources[0].name.startswith(merge.PREFIX)
    assert before.items() <= members(days).items()
    assert len(warc.sealed(days / "warc")) == 1
    assert findings(days) == []
    assert rebuild(days, CLOCK(), quiet).problems == ()
    assert findings(days) == []


def make(root):
    """Name the merged file, and go no further."""
    with closing(Index(root / INDEX)) as index:
        (group,) = groups(sorted(index.warcs(), key=lambda f: warc.sort_key(f.name)), CLOCK())
    return merge.make(root / "warc", group, CLOCK(), quiet)


def take_in(root):
    """Go on to where the index knows it."""
    merged = make(root)
    with closing(Index(root / INDEX, create=True)) as index:
        index.merge(merged.file, merged.starts())
    return merged


def remove_some(root):
    """Go on to where the first of its sources is gone."""
    merge.remove(root / "warc", take_in(root).sources[:1])


STEPS = {"named": make, "known": take_in, "some removed": remove_some}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("without_index", [False, True])
@pytest.mark.parametrize("then", ["crawl", "rollup", "rebuild"])
def test_a_killed_rollup_loses_nothing(days, step, without_index, then):
    """Law: killed at any step, with the index or without it, whatever comes next has each record once."""
    before = members(days)
    assert archives.died(lambda: step(days)) == -signal.SIGKILL
    (days / "warc" / f"rollup-x.warc.gz{merge.MAKING}").write_bytes(b"half")
    if without_index:
        (days / INDEX).unlink()
    if without_index or then == "rebuild":
        assert rebuild(days, CLOCK(), quiet).problems == ()
    if then == "rollup":
        run(days)
    if then == "crawl":
        crawl(days, [])

    assert members(days) == before
    assert len(past(days)) == 1
    assert list((days / "warc").glob("*" + merge.MAKING)) == []
    assert findings(days) == []


@pytest.mark.parametrize("then", ["crawl", "rebuild"])
def test_a_killed_rollup_of_a_merged_file_loses_nothing(days, then):
    """Law: the same where one of the sources is a merged file itself, whose own sources are long gone."""
    run(days)
    for number in range(10, 17):
        CLOCK.wait(days=1)
        crawl(days, [page(CN[n]) for n in range(number, number + 3)])
    CLOCK.wait(days=1)
    before = members(days)
    assert archives.died(lambda: make(days)) == -signal.SIGKILL
    if then == "crawl":
        crawl(days, [])
    else:
        assert rebuild(days, CLOCK(), quiet).problems == ()

    assert before.items() <= members(days).items()
    assert len(warc.sealed(days / "warc")) == 1
    assert findings(days) == []


def test_a_damaged_source_is_left_alone(days):
    """Law: a file that has changed since it was sealed is told, and its group stays as it is."""
    path = past(days)[1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    kept = hashes(days, "warc")
    (told,) = run(days)

    assert isinstance(told, BadRecord)
    assert path.name in str(told)
    assert hashes(days, "warc") == kept


def test_sources_stay_if_the_merged_file_is_damaged(days):
    """Law: a merged file that was damaged before its sources were removed stands for nothing."""
    merged = take_in(days)
    path = days / "warc" / merged.file.name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with closing(Index(days / INDEX, create=True)) as index:
        merge.settle(days / "warc", index)

    assert all((days / "warc" / source.name).exists() for source in merged.sources)


def test_a_source_that_is_another_file_now_stays(days):
    """Law: only what was merged is removed."""
    merged = take_in(days)
    path = days / "warc" / merged.sources[0].name
    path.write_bytes(b"something else")
    merge.remove(days / "warc", merged.sources)

    assert [p.name for p in past(days)] == sorted((merged.file.name, path.name), key=warc.sort_key)


def _rollup_within(root, most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with pytest.raises(CannotWrite):
        run(root)


def test_no_room_leaves_all_as_it_was(days):
    """Law: where the merged file finds no room, nothing of it stays and nothing is removed."""
    kept = hashes(days)
    assert archives.died(lambda: _rollup_within(days, 60_000)) == -signal.SIGKILL

    assert hashes(days) == kept
    assert findings(days) == []


def test_one_writer_at_a_time(days):
    """Law: no rollup beside a crawl, and none of what is no archive."""
    archive = archives.open_archive(days)
    with pytest.raises(Locked):
        run(days)
    archive.close()
    with pytest.raises(NotFound):
        run(days / "nothing")


# What is merged with what

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def named(day, size, number=0):
    return Warc(f"rfi_cn-{day:%Y%m%d%H%M%S}000-{number:05d}-h-0.warc.gz", size, "")


@given(st.lists(st.tuples(st.integers(-9, 2), st.integers(1, 600)), max_size=40).map(sorted))
def test_groups_are_neighbours_within_the_limit(drawn):
    """Law: a group has two or more neighbours of past days, none of half the limit, and never more than the limit."""
    files = [named(NOW + timedelta(days=day), size, i) for i, (day, size) in enumerate(drawn)]
    found = list(groups(files, NOW, 500))
    flat = [file for group in found for file in group]

    assert flat == [file for file in files if file in flat]
    for group in found:
        assert len(group) > 1
        assert sum(file.size for file in group) <= 500
        assert all(file.size < 250 for file in group)
        assert all(file.name.split("-")[1] < NOW.strftime("%Y%m%d") for file in group)
        assert all(files.index(b) == files.index(a) + 1 for a, b in pairwise(group))


def test_years_of_small_files():
    """Law: rolled up each night, eight years of 48 runs a day leave few files, and each byte is copied few times."""
    files, copied, day = [], 0, NOW
    for night in range(8 * 365):
        files += [named(day + timedelta(minutes=30 * n), 100_000 + 997 * ((night * n) % 89), n) for n in range(48)]
        day += timedelta(days=1)
        for group in list(groups(files, day)):
            at, size = files.index(group[0]), sum(file.size for file in group)
            files[at : at + len(group)] = [Warc(group[0].name.replace("rfi_cn", "rollup"), size, "")]
            copied += size
    total = sum(file.size for file in files)

    assert len(files) < 2 * total / (1 << 30) + 15
    assert copied / total < 12
