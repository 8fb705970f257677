"""Framing that lies or never ends: more ways to break an answer on the wire.  Pure."""

from collections.abc import Callable
from dataclasses import replace

from .answer import Answer
from .frame import End, Plan, chunk, head, measured

LINE = b"X-More: and more\r\n"
BLOCK = b"<p>0123456789abcdef</p>\n" * 4096


def length_small(answer: Answer) -> Plan:
    """A Content-Length of half of what comes."""
    half = len(answer.body) // 2
    top = head(answer, f"Content-Length: {half}")
    return Plan(answer.status, top, (answer.body,), answer.body[:half], end=End.CLOSE)


def length_negative(answer: Answer) -> Plan:
    """A Content-Length below nothing."""
    return replace(measured(answer), head=head(answer, "Content-Length: -1"), end=End.CLOSE)


def length_twice(answer: Answer) -> Plan:
    """Two lengths."""
    size = len(answer.body)
    top = head(answer, f"Content-Length: {size}", f"Content-Length: {size // 2}")
    return replace(measured(answer), head=top, end=End.CLOSE)


def tiny_chunks(answer: Answer) -> Plan:
    """A byte a chunk, each behind 1,000 bytes of framing."""
    top = head(answer, "Transfer-Encoding: chunked")
    return Plan(answer.status, top, endless=chunk(b"x", ";" + "e" * 1000) * 64, cut=True)


def endless_head(answer: Answer) -> Plan:
    """Lines of a head, never an empty one."""
    return Plan(answer.status, head(answer)[:-2], endless=LINE * 1024, cut=True)


def many_headers(answer: Answer) -> Plan:
    """Thousands of lines, then the answer."""
    lines = (f"X-Line-{n}: {n}" for n in range(4000))
    return replace(measured(answer), head=head(answer, *lines, f"Content-Length: {len(answer.body)}"))


def long_header(answer: Answer) -> Plan:
    """One line of 100 kB."""
    top = head(answer, f"Content-Length: {len(answer.body)}", "X-Long: " + "x" * 100_000)
    return replace(measured(answer), head=top)


def interim_flood(_: Answer) -> Plan:
    """Nothing but interim answers."""
    return Plan(0, b"", endless=b"HTTP/1.1 100 Continue\r\n\r\n" * 1024, cut=True)


def no_head(answer: Answer) -> Plan:
    """HTTP/0.9: what stands there is the body."""
    return Plan(0, answer.body, end=End.CLOSE, cut=True)


def flood(answer: Answer) -> Plan:
    """Chunks without end."""
    return Plan(200, head(answer, "Transfer-Encoding: chunked"), endless=chunk(BLOCK), cut=True)


def flood_length(answer: Answer) -> Plan:
    """300 MB that were announced."""
    size = 300 << 20
    return Plan(200, head(answer, f"Content-Length: {size}"), endless=BLOCK, cut=True)


def drip_forever(answer: Answer) -> Plan:
    """A byte at a time."""
    return Plan(200, head(answer, "Content-Length: 100000"), endless=b"<", slow=True, cut=True)


def status(line: str, code: int) -> Callable[[Answer], Plan]:
    """The usual answer under another status."""

    def shape(answer: Answer) -> Plan:
        top = head(answer, f"Content-Length: {len(answer.body)}", first=f"HTTP/1.1 {line}")
        return replace(measured(answer), status=code, head=top)

    return shape


def bodiless(answer: Answer) -> Plan:
    """A head that says nothing of a length."""
    return Plan(answer.status, head(answer))


def plain(answer: Answer) -> Plan:
    """The body as it is, whatever its coding is said to be."""
    return measured(answer)


def bent(packed: bytes) -> bytes:
    """Some bytes in the middle turned round."""
    at = len(packed) // 2
    return packed[:at] + bytes(255 - byte for byte in packed[at : at + 64]) + packed[at + 64 :]


def rules(size: int) -> bytes:
    """Lines of a robots.txt, none of which forbids anything that is there."""
    lines, number = bytearray(), 0
    while len(lines) < size:
        lines += b"Disallow: /nowhere/%d\n" % number
        number += 1
    return bytes(lines)
