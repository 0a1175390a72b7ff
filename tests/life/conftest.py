"""A world for each test, on one Firestore for all of them."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests import firestore_emulator, local_firestore
from tests.world import World

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def firestore_server() -> Iterator[local_firestore.LocalFirestore]:
    with local_firestore.serve() as server:
        yield server


@pytest.fixture
def make_world(
    firestore_server: local_firestore.LocalFirestore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeWorld]:
    """Worlds made with this are closed after the test."""
    monkeypatch.setenv(firestore_emulator.VARIABLE, firestore_server.host)
    worlds: list[World] = []

    def make(**options: Any) -> World:
        worlds.append(World(f"life-{uuid4().hex[:12]}", **options))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()
