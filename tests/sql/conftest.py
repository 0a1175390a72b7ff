"""Worlds whose changes lie in a warehouse, with what `watches` shows beside them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from calendar_watch.errors import UnknownWatchError
from calendar_watch.model.watch import State, Watch
from calendar_watch.operations.query import Query
from calendar_watch.ports import Filter, Store
from tests.contract.schemas import story
from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.support.consumer import reading
from tests.support.databases import InMemory
from tests.support.world import CHANGES, World, policy_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
POLICY = policy_of(publishes=True, retention=6 * HOUR, baseline_in_stream=frozenset({"acl"}))
"""As Terraform has it where there is a dataset."""
Items = Mapping[str, Any]


def watches(store: Store) -> Sequence[Watch]:
    """All of access rules that there ever were."""
    return store.page(Filter(resource="acl"), "", 10_000).watches


def rules(store: Store, query: Query) -> Mapping[str, Items]:
    """The items of every watch of access rules that was ever shown to anybody, by watch."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in watches(store):
        with suppress(UnknownWatchError):
            found[each.id] = reading(query)(each.id)[0]
    return found


def messages(world: World) -> list[Row]:
    return [Row.of(each) for each in world.pubsub.published(CHANGES)]


AWAY = {State.STOPPED, State.OPENING}
"""Not there yet, or not any more."""


def now(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in warehouse.rows("acl_now"):
        found.setdefault(row["watch"], {})[row["item_id"]] = json.loads(row["rule"])
    return found


def shown(store: Store, query: Query, moment: datetime) -> Mapping[str, Items]:
    items = rules(store, query)
    there = (each.id for each in watches(store) if each.state(moment) not in AWAY)
    return {each: items[each] for each in there if items.get(each)}


@pytest.fixture
def world() -> Iterator[World]:
    with closing(World(InMemory(), POLICY)) as made:
        yield made


@pytest.fixture
def warehouse(world: World) -> Callable[[], Warehouse]:
    """Of all that the world has told by then."""
    return lambda: Warehouse(messages(world))


@pytest.fixture(scope="module")
def told() -> Iterator[World]:
    """In which everything happens."""
    with closing(story.told()) as world:
        yield world
