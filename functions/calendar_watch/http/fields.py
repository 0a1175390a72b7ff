"""A table of fields: what is shown is read by it, and its schema is made of it, so that neither can leave one out."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from calendar_watch.http.json_schema import Schema, closed, table_of, whole
from calendar_watch.model.exposure import COUNTED
from calendar_watch.times import rfc3339

Fields = Mapping[str, tuple[Schema, str, Callable[[Any], Any]]]
"""By name: what a field looks like, what it says, and how it is read off what is shown."""

EXPOSURES = table_of(COUNTED, whole())


def shown_by(fields: Fields, what: Any) -> dict[str, Any]:
    return {name: read(what) for name, (_, _, read) in fields.items()}


def schema_of(fields: Fields, optional: Collection[str] = ()) -> Schema:
    return closed({name: {**schema, "description": says} for name, (schema, says, _) in fields.items()}, optional)


def moment_of(time: datetime | None) -> str | None:
    return rfc3339(time) if time else None
