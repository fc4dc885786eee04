"""All that the server can be asked for, and the document that says so."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from nbflow import __version__
from nbflow.server import (
    batches,
    comparisons,
    engines,
    explanations,
    notebooks,
    pages,
    previews,
    runs,
    schema,
    tags,
)
from nbflow.server.json_schema import Schema, order_schema, required, schema_of
from nbflow.server.operation import JSON, Asked, Operation, Query

#: Where the paths of operations begin, below the server's base URL.
PREFIX: Final = "/nbflow/api"


def document() -> dict[str, object]:
    """The OpenAPI document: every operation, and the schema of what goes in and comes out."""
    schemas: dict[str, Schema] = {}
    paths: dict[str, dict[str, object]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.verb.lower()] = _described(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "nbflow", "version": __version__},
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _described(operation: Operation, schemas: dict[str, Schema]) -> dict[str, object]:
    problem = _content(schema_of(schema.Problem, schemas), "Why it was not served.")
    answer = _content(schema_of(operation.answer, schemas), "The answer.", operation.media)
    named = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in named
    ]
    found: dict[str, object] = {
        "summary": operation.summary,
        "x-action": operation.action,
        "parameters": [*in_path, *map(_query, operation.queries)],
        "responses": {str(operation.status): answer, "4XX": problem},
    }
    if operation.body is not None:
        body = order_schema(operation.body, schemas)
        found["requestBody"] = {
            "required": bool(required(operation.body)),
            "content": {"application/json": {"schema": body}},
        }
    return found


def _content(found: Schema, description: str, media: str = JSON) -> dict[str, object]:
    return {"description": description, "content": {media: {"schema": found}}}


def _query(query: Query) -> dict[str, object]:
    kind: Schema = {"type": "string"}
    if query.most is not None:
        kind = {"type": "integer", "minimum": 0, "maximum": query.most}
    return {
        "name": query.name,
        "in": "query",
        "description": query.description,
        "required": query.default is None,
        "schema": kind,
    }


def _document(asked: Asked) -> dict[str, object]:
    return document()


OPERATIONS: Final = (
    *notebooks.OPERATIONS,
    *explanations.OPERATIONS,
    *tags.OPERATIONS,
    *runs.OPERATIONS,
    *batches.OPERATIONS,
    *comparisons.OPERATIONS,
    *previews.OPERATIONS,
    *pages.OPERATIONS,
    *engines.OPERATIONS,
    Operation("GET", "/openapi.json", "This document.", dict[str, object], _document),
)


def by_path() -> list[tuple[str, list[Operation]]]:
    """The operations of each path."""
    ordered = sorted(OPERATIONS, key=lambda each: each.path)
    return [(path, list(found)) for path, found in groupby(ordered, key=lambda each: each.path)]
