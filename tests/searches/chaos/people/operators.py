"""Those who ask for watches and end them, in any order and at the same time."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from calendar_watch.errors import CalendarWatchError
from calendar_watch.model.resources import ACL, CALENDAR_LIST, EVENTS, SETTINGS
from calendar_watch.model.target import NamedOptions, Target
from tests.searches.chaos.composition import Composition
from tests.searches.chaos.people.users import Users
from tests.support.world import ALICE, BOB

_FOLLOW: Sequence[tuple[str, ...]] = ((), ("acl",), ("acl", "events"), ("events",))


class Operators:
    """`asked` counts requests; `answered` is what was last promised, where one asked at a time: watched, or ended."""

    def __init__(self, composition: Composition, users: Users, dice: Random):
        self.asked = 0
        self.answered: dict[str, bool] = {}
        self.asked_at: dict[str, datetime] = {}
        """When somebody asked last for each, or ended it."""
        self._under_way: Counter[str] = Counter()
        self._latest: dict[str, int] = {}
        self._composition = composition
        self._users = users
        self._dice = dice

    def request(self) -> Callable[[], None]:
        """What one of them does next."""
        self.asked += 1
        target = self._target()
        registry, number = self._composition.registry, self.asked
        if self._dice.random() < 0.25:
            return lambda: self._ask(number, target, lambda: registry.end(target.id), wanted=False)
        named = self._named(target)
        return lambda: self._ask(number, target, lambda: registry.open(target, named), wanted=True)

    def _ask(self, number: int, target: Target, what: Callable[[], object], *, wanted: bool) -> None:
        alone = not self._under_way[target.id]
        self._latest[target.id] = number
        self.asked_at[target.id] = self._composition.now
        self.answered.pop(target.id, None)
        self._under_way[target.id] += 1
        try:
            what()
        except CalendarWatchError:
            return
        finally:
            self._under_way[target.id] -= 1
        if alone and self._latest[target.id] == number:
            self.answered[target.id] = wanted

    def _target(self) -> Target:
        calendar, subject = self._dice.choice(self._users.calendars), self._dice.choice((ALICE, ALICE, BOB))
        targets = (
            Target(ACL, calendar, subject),
            Target(EVENTS, calendar, subject),
            Target(EVENTS, ALICE, ALICE),
            Target(CALENDAR_LIST, None, subject),
            Target(SETTINGS, None, subject),
        )
        return self._dice.choice(targets)

    def _named(self, target: Target) -> NamedOptions:
        follow = self._dice.choice(_FOLLOW) if target.resource is CALENDAR_LIST else ()
        return {"labels": {"team": self._dice.choice(("red", "blue"))}, "follow": follow}
