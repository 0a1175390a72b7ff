"""One subscription: what waits, what is out, and what comes again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice

from tests.doubles.local_pubsub.errors import invalid
from tests.doubles.local_pubsub.filters import parse
from tests.doubles.local_pubsub.message import Message

# Seconds: https://cloud.google.com/pubsub/docs/push#push_backoff.
_FIRST_WAIT = 0.1
_LONGEST_WAIT = 60.0


@dataclass(frozen=True)
class Received:
    ack_id: str
    message: Message
    attempt: int = 1


@dataclass
class _Pending:
    message: Message
    not_before: datetime
    ack_id: str = ""
    """Empty: it waits."""
    deadline: datetime | None = None
    failures: int = 0
    attempts: int = 0


@dataclass
class Subscription:
    name: str
    topic: str
    ack_seconds: int = 10
    ordered: bool = False
    endpoint: str = ""
    """Empty: messages are pulled."""
    unwrapped: bool = False
    """Pushed as bare data, with the attributes as headers."""
    filter: str = ""
    first_wait: float = _FIRST_WAIT
    """Seconds before what could not be pushed is tried again; each further wait is twice as long."""
    dead_letters: str = ""
    """A topic: then it is told how often a message has been tried. Nothing is ever moved there."""

    def __post_init__(self) -> None:
        self._wants = parse(self.filter)
        self._pending: dict[str, _Pending] = {}
        self._numbers = count(1)

    def extend(self, messages: Iterable[Message]) -> None:
        wanted = (each for each in messages if self._wants(each.attributes))
        self._pending |= {each.id: _Pending(each, each.published) for each in wanted}

    def pull(self, most: int, now: datetime) -> list[Received]:
        """In the order of publishing. While messages of a key are out, the rest of it stays, if order is wanted."""
        if not self._pending:
            return []
        self._recall_expired(now)
        blocked = {self._key(each) for each in self._pending.values() if each.ack_id}
        return [self._hand_out(each, now) for each in islice(self._ready(blocked, now), most)]

    def acknowledge(self, ack_ids: Iterable[str], now: datetime) -> None:
        """What is not out any more is none of an acknowledgement's business."""
        for each in self._out(ack_ids, now):
            del self._pending[each.message.id]

    def modify(self, ack_ids: Iterable[str], seconds: float, now: datetime) -> None:
        ack_ids = list(ack_ids)
        for ack_id in ack_ids:
            if not ack_id.startswith(f"{self.name}:"):
                raise invalid(f"Invalid ack id (ack_id={ack_id})")
        for each in self._out(ack_ids, now):
            each.deadline = now + timedelta(seconds=seconds)

    def fail(self, ack_id: str, now: datetime) -> None:
        """It could not be pushed: it goes back to its place, and the rest of its key waits with it."""
        for each in self._out([ack_id], now):
            wait = min(self.first_wait * 2.0**each.failures, _LONGEST_WAIT)
            each.failures += 1
            each.ack_id, each.not_before = "", now + timedelta(seconds=wait)

    @property
    def backlog(self) -> int:
        return len(self._pending)

    def _ready(self, blocked: set[str], now: datetime) -> Iterator[_Pending]:
        for each in list(self._pending.values()):
            key = self._key(each)
            waits = each.ack_id or (key and key in blocked)
            if not waits and each.not_before <= now:
                yield each
            if self.endpoint:
                blocked.add(key)

    def _hand_out(self, pending: _Pending, now: datetime) -> Received:
        pending.ack_id = f"{self.name}:{next(self._numbers)}"
        pending.deadline = now + timedelta(seconds=self.ack_seconds)
        pending.attempts += 1
        return Received(pending.ack_id, pending.message, pending.attempts)

    def _out(self, ack_ids: Iterable[str], now: datetime) -> list[_Pending]:
        self._recall_expired(now)
        wanted = frozenset(ack_ids)
        return [each for each in self._pending.values() if each.ack_id and each.ack_id in wanted]

    def _recall_expired(self, now: datetime) -> None:
        for each in self._pending.values():
            if each.ack_id and each.deadline and each.deadline <= now:
                each.ack_id = ""

    def _key(self, pending: _Pending) -> str:
        return pending.message.ordering_key if self.ordered else ""
