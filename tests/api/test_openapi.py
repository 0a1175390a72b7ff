"""The document of the API: right in itself, and (by way of every other test here) in what it says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import ValidationError
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from calendar_watch.http import openapi, parameters, problems
from calendar_watch.model.exposure import COUNTED
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from tests.api import documented
from tests.api.deployment import ACL, Deployment

OPERATIONS = {
    *("POST /", "GET /", "POST /batch", "GET /summary", "POST /checks", "GET /openapi.json", "GET /console"),
    *("GET /{id}", "DELETE /{id}"),
    *("GET /{id}/items", "GET /{id}/changes", "POST /{id}/retry", "POST /{id}/resync"),
}
"""Of the contract."""
GOOGLES = {"/{id}/items", "/openapi.json"}
"""What they answer is Google's, or OpenAPI's: no form of ours. So is what is within a change."""


def test_it_is_served(deployment: Deployment) -> None:
    openapi.document.cache_clear()  # as in a new instance: here it is made while tests are loaded, which nobody counts
    assert deployment.get("/openapi.json") == json.loads(json.dumps(openapi.document()))


def test_it_has_every_operation_of_the_contract_and_no_other() -> None:
    paths = openapi.document()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods} == OPERATIONS


def objects(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for name, each in schema.items():
            yield from objects(each, (*path, name))
    elif isinstance(schema, list):
        for each in schema:
            yield from objects(each, path)


def test_no_answer_of_ours_may_have_more_than_is_said_and_none_is_a_default() -> None:
    document = openapi.document()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert "default" not in operation["responses"]
            open_objects = [at for at, each in objects(operation["responses"]) if "additionalProperties" not in each]
            assert path in GOOGLES or not open_objects
    for name in ("Watch", "Problem"):
        assert all("additionalProperties" in each for _, each in objects(document["components"]["schemas"][name]))


def test_every_reason_problem_and_parameter_is_in_it() -> None:
    document = openapi.document()
    watch, problem = (document["components"]["schemas"][name]["properties"] for name in ("Watch", "Problem"))
    assert set(watch["reason"]["enum"]) == {None, *Reason}
    assert {each.rpartition(":")[2] for each in problem["type"]["enum"]} == {
        *("invalid-request", "unknown-watch", "not-found", "refused-by-google", "still-followed", "changes-expired"),
        *("after-ahead", "wrong-state", "method-not-allowed", "unsupported-media-type", "too-large", "forbidden"),
        *("unavailable", "internal"),
    }
    told = {each["name"] for each in document["paths"]["/"]["get"]["parameters"]}
    assert told == {each.name for each in parameters.LIST}


def test_what_is_only_refused_when_all_is_seen_together_is_said_in_words() -> None:
    """No schema has a word for it."""
    document = openapi.document()
    [ttl] = document["components"]["schemas"]["WatchRequest"]["properties"]["params"]["anyOf"][0]["properties"].values()
    said = {each["name"]: each["description"] for each in document["paths"]["/"]["get"]["parameters"]}
    sizes = {path: document["paths"][path]["post"]["requestBody"]["description"] for path in ("/", "/batch")}
    assert "600 to 2592000" in ttl["description"]
    assert "30 combinations" in said["state"]
    assert "30 combinations" in said["reason"]
    assert "16 at most" in said["label"]
    assert sizes == {"/": "of 64 KiB at most", "/batch": "of 1024 KiB at most"}


def test_a_batch_is_of_the_bodies_that_one_watch_is_asked_for_by() -> None:
    paths = openapi.document()["paths"]
    one, many = (
        paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"] for path in ("/", "/batch")
    )
    assert many["properties"]["requests"]["items"] == one == {"$ref": "#/components/schemas/WatchRequest"}


def undescribed(schema: Any, at: str) -> Iterator[str]:
    """Fields of ours, those within a field too, but not the keys of a table: state and reason say those."""
    for each in (schema, *schema.get("anyOf", ()), schema.get("items", {})):
        properties = each.get("properties", {})
        if properties.keys() & {*State, *Reason, *COUNTED, *RESOURCES}:
            continue
        for name, field in properties.items():
            yield from () if field.get("description") else (f"{at}.{name}",)
            yield from undescribed(field, f"{at}.{name}")


def test_every_field_of_a_watch_and_of_the_summary_is_described() -> None:
    document = openapi.document()
    summary = document["paths"]["/summary"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert [*undescribed(document["components"]["schemas"]["Watch"], "watch"), *undescribed(summary, "summary")] == []


def test_a_field_without_a_description_is_noticed_however_deep_it_lies() -> None:
    bare, said = {"type": "string"}, {"type": "string", "description": "x"}
    channel = {"anyOf": [{"properties": {"id": said, "phase": bare}}, {"type": "null"}], "description": "x"}
    channels = {"items": {"properties": {"openTime": bare}}, "description": "x"}
    schema = {"properties": {"id": bare, "channel": channel, "channels": channels}}
    assert [*undescribed(schema, "watch")] == ["watch.id", "watch.channel.phase", "watch.channels.openTime"]


@pytest.mark.parametrize("status", [299, 409])
def test_an_answer_that_is_not_documented_is_noticed(status: int) -> None:
    with pytest.raises(AssertionError):
        documented.check("GET", "/", TestResponse(iter([b"{}"]), str(status), {}, None))  # type: ignore[arg-type]


def test_an_answer_that_departs_from_its_form_is_noticed(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    for wrong in (
        {**watch, "more": 1},
        {**watch, "state": "asleep"},
        {name: watch[name] for name in watch if name != "id"},
    ):
        answer = Response(json.dumps(wrong), 200, mimetype="application/json")
        with pytest.raises(ValidationError):
            documented.check("GET", f"/{watch['id']}", answer)  # type: ignore[arg-type]


def test_a_problem_without_a_type_of_ours_is_noticed() -> None:
    validator = documented.validator_of(problems.SCHEMA)
    known = {"title": "Not Found", "status": 404, "detail": "there is nothing"}
    assert validator.is_valid({**known, "type": "urn:calendarwatch:problem:not-found"})
    assert not validator.is_valid({**known, "type": "about:blank"})
