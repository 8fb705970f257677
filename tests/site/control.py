"""The host `site.test`: the same changes as in process, over HTTP, for demos and other languages."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs

from .answer import Answer, typed
from .expected import PLACEHOLDER
from .request import Request
from .site import Site

HOST = "site.test"
Words = dict[str, str]


def publish(site: Site, words: Words) -> object:
    """POST /publish?n=3"""
    return {"published": site.publish(int(words.get("n", "1")))}


def update(site: Site, words: Words) -> object:
    """POST /update?url=…"""
    return {"revision": site.update(words["url"])}


def withdraw(site: Site, words: Words) -> object:
    """POST /withdraw?url=…&status=410"""
    site.withdraw(words["url"], int(words.get("status", "404")))
    return {"withdrawn": words["url"]}


def edit(site: Site, words: Words) -> object:
    """POST /edit?url=…&edit=lead"""
    site.edit(words["url"], words["edit"])
    return {"edited": words["url"]}


def restore(site: Site, words: Words) -> object:
    """POST /restore?url=…"""
    site.restore(words["url"])
    return {"restored": words["url"]}


def fault(site: Site, words: Words) -> object:
    """POST /fault?pattern=…&fault=500&times=2"""
    times = int(words["times"]) if "times" in words else None
    site.set_fault(words["pattern"], words["fault"], times)
    return {"fault": words["fault"]}


def clear(site: Site, _: Words) -> object:
    """POST /clear"""
    site.clear_faults()
    return {"faults": 0}


def state(site: Site, _: Words) -> object:
    """GET /state"""
    live = site.live()
    return {
        "articles": len(site.articles),
        "live": len(live),
        "answers": len(site.log),
        "newest": [a.url for a in live[:5]],
    }


def expected(site: Site, words: Words) -> object:
    """GET /expected?url=…&epoch=…: the article file as text."""
    return site.expected(words["url"], int(words.get("epoch", str(PLACEHOLDER))))


def log(site: Site, _: Words) -> object:
    """GET /log: JSON lines."""
    return "".join(entry.line() + "\n" for entry in site.log)


VERBS: dict[tuple[str, str], Callable[[Site, Words], object]] = {
    ("POST", "/publish"): publish,
    ("POST", "/update"): update,
    ("POST", "/withdraw"): withdraw,
    ("POST", "/edit"): edit,
    ("POST", "/restore"): restore,
    ("POST", "/fault"): fault,
    ("POST", "/clear"): clear,
    ("GET", "/state"): state,
    ("GET", "/expected"): expected,
    ("GET", "/log"): log,
}


def answer(site: Site, request: Request) -> Answer:
    """Do what the control request says; 404 and 400 explain themselves."""
    verb = VERBS.get((request.method, request.path))
    if verb is None:
        known = ", ".join(" ".join(key) for key in VERBS)
        return typed("text/plain; charset=utf-8", f"there is: {known}\n".encode(), status=404)
    words = {key: values[0] for key, values in parse_qs(request.query).items()}
    try:
        said = verb(site, words)
    except (LookupError, ValueError) as error:
        return typed("text/plain; charset=utf-8", f"{error!r}\n".encode(), status=400)
    if isinstance(said, str):
        return typed("text/plain; charset=utf-8", said.encode())
    return typed("application/json", json.dumps(said, ensure_ascii=False).encode() + b"\n")
