"""Shorten Google's discovery document to what the simulator needs, so that it runs without Google's client.

`python -m tests.doubles.calendar_simulator.digest > tests/doubles/calendar_simulator/discovery.json` after each new
google-api-python-client; a test compares the two.
"""

import json
import re
import sys
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

JsonObject = dict[str, Any]

#: bounds that Google states in prose only
_LARGEST = re.compile(r"never be larger than (\d+)")
_LONGEST = re.compile(r"must not exceed (\d+) characters", re.IGNORECASE)
_KEPT = ("type", "format", "enum", "minimum", "maximum", "required", "repeated", "location", "$ref", "annotations")


def document() -> JsonObject:
    path = files("googleapiclient") / "discovery_cache" / "documents" / "calendar.v3.json"
    loaded: JsonObject = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def digest(full: Mapping[str, Any]) -> JsonObject:
    return {
        "revision": full["revision"],
        "rootUrl": full["rootUrl"],
        "servicePath": full["servicePath"],
        "parameters": _shapes(full["parameters"]),
        "methods": [_method(method) for kind in full["resources"].values() for method in kind["methods"].values()],
        "schemas": {name: _shape(schema) for name, schema in full["schemas"].items()},
    }


def _method(method: Mapping[str, Any]) -> JsonObject:
    return {
        "id": method["id"],
        "httpMethod": method["httpMethod"],
        "path": method["path"],
        "parameters": _shapes(method.get("parameters", {})),
        "request": method.get("request", {}).get("$ref"),
        "response": method.get("response", {}).get("$ref"),
        "scopes": method.get("scopes", []),
    }


def _shapes(schemas: Mapping[str, Any]) -> JsonObject:
    return {name: _shape(schema) for name, schema in schemas.items()}


def _shape(schema: Mapping[str, Any]) -> JsonObject:
    shape: JsonObject = {key: schema[key] for key in _KEPT if key in schema} | _prose_bounds(schema)
    if "properties" in schema:
        shape["properties"] = _shapes(schema["properties"])
    for key in ("items", "additionalProperties"):
        if key in schema:
            shape[key] = _shape(schema[key])
    return shape


def _prose_bounds(schema: Mapping[str, Any]) -> JsonObject:
    description = schema.get("description", "")
    largest, longest = _LARGEST.search(description), _LONGEST.search(description)
    bounds = {"maximum": largest and largest[1], "maxLength": longest and int(longest[1])}
    return {name: bound for name, bound in bounds.items() if bound}


if __name__ == "__main__":
    json.dump(digest(document()), sys.stdout, indent=1)
    sys.stdout.write("\n")
