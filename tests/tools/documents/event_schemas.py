"""Of each type of change, what its published schemas say together, as one plain object.

They are of a kind of changes, refer to each other, and have rules for what depends on the type.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any

from jsonschema import Draft202012Validator

from calendar_watch.http import openapi

Schema = Mapping[str, Any]

SCHEMAS: Mapping[str, Schema] = openapi.document()["components"]["schemas"]


def event_schemas() -> Mapping[str, Schema]:
    """By type."""
    return {
        kind: _mentioned(_event(kind, schema))
        for schema in map(_plain, SCHEMAS["Change"]["oneOf"])
        for kind in schema["properties"]["type"]["enum"]
    }


def _event(kind: str, schema: Schema) -> Schema:
    """Of one type: of the rules, what follows from type and resource; what depends on others is left to the feed's."""
    told = {"type": kind, "resource": schema["properties"]["resource"].get("const")}
    decided = [_decided(rule, told) for rule in schema["allOf"]]
    event: Schema = reduce(_both, [{"properties": {"type": {"const": kind}}}, *decided, schema])
    return event


def _decided(rule: Schema, told: Schema) -> Schema:
    asked = rule["if"].get("properties")
    if not asked or None in map(told.get, asked):
        return {}
    branch: Schema = rule.get("then" if Draft202012Validator(rule["if"]).is_valid(told) else "else", {})
    return branch


def _mentioned(schema: Any) -> Any:
    """Without what may not be there: generators of code know no schema that is `false`."""
    if isinstance(schema, list):
        return [_mentioned(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _mentioned(each) for name, each in schema.items() if each is not False}


def _plain(schema: Any) -> Any:
    """With what it refers to in the place of each reference: beside one, AsyncAPI's draft 7 lets nothing count."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(each) for name, each in schema.items() if name not in {"$ref", "$defs"}}
    return _both(plain, _plain(_at(schema["$ref"]))) if "$ref" in schema else plain


def _at(reference: str) -> Any:
    return reduce(lambda schema, name: schema[name], reference.split("/")[3:], SCHEMAS)


def _both(narrow: Any, wide: Any) -> Any:
    """What fits both. Where they tell of the same thing, the word of the former counts."""
    if not (isinstance(narrow, dict) and isinstance(wide, dict)):
        return narrow
    if "const" in narrow or narrow.get("type") == "null":
        return narrow
    shared = narrow.keys() & wide.keys()
    return {**wide, **narrow} | {name: _joined(name, narrow[name], wide[name]) for name in shared}


def _joined(name: str, narrow: Any, wide: Any) -> Any:
    return [*wide, *narrow] if name in {"required", "allOf"} else _both(narrow, wide)
