"""Post: a process of its own that sends messages, or asks for one URL: `python -m archive.runs.post`, for notify.py.

It is told on stdin, in JSON, since an argument would show a secret to every user of the machine, and says on
stdout, a line each, what has come of it; in words that hold nothing of a URL.  What libraries print or log is
nobody's business: whoever starts this process throws its stderr away.
"""

import json
import os
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib import error, request
from urllib.parse import urlsplit

TIMEOUT = 10
"""Seconds that one step of an exchange may take; who started this process sees to the sum of them."""
AGENT = "rfi-archive"


class _SameOrSafer(request.HTTPRedirectHandler):
    """Follows a redirect to the same scheme or to https, and no other."""

    def redirect_request(
        self, req: request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> request.Request | None:
        if urlsplit(newurl).scheme not in (req.type, "https"):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def get(url: str) -> str:
    """Ask for an http(s) URL, by a proxy if the environment names one; return "" if the answer is good, else why."""
    opener = request.OpenerDirector()  # an empty one: urllib's usual one opens files, too
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
        _SameOrSafer(),
    ):
        opener.add_handler(handler)
    try:
        if urlsplit(url).scheme not in ("http", "https"):
            return "neither http nor https"
        with opener.open(request.Request(url, headers={"User-Agent": AGENT}), timeout=TIMEOUT):  # noqa: S310 - see above
            return ""
    except error.HTTPError as answer:
        answer.close()
        return f"HTTP {answer.code}"
    except (OSError, HTTPException, ValueError) as problem:
        return _why(problem)


def _why(problem: Exception) -> str:
    """Return what went wrong in words that hold nothing of the URL, as the messages of some errors do."""
    within = problem.reason if isinstance(problem, error.URLError) else problem
    reason = within if isinstance(within, Exception) else problem
    if isinstance(reason, OSError) and reason.errno and not isinstance(reason, ssl.SSLError):
        return reason.strerror or type(reason).__name__
    return type(reason).__name__


def send(urls: list[str], title: str, body: str) -> None:
    """Send a message to each of these apprise URLs, all at once; print which have taken it, as they do."""
    import apprise

    asset = apprise.AppriseAsset(app_id=AGENT, app_desc=AGENT, async_mode=False, storage_mode="memory")

    def one(number: int, teller: apprise.Apprise) -> None:
        if teller.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT):
            print(number, flush=True)  # noqa: T201 - this is how it tells

    with ThreadPoolExecutor(len(urls)) as pool:
        for number, url in enumerate(urls):
            teller = apprise.Apprise(asset=asset)
            if teller.add(url):
                pool.submit(one, number, teller)


def main() -> None:
    """Do what stdin says."""
    told = json.load(sys.stdin)
    if "get" in told:
        why = get(told["get"])
        print(why or "good")  # noqa: T201 - see above
    else:
        send(told["urls"], told["title"], told["body"])
    sys.stdout.flush()
    os._exit(0)  # whatever a plugin still waits for


if __name__ == "__main__":
    main()
