"""A call that has been understood: whose it is, which method it means, and with which arguments."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import discovery, errors, fields
from .call import Call
from .discovery import Method
from .fields import Mask

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Request:
    user: str
    method: Method
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: JsonObject
    #: the fields of the answer that are wanted; empty means all
    mask: Mask
    url_path: str

    @property
    def calendar_id(self) -> str:
        return calendar(self.path, self.user) or ""

    @property
    def resource_uri(self) -> str:
        """Keep the alias that the client used: the address identifies nothing."""
        return f"{discovery.API_ROOT}{self.url_path.removeprefix('/calendar/v3/').removesuffix('/watch')}?alt=json"


def calendar(path: Mapping[str, str], user: str) -> str | None:
    """Return the id of the calendar that is addressed, if any is."""
    named = path.get("calendarId")
    return user if named == "primary" else named


def parse(call: Call, method: Method, path: Mapping[str, str], user: str) -> Request:
    """Refuse what cannot be understood; overlook what Google is believed to overlook."""
    query = _query(method, call)
    mask = fields.parse(query["fields"], {"$ref": method.response}) if query.get("fields") and method.response else {}
    return Request(user, method, path, query, _body(method, call), mask, call.path)


def offences(call: Call, method: Method) -> tuple[str, ...]:
    """Name everything in the call that the discovery document does not allow, overlooked or not."""
    try:
        body = json.loads(call.body) if call.body else None
    except ValueError:
        return ("body: is not JSON",)
    found = (*discovery.query_offences(method, call.query), *discovery.body_offences(method, body))
    return tuple(str(offence) for offence in found)


def _query(method: Method, call: Call) -> JsonObject:
    for offence in discovery.query_offences(method, call.query):
        if not offence.overlooked:
            raise errors.invalid_parameter(offence.where, offence.what)
    known = method.query_parameters
    return {name: _argument(known[name], values) for name, values in call.query.items() if name in known}


def _argument(schema: Mapping[str, Any], values: tuple[str, ...]) -> Any:
    typed = tuple(_typed(schema, value) for value in values)
    return typed if schema.get("repeated") else typed[-1]


def _typed(schema: Mapping[str, Any], value: str) -> str | int | bool:
    if schema["type"] == "integer":
        return int(value)
    return value == "true" if schema["type"] == "boolean" else value


def _body(method: Method, call: Call) -> JsonObject:
    if method.request is None:
        return {}
    body = _json_object(call.body)
    if method.http_method != "PATCH":  # where null means: clear
        body = discovery.without_nulls(body)
    for offence in discovery.body_offences(method, body):
        if not offence.overlooked:
            raise errors.invalid_value(f"Invalid value for {offence}")
    for name in discovery.missing_fields(method, body):
        raise errors.required(name)
    return body


def _json_object(text: bytes) -> JsonObject:
    try:
        body = json.loads(text or b"{}")
    except ValueError:
        raise errors.parse_error() from None
    if not isinstance(body, dict):
        raise errors.parse_error()
    return body
