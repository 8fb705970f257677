"""Laws of reading foreign files: each whole record comes byte for byte, whatever stands between is told with its place."""

import gzip
import io
import random
import tracemalloc
import zipfile
import zlib

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.codings import unpack
from archive.strangers import foreign
from archive.strangers.foreign import Raw
from tests.archive.outsiders import URL, each_gzipped, each_zstd, http, read, record, wacz, whole

RECORDS = [
    record("warcinfo", b"software: none\r\n", url=""),
    record("request", b"GET / HTTP/1.1\r\n\r\n"),
    record("response", http(b"hello")),
    record("response", http(random.Random(3).randbytes(3000)), url=URL + "b"),
    record("metadata", b""),
]
BARE = [one[:-4] for one in RECORDS]
PLAIN = b"".join(RECORDS)
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def bare(found):
    return [whole(raw) for raw in found]


FORMS = {
    "plain": PLAIN,
    "a gzip member a record": each_gzipped(RECORDS),
    "all in one gzip member": gzip.compress(PLAIN),
    "some in a gzip member": each_gzipped([b"".join(RECORDS[:2]), b"".join(RECORDS[2:])]),
    "a zstd frame a record": each_zstd(RECORDS),
    "all in one zstd frame": each_zstd([PLAIN]),
    "WACZ, stored": wacz(("archive/a.warc.gz", each_gzipped(RECORDS), STORED), ("datapackage.json", b"{}", DEFLATED)),
    "WACZ, deflated": wacz(("archive/a", PLAIN, DEFLATED)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_known_by_its_bytes(tmp_path, form):
    """Law: a file's records come out byte for byte, whatever it is packed in and whatever it is called."""
    found, told = read(tmp_path, FORMS[form], "no.name")

    assert (bare(found), told) == (BARE, [])


def test_a_dictionary_of_its_own(tmp_path):
    """Law: a .warc.zst whose first frame is its dictionary is read with it."""
    samples: list[bytes | bytearray | memoryview[int]] = [http(b"<p>%d</p>" % n * 50) for n in range(500)]
    dictionary = zstandard.train_dictionary(4000, samples).as_bytes()

    found, told = read(tmp_path, each_zstd(RECORDS, dictionary))

    assert (bare(found), told) == (BARE, [])


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("packed", [True, False])
def test_what_warcio_writes(tmp_path, version, packed):
    """Law: warcio's files of both versions are read, and its bytes are not touched."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed, warc_version=version)
    for number in range(4):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = io.BytesIO(b"%d" % number * 5000)
        one = writer.create_warc_record(f"{URL}{number}", "response", payload=body, http_headers=head)
        writer.write_record(one)
        one.raw_stream.close()

    found, told = read(tmp_path, out.getvalue())

    plain = gzip.decompress(out.getvalue()) if packed else out.getvalue()
    assert (b"".join(one + b"\r\n\r\n" for one in bare(found)), told) == (plain, [])
    assert found[3].record.get("warc-target-uri") == URL + "3"


LENIENT = {
    "bare line ends": record("response", http(b"hello"), end=b"\n"),
    "no blank line behind": record("response", http(b"hello"))[:-4],
    "one blank line behind": record("response", http(b"hello"))[:-2],
    "many blank lines behind": record("response", http(b"hello")) + b"\r\n\r\n\n",
    "lower-case names": record("response", http(b"hello")).replace(b"WARC-Type", b"warc-type"),
    "a folded field": record("response", http(b"hello"), ("X-Note", "one\r\n two")),
    "a URI in brackets": record("response", http(b"hello"), ("WARC-Target-URI", f"<{URL}>")),
}


@pytest.mark.parametrize("form", LENIENT)
@pytest.mark.parametrize("pack", [b"".join, each_gzipped, lambda records: gzip.compress(b"".join(records))])
def test_what_is_found_in_the_wild(tmp_path, form, pack):
    """Law: what tools write beside the standard is read as it was meant, and so is the record behind it."""
    found, told = read(tmp_path, pack([LENIENT[form], RECORDS[2]]))

    assert told == []
    assert [raw.record.type for raw in found] == ["response", "response"]
    assert bare(found)[0] == LENIENT[form].rstrip(b"\r\n")
    assert bytes(found[0].record.block) == http(b"hello")


@pytest.mark.parametrize("form", FORMS)
def test_cut_at_every_byte(tmp_path, form):
    """Law: of a cut file every record that is whole before the cut comes, nothing else does, and the cut is told."""
    data = FORMS[form]
    # Of a WACZ whose list is lost only gzip members are found, each after a search.
    steps = range(1, len(data), 13 if form.startswith("WACZ") else 1)
    ends = {len(PLAIN[: PLAIN.index(one) + len(one)]) for one in RECORDS}
    for at in steps:
        found, told = read(tmp_path, data[:at])
        assert bare(found) == BARE[: len(found)], at
        if form == "plain":
            whole_ones = sum(end - 4 <= at for end in ends)
            assert len(found) == whole_ones, at
            assert bool(told) != any(end - 4 <= at <= end for end in ends), at
        elif len(found) < len(BARE):
            edges = "a " in form and told == []
            assert told or edges, at


@pytest.mark.parametrize("pack", [each_gzipped, each_zstd, b"".join], ids=["gzip", "zstd", "plain"])
def test_damage_in_each_record(tmp_path, pack):
    """Law: damage in one record is told with its offset, and all others come."""
    packed = [pack([one]) for one in RECORDS]
    for number, one in enumerate(packed):
        broken = b"XXXX" + one[4:]
        data = b"".join((*packed[:number], broken, *packed[number + 1 :]))
        offset = len(b"".join(packed[:number]))
        found, told = read(tmp_path, data)
        if not number:
            assert told[0].offset == 0
            continue
        assert bare(found) == [*BARE[:number], *BARE[number + 1 :]]
        assert [error.offset for error in told] == [offset]
        assert f"a.bin at offset {offset}: " in str(told[0])


def test_one_flipped_bit_in_a_member_is_always_found(tmp_path):
    """Law: no flipped bit of gzip members lets another record out than was written, but for what no sum covers."""
    data = FORMS["a gzip member a record"]
    for at in range(0, len(data), 7):
        broken = bytearray(data)
        broken[at] ^= 16
        found, _ = read(tmp_path, bytes(broken))
        assert set(bare(found)) <= set(BARE)
        assert len(found) >= len(BARE) - 1 - (at < 100)


WRONG = {
    "no length": RECORDS[2].replace(b"Content-Length", b"Content-Width"),
    "length is a word": RECORDS[2].replace(b"Content-Length: ", b"Content-Length: x"),
    "length is endless": RECORDS[2].replace(b"Content-Length: ", b"Content-Length: " + b"9" * 5000),
    "too short": RECORDS[2].replace(b"Content-Length: ", b"Content-Length: 1%0"[:17]),
    "header without an end": b"WARC/1.0\r\nWARC-Type: response\r\n",
    "header of a megabyte": RECORDS[2].replace(b"WARC-Date", b"X-Long: " + b"a" * (1 << 20) + b"\r\nWARC-Date"),
    "another version": RECORDS[2].replace(b"WARC/1.0", b"WARC/9.0"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("pack", [b"".join, each_gzipped, each_zstd], ids=["plain", "gzip", "zstd"])
def test_a_record_that_is_none(tmp_path, wrong, pack):
    """Law: what is no record is told, and what stands behind it comes."""
    found, told = read(tmp_path, pack([RECORDS[0], WRONG[wrong], RECORDS[3], RECORDS[4]]))

    assert [one for one in bare(found) if one in BARE] == [BARE[0], BARE[3], BARE[4]]
    assert told


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"hello",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"%PDF-1.7",
        zstandard.MAGIC_NUMBER.to_bytes(4, "little"),
        b"WARC",
        b"\x5d\x2a\x4d\x18\xff\xff\xff\xff",
    ],
)
def test_what_is_no_such_file(tmp_path, data):
    """Law: any other file is told of in one line, and nothing is made of it."""
    found, told = read(tmp_path, data)

    assert (found, len(told)) == ([], 1)


def test_a_path_that_cannot_be_read(tmp_path):
    """Law: a folder, or no file at all, is told of in one line."""
    for path in (tmp_path, tmp_path / "none"):
        (told,) = foreign.records(path)
        assert "cannot be read" in str(told)


# --- WACZ ---


def test_a_wacz_of_several(tmp_path):
    """Law: all WARC files of a WACZ are read, each told by its name in it; what else it holds is not."""
    broken = each_gzipped(RECORDS[:2]) + b"junk" + each_gzipped(RECORDS[2:])
    data = wacz(
        ("archive/../../../etc/\x1bone.warc.gz", broken, STORED),
        ("archive/two.warc", PLAIN, DEFLATED),
        ("indexes/three.warc", PLAIN, STORED),
        ("archive/four.txt", b"four", DEFLATED),
    )

    found, told = read(tmp_path, data, "x.wacz")

    assert bare(found) == BARE * 2
    assert [str(error).partition(" at ")[0] for error in told] == [
        "x.wacz/archive/../../../etc/\\x1bone.warc.gz",
        "x.wacz/archive/four.txt",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["x.wacz"]


def test_a_wacz_without_its_list(tmp_path):
    """Law: of a WACZ that lost its end, what was stored is found all the same."""
    data = wacz(("archive/one.warc.gz", each_gzipped(RECORDS), STORED))

    found, told = read(tmp_path, data[:-60])

    assert bare(found) == BARE
    assert "the list of the zip file cannot be read" in str(told[0])


def test_a_zip_with_nothing_in_it_for_us(tmp_path):
    """Law: a zip file that is no WACZ is told of."""
    found, (told,) = read(tmp_path, wacz(("readme.txt", b"hello", DEFLATED)))

    assert (found, told.problem) == ([], "a zip file with no WARC file in archive/")


def test_entries_that_overlap(tmp_path):
    """Law: a zip file whose entries lie one in another, as in a bomb, is not unpacked by its list."""
    data = wacz(*((f"archive/{n}.warc", PLAIN, STORED) for n in range(3)))
    start = data.index(b"PK\x01\x02")
    first = data[start : data.index(b"PK\x01\x02", start + 4)]
    end = bytearray(data[data.index(b"PK\x05\x06") :])
    end[8:10] = end[10:12] = (200).to_bytes(2, "little")
    end[12:16] = (200 * len(first)).to_bytes(4, "little")

    _, told = read(tmp_path, data[:start] + first * 200 + bytes(end))

    assert "a bomb" in str(told[0])


# --- bombs and memory ---


@pytest.mark.slow
def test_a_bomb_is_told(tmp_path):
    """Law: a member that opens to more than any record could want is told, and the next one comes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    zeros = zstandard.ZstdCompressor().compress(bytes(unpack.FREE + (1 << 20)))
    for data in (bomb + each_gzipped(RECORDS), zeros + each_zstd(RECORDS)):
        found, told = read(tmp_path, data)
        assert bare(found) == BARE
        assert "a bomb" in str(told[-1])
    inside = record("response", http(b""))[:-4].replace(b"Content-Length: ", b"Content-Length: 30000000")
    found, told = read(tmp_path, gzip.compress(inside + bytes(299 << 20)) + each_gzipped(RECORDS))
    assert bare(found) == BARE
    assert "bytes, more than the" in str(told[0])


@pytest.mark.slow
@pytest.mark.parametrize("pack", [b"".join, each_gzipped, lambda records: gzip.compress(b"".join(records), 1)])
def test_memory_does_not_grow_with_a_file(tmp_path, pack):
    """Law: neither a large record nor a large file is held in memory."""
    noise = random.Random(5)
    large = [record("response", http(noise.randbytes(8 << 20)), url=f"{URL}{n}") for n in range(6)]
    path = tmp_path / "large"
    path.write_bytes(pack(large))
    del large
    tracemalloc.start()
    number = sum(isinstance(raw, Raw) for raw in foreign.records(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert number == 6
    assert peak < 6 << 20


def test_what_nobody_wants_is_not_held(tmp_path):
    """Law: of a record that is not wanted the header comes, and its block does not."""
    path = tmp_path / "a"
    for data in (PLAIN, each_gzipped(RECORDS)):
        path.write_bytes(data)
        found = [raw for raw in foreign.records(path, lambda one: one.type == "response") if isinstance(raw, Raw)]
        assert [len(raw.record.block) > 0 for raw in found] == [False, False, True, True, False]


# --- any bytes ---


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bytes_are_read_or_told(tmp_path, data):
    """Law: whatever a file holds, reading it raises nothing, ends, and lets out what stands in it."""
    base = data.draw(st.sampled_from(sorted(FORMS)))
    broken = bytearray(FORMS[base])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(broken) - 1))
        junk = data.draw(st.binary(max_size=12))
        broken[at : at + data.draw(st.integers(0, 30))] = junk
        broken = broken or bytearray(b"x")

    found, told = read(tmp_path, bytes(broken))

    for raw in found:
        assert raw.record.get("Content-Length") == str(len(raw.record.block)) or int(
            raw.record.get("Content-Length")
        ) == len(raw.record.block)
    assert len(told) <= len(broken)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"PK\x03\x04", b"(\xb5/\xfd", b"Q*M\x18", b"]*M\x18"]),
)
def test_nonsense_is_told(tmp_path, junk, begins):
    """Law: no bytes make the reader raise."""
    found, told = read(tmp_path, begins + junk)

    assert found == [] or told == []
