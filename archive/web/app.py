"""App: the doorstep of Starlette.  Takes a request apart, lets a thread answer it, sends what comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.terminal.telling import say
from archive.web import failing, headers, hosts, language
from archive.web.answer import Answer
from archive.web.asked import MOST_PATH, Asked
from archive.web.context import Context
from archive.web.links import Links
from archive.web.routes import ROUTES, Handler
from archive.web.shelf import Shelf

Endpoint = Callable[[Request], Awaitable[Response]]


def app(root: Path, names: frozenset[str] | None, links: Links) -> Starlette:
    """Return the reader of an archive.

    names: under which hosts it answers, as `hosts.names` has them.  It must be started and
    ended as ASGI has it (lifespan), which ends its threads.
    """
    context = Context(root, links, Shelf(root))

    def doorstep(handler: Handler) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            asked = _asked(request)
            work = context.shelf.submit(lambda: _answered(context, asked, _guarded(request, names, handler)))
            return _sent(await asyncio.wrap_future(work), request)

        return endpoint

    async def refused(request: Request, error: Exception) -> Response:
        status = HTTPStatus(getattr(error, "status_code", HTTPStatus.NOT_FOUND))
        return await doorstep(lambda context, asked: failing.page(context, asked, status))(request)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        context.shelf.close()

    made = Starlette(
        routes=[Route(path, doorstep(handler)) for path, handler in ROUTES],
        exception_handlers={HTTPStatus.NOT_FOUND: refused, HTTPStatus.METHOD_NOT_ALLOWED: refused},
        lifespan=lifespan,
    )
    made.router.redirect_slashes = False  # each page has one address
    return made


def _asked(request: Request) -> Asked:
    """Take a request apart."""
    query = request.scope["query_string"].decode("latin-1")
    raw = request.scope.get("raw_path") or b"/"
    return Asked(
        path=raw.partition(b"?")[0].decode("latin-1") + (f"?{query}" if query else ""),
        base=f"{request.scope['scheme']}://{request.headers.get('host', '')}",
        names=request.path_params,
        query=dict(request.query_params),
        language=language.chosen(request.cookies.get(language.COOKIE), request.headers.get("accept-language")),
        at=datetime.now(UTC),
    )


def _guarded(request: Request, names: frozenset[str] | None, handler: Handler) -> Handler:
    """Return what answers a request: its handler, or the page that says why none may."""
    if not hosts.accepted(request.headers.get("host"), names):
        return lambda context, asked: failing.page(context, asked, HTTPStatus.MISDIRECTED_REQUEST)
    if len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"]) > MOST_PATH:
        return lambda context, asked: failing.page(context, asked, HTTPStatus.REQUEST_URI_TOO_LONG)
    return handler


def _answered(context: Context, asked: Asked, handler: Handler) -> Answer:
    """Return what the handler answers, or the page of its error."""
    try:
        return handler(context, asked)
    except Exception as error:  # noqa: BLE001 - whatever it is, one request fails and no other
        made = failing.of(context, asked, error)
        if made.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            say(f"rfi-archive: {type(error).__name__} at {asked.path[:200]!a}: {error!s:.200}")
        return made


def _sent(answer: Answer, request: Request) -> Response:
    """Return it with its headers; HEAD gets these alone."""
    status, bears, body = headers.dressed(answer, request.headers.get("if-none-match"))
    return Response(b"" if request.method == "HEAD" else body, status, bears)
