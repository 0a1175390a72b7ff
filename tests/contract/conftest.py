"""What contract tests are held against.

Each test that asks for `firestore_host` runs against our Firestore, with and without the wire, and against Google's
emulator.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from google.cloud import firestore

from tests.doubles import local_firestore
from tests.support import firestore_emulator
from tests.support.backends import backends

BACKENDS = backends(
    "Firestore", present=firestore_emulator.present(), ours="local_firestore_host", googles="google_emulator_host"
)


@pytest.fixture(scope="session")
def local_firestore_host() -> Iterator[str]:
    with local_firestore.serve() as server:
        yield server.host


@pytest.fixture(scope="session")
def beside_local_firestore() -> Iterator[str]:
    with local_firestore.serve() as server, server.beside():
        yield server.host


@pytest.fixture(scope="session")
def google_emulator_host() -> Iterator[str]:
    with firestore_emulator.emulator() as host:
        yield host


@pytest.fixture(params=[*BACKENDS, pytest.param("beside_local_firestore", id="beside")])
def firestore_host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the "host:port" of a Firestore; meanwhile the environment points Google's client to it."""
    host = str(request.getfixturevalue(request.param))
    monkeypatch.setenv(firestore_emulator.VARIABLE, host)
    return host


@pytest.fixture
def project() -> str:
    """Name a project that nobody has used before."""
    return f"test-{uuid4().hex[:12]}"


@pytest.fixture
def client(firestore_host: str, project: str) -> Iterator[firestore.Client]:
    assert firestore_host
    with open_client(project, "calendar-watch") as client:
        yield client


@pytest.fixture
def client_of_another_database(firestore_host: str, project: str) -> Iterator[firestore.Client]:
    assert firestore_host
    with open_client(project, "another") as client:
        yield client


@pytest.fixture
def server() -> Iterator[local_firestore.LocalFirestore]:
    """Give the test a server of its own: its faults and its calls are nobody else's."""
    with local_firestore.serve() as server:
        yield server


@pytest.fixture
def local_client(
    server: local_firestore.LocalFirestore, project: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[firestore.Client]:
    monkeypatch.setenv(firestore_emulator.VARIABLE, server.host)
    with open_client(project, "calendar-watch") as client:
        yield client


@contextmanager
def open_client(project: str, database: str) -> Iterator[firestore.Client]:
    client = firestore.Client(project=project, database=database)
    yield client
    client._firestore_api.transport.close()  # noqa: SLF001 - Client.close() leaves this channel open
