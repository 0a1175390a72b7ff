"""A deployment for each test, with a Google of its own and a Firestore as good as new, on loopback."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from tests.api.deployment import Deployment
from tests.api.google import Line, listening
from tests.doubles import local_firestore

Deploy = Callable[..., Deployment]
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def line() -> Line:
    return Line()


@pytest.fixture(scope="session")
def google_url(line: Line) -> Iterator[str]:
    with listening(line) as url:
        yield url


@pytest.fixture(scope="session")
def firestore_server() -> Iterator[local_firestore.LocalFirestore]:
    with local_firestore.serve() as server, server.beside():
        yield server


@pytest.fixture
def firestore(firestore_server: local_firestore.LocalFirestore) -> local_firestore.LocalFirestore:
    firestore_server.reset()
    return firestore_server


@pytest.fixture
def deploy(
    firestore: local_firestore.LocalFirestore, line: Line, google_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deploy]:
    """Deploy with other variables than usual. `google` are options of the simulator."""

    def deploy(google: dict[str, Any] | None = None, **variables: str) -> Deployment:
        deployment = Deployment(f"api-{uuid4().hex[:12]}", firestore, google_url, **(google or {}))
        line.google = deployment.google
        deployment.deploy(monkeypatch, **variables)
        return deployment

    yield deploy
    line.google = None


@pytest.fixture(autouse=True)
def _instances_do_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they would tell then nobody reads."""
    monkeypatch.setattr("calendar_watch.wiring.atexit", SimpleNamespace(register=lambda _end: None))


@pytest.fixture(autouse=True)
def _a_refusal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calendar_watch.operations.register._PAUSE_AFTER_REFUSAL", 0.01)


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    return deploy()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Give what has been logged since the last call; every line has to be a JSON object."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
