"""The JSON Schemas of changes, as a consumer would load them: from files, and from nowhere else."""

import functools
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

SCHEMAS: dict[str, Any] = {
    path.name: json.loads(path.read_text()) for path in sorted(Path("functions/calendar_watch/schemas").glob("*.json"))
}
KINDS = [each["$ref"] for each in SCHEMAS["change.json"]["oneOf"]]
"""The files, of which exactly one fits a change."""

_REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)


@functools.cache
def validator(name: str = "change.json") -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], registry=_REGISTRY)


def types_of(name: str) -> set[str]:
    return set(SCHEMAS[name]["properties"]["type"]["enum"])


@functools.cache
def validator_of(kind: str) -> Draft202012Validator:
    """Of changes of a type: by the file that names it, a sixth of the work of trying each."""
    [name] = [each for each in KINDS if kind in types_of(each)]
    return validator(name)
