"""Fields: what an operation of the API may be asked with, each as its schema and the way to read it.  Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from archive.errors import BadUsage, NotFound
from archive.web.asked import MOST_TEXT

Schema = Mapping[str, Any]
"""A schema of JSON Schema 2020-12, as OpenAPI 3.1 has it."""
_WHOLE = re.compile("[0-9]{1,18}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter."""

    name: str
    says: str
    """What it does, for people."""
    schema: Schema
    """What may be given."""
    read: Callable[[str], Any]
    """Text -> value.  Raises ValueError, with what would have been right."""
    where: Literal["query", "path"] = "query"

    @property
    def default(self) -> Any:
        """What counts where nothing is given; None: nothing."""
        return self.schema.get("default")


def words(name: str, says: str, most: int = MOST_TEXT) -> Field:
    """Return a field that is a text."""

    def read(text: str) -> str:
        if len(text) > most:
            raise ValueError(f"has {most} characters at most")
        return text

    return Field(name, says, {"type": "string", "maxLength": most}, read)


def whole(name: str, says: str, least: int, most: int, default: int | None = None) -> Field:
    """Return a field that is a whole number."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise ValueError(f"is a whole number from {least} to {most}")
        return int(text)

    given = {} if default is None else {"default": default}
    return Field(name, says, {"type": "integer", "minimum": least, "maximum": most, **given}, read)


def day(name: str, says: str) -> Field:
    """Return a field that is a day."""

    def read(text: str) -> date:
        if not _DAY.fullmatch(text):
            raise ValueError("is a day such as 2026-11-30")
        return date.fromisoformat(text)

    return Field(name, says, {"type": "string", "format": "date"}, read)


def one_of(name: str, says: str, names: Sequence[str], default: str) -> Field:
    """Return a field that is one of a few words."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"is one of {', '.join(names)}")
        return text

    return Field(name, says, {"type": "string", "enum": [*names], "default": default}, read)


def place(name: str, says: str) -> Field:
    """Return a field that is a place in a list."""
    form = re.compile("([0-9]{1,18})-([0-9]{1,18})")

    def read(text: str) -> tuple[int, int]:
        found = form.fullmatch(text)
        if not found:
            raise ValueError("is as `next` has it")
        return int(found[1]), int(found[2])

    return Field(name, says, {"type": "string", "pattern": f"^{form.pattern}$"}, read)


def part(name: str, says: str, schema: Schema) -> Field:
    """Return what stands in a path; whoever answers looks whether it is there.  schema: of a text."""

    def read(text: str) -> str:
        if not re.fullmatch(schema.get("pattern", ".*"), text) or text not in schema.get("enum", (text,)):
            raise ValueError("is not there")
        return text

    return Field(name, says, schema, read, "path")


def values(fields: Sequence[Field], path: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    """Return what was asked with, by name, defaults filled in; None for what was not given.

    Raises BadUsage for what no field allows or nobody knows, NotFound for a path that no field allows.
    """
    known = {field.name for field in fields if field.where == "query"}
    if unknown := sorted(query.keys() - known):
        raise BadUsage(f"no such parameter: {unknown[0]!a:.100}; there are: {', '.join(sorted(known)) or 'none'}")
    return {field.name: _value(field, (path if field.where == "path" else query).get(field.name)) for field in fields}


def _value(field: Field, text: str | None) -> Any:
    if text is None:
        return field.default
    try:
        return field.read(text)
    except ValueError as error:
        if field.where == "path":
            raise NotFound(f"{field.name} {error}") from None
        raise BadUsage(f"{field.name} {error}") from None
