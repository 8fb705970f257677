"""From an answer to the bytes on the wire: heads, chunks, and every way to break them.  Pure."""

from dataclasses import dataclass, replace
from enum import Enum
from itertools import cycle

from .answer import ALWAYS, Answer

ODD_SIZES = (1, 7, 4096, 2, 1111, 16, 3)


class End(Enum):
    """What happens to the connection after the last byte of the plan."""

    KEEP = "kept alive"
    CLOSE = "closed"
    RESET = "reset"
    HANG = "held open in silence"
    STALE = "kept, but closed when the next request comes"


@dataclass(frozen=True)
class Plan:
    """All that will be sent for one request; known before the first byte goes out."""

    status: int
    """0 where no status line is ever sent."""
    head: bytes
    """Status line to empty line, exactly; less if the head is cut."""
    wire: tuple[bytes, ...] = ()
    """What follows the head, framing included, in pieces."""
    entity: bytes = b""
    """What of the entity is sent: de-chunked, content coding kept."""
    interim: bytes = b""
    """1xx heads before the head."""
    end: End = End.KEEP
    cut: bool = False
    """True if the answer ends before it should."""
    slow: bool = False
    """True if there is a pause before each piece."""
    endless: bytes = b""
    """What is sent again and again behind all that, until the client has enough; no part of `entity`."""


def head(answer: Answer, *more: str, first: str = "") -> bytes:
    """Status line and headers; `more` are whole lines, written as they are."""
    lines = [first or f"HTTP/1.1 {answer.status} {answer.reason}"]
    lines += [f"{name}: {value}" for name, value in (*ALWAYS, *answer.headers)]
    return "\r\n".join((*lines, *more, "", "")).encode("latin-1")


def chunk(piece: bytes, extension: str = "") -> bytes:
    """One chunk."""
    return f"{len(piece):x}{extension}\r\n".encode() + piece + b"\r\n"


def sliced(body: bytes, sizes: tuple[int, ...]) -> list[bytes]:
    """The body in pieces of these sizes, again and again."""
    pieces, at, size = [], 0, cycle(sizes)
    while at < len(body):
        step = next(size)
        pieces.append(body[at : at + step])
        at += step
    return pieces


def measured(answer: Answer) -> Plan:
    """With a Content-Length."""
    top = head(answer, f"Content-Length: {len(answer.body)}")
    return Plan(answer.status, top, (answer.body,), answer.body)


def chunked(answer: Answer) -> Plan:
    """In chunks of 16 kB."""
    wire = [chunk(piece) for piece in sliced(answer.body, (16_384,))]
    top = head(answer, "Transfer-Encoding: chunked")
    return Plan(answer.status, top, (*wire, b"0\r\n\r\n"), answer.body)


def usual(answer: Answer) -> Plan:
    """As the site does it: pages in chunks, all else measured, 304 without a body."""
    if answer.status == 304:
        return Plan(304, head(answer))
    page = answer.header("Content-Type").startswith("text/html") and answer.status == 200
    return chunked(answer) if page else measured(answer)


def headless(plan: Plan) -> Plan:
    """The same for HEAD: no body."""
    return replace(plan, wire=(), entity=b"")


def odd_chunks(answer: Answer) -> Plan:
    """Chunks of odd sizes with extensions, two trailers behind them."""
    wire = [chunk(piece, ';n="a b";last') for piece in sliced(answer.body, ODD_SIZES)]
    trailers = b"000;end\r\nX-Checked: yes\r\nX-Checked: twice\r\n\r\n"
    top = head(answer, "Trailer: X-Checked", "Transfer-Encoding: chunked")
    return Plan(answer.status, top, (b"".join(wire), trailers), answer.body)


def early_hints(answer: Answer) -> Plan:
    """A 103 before the answer, twice."""
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </page.css>; rel=preload; as=style\r\n\r\n"
    return replace(measured(answer), interim=hint + hint)


def odd_headers(answer: Answer) -> Plan:
    """Folded, doubled, latin-1, empty and oddly written headers."""
    lines = (
        "X-Folded: first\r\n  second\r\n\tthird",
        "X-Note: caf\xe9 \xa9",
        "x-TWICE: 1",
        "X-Twice: 2",
        "X-Empty:",
        "X-Tight:value",
        "X-Wide:    value  ",
    )
    top = head(answer, *lines, f"cOnTeNt-lEnGtH: {len(answer.body)}")
    return Plan(answer.status, top, (answer.body,), answer.body)


def no_reason(answer: Answer) -> Plan:
    """A status line without a reason phrase."""
    top = head(answer, f"Content-Length: {len(answer.body)}", first=f"HTTP/1.1 {answer.status}")
    return replace(measured(answer), head=top)


def bad_line(answer: Answer) -> Plan:
    """A line in the head that has no colon."""
    top = head(answer, "this line has no colon", f"Content-Length: {len(answer.body)}")
    return replace(measured(answer), head=top)


def until_close(answer: Answer) -> Plan:
    """No length at all: the end of the connection is the end of the body."""
    top = head(answer, "Connection: close")
    return Plan(answer.status, top, (answer.body,), answer.body, end=End.CLOSE)


def cut_length(answer: Answer) -> Plan:
    """Half of what Content-Length promises, then the end."""
    half = answer.body[: len(answer.body) // 2]
    whole = measured(answer)
    return replace(whole, wire=(half,), entity=half, end=End.CLOSE, cut=True)


def cut_chunk(answer: Answer) -> Plan:
    """The end comes inside the second chunk."""
    third = len(answer.body) // 3
    first, second = answer.body[:third], answer.body[third : 2 * third]
    wire = (chunk(first), chunk(answer.body[third:])[: -len(answer.body) + 2 * third - 2])
    top = head(answer, "Transfer-Encoding: chunked")
    return Plan(answer.status, top, wire, first + second, end=End.CLOSE, cut=True)


def cut_head(answer: Answer) -> Plan:
    """The end comes inside the head."""
    return Plan(answer.status, head(answer)[:90], end=End.CLOSE, cut=True)


def reset(_: Answer) -> Plan:
    """Not a byte, then a reset."""
    return Plan(0, b"", end=End.RESET, cut=True)


def reset_body(answer: Answer) -> Plan:
    """A reset in the middle of the body."""
    return replace(cut_length(answer), end=End.RESET)


def drip(answer: Answer) -> Plan:
    """The whole answer, a little at a time."""
    size = max(1, len(answer.body) // 24)
    return replace(measured(answer), wire=tuple(sliced(answer.body, (size,))), slow=True)


def hang(_: Answer) -> Plan:
    """Silence."""
    return Plan(0, b"", end=End.HANG, cut=True)


def hang_body(answer: Answer) -> Plan:
    """Silence after half of the body."""
    return replace(cut_length(answer), end=End.HANG)


def garbage(_: Answer) -> Plan:
    """Bytes that are no HTTP."""
    noise = bytes((n * 73 + n // 7) % 256 for n in range(1, 2000)).replace(b"\r\n\r\n", b"")
    return Plan(0, noise, end=End.CLOSE, cut=True)


def stale(answer: Answer) -> Plan:
    """A good answer on a connection that will die of its next request."""
    return replace(measured(answer), end=End.STALE)
