"""The filters that CONSUMING.md shows are filters, and let through what they are said to."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.doubles.local_pubsub import Message
from tests.doubles.local_pubsub.filters import Predicate, parse
from tests.end_to_end.readme.conftest import example
from tests.support.databases import InMemory
from tests.support.world import ALICE, ALICES_ACL, ALICES_LIST, BOB, CHANGES, World, policy_of

SHARED = [
    ("default", None, "freeBusyReader"),
    ("default", None, "reader"),
    ("default", None, "none"),
    ("user", "eve@evil.net", "writer"),
    ("user", "eve@evil.net", "reader"),
    ("user", BOB, "owner"),
]
WANTED = {
    "made-public": ["public freeBusyReader", "public reader"],
    "shows-events": ["public reader"],
    "shared-outside": ["public freeBusyReader", "public reader", "external writer"],
}


@pytest.fixture(scope="module")
def filters() -> Mapping[str, Predicate]:
    told = example("Who can see it: exposure", "hcl")
    found = re.findall(r'([\w-]+) += \{ filter = "((?:[^"\\]|\\.)*)" \}', told)
    return {name: parse(text.replace('\\"', '"')) for name, text in found}


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    world = World(InMemory(), policy=policy_of(publishes=True))
    for target in (ALICES_ACL, ALICES_LIST):
        world.open(target)
    world.alice.create_calendar("Team")
    for scope, value, role in SHARED:
        world.alice.share_with(ALICE, scope, value, role)
        world.run(timedelta(minutes=1))
    published = world.pubsub.published(CHANGES)
    world.close()
    return [*published]


@pytest.mark.parametrize("name", WANTED)
def test_an_alarm_gets_what_was_raised_and_nothing_else(
    filters: Mapping[str, Predicate], messages: list[Message], name: str
) -> None:
    passed = [each.attributes for each in messages if filters[name](each.attributes)]
    assert [f"{each['ce-exposure']} {each['ce-role']}" for each in passed] == WANTED[name]


def test_all_rules_come_without_a_gap(filters: Mapping[str, Predicate], messages: list[Message]) -> None:
    assert filters.keys() == {*WANTED, "all-rules"}
    passed = [each.attributes for each in messages if filters["all-rules"](each.attributes)]
    assert [int(each["ce-sequence"]) for each in passed] == [*range(1, 2 + len(SHARED))]
