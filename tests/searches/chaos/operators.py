"""Those who ask for watches and end them, in any order and at the same time."""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from calendar_watch.errors import CalendarWatchError
from calendar_watch.model.resources import ACL, CALENDAR_LIST, EVENTS, SETTINGS
from calendar_watch.model.target import Order, Wish
from tests.searches.chaos.theatre import Theatre
from tests.searches.chaos.users import Users
from tests.support.world import ALICE, BOB

_FOLLOW: Sequence[tuple[str, ...]] = ((), ("acl",), ("acl", "events"), ("events",))


class Operators:
    """`asked` counts requests; `answered` is what was last promised, where one asked at a time: watched, or ended."""

    def __init__(self, theatre: Theatre, users: Users, dice: Random):
        self.asked = 0
        self.answered: dict[str, bool] = {}
        self._under_way: Counter[str] = Counter()
        self._latest: dict[str, int] = {}
        self._theatre = theatre
        self._users = users
        self._dice = dice

    def request(self) -> Callable[[], None]:
        """What one of them does next."""
        self.asked += 1
        order = self._order()
        registry, number = self._theatre.registry, self.asked
        if self._dice.random() < 0.25:
            return lambda: self._ask(number, order, lambda: registry.end(order.id), wanted=False)
        wish = self._wish(order)
        return lambda: self._ask(number, order, lambda: registry.open(order, wish), wanted=True)

    def _ask(self, number: int, order: Order, what: Callable[[], object], *, wanted: bool) -> None:
        alone = not self._under_way[order.id]
        self._latest[order.id] = number
        self.answered.pop(order.id, None)
        self._under_way[order.id] += 1
        try:
            what()
        except CalendarWatchError:
            return
        finally:
            self._under_way[order.id] -= 1
        if alone and self._latest[order.id] == number:
            self.answered[order.id] = wanted

    def _order(self) -> Order:
        calendar, subject = self._dice.choice(self._users.calendars), self._dice.choice((ALICE, ALICE, BOB))
        orders = (
            Order(ACL, calendar, subject),
            Order(EVENTS, calendar, subject),
            Order(EVENTS, ALICE, ALICE),
            Order(CALENDAR_LIST, None, subject),
            Order(SETTINGS, None, subject),
        )
        return self._dice.choice(orders)

    def _wish(self, order: Order) -> Wish:
        follow = self._dice.choice(_FOLLOW) if order.resource is CALENDAR_LIST else ()
        return Wish(None, {"team": self._dice.choice(("red", "blue"))}, follow)
