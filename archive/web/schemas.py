"""Schemas: what the API answers, as JSON Schema; every property is always there, and no other.  Pure."""

from typing import Any

from archive.history import Event
from archive.search import FACETS
from archive.versions.diff import FIELDS, Mark

Schema = dict[str, Any]


def _object(says: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": says,
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _list(of: Schema, says: str = "") -> Schema:
    return {"type": "array", "items": of, **({"description": says} if says else {})}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _text(says: str, **more: Any) -> Schema:
    return {"type": "string", "description": says, **more}


def _or_null(schema: Schema) -> Schema:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    listed = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **listed}


def _number(says: str, least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least, "description": says}


def _time(says: str) -> Schema:
    return _text(f"{says}; UTC, to the second.", format="date-time")


def _map(of: Schema, says: str) -> Schema:
    return {"type": "object", "additionalProperties": of, "description": says}


_LINK = _text("A path of this host.", pattern="^/")
_NEXT = _or_null(_text("Where the list goes on, a path of this host; null: it does not.", pattern="^/"))
_NAMES = _list({"type": "string"}, "In page order.")
_VERSION = _number("Number of the version, from 1.", 1)
_WHERE = {
    "warc": _text("WARC file of its record, below the archive."),
    "offset": _number("Bytes of that file before the record."),
}
_CARD: dict[str, Schema] = {
    "stem": _text("Name of the article here.", pattern="^[0-9]{8}-[0-9a-f]{12}$"),
    "title": _text("Plain text, as it came."),
    "url": _text("Canonical URL at the site.", format="uri"),
    "edition": _text("Code of the edition: cn has simplified characters, tw traditional ones."),
    "section": _text("Name of the section."),
    "show": _or_null(_text("Name of the show; null on news.")),
    "authors": _NAMES,
    "tags": _NAMES,
    "day": _text("Under which it is listed here, on the clock of Paris.", format="date"),
    "published": _or_null(_time("As the page says")),
    "modified": _or_null(_time("As the page says")),
    "captured": _time("When its newest version was captured"),
    "first": _time("When it was first captured"),
    "gone": _or_null(_time("When it was first seen taken down; null: it is there, as far as is known")),
    "page": _LINK,
    "data": _LINK,
    "picture": _or_null(_text("Its archived lead picture, a path of this host; null: there is none.", pattern="^/")),
}
_SAID = _object("An article's text.", lead=_text("Its lead."), body=_text("Its body."))
_PIECE = _object("A stretch of a text.", text=_text("Plain."), hit={"type": "boolean"})
_COUNT = _object("A name and its articles.", name=_text("As it came."), articles=_number("How many bear it."))
_CHANGE = _object(
    "What differs in one field.",
    field=_text("Which.", enum=[*FIELDS]),
    hunks=_list(_list(_object("A piece.", mark={"enum": [*map(str, Mark)]}, text=_text("Plain.")))),
)
_EVENTS = [str(event) for event in Event if event]
_RUN = _object(
    "A crawl.",
    spider=_text("Its name."),
    started=_time("When it began"),
    ended=_time("When it ended"),
    code=_or_null({"type": "integer"}),
    line=_text("How it ended, for people."),
    counts=_map({"type": "integer"}, "What it counted."),
)

SCHEMAS: dict[str, Schema] = {
    "Card": _object("An article as lists have it.", **_CARD),
    "Articles": _object("Articles, the newest first.", articles=_list(_ref("Card")), next=_NEXT),
    "Article": _object(
        "An article.",
        **_CARD,
        caption=_or_null(_text("Of the lead picture, with its credit.")),
        text=_or_null(_SAID | {"description": "Plain, a paragraph a line; null: the article file cannot be read."}),
        html=_or_null(_SAID | {"description": "Sanitised; pictures are paths of this host."}),
        versions=_number("How many were captured."),
        provenance=_object(
            "Where it is from.",
            record=_or_null(_text("WARC-Record-ID; null: the record cannot be read.")),
            **_WHERE,
            refers=_or_null(_object("Where the record of the payload is, if its own is a revisit.", **_WHERE)),
            asked=_text("WARC-Target-URI of the record."),
            digest=_text("Payload digest of the record."),
            sha256=_text("SHA-256 of the article file.", pattern="^[0-9a-f]{64}$"),
            file=_LINK,
            proof=_LINK,
        ),
    ),
    "Versions": _object(
        "What became of an article, the oldest first.",
        events=_list(
            _object(
                "One thing that was seen.",
                captured=_time("When"),
                event=_text("What.", enum=_EVENTS),
                version=_or_null(_VERSION),
                fields=_list({"enum": [*FIELDS]}, "What is different from the version before."),
                status=_number("Status code of the answer."),
                digest=_text("Payload digest of its record."),
                **_WHERE,
                page=_or_null(_LINK),
                diff=_or_null(_LINK),
            )
        ),
    ),
    "Diff": _object(
        "What two versions say differently.",
        old=_object("The one.", version=_VERSION, captured=_time("When")),
        new=_object("The other.", version=_VERSION, captured=_time("When")),
        changes=_list(_CHANGE),
    ),
    "Found": _object(
        "What a search found.",
        total=_number("Articles that were found and counted."),
        more={"type": "boolean", "description": "There are more than `total`."},
        hits=_list(
            _object(
                "One of them.", article=_ref("Card"), title=_list(_PIECE), snippet=_list(_PIECE, "Where it says so.")
            )
        ),
        facets=_object("Names and how many of those found bear them.", **{kind: _list(_COUNT) for kind in FACETS}),
        next=_NEXT,
    ),
    "Labels": _object("Names, those with the most articles first.", labels=_list(_COUNT)),
    "Days": _object(
        "Days that have articles, the newest first.",
        days=_list(_object("A day.", day=_text("Paris.", format="date"), articles=_number("How many.", 1))),
    ),
    "Changes": _object(
        "What was edited, taken down or given back, the newest first.",
        changes=_list(
            _object(
                "One of them.",
                captured=_time("When it was seen"),
                event=_text("What.", enum=_EVENTS),
                stem=_CARD["stem"],
                url=_CARD["url"],
                title=_CARD["title"],
                version=_or_null(_VERSION),
                what=_text("What came."),
                digest=_text("Payload digest of its record."),
                **_WHERE,
                changes=_list(_CHANGE),
                problem=_text("Why it cannot be told what changed; empty if it can."),
                page=_LINK,
            )
        ),
        next=_NEXT,
    ),
    "Health": _object(
        "How the archive is, and how its crawls do.",
        running=_or_null(_text("Who writes to it now.")),
        articles=_map({"type": "integer"}, "By edition."),
        urls=_list(_object("URLs.", kind=_text("Of which kind."), state=_text("How they stand."), count=_number("n"))),
        captures=_object("Records.", count=_number("n"), first=_or_null(_time("First")), last=_or_null(_time("Last"))),
        warc=_object("WARC files.", files=_number("How many."), bytes=_number("Their size.")),
        imported=_map({"type": "integer"}, "Article files of other archivers."),
        parsers=_map({"type": "integer"}, "Pages by the version of the parser that read them."),
        backlog=_object(
            "What waits.",
            waiting=_map({"type": "integer"}, "By kind."),
            next=_or_null(_time("When the first that failed is due")),
            given_up=_number("How many wait until somebody asks."),
        ),
        disk=_object("The disk.", free=_number("Bytes.")),
        runs=_list(_RUN, "The latest, newest first."),
        streaks=_list(
            _object(
                "How runs end.",
                spider=_text("Whose."),
                code={"type": "integer"},
                runs=_number("In a row."),
                since=_time("Since when"),
            )
        ),
        hosts=_list(
            _object(
                "What a host asked for.",
                host=_text("Its name."),
                rests=_number("Runs that it refused."),
                why=_text("Why."),
                delay={"type": "number", "description": "Seconds between two requests."},
                until=_or_null(_time("Nothing is asked of it before")),
            )
        ),
    ),
    "Problem": _object(
        "What went wrong.  Source: RFC 9457.",
        type=_text("about:blank: the status says it all.", format="uri-reference"),
        title=_text("The status in words."),
        status=_number("The status.", 400),
        detail=_text("What would help."),
    ),
}
