"""Google's discovery document as a judge of requests and answers."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

_DOCUMENT: Mapping[str, Any] = json.loads((files(__package__) / "discovery.json").read_text(encoding="utf-8"))
API_ROOT: str = _DOCUMENT["rootUrl"] + _DOCUMENT["servicePath"]
_PREFIX = "/" + _DOCUMENT["servicePath"]
_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
}


@dataclass(frozen=True)
class Method:
    id: str
    http_method: str
    path: str
    parameters: Mapping[str, Mapping[str, Any]]
    request: str | None
    response: str | None
    scopes: frozenset[str]

    @cached_property
    def query_parameters(self) -> Mapping[str, Mapping[str, Any]]:
        own = {name: schema for name, schema in self.parameters.items() if schema["location"] == "query"}
        return {**_DOCUMENT["parameters"], **own}

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


@dataclass(frozen=True)
class Offence:
    """A departure from the document. Google is believed to overlook names that it does not know."""

    where: str
    what: str
    overlooked: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@cache
def _methods() -> tuple[tuple[re.Pattern[str], Method], ...]:
    read = [Method(**_renamed(method)) for method in _DOCUMENT["methods"]]
    # A literal path such as …/acl/watch goes before …/acl/{ruleId}.
    return tuple((method.pattern, method) for method in sorted(read, key=lambda method: method.path.count("{")))


def _renamed(method: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in method.items() if key not in ("httpMethod", "scopes")}
    return kept | {"http_method": method["httpMethod"], "scopes": frozenset(method["scopes"])}


def find(http_method: str, url_path: str) -> tuple[Method, Mapping[str, str]] | None:
    """Return the method that a path such as `/calendar/v3/users/me/settings` means, and its path parameters."""
    path = url_path.removeprefix(_PREFIX)
    if path == url_path:
        return None
    for pattern, method in _methods():
        match = pattern.fullmatch(path) if method.http_method == http_method else None
        if match:
            return method, {name: unquote(value) for name, value in match.groupdict().items()}
    return None


def check_request(http_method: str, url_path: str, query: Mapping[str, tuple[str, ...] | list[str]], body: Any) -> str:
    """Return the id of the method called, such as `calendar.acl.list`; `AssertionError` if it may not be called so."""
    found = find(http_method, url_path)
    assert found, f"{http_method} {url_path} is no method of Calendar"
    method = found[0]
    offences = [str(offence) for offence in (*query_offences(method, query), *body_offences(method, body))]
    assert not offences, f"{method.id}: {'; '.join(offences)}"
    return method.id


def check_answer(method_id: str, body: Any) -> None:
    """`AssertionError` unless the document's schema has every field of the answer, with its JSON type."""
    method = next(method for _, method in _methods() if method.id == method_id)
    if method.response is None:
        assert body is None, f"{method_id} answers nothing"
        return
    offences = [str(offence) for offence in _value_offences({"$ref": method.response}, body, "answer")]
    assert not offences, f"{method_id}: {'; '.join(offences)}"


def query_offences(method: Method, query: Mapping[str, tuple[str, ...] | list[str]]) -> Iterator[Offence]:
    known = method.query_parameters
    for name in sorted(known.keys() - query.keys()):
        if known[name].get("required"):
            yield Offence(name, "is required")
    for name, values in query.items():
        if name not in known:
            yield Offence(name, "no such parameter", overlooked=True)
        elif len(values) > 1 and not known[name].get("repeated"):
            yield Offence(name, "given more than once", overlooked=True)
        else:
            yield from (offence for value in values for offence in _value_of_parameter(name, known[name], value))


def _value_of_parameter(name: str, schema: Mapping[str, Any], value: str) -> Iterator[Offence]:
    wrong = _wrong_text(schema, value)
    if wrong:
        yield Offence(name, wrong)
    elif "maximum" in schema and int(value) > int(schema["maximum"]):
        # Google says that a page is never larger, not that asking for more is an error.
        yield Offence(name, f"more than {schema['maximum']}", overlooked=True)


def _wrong_text(schema: Mapping[str, Any], value: str) -> str | None:
    if value not in schema.get("enum", [value]):
        return f"Invalid value: {value!r}"
    if len(value) > schema.get("maxLength", len(value)):
        return f"longer than {schema['maxLength']} characters"
    if schema["type"] == "boolean" and value not in ("true", "false"):
        return f"Invalid boolean value: {value!r}"
    if schema["type"] == "integer":
        return _wrong_integer(schema, value)
    return None


def _wrong_integer(schema: Mapping[str, Any], value: str) -> str | None:
    if not re.fullmatch(r"-?\d+", value):
        return f"Invalid integer value: {value!r}"
    if int(value) < int(schema.get("minimum", value)):
        return f"Invalid value {value}: less than {schema['minimum']}"
    return None


def body_offences(method: Method, body: Any) -> Iterator[Offence]:
    if method.request is None:
        if body is not None:
            yield Offence("body", "this method takes none", overlooked=True)
        return
    # In a patch, null means: clear this field.
    given = {} if body is None else without_nulls(body)
    yield from _value_offences({"$ref": method.request}, given, "body")


def without_nulls(value: Any) -> Any:
    """Leave out the fields that are null, at any depth."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}


def missing_fields(method: Method, body: Mapping[str, Any]) -> list[str]:
    """Name the fields that the document requires of this very method and the body lacks."""
    return [] if method.request is None else list(_missing(_DOCUMENT["schemas"][method.request], method.id, body))


def _missing(schema: Mapping[str, Any], method_id: str, body: Mapping[str, Any]) -> Iterator[str]:
    for name, inner in schema["properties"].items():
        if method_id not in inner.get("annotations", {}).get("required", ()):
            continue
        if name not in body:
            yield name
        elif "properties" in inner:
            yield from (f"{name}.{deeper}" for deeper in _missing(inner, method_id, body[name]))


def fields_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schemas of an object's fields, or of the fields of a list's items."""
    found = _resolved(schema)
    properties: Mapping[str, Any] = _resolved(found.get("items", found)).get("properties", {})
    return properties


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _DOCUMENT["schemas"][schema["$ref"]] if "$ref" in schema else schema
    return found


def _value_offences(schema: Mapping[str, Any], value: Any, where: str) -> Iterator[Offence]:
    schema = _resolved(schema)
    if not _has_type(schema, value):
        yield Offence(where, f"{json.dumps(value)} is not of type {schema['type']}")
    elif isinstance(value, dict):
        yield from _object_offences(schema, value, where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_offences(schema["items"], item, f"{where}[{index}]")


def _has_type(schema: Mapping[str, Any], value: Any) -> bool:
    if schema["type"] == "any":
        return True
    if schema.get("format") == "int64" and type(value) is int:
        return True  # declared a string, yet printed as a bare number in Google's own guide
    return type(value) in _JSON_TYPES[schema["type"]]


def _object_offences(schema: Mapping[str, Any], value: Mapping[str, Any], where: str) -> Iterator[Offence]:
    known = schema.get("properties", {})
    other = schema.get("additionalProperties")
    for name, inner in value.items():
        if name in known or other:
            yield from _value_offences(known.get(name, other), inner, f"{where}.{name}")
        else:
            yield Offence(f"{where}.{name}", "no such field", overlooked=True)
