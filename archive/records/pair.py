"""Pair: the exchange that the record of an answer and the one right behind it hold, ours or another tool's.  Pure.

Ours say all of it in one form.  Others store a body chunked or not, with or without its
content coding, whatever the head still says; in the Exchange made here head and body agree.
In a file of others' records a metadata record of ours stands where an answer has no request.
"""

import base64
import hashlib
import re
from dataclasses import replace
from typing import cast

from archive.codings import coding
from archive.errors import BadRecord
from archive.exchange import Cut, Exchange, codings, dechunk, header_values
from archive.files.spool import Bytes
from archive.records import lenient, record
from archive.records.digest import digest
from archive.records.lenient import REVISIT, is_foreign
from archive.records.record import Capture, Place, Record, entity

_SAME_PAYLOAD = "identical-payload-digest"
"""How the WARC-Profile of a revisit ends whose payload another record holds.  Source: 6.7.2, and pywb."""
_STATUS = re.compile(rb"HTTP/[0-9.]+ +[0-9]{3}")
_FRAME = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\n]*)?\r?\n")
_CONTENT_ENCODING = re.compile(rb"(?im)^(?=content-encoding[ \t]*:)")
_CUTS = frozenset(("length", "time", "disconnect"))


def exchange_of(answer: Record, behind: Record, original: Record | None = None) -> Exchange:
    """Make the Exchange of an answer's record and the one behind it.  Raises BadRecord.

    original: the record that holds a revisit's body.
    """
    if not is_foreign(answer.file):
        return record.exchange_of(answer, behind, original)
    if answer.type not in record.ANSWERS or behind.type not in ("request", "metadata"):
        raise BadRecord(answer.file, answer.offset, "no answer with its request, or what says that it has none, behind")
    return borrowed(answer, behind if behind.type == "request" else None, original)


def borrowed(answer: Record, request: Record | None, original: Record | None = None) -> Exchange:
    """Make the Exchange of another tool's records.  Raises BadRecord."""
    if answer.type == "revisit" and original is None:
        raise BadRecord(answer.file, answer.offset, "a revisit, and no record that holds its payload is here")
    held = original or answer
    head, body = entity(held)
    body, cut = _unframed(head, body)
    own = entity(answer)[0]
    head = _agreeing(_coded_as(own, head) if _STATUS.match(own) else head, body)
    return Exchange(
        url=lenient.asked(answer),
        date=answer.date.replace(microsecond=0),
        request=bytes(request.block) if request else b"",
        head=head,
        body=body,
        ip=answer.get("WARC-IP-Address") or None,
        protocols=tuple(value for name, value in answer.fields if name.lower() == "warc-protocol"),
        truncated=_truncated(held) or cut,
    )


def borrowed_capture(answer: Record, refers: Place | None = None, exchange: Exchange | None = None) -> Capture:
    """Make the Capture that another tool's record of an answer stands for, by what it says alone.  Raises BadRecord.

    An answer that names no payload digest gets ours.  refers: where a revisit's payload was found.
    exchange: what an answer that is no revisit holds, where that was made already.
    """
    bare = exchange or borrowed(answer, None, answer)
    made = record.capture_of(answer, bare, refers)
    if answer.type == "revisit":  # whether or not its payload has come, so that an index of it stays as it is
        return replace(made, mime=REVISIT)
    return made if made.digest else replace(made, digest=digest(bare.body))


def waits(capture: Capture) -> bool:
    """Tell whether a capture is another tool's revisit whose payload is not here yet."""
    return capture.mime == REVISIT and capture.refers is None


def is_taken(one: Record) -> bool:
    """Tell whether a record of another tool is one that this archive takes: an answer of our pages, or its request."""
    if one.type == "revisit" and not one.get("WARC-Profile").rstrip("/").endswith(_SAME_PAYLOAD):
        return False  # the server said that nothing is new: nothing is in it
    return one.type in (*record.ANSWERS, "request") and lenient.is_ours(one)


def _truncated(held: Record) -> Cut | None:
    """Return why an answer is not whole, as its record says: never that we broke it off ourselves."""
    told = held.get("WARC-Truncated")
    return cast("Cut", told if told in _CUTS else "disconnect") if told else None


def _unframed(head: bytes, body: Bytes) -> tuple[Bytes, Cut | None]:
    """Undo the transfer coding, where there is one; tell whether the body is cut.

    Many tools store the body without its frames, and the head as it was.  Content-Length
    tells of a cut only where it speaks of the bytes that are stored.
    """
    if "chunked" in ",".join(header_values(head, "transfer-encoding")).lower():
        data, whole = dechunk(body)
        if whole:
            return data, None
        return (data, "disconnect") if _is_framed(body) else (body, None)
    lengths = set(header_values(head, "content-length"))
    told = lengths.pop() if len(lengths) == 1 else ""
    short = told.isascii() and told.isdigit() and len(told) < 19 and int(told) > len(body)  # noqa: PLR2004
    return body, "disconnect" if short and _outermost(head, body) else None


def _is_framed(body: Bytes) -> bool:
    """Tell whether a body begins with a chunk, whole or all there is."""
    frame = _FRAME.match(body)
    if not frame:
        return False
    end = frame.end() + int(frame[0].split(b";")[0].strip(), 16)
    return end >= len(body) or bytes(body[end : end + 2]).lstrip(b"\r")[:1] == b"\n"


def _outermost(head: bytes, body: Bytes) -> bool:
    """Tell whether a body begins like the content coding that was applied last; True if the head names none."""
    named = codings(head)
    return not named or named[-1] not in coding.OPENERS or coding.begins(body, named[-1])


def _coded_as(own: bytes, held: bytes) -> bytes:
    """Return a revisit's own head, with the content codings of the payload that another record holds."""
    if codings(own) == (named := codings(held)):
        return own
    first, end, rest = _CONTENT_ENCODING.sub(b"X-Archive-Orig-", own).partition(b"\n")
    line = f"Content-Encoding: {', '.join(named)}\r\n".encode("latin-1") if named else b""
    return first + end + line + rest


def _agreeing(head: bytes, body: Bytes) -> bytes:
    """Return a head that names no content coding which is undone already, as some tools store a body."""
    return head if not len(body) or _outermost(head, body) else _CONTENT_ENCODING.sub(b"X-Archive-Orig-", head)


def digests_of(one: Record, original: Record | None = None) -> dict[str, str]:
    """Return the digests that a record must bear, by field, made again.

    Of another tool's that is the digest of the block, if the record states one that does not
    hold: payload digests are made in several ways out there, and are not judged.
    """
    if not is_foreign(one.file):
        return record.digests_of(one, original)
    return {"WARC-Block-Digest": digest(one.block)} if broken_digest(one) else {}


def broken_digest(one: Record) -> str:
    """Return what is wrong with the block digest that another tool's record states; "" if it holds, or says nothing."""
    label, _, told = one.get("WARC-Block-Digest").partition(":")
    try:
        made = hashlib.new(label.strip().lower().replace("-", ""), one.block, usedforsecurity=False).digest()
    except (ValueError, TypeError):
        return ""  # none, or in a way that nobody here knows
    told = told.strip().lower()
    forms = (base64.b32encode(made).decode().rstrip("=").lower(), made.hex(), base64.b64encode(made).decode().lower())
    return (
        ""
        if told.rstrip("=") in (form.rstrip("=") for form in forms)
        else f"WARC-Block-Digest is not that of its {len(one.block)} bytes"
    )
