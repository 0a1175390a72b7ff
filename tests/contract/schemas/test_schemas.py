"""What the schemas promise is what is told: every real change fits, and what is no change of ours does not."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from calendar_watch.model.exposure import COUNTED, NOTHING, Exposure, Shift
from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from tests.contract.schemas.contract import KINDS, SCHEMAS, types_of, validator
from tests.support.world import World

TYPES = sorted(set[str]().union(*map(types_of, KINDS)))
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
OF_ONE_FORM = sorted(
    {"datacontenttype", "id", "partitionkey", "resource", "sequence", "source", "specversion", "time", "type"}
)
"""Attributes whose values no other text can be mistaken for."""

Path = tuple[str, ...]
of_each_type = pytest.mark.parametrize("kind", TYPES)
any_type = st.sampled_from(TYPES)


def accepts(event: object) -> bool:
    return validator().is_valid(event)


@pytest.fixture(scope="session")
def by_type(entries: list[Any]) -> Mapping[str, Any]:
    """An example of each."""
    return {each["type"]: each for each in entries}


def required_of(event: Mapping[str, Any]) -> list[Path]:
    """Where everything lies that a consumer may rely on, whatever else v1 gains."""
    mine = [(name,) for name in event]
    data: list[Path] = [("data", name) for name in event["data"]]
    return [*mine, *data, *(("data", "watch", name) for name in event["data"]["watch"])]


def changed(event: Mapping[str, Any], path: Path, *value: object) -> Any:
    """With another value there, or with none."""
    copied = copy.deepcopy(event)
    where: Any = copied
    for name in path[:-1]:
        where = where[name]
    if value:
        [where[path[-1]]] = value
    else:
        del where[path[-1]]
    return copied


def test_the_reasons_and_states_are_the_codes_own() -> None:
    data = SCHEMAS["watch.json"]["properties"]["data"]["properties"]
    assert set(data["reason"]["enum"]) == {None, *Reason}
    assert set(data["state"]["enum"]) == {*State}
    assert SCHEMAS["acl.json"]["$defs"]["exposure"]["enum"] == [*Exposure]
    assert SCHEMAS["acl.json"]["$defs"]["change"]["enum"] == [*Shift]
    assert SCHEMAS["watch.json"]["$defs"]["exposures"]["required"] == [*COUNTED]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert SCHEMAS[name]["$id"] == name, "so that the folder may lie anywhere"


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
        yield from references(each)


def test_no_schema_lies_outside_the_folder_or_unused_within_it() -> None:
    files = {each for schema in SCHEMAS.values() for each in references(schema) if not each.startswith("#")}
    assert files == SCHEMAS.keys() - {"change.json"}


def test_the_story_tells_every_type_that_the_schemas_name_and_no_other(entries: list[Any]) -> None:
    assert len(TYPES) == 24
    assert sorted({each["type"] for each in entries}) == TYPES


def test_everything_in_the_feeds_fits(entries: list[Any]) -> None:
    for each in entries:
        validator().validate(each)


def test_everything_that_arrived_at_pubsub_fits_and_is_what_the_feeds_hold(told: World, entries: list[Any]) -> None:
    arrived = told.published()
    for each in arrived:
        validator().validate(each)
    assert sorted(arrived, key=lambda each: each["id"]) == sorted(entries, key=lambda each: each["id"])


@of_each_type
def test_a_change_fits_the_one_file_that_names_its_type(by_type: Mapping[str, Any], kind: str) -> None:
    fitting = [name for name in KINDS if validator(name).is_valid(by_type[kind])]
    assert fitting == [name for name in KINDS if kind in types_of(name)]


def test_the_story_has_what_is_peculiar(entries: list[Any]) -> None:
    data = [each["data"] for each in entries]
    assert {each["reason"] for each in data if "remedy" in each} == {"forbidden", "pushNotSupported"}
    assert {"counts" in each["data"] for each in entries if "resynced" in each["type"]} == {True, False}
    assert {"baselineFrom" in each["data"] for each in entries if "opened" in each["type"]} == {True, False}
    assert {each["cause"] for each in data if "cause" in each} == {"notification", "schedule", "resync", "baseline"}
    assert any("user" not in each for each in entries)
    assert any(each["after"] and each["after"].get("status") == "cancelled" for each in data if "itemId" in each)
    [noted] = [each for each in data if (each.get("after") or {}).get("description") == "with everybody"]
    assert (noted["changedFields"], "description" in noted["before"]) == (["updated"], False)


@of_each_type
def test_nothing_that_is_promised_may_be_missing(by_type: Mapping[str, Any], kind: str) -> None:
    event = by_type[kind]
    optional = {("data", "counts"), ("data", "baselineFrom")}
    accepted = [path for path in required_of(event) if accepts(changed(event, path))]
    assert set(accepted) <= optional


@given(any_type, st.sampled_from(OF_ONE_FORM), JSON)
@settings(max_examples=3 * settings().max_examples)
def test_an_attribute_has_the_form_that_is_promised(
    by_type: Mapping[str, Any], kind: str, attribute: str, value: object
) -> None:
    event = by_type[kind]
    assert not accepts(changed(event, (attribute,), value))
    assert not accepts(changed(event, (attribute,), event[attribute][1:]))


@given(any_type, st.text(), JSON)
def test_whatever_v1_gains_is_accepted(by_type: Mapping[str, Any], kind: str, name: str, value: object) -> None:
    event = by_type[kind]
    for where in ((), ("data",), ("data", "watch")):
        path = (*where, f"new{name}")
        assert accepts(changed(event, path, value))


def of(resource: str, kind: str) -> str:
    return f"calendarwatch.{resource}.{kind}.v1"


@pytest.mark.parametrize("resource", ["acl", "calendarList", "events", "settings"])
@pytest.mark.parametrize(
    ("kind", "side"), [("created", "before"), ("updated", "before"), ("updated", "after"), ("deleted", "after")]
)
def test_before_and_after_are_there_when_the_kind_says_so(
    by_type: Mapping[str, Any], resource: str, kind: str, side: str
) -> None:
    event = by_type[of(resource, kind)]
    other = event["data"]["after" if side == "before" else "before"]
    wrong = other if kind != "updated" else None
    assert not accepts(changed(event, ("data", side), wrong))


@pytest.mark.parametrize(
    ("kind", "path", "wrong"),
    [
        (of("acl", "created"), ("data", "after", "role"), None),
        (of("acl", "created"), ("data", "after", "scope"), "user:bob@example.com"),
        (of("acl", "created"), ("data", "after", "etag"), '"1"'),
        (of("acl", "created"), ("data", "changedFields"), ["role"]),
        (of("acl", "created"), ("data", "cause"), "settle"),
        (of("acl", "created"), ("data", "watch", "calendarId"), None),
        (of("acl", "created"), ("data", "watch", "user"), None),
        (of("acl", "created"), ("data", "watch", "labels"), {"Team": "security"}),
        (of("acl", "created"), ("data", "watch", "resource"), "events"),
        (of("acl", "created"), ("exposure",), "outside"),
        (of("acl", "created"), ("data", "exposure", "before"), "internal"),
        (of("acl", "created"), ("data", "exposure", "after"), None),
        (of("acl", "updated"), ("exposurechange",), "widened"),
        (of("acl", "updated"), ("role",), ""),
        (of("acl", "known"), ("exposurechange",), "same"),
        (of("acl", "known"), ("data", "exposure", "before"), "none"),
        (
            of("acl", "known"),
            ("data", "before"),
            {"id": "user:bob@example.com", "role": "reader", "scope": {"type": "user"}},
        ),
        (of("acl", "known"), ("data", "after"), None),
        (of("acl", "known"), ("data", "cause"), "resync"),
        (of("acl", "known"), ("data", "changedFields"), ["role"]),
        (of("acl", "updated"), ("data", "cause"), "baseline"),
        (of("acl", "deleted"), ("role",), "reader"),
        (of("acl", "deleted"), ("exposure",), "public"),
        (of("acl", "deleted"), ("data", "exposure", "after"), "public"),
        (of("acl", "updated"), ("data", "changedFields"), []),
        (of("acl", "updated"), ("data", "before"), {"role": "reader"}),
        (of("calendarList", "updated"), ("calendarid",), "alice@example.com"),
        (of("calendarList", "updated"), ("data", "watch", "calendarId"), "alice@example.com"),
        (of("events", "updated"), ("data", "changedFields"), ["etag"]),
        (of("events", "updated"), ("data", "after", "kind"), "calendar#event"),
        (of("settings", "deleted"), ("data", "before", "value"), None),
        (of("watch", "opened"), ("subject",), "alice@example.com"),
        (of("watch", "opened"), ("data", "itemCount"), None),
        (of("watch", "opened"), ("data", "counts"), {"created": 0, "updated": 0, "deleted": 0}),
        (of("watch", "opened"), ("data", "baselineFrom"), 0),
        (of("watch", "opened"), ("data", "exposuresBefore"), NOTHING),
        (of("watch", "stopped"), ("data", "baselineFrom"), 1),
        (of("watch", "stopped"), ("data", "exposures"), NOTHING),
        (of("watch", "reclassified"), ("data", "exposures"), {"public": 1}),
        (of("watch", "reclassified"), ("data", "exposuresBefore", "public"), -1),
        (of("watch", "reclassified"), ("resource",), "settings"),
        (of("watch", "degraded"), ("data", "state"), "active"),
        (of("watch", "polling"), ("data", "state"), "active"),
        (of("watch", "polling"), ("data", "reason"), None),
        (of("watch", "resumed"), ("data", "state"), "opening"),
        (of("watch", "resumed"), ("data", "detail"), "why?"),
        (of("watch", "resumed"), ("data", "remedy"), "None"),
        (of("watch", "stopped"), ("data", "state"), "stopping"),
        (of("watch", "suspended"), ("data", "state"), "active"),
        (of("watch", "suspended"), ("data", "reason"), None),
        (of("watch", "suspended"), ("data", "remedy"), ""),
    ],
)
def test_what_cannot_be_is_refused(by_type: Mapping[str, Any], kind: str, path: Path, wrong: object) -> None:
    assert not accepts(changed(by_type[kind], path, wrong))
