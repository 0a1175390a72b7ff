"""One story for all tests: what it told is only read."""

from collections.abc import Iterator
from typing import Any

import pytest

from calendar_watch.ports import Filter
from tests.contract.schemas import story
from tests.support.world import World


@pytest.fixture(scope="session")
def told() -> Iterator[World]:
    world = story.told()
    yield world
    world.close()


@pytest.fixture(scope="session")
def entries(told: World) -> list[Any]:
    """Everything that the resume feeds hold."""
    return [
        entry
        for watch in told.store.page(Filter(), "", 100).watches
        for entry in told.store.entries(watch.id, 0, 10_000)
    ]
