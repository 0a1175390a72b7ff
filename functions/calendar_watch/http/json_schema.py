"""What a value looks like, as JSON Schema 2020-12 says it: the tables of fields and parameters speak in these words."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from calendar_watch.model.target import WATCH_ID

Schema = Mapping[str, Any]

NOTHING: Schema = {"type": "null"}
BOOLEAN: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def text(pattern: str = "", longest: int = 0) -> Schema:
    """`pattern` is of the whole text."""
    form = {"pattern": f"^(?:{pattern})$"} if pattern else {}
    return {"type": "string", **form, **({"maxLength": longest} if longest else {})}


ID = text(WATCH_ID.pattern)


def whole(low: int = 0, high: int | None = None) -> Schema:
    return {"type": "integer", "minimum": low, **({} if high is None else {"maximum": high})}


def one_of(among: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(each) for each in among]}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, NOTHING]}


def array(of: Schema, most: int | None = None) -> Schema:
    return {"type": "array", "items": of, **({} if most is None else {"maxItems": most})}


def closed(properties: Mapping[str, Schema], optional: Collection[str] = ()) -> Schema:
    """Nothing else may be there."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def table_of(keys: Iterable[str], value: Schema) -> Schema:
    return closed({str(each): value for each in keys})


def named(value: Schema, key: str, most: int | None = None) -> Schema:
    """An object whose names are the caller's or Google's: they have the form `key`."""
    bound = {} if most is None else {"maxProperties": most}
    return {"type": "object", "propertyNames": text(key), "additionalProperties": value, **bound}
