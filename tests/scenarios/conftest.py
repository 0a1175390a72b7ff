"""A world for each test: in memory, or over gRPC where the test asks for `firestore_server`, one for all of them."""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from google.cloud.firestore import Client

from calendar_watch.ports import Filter
from tests.contract.schemas.contract import validator_of
from tests.doubles import local_firestore
from tests.support import firestore_emulator
from tests.support.databases import Database, InMemory, OverGrpc
from tests.support.world import World

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def firestore_server() -> Iterator[local_firestore.LocalFirestore]:
    with local_firestore.serve() as server, server.beside():
        yield server


@pytest.fixture
def make_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Database]:
    if "firestore_server" not in request.fixturenames:
        return InMemory
    monkeypatch.setenv(firestore_emulator.VARIABLE, request.getfixturevalue("firestore_server").host)
    return lambda: OverGrpc(f"life-{uuid4().hex[:12]}")


@pytest.fixture
def make_world(make_database: Callable[[], Database]) -> Iterator[MakeWorld]:
    """Worlds made with this are closed after the test."""
    worlds: list[World] = []

    def make(**options: Any) -> World:
        worlds.append(World(make_database(), **options))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


@pytest.fixture
def told_as_published(world: World) -> Iterator[None]:
    """Whatever its watches have told of themselves in the end fits the schemas."""
    yield
    for watch in world.store.page(Filter(), "", 1_000).watches:
        for entry in world.store.entries(watch.id, 0, 1_000):
            if entry["type"].startswith("calendarwatch.watch."):
                validator_of(entry["type"]).validate(entry)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append({"severity": record.levelname, **getattr(record, "fields", {})})


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What is logged meanwhile: severity and fields of each line."""
    logger, kept = logging.getLogger("calendar_watch"), _Kept()
    level = logger.level
    logger.setLevel("INFO")
    logger.addHandler(kept)
    yield kept.lines
    logger.removeHandler(kept)
    logger.setLevel(level)


@pytest.fixture
def client(firestore_server: local_firestore.LocalFirestore, world: World) -> Client:
    """Whoever asks for this changes documents behind the world's back."""
    assert firestore_server.host
    assert isinstance(world.database, OverGrpc)
    return world.database.client
