"""The AsyncAPI document of the changes topic is made from the schemas, and says what is published."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.contract.schemas.contract import KINDS, types_of, validator
from tests.doubles.local_pubsub import Message
from tests.support.world import CHANGES, World, cloud_event
from tests.tools.documents import asyncapi

DOCUMENT = json.loads(Path("functions/asyncapi.json").read_text())
MESSAGES = DOCUMENT["components"]["messages"]
TYPES = sorted(set[str]().union(*map(types_of, KINDS)))
ONE_OF_A_FILE = {min(types_of(name)) for name in KINDS}
WRONG: tuple[Any, ...] = (None, 7, "", "else", [], ["id"], {})


@pytest.fixture(scope="session")
def published(told: World) -> list[Message]:
    return list(told.pubsub.published(CHANGES))


@pytest.fixture(scope="session")
def by_type(published: list[Message]) -> Mapping[str, Message]:
    return {each.attributes["ce-type"]: each for each in published}


@cache
def validator_of(kind: str, part: str) -> Draft7Validator:
    return Draft7Validator({**MESSAGES[kind][part], "components": DOCUMENT["components"]})


def fits(kind: str, part: str, value: Any) -> bool:
    return validator_of(kind, part).is_valid(value)


def test_it_is_what_the_schemas_and_the_story_give(published: list[Message]) -> None:
    assert asyncapi.document(published) == DOCUMENT, "make documents"


def test_there_is_a_message_of_every_type_on_the_topic() -> None:
    [channel] = DOCUMENT["channels"].values()
    assert sorted(channel["messages"]) == sorted(MESSAGES) == TYPES


def test_everything_that_is_published_fits_the_message_of_its_type(published: list[Message]) -> None:
    for each in published:
        kind, payload = each.attributes["ce-type"], json.loads(each.payload)
        assert fits(kind, "headers", dict(each.attributes))
        assert fits(kind, "payload", payload), payload
        assert not any(fits(other, "headers", dict(each.attributes)) for other in TYPES if other != kind)


def test_the_examples_fit() -> None:
    for kind, message in MESSAGES.items():
        [example] = message["examples"]
        assert all(fits(kind, part, example[part]) for part in ("headers", "payload"))


def test_the_ordering_key_lies_where_it_is_said(published: list[Message]) -> None:
    for each in published:
        key = MESSAGES[each.attributes["ce-type"]]["bindings"]["googlepubsub"]["orderingKey"]
        assert each.attributes[key.removeprefix("$message.header#/")] == each.ordering_key


def test_the_attributes_are_those_that_are_published(published: list[Message]) -> None:
    for kind in TYPES:
        named = [set(each.attributes) for each in published if each.attributes["ce-type"] == kind]
        headers = MESSAGES[kind]["headers"]
        assert set(headers["required"]) <= set.intersection(*named)
        assert set.union(*named) <= set(headers["properties"])


@pytest.mark.parametrize(
    "kind", [pytest.param(each, marks=() if each in ONE_OF_A_FILE else pytest.mark.search) for each in TYPES]
)
def test_data_that_the_feed_would_not_have_are_no_message(by_type: Mapping[str, Message], kind: str) -> None:
    """Whether a watch has exposures depends on its resource, an attribute: that is left to the feed's schemas."""
    event = cloud_event(by_type[kind])
    for name in event["data"].keys() - {"exposures"}:
        rest = {other: value for other, value in event["data"].items() if other != name}
        for data in (rest, *({**rest, name: wrong} for wrong in WRONG)):
            assert fits(kind, "payload", data) == validator().is_valid({**event, "data": data}), data
