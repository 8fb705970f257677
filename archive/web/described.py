"""Described: the table of operations as an OpenAPI description.  Pure.  Source: OpenAPI 3.1.1."""

from functools import cache
from typing import Any

import archive
from archive.web import answer
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context
from archive.web.fields import Field
from archive.web.operations import OPERATIONS, Operation
from archive.web.problem import TYPE
from archive.web.schemas import SCHEMAS

PROBLEMS = {
    "400": "A parameter makes no sense, or nobody knows it.",
    "404": "The archive does not hold it.",
    "414": "All parameters together are too long.",
    "503": "The index is not there at the moment.",
}
_HEADERS = {"ETag": {"description": "Ask again with If-None-Match.", "schema": {"type": "string"}}}


def description(_: Context, __: Asked) -> Answer:
    """Give the description."""
    return _made()


@cache
def _made() -> Answer:
    return answer.data(openapi())


def openapi() -> dict[str, Any]:
    """Return the description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "RFI Chinese Archive",
            "version": archive.__version__,
            "description": "What the archive holds.  All of it can be read, and nothing else.",
        },
        "servers": [{"url": "/"}],
        "paths": {f"/api/{operation.path}": {"get": _operation(operation)} for operation in OPERATIONS},
        "components": {"schemas": SCHEMAS, "responses": {code: _problem(says) for code, says in PROBLEMS.items()}},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    good = {
        "description": operation.says,
        "headers": _HEADERS,
        "content": {answer.JSON: {"schema": {"$ref": f"#/components/schemas/{operation.answers}"}}},
    }
    same = {"304": {"description": "If-None-Match names what there is."}}
    wrong = {code: {"$ref": f"#/components/responses/{code}"} for code in PROBLEMS}
    return {
        "operationId": operation.name,
        "summary": operation.says,
        "parameters": [_parameter(field) for field in operation.fields],
        "responses": {"200": good, **same, **wrong},
    }


def _parameter(field: Field) -> dict[str, Any]:
    schema = {**field.schema}
    required = {"required": True} if field.where == "path" else {}
    return {"name": field.name, "in": field.where, "description": field.says, **required, "schema": schema}


def _problem(says: str) -> dict[str, Any]:
    return {"description": says, "content": {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
