"""Where a world in one process keeps its state: in memory, which is fast, or behind gRPC, where tests may meddle.

Both are held to one contract (tests/contract/test_store.py).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from calendar_watch.firestore.client import connect
from calendar_watch.firestore.notifications import FirestoreNotifications
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.ports import NotificationStore, Store
from tests.doubles.memory_store import Collections, Document, MemoryFirestore, MemoryStore

_TIMEOUT = 10


class Database(Protocol):
    def store(self, retention: timedelta) -> Store: ...

    def notifications(self) -> NotificationStore: ...

    def close(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self._database = MemoryFirestore()

    def store(self, retention: timedelta) -> Store:
        return MemoryStore(self._database, retention)

    def notifications(self) -> NotificationStore:
        return MemoryStore(self._database, timedelta())

    def documents(self) -> Mapping[str, Mapping[str, Document]]:
        """By collection and name."""
        collections = self._database.collections.items()
        return {kind: {name: document for name, document, _ in each.between()} for kind, each in collections}

    def backup(self) -> Collections:
        return self._database.backup()

    def restore(self, backup: Collections) -> None:
        self._database.restore(backup)

    def close(self) -> None:
        pass


class OverGrpc:
    """FIRESTORE_EMULATOR_HOST says where."""

    def __init__(self, project: str) -> None:
        self.client = connect(project, "calendar-watch")

    def store(self, retention: timedelta) -> Store:
        return FirestoreStore(self.client, timeout=_TIMEOUT, retention=retention)

    def notifications(self) -> NotificationStore:
        return FirestoreNotifications(self.client, timeout=_TIMEOUT)

    def close(self) -> None:
        self.client._firestore_api.transport.close()  # noqa: SLF001 (Client.close() leaves this channel open)
