"""The three sinks of infra/consumer, each with a look into what it keeps, and a tally of the changes it was told."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from google.cloud import firestore

from calendar_copy.change import Change
from calendar_copy.firestore_sink import ITEMS, FirestoreSink
from calendar_copy.memory_sink import MemorySink
from calendar_copy.sink import Sink
from calendar_copy.sql_sink import SqlSink

_Result = TypeVar("_Result")
Items = Mapping[str, Any]
COPIES, TOLD = "calendar_copies", "told"


class Gate(Protocol):
    """What becomes of one input or output of an instance: `act` does it."""

    def __call__(self, what: str, act: Callable[[], _Result], /) -> _Result: ...


def directly(_what: str, act: Callable[[], _Result], /) -> _Result:
    return act()


class Copies(Protocol):
    """`sink` is what an instance works with. `told` counts each change by its id, in the same transaction."""

    def sink(self, gate: Gate) -> Sink: ...

    def items(self, watch: str) -> Items: ...

    def told(self) -> Counter[str]: ...


class InMemory(MemorySink):
    def __init__(self) -> None:
        super().__init__()
        self._told: Counter[str] = Counter()

    def sink(self, _gate: Gate) -> Sink:
        return self

    def items(self, watch: str) -> Items:
        return self.copies[watch].items if watch in self.copies else {}

    def told(self) -> Counter[str]:
        return self._told

    def also(self, changes: Sequence[Change]) -> None:
        self._told.update(each.event["id"] for each in changes)


class InSqlite(SqlSink):
    """In a file. Whoever finds it locked is told so at once."""

    def __init__(self, file: Path, gate: Gate = directly):
        super().__init__(lambda: _Connection(file, gate))
        self._file = file

    def create_tables(self) -> None:
        super().create_tables()
        with self._transaction() as cursor:
            cursor.execute("CREATE TABLE told (id TEXT)")

    def sink(self, gate: Gate) -> Sink:
        return InSqlite(self._file, gate)

    def items(self, watch: str) -> Items:
        with self._transaction() as cursor:
            found = cursor.execute("SELECT id, item FROM calendar_items WHERE watch = ?", (watch,)).fetchall()
        return {name: json.loads(item) for name, item in found}

    def told(self) -> Counter[str]:
        with self._transaction() as cursor:
            return Counter(name for (name,) in cursor.execute("SELECT id FROM told"))

    def also(self, cursor: Any, changes: Sequence[Change]) -> None:
        cursor.executemany("INSERT INTO told (id) VALUES (?)", [(each.event["id"],) for each in changes])


class _Connection:
    """One whose every statement passes the gate: a process may end in the middle of a transaction."""

    def __init__(self, file: Path, gate: Gate):
        self._connection = sqlite3.connect(file, timeout=0)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._gate = gate
        self.close = self._connection.close

    def cursor(self) -> "_Cursor":
        return _Cursor(self._connection.cursor(), self._gate)

    def commit(self) -> None:
        self._gate("commit", self._connection.commit)


class _Cursor:
    def __init__(self, cursor: sqlite3.Cursor, gate: Gate):
        self._cursor = cursor
        self._gate = gate
        self.executemany, self.fetchall, self.close = cursor.executemany, cursor.fetchall, cursor.close

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._gate("execute", lambda: self._cursor.execute(statement, values))

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount


class InFirestore(FirestoreSink):
    def __init__(self, client: firestore.Client):
        super().__init__(client, COPIES)

    def sink(self, _gate: Gate) -> Sink:
        return self

    def items(self, watch: str) -> Items:
        found = self._copy(watch).collection(ITEMS).stream()
        return {each.get("id"): json.loads(each.get("item")) for each in found}

    def told(self) -> Counter[str]:
        return Counter({each.id: each.get("times") for each in self._client.collection(TOLD).stream()})

    def also(self, batch: Any, changes: Sequence[Change]) -> None:
        for each in changes:
            document = self._client.collection(TOLD).document(each.event["id"])
            batch.set(document, {"times": firestore.Increment(1)}, merge=True)
