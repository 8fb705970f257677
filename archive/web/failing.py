"""Failing: the page for each way in which a request can fail."""

from http import HTTPStatus

from archive.errors import ArchiveError, BadArticle, BadRecord, BadUrl, BadUsage, CannotWrite, NotFound
from archive.web import problem
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show
from archive.web.shelf import NotReady

STATUS: dict[type[ArchiveError], HTTPStatus] = {
    BadUsage: HTTPStatus.BAD_REQUEST,
    BadUrl: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    BadRecord: HTTPStatus.NOT_FOUND,
    BadArticle: HTTPStatus.NOT_FOUND,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    CannotWrite: HTTPStatus.SERVICE_UNAVAILABLE,  # what SQLite refuses to read
}
TOLD = BadUsage, BadRecord, BadArticle
"""Errors whose words help whoever asked and name no folder of this machine."""
MORE = {
    HTTPStatus.METHOD_NOT_ALLOWED: {"Allow": "GET, HEAD"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
}


def status_of(error: Exception) -> HTTPStatus:
    """Return the status of an error; what nobody has foreseen is ours."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def of(context: Context, asked: Asked, error: Exception) -> Answer:
    """Return the page that tells of an error."""
    return page(context, asked, status_of(error), str(error) if isinstance(error, TOLD) else "")


def page(context: Context, asked: Asked, status: HTTPStatus, detail: str = "") -> Answer:
    """Return the page of a status.  detail: one line more, as it came."""
    if asked.path.startswith("/api/"):
        made = problem.of(status, detail)
    else:
        made = show(context, asked, "error", status, code=int(status), detail=detail)
    return Answer(made.body, made.type, status, more=MORE.get(status, {}))
