"""Schema: what a row of `jsonl` and `parquet` holds, made of Text and the docstrings of its fields.

Sources: JSON Schema 2020-12; RFC 3339, which its formats "date" and "date-time" are.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from importlib.resources import files
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args

from archive.export.text import Text
from archive.language import moment

if TYPE_CHECKING:
    import pyarrow as pa  # an optional package


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type of Text stand in each format."""

    json: dict[str, Any]
    """The JSON Schema of a value."""
    arrow: str
    """Name of the type in Arrow, of what a list holds if it is one."""
    told: Callable[[Any], Any] = lambda value: value
    """A value -> what JSON has of it."""


FORMS: dict[Any, Form] = {
    str: Form({"type": "string"}, "string"),
    int: Form({"type": "integer"}, "int64"),
    date: Form({"type": "string", "format": "date"}, "date32", date.isoformat),
    datetime: Form({"type": "string", "format": "date-time"}, "timestamp", moment.stamp),
    tuple[str, ...]: Form({"type": "array", "items": {"type": "string"}}, "list", list),
}
"""By type."""
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Column:
    """One field of Text."""

    name: str
    """As in Text."""
    form: Form
    """How its values stand."""
    may_lack: bool
    """Whether a value may be null."""
    says: str
    """Its docstring: the specification, in one line."""


def columns() -> tuple[Column, ...]:
    """Return what a row holds, in order."""
    says = dict(_docstrings())
    return tuple(Column(one.name, *_form(one.type), says[one.name]) for one in fields(Text))


def _form(kind: Any) -> tuple[Form, bool]:
    """Return how values of a type stand, and whether they may be null."""
    kinds = [one for one in get_args(kind) if one is not NoneType] if NoneType in get_args(kind) else [kind]
    return FORMS[kinds[0]], kinds != [kind]


def _docstrings() -> Iterator[tuple[str, str]]:
    """Yield name and docstring of each field; Python keeps none of them, so the source is read."""
    tree = ast.parse(files("archive.export").joinpath("text.py").read_text("utf-8"))
    (made,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == Text.__name__)
    for field, says in zip(made.body, made.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(says, ast.Expr) and isinstance(says.value, ast.Constant):
            yield ast.unparse(field.target), " ".join(str(says.value.value).split())


def json() -> dict[str, Any]:
    """Return the JSON Schema of a line of `jsonl`."""
    found = columns()
    return {
        "$schema": _DRAFT,
        "title": "An article, as `rfi-archive export jsonl` writes it: one a line, UTF-8",
        "type": "object",
        "properties": {one.name: {"description": one.says, **_json(one)} for one in found},
        "required": [one.name for one in found],
        "additionalProperties": False,
    }


def _json(column: Column) -> dict[str, Any]:
    return {**column.form.json, "type": [column.form.json["type"], "null"]} if column.may_lack else column.form.json


def arrow() -> "pa.Schema":
    """Return the schema of a Parquet file: times are UTC, milliseconds; each field bears its specification."""
    import pyarrow as pa

    types = {
        "timestamp": pa.timestamp("ms", tz="UTC"),
        "list": pa.list_(pa.field("element", pa.string(), nullable=False)),
    }
    return pa.schema(
        pa.field(
            one.name,
            types.get(one.form.arrow) or pa.type_for_alias(one.form.arrow),
            nullable=one.may_lack,
            metadata={"description": one.says},
        )
        for one in columns()
    )


def told(text: Text) -> dict[str, Any]:
    """Return a row as JSON has it: times as 2026-11-23T10:00:00Z."""
    values = ((one.name, one.form, getattr(text, one.name)) for one in _COLUMNS)
    return {name: None if value is None else form.told(value) for name, form, value in values}


_COLUMNS = columns()
