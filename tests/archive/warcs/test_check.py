"""Laws of check: a good file has no finding, each single defect is named, and it does not matter how a file is cut."""

import random

import pytest

from archive import compare, finding, warc
from archive.errors import BadRecord
from archive.records import rules
from archive.records.rules import formed, given, misplaced, once
from archive.verify import verify
from archive.warcs import check
from archive.warcs.abreast import alone
from archive.warcs.check import Stretch, walk
from tests.archive import archives, spoil
from tests.archive.archives import findings
from tests.archive.spoil import also, drop, holds, member, one, same, says, the_file, without

ID = "<urn:uuid:00000000-0000-4000-8000-000000000000>"
DAY = "2026-10-01T00:00:00Z"


def swapped(records):
    """The revisit's pair stands before the pair that it refers to."""
    at = spoil.first(records, "revisit")
    return [same(r) for r in (*records[: at - 2], *records[at : at + 2], *records[at - 2 : at], *records[at + 2 :])]


def id_twice(records):
    """The first metadata record has the id of the first response."""
    return one("metadata", says("WARC-Record-ID", records[spoil.first(records, "response")].id))(records)


def torn(records):
    """The first response's member lacks its end."""
    whole, at = [same(r) for r in records], spoil.first(records, "response")
    return [*whole[:at], whole[at][:-20], *whole[at + 1 :]]


def no_record(records):
    """A member holds something else."""
    whole, at = [same(r) for r in records], spoil.first(records, "metadata")
    return [*whole[:at], member((), b"").replace(b"WARC", b"WORC"), *whole[at + 1 :]]


# defect: (how the file is made wrong, type of the first record that is named, the rule it breaks)
DEFECTS = {
    "no WARC-Type": (one("metadata", without("WARC-Type")), "", given("WARC-Type")),
    "no WARC-Record-ID": (one("response", without("WARC-Record-ID")), "response", given("WARC-Record-ID")),
    "no WARC-Date": (one("response", without("WARC-Date")), "response", given("WARC-Date")),
    "no Content-Type": (one("request", without("Content-Type")), "request", given("Content-Type")),
    "no block digest": (one("request", without("WARC-Block-Digest")), "request", given("WARC-Block-Digest")),
    "no target": (one("request", without("WARC-Target-URI")), "request", given("WARC-Target-URI")),
    "no warcinfo id": (one("response", without("WARC-Warcinfo-ID")), "response", given("WARC-Warcinfo-ID")),
    "no profile": (one("revisit", without("WARC-Profile")), "revisit", given("WARC-Profile")),
    "no Refers-To": (one("revisit", without("WARC-Refers-To")), "revisit", given("WARC-Refers-To")),
    "no Refers-To-Date": (one("revisit", without("WARC-Refers-To-Date")), "revisit", given("WARC-Refers-To-Date")),
    "revisit without payload digest": (
        one("revisit", without("WARC-Payload-Digest")),
        "revisit",
        given("WARC-Payload-Digest"),
    ),
    "no file name": (one("warcinfo", without("WARC-Filename")), "warcinfo", given("WARC-Filename")),
    "nothing concurrent": (one("request", without("WARC-Concurrent-To")), "request", given("WARC-Concurrent-To")),
    "unknown type": (one("metadata", says("WARC-Type", "conversion")), "conversion", formed("WARC-Type")),
    "id without brackets": (
        one("request", says("WARC-Record-ID", "urn:uuid:1")),
        "request",
        formed("WARC-Record-ID"),
    ),
    "local date": (one("metadata", says("WARC-Date", "2026-11-01T00:00:02+01:00")), "metadata", formed("WARC-Date")),
    "no such day": (one("metadata", says("WARC-Date", "2026-02-30T00:00:00Z")), "metadata", formed("WARC-Date")),
    "host for an address": (
        one("response", says("WARC-IP-Address", "localhost")),
        "response",
        formed("WARC-IP-Address"),
    ),
    "blank in a target": (
        one("request", says("WARC-Target-URI", "https://www.rfi.fr/cn/a b")),
        "request",
        formed("WARC-Target-URI"),
    ),
    "no media type": (one("request", says("Content-Type", "http")), "request", formed("Content-Type")),
    "digest in hex": (
        one("request", says("WARC-Block-Digest", "sha1:" + "0" * 40)),
        "request",
        formed("WARC-Block-Digest"),
    ),
    "another reason to cut": (one("response", also("WARC-Truncated", "late")), "response", formed("WARC-Truncated")),
    "another profile": (
        one("revisit", says("WARC-Profile", "http://example.org/mine")),
        "revisit",
        formed("WARC-Profile"),
    ),
    "a protocol without version": (
        one("response", also("WARC-Protocol", "http")),
        "response",
        formed("WARC-Protocol"),
    ),
    "path for a file name": (
        one("warcinfo", says("WARC-Filename", "warc/a.warc.gz")),
        "warcinfo",
        formed("WARC-Filename"),
    ),
    "target of a warcinfo": (
        one("warcinfo", also("WARC-Target-URI", "https://www.rfi.fr/")),
        "warcinfo",
        misplaced("WARC-Target-URI"),
    ),
    "warcinfo of a warcinfo": (
        one("warcinfo", also("WARC-Warcinfo-ID", ID)),
        "warcinfo",
        misplaced("WARC-Warcinfo-ID"),
    ),
    "payload of a metadata": (
        one("metadata", also("WARC-Payload-Digest", "sha1:" + "A" * 32)),
        "metadata",
        misplaced("WARC-Payload-Digest"),
    ),
    "response that refers": (one("response", also("WARC-Refers-To", ID)), "response", misplaced("WARC-Refers-To")),
    "response that refers to a target": (
        one("response", also("WARC-Refers-To-Target-URI", "https://www.rfi.fr/")),
        "response",
        misplaced("WARC-Refers-To-Target-URI"),
    ),
    "metadata that refers to a date": (
        one("metadata", also("WARC-Refers-To-Date", DAY)),
        "metadata",
        misplaced("WARC-Refers-To-Date"),
    ),
    "profile of a response": (one("response", also("WARC-Profile", ID)), "response", misplaced("WARC-Profile")),
    "file name of a request": (one("request", also("WARC-Filename", "a")), "request", misplaced("WARC-Filename")),
    "segment": (one("response", also("WARC-Segment-Number", "1")), "response", misplaced("WARC-Segment-Number")),
    "segment's origin": (
        one("request", also("WARC-Segment-Origin-ID", ID)),
        "request",
        misplaced("WARC-Segment-Origin-ID"),
    ),
    "two dates": (one("metadata", also("WARC-Date", DAY)), "metadata", once("WARC-Date")),
    "two targets in two spellings": (
        one("request", also("warc-target-uri", "https://www.rfi.fr/")),
        "request",
        once("WARC-Target-URI"),
    ),
    "blank in a name": (one("request", also("X Note", "1")), "request", rules.TOKENS),
    "answer as a page": (one("response", says("Content-Type", "text/html")), "response", rules.CONTENT),
    "request as an answer": (
        one("request", says("Content-Type", "application/http;msgtype=response")),
        "request",
        rules.CONTENT,
    ),
    "wrong block digest": (
        one("metadata", says("WARC-Block-Digest", "sha1:" + "A" * 32)),
        "metadata",
        rules.BLOCK_DIGEST,
    ),
    "wrong payload digest": (
        one("response", says("WARC-Payload-Digest", "sha1:" + "A" * 32)),
        "response",
        rules.PAYLOAD_DIGEST,
    ),
    "no payload digest": (one("response", without("WARC-Payload-Digest")), "response", rules.PAYLOAD_DIGEST),
    "answer without status line": (one("response", holds(lambda b: b"<p>" + b)), "response", rules.ANSWER),
    "request without request line": (one("request", holds(lambda b: b"\r\n" + b)), "request", rules.REQUEST),
    "revisit with a body": (one("revisit", holds(lambda b: b + b"body")), "revisit", rules.HEAD_ONLY),
    "text for fields": (one("metadata", holds(lambda _: b"it failed\r\n")), "metadata", rules.NAMED),
    "nobody's warcinfo": (
        one("warcinfo", holds(lambda b: b.replace(b"operator: the tests\r\n", b""))),
        "warcinfo",
        rules.FILLED,
    ),
    "wrong length": (one("request", says("Content-Length", "7")), "request", check.MEMBER),
    "torn member": (torn, "response", check.MEMBER),
    "no record": (no_record, "metadata", check.MEMBER),
    "no warcinfo": (drop("warcinfo"), "response", check.FIRST),
    "another file's name": (
        one("warcinfo", says("WARC-Filename", "rfi_cn-20261101000005000-00000-x-0.warc.gz")),
        "warcinfo",
        check.OWN_NAME,
    ),
    "no request": (drop("request"), "response", check.BEHIND),
    "no answer": (drop("response"), "request", check.CONCURRENT),
    "concurrent to another": (one("request", says("WARC-Concurrent-To", ID)), "request", check.CONCURRENT),
    "asked at another time": (one("request", says("WARC-Date", DAY)), "request", check.ONE_DATE),
    "asked for another page": (
        one("request", says("WARC-Target-URI", "https://www.rfi.fr/cn/")),
        "request",
        check.ONE_TARGET,
    ),
    "warcinfo that is not there": (one("request", says("WARC-Warcinfo-ID", ID)), "request", check.INFO_MET),
    "one id twice": (id_twice, "metadata", check.UNIQUE),
    "revisit of another record": (one("revisit", says("WARC-Refers-To", ID)), "revisit", compare.TARGET),
    "revisit of another day": (one("revisit", says("WARC-Refers-To-Date", DAY)), "revisit", compare.TARGET),
    "revisit of another page": (
        one("revisit", says("WARC-Refers-To-Target-URI", "https://www.rfi.fr/cn/")),
        "revisit",
        compare.TARGET,
    ),
    "revisit of another payload": (
        one("revisit", says("WARC-Payload-Digest", "sha1:" + "A" * 32)),
        "revisit",
        compare.TARGET,
    ),
    "revisit of what comes later": (swapped, "revisit", compare.STAYS),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return spoil.small(tmp_path_factory.mktemp("small") / "archive")


@pytest.fixture
def root(small, tmp_path):
    return archives.copied(small, tmp_path / "archive")


@pytest.mark.parametrize(("wrong", "kind", "rule"), DEFECTS.values(), ids=DEFECTS)
def test_each_defect_of_a_record_is_named(root, wrong, kind, rule):
    """Law: verify names a single defect by its file, its offset, the rule it breaks and where that is written."""
    spoil.spoil(root, wrong)
    path = the_file(root)
    found = [one for one in findings(root) if one.rule == rule.name]

    assert [(one.file, one.source) for one in found[:1]] == [(f"warc/{path.name}", rule.source)], findings(root)
    assert found[0].offset == offset_of(path, kind, rule)


def offset_of(path, kind, rule):
    """Where the first record of a type lies; a member that is none, where the one before it ends."""
    if rule is not check.MEMBER:
        return next(record.offset for record in warc.walk(path) if record.type == kind)
    with pytest.raises(BadRecord) as damage:
        list(warc.walk(path))
    return damage.value.offset


def test_nothing_is_wrong_with_what_is_written_anew(root):
    """Law: what spoils a file is its defect, not the way it is spoilt."""
    spoil.spoil(root, lambda records: [same(record) for record in records])
    assert findings(root) == []


def test_all_that_is_wrong_with_a_record_is_told(root):
    """Law: a defect does not hide another in the same record."""

    def edit(fields, block):
        for spoiling in (
            without("Content-Type"),
            says("WARC-IP-Address", "here"),
            also("WARC-Profile", "mine"),
            also("WARC-Date", DAY),
            says("WARC-Block-Digest", "sha1:" + "A" * 32),
        ):
            fields, block = spoiling(fields, block)
        return fields, block

    spoil.spoil(root, one("request", edit))
    wrong = {given("Content-Type"), formed("WARC-IP-Address"), misplaced("WARC-Profile"), once("WARC-Date")}
    wrong |= {formed("WARC-Profile"), rules.BLOCK_DIGEST, rules.CONTENT}
    assert {rule.name for rule in wrong} <= {one.rule for one in findings(root)}


def test_every_rule_has_its_defect():
    """Law: no rule of records and files is without a test that breaks it, nor without a source."""
    stated = {r for room in (rules, check) for r in vars(room).values() if isinstance(r, finding.Rule)}
    assert stated <= {rule for _, _, rule in DEFECTS.values()}
    assert all(rule.source for _, _, rule in DEFECTS.values())


def test_good_files_alone(good):
    """Law: a file is checked without an index, mended ones and those with several runs too, and nothing is wrong."""
    for path in warc.sealed(good / "warc"):
        assert list(alone([path], lambda _: None)) == []


def damaged(root, seed):
    """Damage some bytes, members and rows."""
    rng = random.Random(seed)
    for path in warc.sealed(root / "warc"):
        data = bytearray(path.read_bytes())
        for _ in range(rng.randrange(4)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        at, records = rng.randrange(len(data)), [record.offset for record in warc.walk(path)]
        if rng.random() < 0.3:
            del data[at : at + rng.randrange(3000)]
        if rng.random() < 0.3:
            begin, end = sorted((rng.choice(records), rng.choice(records)))
            data[begin:begin] = data[begin:end]
        path.write_bytes(data)
    archives.edit(root, "update captures set offset = offset + ? where id % 3 = ?", rng.choice([0, 1, 400]), seed % 3)


@pytest.mark.parametrize("seed", range(12))
def test_findings_do_not_depend_on_how_files_are_cut(good, tmp_path, seed):
    """Law: whatever is damaged, the findings and their order are the same for one stretch a file and for many."""
    root = archives.copied(good, tmp_path / "archive")
    damaged(root, seed)
    whole = list(verify(root, lambda _: None, workers=1, step=1 << 30))

    assert whole
    for step in (1, 5_000, 30_000):
        assert list(verify(root, lambda _: None, workers=1, step=step)) == whole


@pytest.mark.slow
def test_findings_do_not_depend_on_the_number_of_processes(good, tmp_path):
    """Law: three processes find what one does, in the same order."""
    root = archives.copied(good, tmp_path / "archive")
    damaged(root, 5)
    told: list[int] = []
    many = list(verify(root, told.append, workers=3, step=5_000))

    assert many == list(verify(root, lambda _: None, workers=1))
    assert sum(told) == sum(path.stat().st_size for path in warc.sealed(root / "warc"))


def test_a_stretch_ends_where_no_answer_waits(small):
    """Law: wherever a stretch is told to end, it ends behind a pair or a lone record, and the next begins there."""
    path = the_file(small)
    ends = {r.offset + r.length for r in warc.walk(path) if r.type not in ("response", "revisit")}
    for end in range(0, path.stat().st_size, 97):
        walked = walk(Stretch(path, 0, max(end, 1)))
        assert walked.found == []
        assert walked.end == min(one for one in ends if one >= max(end, 1))
