"""Laws of connections, with real servers on loopback: opened, kept, and ended."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager, suppress

import pytest
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    ResponseDataLossError,
)

from crawler import clock
from crawler.dial import Dial, Route, TunnelError
from crawler.framing import Framing
from crawler.pool import Pool
from crawler.tape import Tape
from tests.site import certificate

HOST, SIX = "127.0.0.1", "::1"
ASK = b"GET / HTTP/1.1\r\nHost: www.rfi.fr\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MOST = 1000


@asynccontextmanager
async def listening(serve, host=HOST, **more):
    """Serve each connection; end them all, and wait until they have gone.  Gives the port."""
    serving = set[asyncio.Task[None]]()

    async def kept(reader, writer):
        task = asyncio.current_task()
        assert task
        serving.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await serve(reader, writer)
        writer.transport.abort()

    async with await asyncio.start_server(kept, host, 0, **more) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.sleep(0.02)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0.02)


@asynccontextmanager
async def server(answer, host=HOST, **more):
    """Answer each request with these bytes, and end the connection unless they let it be kept.  Gives port and requests."""
    heard = list[bytes]()

    async def serve(reader, writer):
        try:
            while not heard or OK in answer:
                heard.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(answer)
            writer.close()
            await writer.wait_closed()
        finally:
            writer.transport.abort()

    async with listening(serve, host, **more) as port:
        yield port, heard


async def asked(connection):
    """Ask once: the framing and the tape."""
    framing, tape = Framing(), Tape(clock.now, 0)
    await connection.ask(ASK, framing, tape)
    return framing, tape


def dial(**more):
    """Open connections whose answers may have a few bytes."""
    return Dial(most=MOST, **({"verify": False} | more))


# --- one connection ---


@pytest.mark.parametrize("host", [HOST, SIX])
def test_exact_bytes(host):
    """Law: on IPv4 and IPv6 the tape has what was sent and what came, the address, and what was spoken."""

    async def run():
        async with server(OK, host) as (port, heard):
            connection = await dial()(Route(host, port))
            _, tape = await asked(connection)
            connection.close()
            return heard, tape

    heard, tape = asyncio.run(run())

    assert heard == [ASK] == [tape.sent]
    assert tape.received.view() == OK
    assert (tape.peer, tape.protocols) == (host, ("http/1.1",))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", DownloadFailedError),
        (b"HTTP/1.1 200 OK\r\n", DownloadFailedError),
        (b"nothing of the kind\r\n", DownloadFailedError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ResponseDataLossError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nx", DownloadCancelledError),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001, DownloadCancelledError),
    ],
)
def test_what_goes_wrong(answer, error):
    """Law: what is not whole is told as Scrapy knows it, what came of it is on the tape, and the connection is closed."""

    async def run():
        async with server(answer) as (port, _):
            connection, tape = await dial()(Route(HOST, port)), Tape(clock.now, 0)
            with pytest.raises(error):
                await connection.ask(ASK, Framing(), tape)
            return connection, tape

    connection, tape = asyncio.run(run())

    assert not connection.open
    assert tape.received.view() == answer


def test_bytes_that_nobody_asked_for_end_a_connection():
    """Law: what comes on a kept connection between two answers is no answer to the next request."""

    async def run():
        async with server(OK + OK) as (port, _):
            connection = await dial()(Route(HOST, port))
            framing, _ = await asked(connection)
            return connection, framing

    connection, framing = asyncio.run(run())

    assert framing.done
    assert not connection.open


def test_a_wait_that_is_broken_off_closes_the_connection():
    """Law: who stops waiting leaves no connection that would hear a late answer."""

    async def run():
        async with server(OK) as (port, _):
            connection = await dial()(Route(HOST, port))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await asked(connection)
            return connection

    assert not asyncio.run(run()).open


# --- ways ---


def test_tls_and_who_is_believed():
    """Law: anybody is spoken to in TLS by the name asked for, unless told to verify; then nobody unknown is."""
    named = []
    context, _ = certificate.context()
    context.sni_callback = lambda _socket, name, _context: named.append(name)

    async def run():
        async with server(OK, ssl=context) as (port, _):
            route = Route(HOST, port, "www.rfi.fr")
            connection = await dial()(route)
            _, tape = await asked(connection)
            connection.close()
            with pytest.raises(DownloadFailedError, match="certificate"):
                await dial(verify=True)(route)
            return tape

    tape = asyncio.run(run())

    assert tape.protocols == ("http/1.1", "tls/1.3")
    assert tape.received.view() == OK
    assert named[0] == "www.rfi.fr"


@pytest.mark.parametrize("answer", [b"HTTP/1.0 200 Connection established\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_tunnel(answer):
    """Law: through a proxy of HTTP/1.0 or 1.1 the tape has the server's bytes alone, not those of CONNECT."""
    context, _ = certificate.context()

    async def run():
        async with server(OK, ssl=context) as (port, heard):

            async def relay(reader, writer):
                assert await reader.readuntil(b"\r\n\r\n") == b"CONNECT x\r\n\r\n"
                writer.write(answer)
                inner, outer = await asyncio.open_connection(HOST, port)
                await asyncio.gather(pour(reader, outer), pour(inner, writer))

            async with listening(relay) as at:
                connection = await dial()(Route(HOST, at, "www.rfi.fr", b"CONNECT x\r\n\r\n"))
                _, tape = await asked(connection)
                connection.close()
            return heard, tape

    heard, tape = asyncio.run(run())

    assert heard == [ASK] == [tape.sent]
    assert tape.received.view() == OK


async def pour(reader, writer):
    """Pass on what comes, until it ends."""
    with suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
    writer.close()


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nand more", b"HTTP/1.1 200 OK\r\n\r\n"],
)
def test_a_proxy_that_opens_no_tunnel(answer):
    """Law: whatever a proxy says instead of opening a tunnel, or does behind it, is an error that Scrapy tries again."""

    async def run():
        async with server(answer) as (port, _):
            with pytest.raises((TunnelError, DownloadFailedError)):
                await dial()(Route(HOST, port, "www.rfi.fr", b"CONNECT x\r\n\r\n"))

    asyncio.run(run())


def test_nobody_there():
    """Law: a port at which nobody listens is told as such."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(DownloadConnectionRefusedError):
        asyncio.run(dial()(Route(HOST, port)))


def test_the_first_address_that_answers():
    """Law: an address at which nobody listens costs no request where another one answers."""

    async def run():
        async with server(OK) as (port, _):
            connection = await dial()._first([(SIX, port), (HOST, port)])
            connection.close()
            return connection.peer

    assert asyncio.run(run()) == HOST


def test_no_address_answers():
    """Law: where none does, it is the first one's error that is told."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(ConnectionRefusedError):
        asyncio.run(dial()._first([(HOST, port), (SIX, port)]))


def test_a_route_tells_no_password():
    """Law: what is logged of a route has no login for the proxy."""
    assert "secret" not in repr(Route(HOST, 1, "x", b"Proxy-Authorization: secret"))


# --- connections that are kept ---


def test_a_pool_gives_back_what_is_open():
    """Law: a route's own connection is given back, the last one used first, as many as may be kept, and no dead one."""

    async def run():
        async with server(OK) as (port, _):
            route, pool = Route(HOST, port), Pool(2)
            opened = [await dial()(route) for _ in range(3)]
            for connection in opened:
                await asked(connection)
                pool.keep(route, connection)
            assert [connection.open for connection in opened] == [True, True, False]
            assert pool.take(Route(HOST, port, "www.rfi.fr")) is None
            last = pool.take(route)
            assert last
            assert last is opened[1]
            opened[0].close()
            assert pool.take(route) is None
            pool.keep(route, last)
            pool.close()
            assert not last.open

    asyncio.run(run())


def test_a_pool_forgets_what_is_old():
    """Law: a connection that waited for too long is not used again: servers drop them without a word."""

    async def run():
        async with server(OK) as (port, _):
            route, pool = Route(HOST, port), Pool(1)
            connection = await dial()(route)
            await asked(connection)
            connection.since -= 10_000
            pool.keep(route, connection)
            return pool.take(route), connection

    taken, connection = asyncio.run(run())

    assert taken is None
    assert not connection.open
