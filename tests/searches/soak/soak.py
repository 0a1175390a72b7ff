"""Real processes under fire, then a bounded time of quiet, then the invariants."""

import time
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from tests.end_to_end.system.conftest import TICK, has_warmed_up
from tests.support.stack import Person, Stack, until

from .answer import sure_answer
from .invariants import Invariants
from .kill_and_freeze import KillAndFreeze
from .load import Load, Tell
from .people import Operator, Users
from .second_worker import second_renew
from .witness import Witness

_LEASE = 6.0
_SETTINGS = {
    "LEASE_SECONDS": f"{_LEASE:g}",
    "SETTLE_SECONDS": "0.5",
    "CONFIRM_SECONDS": "5",
    "CHANNEL_TTL_SECONDS": "40",
    "RENEW_AFTER_FRACTION": "0.5",
    "SAFETY_SYNC_SECONDS": "10",
    "POLL_SECONDS": "5",
    "PROBE_SECONDS": "10",
    "BRAKE_SECONDS": "5",
}
_LOSSLESS = {"SAFETY_SYNC_SECONDS": "0", "CHANNEL_TTL_SECONDS": "3600"}
"""Nothing is read but for a message: what one acknowledged must be read."""

_QUIET = 120.0
"""Three lifetimes of a channel: one that nobody got to know of must have ended by itself."""

_ALICE = "alice@example.com"
_CALENDARS = 4


@dataclass(frozen=True)
class Soak:
    seconds: float
    seed: int
    tell: Tell
    firestore: str = "local"
    pubsub: str = "local"
    lossy: bool = True
    """Google loses messages; readings on schedule find what it did not tell."""

    def run(self) -> list[str]:
        """What is broken in the end; nothing, if all is well. Raises what it met on the way."""
        settings = _SETTINGS if self.lossy else _SETTINGS | _LOSSLESS
        with (
            Stack(settings, firestore=self.firestore, pubsub=self.pubsub, tick=TICK) as stack,
            second_renew(stack) as second_worker,
        ):
            broken = ["it did not come to its end"]
            try:
                broken = self._run(stack, Invariants(stack, [*stack.functions, second_worker]))
            finally:
                if broken:
                    self.tell(f"{stack.tails()}\n{second_worker.tail()}")
        return broken

    def _run(self, stack: Stack, invariants: Invariants) -> list[str]:
        until(lambda: has_warmed_up(stack), "a first watch is opened and ended")
        alice = stack.google.person(_ALICE)
        calendars = _watched(stack, alice)
        witness = Witness(stack, alice)
        load = Load(
            KillAndFreeze(invariants.functions, _LEASE, self._dice("havoc")),
            Users(stack, alice, calendars, self._dice("users"), lossy=self.lossy),
            Operator(stack, calendars, self._dice("operator")),
            witness,
        )
        load.make(self.seconds, self.tell)
        broken = self._after_some_quiet(invariants, witness)
        self.tell(f"{load}\n{invariants}")
        return broken

    def _dice(self, whose: str) -> Random:
        """What the seed decides: whom what befalls, and who changes what; where each is in its work, nobody decides."""
        return Random(f"{self.seed} {whose}")  # noqa: S311 (repeatable on purpose)

    def _after_some_quiet(self, invariants: Invariants, witness: Witness) -> list[str]:
        """Twice, since what a late worker did last may show late."""
        began = time.monotonic()
        broken = _lasting(invariants, witness) or _lasting(invariants, witness)
        self.tell(f"quiet for {time.monotonic() - began:.0f} s")
        return broken


def _lasting(invariants: Invariants, witness: Witness) -> list[str]:
    """What is broken now and does not mend."""
    deadline = time.monotonic() + _QUIET
    broken = sure_answer(lambda: invariants.broken(witness))
    while broken and time.monotonic() < deadline:
        time.sleep(1)
        still = sure_answer(lambda: invariants.broken(witness))
        broken = [each for each in broken if each in still]
    return broken


def _watched(stack: Stack, alice: Person) -> list[str]:
    """The access to each calendar, the settings, and the list, which brings the events of each along."""
    calendars = [alice.create_calendar(f"Team {number}") for number in range(_CALENDARS)]
    of_calendars: list[dict[str, Any]] = [{"resource": "acl", "calendarId": calendar} for calendar in calendars]
    for target in [*of_calendars, {"resource": "settings"}, {"resource": "calendarList", "follow": ["events"]}]:
        sure_answer(partial(stack.api.open, subject=_ALICE, **target))
    return calendars
