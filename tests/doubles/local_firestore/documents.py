"""What is stored: one dict per collection, keyed by full names, so that databases cannot see each other."""

import time
from collections.abc import Iterable
from threading import Lock

from tests.doubles.local_firestore import paths
from tests.doubles.local_firestore.messages import Message, Value
from tests.doubles.local_firestore.values import Key, order_key


class Stored:
    """A document as it is kept: replaced, never changed, so that what was derived from it once stays true."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.name: str = message.name
        self._keys: dict[str, Key | None] = {}

    def key(self, path: str) -> Key | None:
        """Say where the field sorts; None where the document lacks it."""
        if path not in self._keys:
            self._keys[path] = self._key(path)
        return self._keys[path]

    def _key(self, path: str) -> Key | None:
        if path == paths.NAME:
            return order_key(Value(reference_value=self.name))
        value = paths.find(self.message.fields, path)
        return None if value is None else order_key(value)


class Documents:
    """Not safe in itself: each RPC holds the lock from beginning to end, so it sees and leaves whole commits."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._collections: dict[str, dict[str, Stored]] = {}
        self._latest = 0

    def tick(self) -> int:
        """Tell the time in microseconds, later than ever before."""
        self._latest = max(self._latest + 1, time.time_ns() // 1000)
        return self._latest

    def get(self, name: str) -> Stored | None:
        return self._collections.get(parent(name), {}).get(name)

    def put(self, document: Stored) -> None:
        self._collections.setdefault(parent(document.name), {})[document.name] = document

    def remove(self, name: str) -> None:
        siblings = self._collections.get(parent(name), {})
        siblings.pop(name, None)
        if not siblings:
            self._collections.pop(parent(name), None)

    def clear(self) -> None:
        self._collections.clear()

    def collections(self, under: str) -> list[str]:
        """List the non-empty collections below this document or database, at any depth."""
        return [collection for collection in self._collections if collection.startswith(f"{under}/")]

    def scan(self, collections: Iterable[str]) -> list[Stored]:
        return [document for each in collections for document in self._collections.get(each, {}).values()]


def parent(name: str) -> str:
    return name.rpartition("/")[0]


def last(name: str) -> str:
    return name.rpartition("/")[2]
