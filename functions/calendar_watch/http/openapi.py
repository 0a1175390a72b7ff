"""What `watches` takes and answers, as OpenAPI 3.1, from the tables by which it reads and shows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from calendar_watch import __version__
from calendar_watch.http import parameters, problems
from calendar_watch.http.checks import CHECKS, CHECKS_BODY
from calendar_watch.http.json_schema import BOOLEAN, ID, Schema, array, closed, text, whole
from calendar_watch.http.parameters import Parameter
from calendar_watch.http.requests import LARGEST_BATCH, LARGEST_BODY
from calendar_watch.http.summary_view import SUMMARY
from calendar_watch.http.watch_request import BODY, MOST_BODIES
from calendar_watch.http.watch_view import WATCH

_SCHEMAS = Path(__file__).parents[1] / "schemas"
_EXAMPLES = Path(__file__).with_name("examples.json")
"""Of each operation a `body` and, by status, an answer, as they were recorded: `make documents`."""
_HERE = "#/components/schemas/"
_REQUEST, _WATCH, _PROBLEM = ({"$ref": f"{_HERE}{name}"} for name in ("WatchRequest", "Watch", "Problem"))
_TOKEN = {"nextPageToken": text()}
_NOTHING = closed({})

_ANYWHERE = (400, 500)
"""A query may be wrong anywhere, or we."""
_WITHOUT_FIRESTORE = (503,)
_POSTED = (403, 413, 415)


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    says: str
    answers: Mapping[int, Schema]
    problems: Sequence[int] = ()
    parameters: Sequence[Parameter] = ()
    body: Schema | None = None
    largest: int = LARGEST_BODY
    """Bytes of a body."""
    kind: str = "application/json"
    stored: bool = True
    """Whether it is answered from what is stored."""


_PAGE_OF_WATCHES = closed({"watches": array(_WATCH), **_TOKEN}, optional=_TOKEN)
_ITEMS = {"type": "object", "additionalProperties": {"type": "object"}}
"""By id, as Google gave them."""
_PAGE_OF_ITEMS = closed({"items": _ITEMS, "sequence": whole(), **_TOKEN}, optional=_TOKEN)
_PAGE_OF_CHANGES = closed(
    {"changes": array({"$ref": f"{_HERE}Change"}), "nextAfter": whole(), "complete": BOOLEAN}, optional=("complete",)
)
_RESULTS = closed(
    {
        "results": array(
            {
                "oneOf": [
                    closed({"status": whole(200, 202), "watch": _WATCH}),
                    closed({"status": {"type": "integer", "enum": [400, 503]}, "problem": _PROBLEM}),
                ]
            },
            MOST_BODIES,
        )
    }
)

_OPERATIONS = (
    _Operation(
        "post",
        "/",
        "Have a collection watched",
        dict.fromkeys((200, 201, 202), _WATCH),
        (*_POSTED, 404),
        body=_REQUEST,
    ),
    _Operation("get", "/", "List watches", {200: _PAGE_OF_WATCHES}, parameters=parameters.LIST),
    _Operation(
        "post",
        "/batch",
        "Have many collections watched: each body is judged by itself",
        {200: _RESULTS},
        _POSTED,
        body=closed({"requests": array(_REQUEST, MOST_BODIES)}),
        largest=LARGEST_BATCH,
    ),
    _Operation(
        "post", "/checks", "Try whether the deployment works", {200: CHECKS}, _POSTED, body=CHECKS_BODY, stored=False
    ),
    _Operation("get", "/summary", "All watches at a glance", {200: SUMMARY}),
    _Operation("get", "/openapi.json", "This document", {200: {"type": "object"}}, stored=False),
    _Operation("get", "/console", "A page for people", {200: text()}, kind="text/html", stored=False),
    _Operation("get", "/{id}", "Show a watch", {200: _WATCH}, (404,)),
    _Operation("delete", "/{id}", "End a watch", {200: _WATCH, 202: _WATCH}, (404, 409), parameters.END),
    _Operation("get", "/{id}/items", "What it holds", {200: _PAGE_OF_ITEMS}, (404,), parameters.ITEMS),
    _Operation("get", "/{id}/changes", "What changed", {200: _PAGE_OF_CHANGES}, (404, 410), parameters.CHANGES),
    _Operation("post", "/{id}/retry", "Try whatever waits", {202: _WATCH}, (*_POSTED, 404, 409), body=_NOTHING),
    _Operation("post", "/{id}/resync", "Read and compare all", {202: _WATCH}, (*_POSTED, 404, 409), body=_NOTHING),
)


@cache
def document() -> dict[str, Any]:
    recorded = json.loads(_EXAMPLES.read_text())
    paths: dict[str, dict[str, Any]] = {}
    for each in _OPERATIONS:
        examples = recorded.get(f"{each.method.upper()} {each.path}", {})
        paths.setdefault(each.path, {})[each.method] = _operation(each, examples)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Calendar Watch", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {"WatchRequest": BODY, "Watch": WATCH, "Problem": problems.SCHEMA, **dict(_changes())}
        },
    }


def _operation(operation: _Operation, examples: Mapping[str, Any]) -> dict[str, Any]:
    away = _WITHOUT_FIRESTORE if operation.stored else ()
    failures = sorted({*_ANYWHERE, *operation.problems, *away})
    return {
        "summary": operation.says,
        "parameters": [*_in_path(operation.path), *map(_in_query, operation.parameters)],
        **({"requestBody": _body(operation, operation.body, examples)} if operation.body is not None else {}),
        "responses": {
            **{
                str(status): _answer(status, operation.kind, schema, examples)
                for status, schema in operation.answers.items()
            },
            **{str(status): _answer(status, "application/problem+json", _PROBLEM, examples) for status in failures},
        },
    }


def _in_path(path: str) -> list[dict[str, Any]]:
    return [{"name": "id", "in": "path", "required": True, "schema": ID}] if "{id}" in path else []


def _in_query(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "in": "query", "description": parameter.says, "schema": parameter.schema}


def _body(operation: _Operation, schema: Schema, examples: Mapping[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, **_example(examples, "body")}}
    return {"description": f"of {operation.largest // 1024} KiB at most", "required": True, "content": content}


def _answer(status: int, kind: str, schema: Schema, examples: Mapping[str, Any]) -> dict[str, Any]:
    content = {kind: {"schema": schema, **_example(examples, str(status))}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _example(examples: Mapping[str, Any], of: str) -> dict[str, Any]:
    return {"example": examples[of]} if of in examples else {}


def _changes() -> Iterator[tuple[str, Any]]:
    """The published schemas of changes, each under the name of its file."""
    for path in sorted(_SCHEMAS.glob("*.json")):
        schema = json.loads(path.read_text())
        home = _home_of(path.stem)
        yield home, _moved({name: schema[name] for name in schema if name not in {"$id", "$schema"}}, home)


def _home_of(name: str) -> str:
    return "Change" if name == "change" else f"Change.{name}"


def _moved(value: Any, home: str) -> Any:
    """References to files, and within one, lead to where the file's schema lies here."""
    if isinstance(value, list):
        return [_moved(each, home) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _target(each, home) if name == "$ref" else _moved(each, home) for name, each in value.items()}


def _target(reference: str, home: str) -> str:
    file, _, within = reference.partition("#")
    return f"{_HERE}{_home_of(file.removesuffix('.json')) if file else home}{within}"
