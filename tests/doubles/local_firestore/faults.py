"""Faults: what a network or another client may do to an RPC, done on purpose and at a chosen moment.

Each is a context manager; it is in force inside its block. `nth` picks one of the matching RPCs, counted from 1;
None means every one of them.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeAlias

from grpc import StatusCode

from tests.doubles.local_firestore.errors import StatusError
from tests.doubles.local_firestore.messages import Message

Predicate: TypeAlias = Callable[[Message], bool]


def _any(_: Message) -> bool:
    return True


def _nothing() -> None:
    pass


@dataclass
class Fault:
    rpc: str
    nth: int | None
    when: Predicate
    before: Callable[[], object] = _nothing
    after: Callable[[], object] = _nothing
    matched: int = 0
    """How many RPCs came by that it might have struck."""
    _lock: Lock = field(default_factory=Lock)

    def strikes(self, rpc: str, request: Message) -> bool:
        if rpc != self.rpc or not self.when(request):
            return False
        with self._lock:
            self.matched += 1
            return self.nth in (None, self.matched)


class Faults:
    def __init__(self) -> None:
        self._lock = Lock()
        self._active: list[Fault] = []

    @contextmanager
    def refuse(
        self, rpc: str, code: StatusCode = StatusCode.UNAVAILABLE, *, nth: int | None = 1, when: Predicate = _any
    ) -> Iterator[Fault]:
        """Answer an error; nothing is applied."""
        with self._active_while(Fault(rpc, nth, when, before=_raiser(code))) as fault:
            yield fault

    @contextmanager
    def lose_answer(
        self, rpc: str, code: StatusCode = StatusCode.UNAVAILABLE, *, nth: int | None = 1, when: Predicate = _any
    ) -> Iterator[Fault]:
        """Apply it, and answer an error all the same."""
        with self._active_while(Fault(rpc, nth, when, after=_raiser(code))) as fault:
            yield fault

    @contextmanager
    def delay(self, rpc: str, seconds: float, *, nth: int | None = 1, when: Predicate = _any) -> Iterator[Fault]:
        with self._active_while(Fault(rpc, nth, when, before=lambda: time.sleep(seconds))) as fault:
            yield fault

    @contextmanager
    def interleave(
        self, rpc: str, act: Callable[[], object], *, nth: int | None = 1, when: Predicate = _any
    ) -> Iterator[Fault]:
        """Call `act` after the RPC arrived and before it is applied. It may use the client, and be struck itself."""
        with self._active_while(Fault(rpc, nth, when, before=act)) as fault:
            yield fault

    def striking(self, rpc: str, request: Message) -> list[Fault]:
        with self._lock:
            active = list(self._active)
        return [fault for fault in active if fault.strikes(rpc, request)]

    @contextmanager
    def _active_while(self, fault: Fault) -> Iterator[Fault]:
        with self._lock:
            self._active.append(fault)
        try:
            yield fault
        finally:
            with self._lock:
                self._active.remove(fault)


def _raiser(code: StatusCode) -> Callable[[], None]:
    def fail() -> None:
        raise StatusError(code, "injected by the test")

    return fail
