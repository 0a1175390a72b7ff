"""One story for all tests: what it told is only read."""

from collections.abc import Iterator
from typing import Any

import pytest

from calendar_watch.ports import Filter
from tests import firestore_emulator, local_firestore
from tests.schemas import story
from tests.world import World


@pytest.fixture(scope="session")
def told() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch, local_firestore.serve() as server:
        monkeypatch.setenv(firestore_emulator.VARIABLE, server.host)
        world = World("schemas", policy=story.POLICY)
        story.tell(world)
        yield world
        world.close()


@pytest.fixture(scope="session")
def entries(told: World) -> list[Any]:
    """Everything that the resume feeds hold."""
    return [entry for watch in told.store.page(Filter(), "", 100) for entry in told.store.entries(watch.id, 0, 10_000)]
