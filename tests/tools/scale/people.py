"""Who changes what, and Google's messages about it."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from tests.tools.scale.agenda import Agenda
from tests.tools.scale.assumptions import Assumptions
from tests.tools.scale.life import Life
from tests.tools.scale.outside import around
from tests.tools.scale.plan import Plan

_HOUR = 3_600
_AGAIN = 600.0
"""Seconds in which Google repeats what it could not deliver for an hour: its pauses grow. A guess."""
Hear = Callable[[float, str, str, str], None]
"""When, which state, of which watch, on which channel."""


class People:
    """Changes come by chance, or, where a watch stands for many, at even distances, as those of many do."""

    def __init__(self, life: Life, agenda: Agenda, assumed: Assumptions, random: Random, plan: Plan):
        self.changed: dict[str, float] = {}
        """When what is not told yet was changed first, by watch."""
        self._life, self._agenda, self._assumed, self._random = life, agenda, assumed, random
        self._plan = plan

    def begin(self, watch_ids: Sequence[Sequence[str]], rarer: float, *, evenly: bool, hear: Hear) -> None:
        """`watch_ids` are those of each place that a user has."""
        self._evenly, self._hear = evenly, hear
        for those, a_day in zip(watch_ids, self._assumed.changes, strict=True):
            if those and a_day:
                self._next(0.0, those, len(those) * a_day / rarer)

    def _next(self, now: float, watch_ids: Sequence[str], a_day: float) -> None:
        turns = self._random.uniform(0.5, 1.5) if self._evenly else self._random.expovariate(1)
        self._agenda.at(self._after(now, a_day, turns), partial(self._change, watch_ids, a_day))

    def _after(self, now: float, a_day: float, turns: float) -> float:
        """When so many changes have been made since."""
        while now < self._agenda.end:
            rate, until = self._rate(now, a_day), (now // _HOUR + 1) * _HOUR
            if rate * (until - now) >= turns:
                break
            turns, now = turns - rate * (until - now), until
        return now + turns / self._rate(now, a_day)

    def _rate(self, now: float, a_day: float) -> float:
        return self._assumed.changes_a_second(self._plan.begins + now, a_day)

    def _change(self, watch_ids: Sequence[str], a_day: float, at: float) -> None:
        watch_id = self._random.choice(watch_ids)
        self._life.clock.at = at
        channel = self._life.change(watch_id)
        if self._life.known(watch_id):
            self.changed.setdefault(watch_id, at)
        if channel and self._random.random() >= self._assumed.lost:
            self.send(at, "exists", watch_id, channel)
        self._next(at, watch_ids, a_day)

    def send(self, at: float, state: str, watch_id: str, channel: str) -> None:
        self._agenda.at(
            at + around(self._assumed.message_after, self._random), partial(self._arrive, state, watch_id, channel)
        )

    def _arrive(self, state: str, watch_id: str, channel: str, at: float) -> None:
        """While anything is away, Google's messages come later."""
        if self._plan.outage.on(at):
            self.send(self._plan.outage.ends + self._random.random() * _AGAIN, state, watch_id, channel)
        else:
            self._hear(at, state, watch_id, channel)
