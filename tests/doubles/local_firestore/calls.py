"""What was asked of the server, in the order in which it arrived; a client's own retries show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from tests.doubles.local_firestore.documents import last, parent
from tests.doubles.local_firestore.messages import Message
from tests.doubles.local_firestore.writes import target


@dataclass(frozen=True)
class Call:
    rpc: str
    collections: frozenset[str]
    """The ids of the collections it touches: {"calendar_watches"}."""


class Calls:
    def __init__(self) -> None:
        self._lock = Lock()
        self._log: list[Call] = []

    def record(self, rpc: str, request: Message) -> None:
        with self._lock:
            self._log.append(Call(rpc, frozenset(_TOUCHED.get(rpc, _nothing)(request))))

    def log(self) -> list[Call]:
        with self._lock:
            return list(self._log)

    def count(self, rpc: str | None = None) -> int:
        """How many there were of this name, or of all."""
        return sum(rpc in (None, call.rpc) for call in self.log())

    def clear(self) -> None:
        with self._lock:
            self._log.clear()


def _nothing(_: Message) -> Iterable[str]:
    return ()


def _written(request: Message) -> Iterable[str]:
    return (last(parent(target(write))) for write in request.writes)


def _queried(query: Message) -> Iterable[str]:
    return (selector.collection_id for selector in query.from_)


_TOUCHED: dict[str, Callable[[Message], Iterable[str]]] = {
    "Commit": _written,
    "BatchWrite": _written,
    "GetDocument": lambda request: [last(parent(request.name))],
    "BatchGetDocuments": lambda request: (last(parent(name)) for name in request.documents),
    "ListDocuments": lambda request: [request.collection_id],
    "RunQuery": lambda request: _queried(request.structured_query),
    "RunAggregationQuery": lambda request: _queried(request.structured_aggregation_query.structured_query),
}
