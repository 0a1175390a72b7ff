"""Writes that listings do not show yet: with tokens that know it (Q32), or with tokens that run ahead (Q03, Q54)."""

from collections.abc import Container
from datetime import datetime, timedelta

from ..collection import Topic
from .switches import Switches

_LONGEST_LAG = 300.0


class Delays:
    def __init__(self, quirks: Switches) -> None:
        self._quirks = quirks
        self._hidden: dict[Topic, dict[int, tuple[str, datetime]]] = {}
        self._lagging: dict[Topic, tuple[int, datetime]] = {}

    def written(self, topic: Topic, revision: int, now: datetime) -> None:
        if topic.resource == "events" and self._quirks.strikes("Q03"):
            self.hide("Q03", topic, revision, now + timedelta(seconds=self._quirks.dice("Q03").uniform(1, 120)))
        if now >= self._lagging.get(topic, (0, now))[1] and self._quirks.strikes("Q32"):
            seconds = min(_LONGEST_LAG, 2 * self._quirks.dice("Q32").paretovariate(0.7))
            self._lagging[topic] = revision - 1, now + timedelta(seconds=seconds)

    def hide(self, number: str, topic: Topic, revision: int, until: datetime) -> None:
        """Leave it out of listings, whose tokens cover it all the same."""
        self._hidden.setdefault(topic, {})[revision] = number, until

    def hidden(self, topic: Topic, since: int, now: datetime) -> Container[int]:
        """Return the revisions that listings lack; those after `since` are missed."""
        waiting = {rev: entry for rev, entry in self._hidden.get(topic, {}).items() if entry[1] > now}
        lacking = {revision: number for revision, (number, _) in waiting.items() if self._quirks.on(number)}
        for number in {number for revision, number in lacking.items() if revision > since}:
            self._quirks.meet(number)
        return lacking

    def until(self, topic: Topic, latest: int, now: datetime) -> int:
        """Return the revision up to which listings know what happened."""
        caught_up, over = self._lagging.get(topic, (latest, now))
        if not self._quirks.on("Q32") or now >= over:
            return latest
        self._quirks.meet("Q32")
        return min(latest, caught_up)

    def calm(self) -> None:
        self._hidden.clear()
        self._lagging.clear()
