"""Framing: where an answer ends, from its bytes as they come.  Pure; keeps no body."""

from archive.exchange import CHUNK, HEAD_END, STATUS, framing, listed

LINE = 16 << 10
"""Bytes of a line between chunks, trailers too.  Source: what Twisted takes of a header line."""


class Misframed(ValueError):
    """An answer whose end nobody can tell: the connection is of no use any more."""


class Framing:
    """Where one answer ends: first its head, interim answers passed over, then its body."""

    def __init__(self, *, to_head: bool = False, bodiless: bool = False) -> None:
        """Nothing was heard yet.  to_head: of a request with HEAD.  bodiless: of one with CONNECT."""
        self._to_head, self._bodiless = to_head, bodiless
        self._unread = bytearray()
        self._body: Chunks | Bytes | None = None
        self.head = b""
        """Of the final answer, empty line included; b"" until it is there."""
        self.done = False
        """The answer is whole."""
        self.surplus = False
        """More came than the answer has, so that the next one on this connection would begin with it."""

    @property
    def length(self) -> int:
        """Bytes of the body, framing not counted: those that are announced, else those that came."""
        return self._body.length if self._body else 0

    @property
    def kept(self) -> bool:
        """Whether the connection may serve once more after this answer."""
        lasting = self.head.startswith(b"HTTP/1.1") and "close" not in listed(self.head, "connection")
        return self.done and not self.surplus and (lasting or self._bodiless)

    def hear(self, data: bytes) -> None:
        """Take in what came.  Raises Misframed."""
        if self._body is None:
            data = self._heard_of_head(data)
        if self._body is not None:
            self.surplus = self.done and bool(data)
            self._body.hear(data)
            self.done, self.surplus = self._body.done, self.surplus or self._body.surplus

    def closed(self) -> bool:
        """Take in that nothing more will come; tell whether the answer is whole."""
        self.done = self.done or (self._body is not None and self._body.closed())
        return self.done

    @property
    def until_closed(self) -> bool:
        """Whether only the end of the connection ends the answer, so that nobody can tell if it is whole."""
        return isinstance(self._body, Bytes) and self._body.announced is None

    def _heard_of_head(self, data: bytes) -> bytes:
        """Take in more of the head; return what came behind it."""
        unread, start = self._unread, 0
        search = max(0, len(unread) - 3)
        unread += data
        while end := HEAD_END.search(unread, search):
            head = bytes(unread[start : end.end()])
            start = search = end.end()
            if not self._interim(head):
                self.head, self._body = head, self._framed(head)
                break
        else:
            if b"\n" in unread[start:]:
                self._interim(unread[start:])
        rest = bytes(unread[start:])
        self._unread = bytearray() if self.head else unread[start:]
        return rest

    def _interim(self, head: bytes | bytearray) -> bool:
        """Tell whether a head is one of an interim answer; 101 is none, and not to be had here."""
        status = STATUS.match(head)
        if not status or status[1] == b"101":
            raise Misframed(f"no status line of HTTP/1.1: {bytes(head[:40])!r}")
        return status[1].startswith(b"1")

    def _framed(self, head: bytes) -> "Chunks | Bytes":
        """Return what follows a head."""
        framed = 0 if self._bodiless else framing(head, self._to_head)
        if framed == "chunked":
            return Chunks()
        if framed == "closed" and (listed(head, "transfer-encoding") or listed(head, "content-length")):
            raise Misframed("neither Content-Length nor Transfer-Encoding tells where the answer ends")
        return Bytes(None if framed == "closed" else framed)


class Bytes:
    """A body of as many bytes as are announced, or of all that come."""

    def __init__(self, announced: int | None) -> None:
        """None of them is there."""
        self.announced, self._came = announced, 0
        self.done = announced == 0
        self.surplus = False

    @property
    def length(self) -> int:
        """Bytes that are announced, else those that came."""
        return self._came if self.announced is None else self.announced

    def hear(self, data: bytes) -> None:
        """Take in what came."""
        self._came += len(data)
        if self.announced is not None:
            self.done, self.surplus = self._came >= self.announced, self._came > self.announced

    def closed(self) -> bool:
        """Tell whether the body is whole if nothing more comes."""
        return self.announced is None


class Chunks:
    """A body in chunks.  Source: RFC 9112, 7.1."""

    def __init__(self) -> None:
        """The first size is to come."""
        self._line, self._left = bytearray(), 0
        self._next = self._size
        self.length = 0
        """Bytes of data that came."""
        self.done = self.surplus = False

    def hear(self, data: bytes) -> None:
        """Take in what came.  Raises Misframed."""
        at = 0
        while at < len(data) and not self.done:
            if self._left:
                taken = min(self._left, len(data) - at)
                self._left -= taken
                self.length += taken
                at += taken
            else:
                at = self._heard_line(data, at)
        self.surplus = at < len(data)

    def closed(self) -> bool:
        """Tell whether the body is whole if nothing more comes: its last chunk is there, be it without trailers."""
        return self._next == self._trailer

    def _heard_line(self, data: bytes, at: int) -> int:
        """Take in a line, or a part of one; return where it ends."""
        end = data.find(b"\n", at) + 1
        self._line += data[at : end or len(data)]
        if len(self._line) > LINE:
            raise Misframed("a line between chunks without end")
        if end:
            line, self._line = bytes(self._line), bytearray()
            self._next(line)
        return end or len(data)

    def _size(self, line: bytes) -> None:
        found = CHUNK.fullmatch(line)
        if not found:
            raise Misframed(f"no size of a chunk: {line[:40]!r}")
        self._left = int(found[1], 16)
        self._next = self._gap if self._left else self._trailer

    def _gap(self, line: bytes) -> None:
        if line not in (b"\r\n", b"\n"):
            raise Misframed("a chunk longer than its size")
        self._next = self._size

    def _trailer(self, line: bytes) -> None:
        self.done = line in (b"\r\n", b"\n")
