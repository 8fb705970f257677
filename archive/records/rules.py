"""Rules of one record: what its header may say, and what its block must be.  Pure; the standard as a table.

All that is wrong with a record is told, not only the first of it.  Some rules are stricter
than the standard: it leaves a choice that this archive has made.  Sections: WARC 1.1 (ISO 28500:2017).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

from archive.finding import STANDARD, Finding, Rule
from archive.records import pair
from archive.records.digest import names
from archive.records.record import FIELDS_TYPE, SAME_PAYLOAD, Record, digests_of, entity, is_plain, parse_fields

Form = Callable[[str], object]
"""Says of a field's value, by something true, that it has the right form."""
Wrong = Sequence[tuple[Rule, str]]
"""Rules that do not hold, each with what was found instead."""


def _like(pattern: str) -> Form:
    """Return the form of values that a pattern matches as a whole."""
    return re.compile(pattern, re.ASCII).fullmatch


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


TYPES = _words("warcinfo response revisit request metadata")
"""Types of record that this archive writes."""
INFO = _words("software format conformsTo operator robots http-header-user-agent hostname")
"""What a warcinfo record says of the run."""
_TOKEN = r"[-!#$%&'*+.^_`|~0-9A-Za-z]+"  # noqa: S105 - a token of the grammar in section 4
_ID = _like(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+>")
_URI = _like(r"https?://[!$-;=?-~]+")
_DIGEST = _like("sha1:[A-Z2-7]{32}")
_NUMBER = _like("[0-9]+")
_MEDIA_TYPE = _like(rf'{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"[^"]*"))*')
_SECOND = _like("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@lru_cache(1000)
def _date(value: str) -> bool:
    """Tell a second of UTC.  The standard has coarser and finer ones; a capture's time is whole seconds everywhere."""
    try:
        return _SECOND(value) is not None and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


@lru_cache(1000)
def _address(value: str) -> bool:
    try:
        return ip_address(value) is not None
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record's header."""

    name: str
    """As the standard writes it; names compare without case."""
    section: str
    """Where the standard speaks of it."""
    form: Form
    """Its values have this form."""
    required: frozenset[str]
    """Types of record on which it must stand."""
    forbidden: frozenset[str]
    """Types of record on which it must not stand."""
    many: bool = False
    """It may stand more than once."""


_PAIR = _words("response revisit request")
_NO = _words("")
_OTHERS = TYPES - {"revisit"}

FIELDS = (
    Field("WARC-Record-ID", "5.2", _ID, TYPES, _NO),
    Field("Content-Length", "5.3", _NUMBER, TYPES, _NO),
    Field("WARC-Date", "5.4", _date, TYPES, _NO),
    Field("WARC-Type", "5.5", TYPES.__contains__, TYPES, _NO),
    Field("Content-Type", "5.6", _MEDIA_TYPE, TYPES, _NO),
    Field("WARC-Concurrent-To", "5.7", _ID, _words("request"), _words("warcinfo"), many=True),
    Field("WARC-Block-Digest", "5.8", _DIGEST, TYPES, _NO),
    Field("WARC-Payload-Digest", "5.9", _DIGEST, _words("revisit"), _words("warcinfo metadata request")),
    Field("WARC-IP-Address", "5.10", _address, _NO, _words("warcinfo")),
    Field("WARC-Refers-To", "5.11", _ID, _words("revisit"), _words("warcinfo response request")),
    Field("WARC-Refers-To-Target-URI", "5.12", _URI, _words("revisit"), _OTHERS),
    Field("WARC-Refers-To-Date", "5.13", _date, _words("revisit"), _OTHERS),
    Field("WARC-Target-URI", "5.14", _URI, _PAIR, _words("warcinfo")),
    # On a revisit it says that the payload was left out: 6.7.2.
    Field("WARC-Truncated", "5.15", _words("length time disconnect unspecified").__contains__, _words("revisit"), _NO),
    Field("WARC-Warcinfo-ID", "5.16", _ID, _PAIR, _words("warcinfo")),
    Field("WARC-Filename", "5.17", _like(r"[^/\s<>]+"), _words("warcinfo"), TYPES - {"warcinfo"}),
    Field(
        "WARC-Profile",
        "5.18",
        frozenset((SAME_PAYLOAD, SAME_PAYLOAD.replace("identical-payload-digest", "server-not-modified"))).__contains__,
        _words("revisit"),
        _OTHERS,
    ),
    Field("WARC-Identified-Payload-Type", "5.19", _MEDIA_TYPE, _NO, _words("warcinfo metadata")),
    Field("WARC-Segment-Number", "5.20", _NUMBER, _NO, TYPES),
    Field("WARC-Segment-Origin-ID", "5.21", _ID, _NO, TYPES),
    Field("WARC-Segment-Total-Length", "5.22", _NUMBER, _NO, TYPES),
    # An extension: iipc/warc-specifications, "WARC-Protocol".
    Field("WARC-Protocol", "5.1", _like("[a-z]+/[0-9.]+"), _NO, _words("warcinfo metadata"), many=True),
)
_BY_NAME = {field.name.lower(): field for field in FIELDS}


def _of(section: str) -> str:
    return f"{STANDARD}, {section}"


def given(name: str) -> Rule:
    """Return the rule that a field stands where it must."""
    return Rule(f"{name} is given where it must be", _of(_BY_NAME[name.lower()].section))


def misplaced(name: str) -> Rule:
    """Return the rule that a field stands only where it may."""
    return Rule(f"{name} is given only where it may be", _of(_BY_NAME[name.lower()].section))


def once(name: str) -> Rule:
    """Return the rule that a field stands once."""
    return Rule(f"{name} is given once", _of("5.1"))


def formed(name: str) -> Rule:
    """Return the rule that a field's value has its form."""
    return Rule(f"{name} has its form", _of(_BY_NAME[name.lower()].section))


TOKENS = Rule("the name of a field is a token", _of("4"))
CONTENT = Rule("Content-Type is that of the record's type", _of("6.2 to 6.7"))
BLOCK_DIGEST = Rule("WARC-Block-Digest is that of the bytes", _of("5.8"))
PAYLOAD_DIGEST = Rule("WARC-Payload-Digest is that of the bytes", _of("5.9"))
ANSWER = Rule("the block of an answer begins with a status line", _of("6.3.2"))
REQUEST = Rule("the block of a request begins with a request line", _of("6.5.2"))
HEAD_ONLY = Rule("the block of a revisit is a head without its body", _of("6.7.2"))
NAMED = Rule("the block is named fields", _of("6.2, 6.6 and 4"))
FILLED = Rule("a warcinfo record says all of its run", _of("6.2"))

_STATUS_LINE = re.compile(rb"HTTP/[0-9]")
_REQUEST_LINE = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.[01]\r\n")
_NAMED = re.compile(rf"(?:{_TOKEN}:[^\r\n]*\r\n)*".encode())
_HTTP = "application/http;msgtype={0}", "application/http; msgtype={0}"
_CONTENT = {
    "warcinfo": (FIELDS_TYPE,),
    "metadata": (FIELDS_TYPE,),
    "request": tuple(form.format("request") for form in _HTTP),
    "response": tuple(form.format("response") for form in _HTTP),
    "revisit": tuple(form.format("response") for form in _HTTP),
}


def broken(record: Record) -> list[Finding]:
    """Return everything that is wrong with a record by itself."""
    kind = record.type
    shape = _shape(kind, tuple([name for name, _ in record.fields]))
    wrong = [*shape.wrong]
    for form, (name, value) in zip(shape.forms, record.fields, strict=True):
        if form and not form(value):
            wrong.append((formed(_BY_NAME[name.lower()].name), f"{value!r:.200}"))
    for judge in _OF_BLOCK.get(kind, (_digests,)):
        wrong += judge(record)
    return [rule.broken(f"warc/{record.file}", record.offset, what) for rule, what in wrong]


def borrowed(record: Record) -> list[Finding]:
    """Return what is wrong with a record that another tool made: only that of which it says itself how it should be."""
    wrong = pair.broken_digest(record)
    return [BLOCK_DIGEST.broken(f"warc/{record.file}", record.offset, wrong)] if wrong else []


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the names in a header tell, whatever the values are."""

    wrong: tuple[tuple[Rule, str], ...]
    """Rules that the names alone break."""
    forms: tuple[Form | None, ...]
    """The form of each value, in order; None for a field that the table does not have."""


@lru_cache(500)
def _shape(kind: str, names: tuple[str, ...]) -> _Shape:
    """Judge the names of a header; few differ, so each is judged once."""
    lower = [name.lower() for name in names]
    return _Shape(tuple(_placed(kind, names, lower)), tuple(_form_of(name) for name in lower))


def _form_of(name: str) -> Form | None:
    return _BY_NAME[name].form if name in _BY_NAME else None


def _placed(kind: str, names: Iterable[str], lower: list[str]) -> Iterator[tuple[Rule, str]]:
    """Yield which names are no names, and which fields are missing, out of place or there too often."""
    is_token = _like(_TOKEN)
    yield from ((TOKENS, repr(name)) for name in names if not is_token(name))
    for field in FIELDS:
        number = lower.count(field.name.lower())
        if not number and (kind in field.required or (kind not in TYPES and field.required == TYPES)):
            yield given(field.name), f"not given in a {kind or 'nameless'} record"
        if number and kind in field.forbidden:
            yield misplaced(field.name), f"given in a {kind} record"
        if number > 1 and not field.many:
            yield once(field.name), f"given {number} times"


def _digests(record: Record) -> Wrong:
    """Make a record's digests again.  That of a revisit's payload is held against its target: see `compare`."""
    is_answer = record.type == "response"
    if names(record.get("WARC-Block-Digest"), record.block) and not (is_answer and not _names_payload(record)):
        return ()
    made, wrong = digests_of(record), []
    for rule, name in ((BLOCK_DIGEST, "WARC-Block-Digest"), (PAYLOAD_DIGEST, "WARC-Payload-Digest"))[: 1 + is_answer]:
        if (stands := record.get(name)) != (found := made.get(name, "")):
            wrong.append((rule, f"says {stands!r}, is {found or 'not told, as readers disagree on such a head'}"))
    return wrong


def _names_payload(record: Record) -> bool:
    head, body = entity(record)
    named = record.get("WARC-Payload-Digest")
    return names(named, body) if is_plain(head) else not named


def _content(record: Record) -> Wrong:
    stands, kind = record.get("Content-Type"), record.type
    return () if stands in _CONTENT[kind] else ((CONTENT, f"{stands!r:.200} on a {kind} record"),)


def _answer(record: Record) -> Wrong:
    # An answer may have been cut anywhere, and then says so.
    cut = record.get("WARC-Truncated") and record.type == "response"
    return () if cut else _begins(record, ANSWER, _STATUS_LINE)


def _request(record: Record) -> Wrong:
    return _begins(record, REQUEST, _REQUEST_LINE)


def _begins(record: Record, rule: Rule, line: re.Pattern[bytes]) -> Wrong:
    return () if line.match(record.block) else ((rule, f"it begins with {bytes(record.block[:40])!r}"),)


def _head_only(record: Record) -> Wrong:
    body = entity(record)[1]
    return ((HEAD_ONLY, f"{len(body)} bytes stand behind the head"),) if body else ()


def _named(record: Record) -> Wrong:
    end = match.end() if (match := _NAMED.match(record.block)) else 0
    rest = bytes(record.block[end : end + 40])
    return ((NAMED, f"at byte {end} stands {rest!r}"),) if rest else ()


def _filled(record: Record) -> Wrong:
    told = {name for name, value in parse_fields(bytes(record.block)) if value}
    missing = sorted(INFO - told)
    return ((FILLED, f"it lacks {', '.join(missing)}"),) if missing else ()


_OF_BLOCK: dict[str, tuple[Callable[[Record], Wrong], ...]] = {
    "warcinfo": (_digests, _content, _named, _filled),
    "metadata": (_digests, _content, _named),
    "request": (_digests, _content, _request),
    "response": (_digests, _content, _answer),
    "revisit": (_digests, _content, _answer, _head_only),
}
"""What is asked of the block, by type of record."""
