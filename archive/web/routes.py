"""Routes: which handler answers which path.  A path is as Starlette has it; the first that fits counts."""

from collections.abc import Callable

from archive.web import (
    article,
    charts,
    described,
    events,
    feeds,
    finding,
    front,
    health,
    labels,
    manual,
    operations,
    picture,
    pieces,
    proof,
    switch,
    versions,
)
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context
from archive.web.links import KINDS

Handler = Callable[[Context, Asked], Answer]
"""Answers one request, in a thread; raises ArchiveError for what is no page."""

ROUTES: tuple[tuple[str, Handler], ...] = (
    ("/", front.newest),
    ("/day/{day}", front.day),
    ("/sections", labels.names("section")),
    ("/shows", labels.names("show")),
    ("/authors", labels.names("author")),
    ("/tags", labels.names("tag")),
    ("/feed.atom", feeds.everything),
    *((f"/{kind}/{{name:path}}/feed.atom", feeds.label(kind)) for kind in KINDS),
    ("/section/{name:path}", labels.articles("section")),
    ("/show/{name:path}", labels.articles("show")),
    ("/author/{name:path}", labels.articles("author")),
    ("/tag/{name:path}", labels.articles("tag")),
    ("/article/{stem}.md", article.file),
    ("/article/{stem}", article.page),
    ("/article/{stem}/proof", proof.page),
    ("/article/{stem}/version/{number}", versions.page),
    ("/article/{stem}/diff/{old}/{new}", versions.diff),
    ("/search", finding.page),
    ("/search/feed.atom", feeds.searched),
    ("/changes", events.changes),
    ("/changes/feed.atom", feeds.changes),
    ("/gone", events.gone),
    ("/health", health.page),
    ("/api", manual.page),
    ("/api/openapi.json", described.description),
    *((f"/api/{operation.path}", operations.handler(operation)) for operation in operations.OPERATIONS),
    ("/image/{name}", picture.image),
    ("/pictures", charts.page),
    ("/static/{name}", pieces.piece),
    ("/language/{code}", switch.switch),
)
