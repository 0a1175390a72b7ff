"""People at work: changes at random, each of which makes a difference."""

from collections.abc import Sequence
from itertools import count
from random import Random
from urllib.parse import quote

from tests.support.stack import Person

_ROLES = ("", "reader", "writer")


class Traffic:
    """Of one person, with the access to some calendars, their events, and her own list of calendars."""

    def __init__(self, person: Person, calendars: Sequence[str], random: Random):
        self._person = person
        self._calendars = calendars
        self._random = random
        self._numbers = count(1)
        self._roles: dict[tuple[str, str], str] = {}
        self._events: list[tuple[str, str]] = []
        self._spare: list[str] = []

    def change(self) -> None:
        self._random.choice((self._access, self._event, self._list))()

    def end(self) -> None:
        for calendar in self._spare:
            self._person.delete_calendar(calendar)

    def _access(self) -> None:
        calendar, email = key = self._calendar(), f"person{self._random.randrange(10)}@example.com"
        role = self._random.choice([each for each in _ROLES if each != self._roles.get(key, "")])
        self._roles[key] = role
        if role:
            self._person.share(calendar, email, role)
        else:
            self._person.unshare(calendar, email)

    def _event(self) -> None:
        if not self._events or self._random.random() < 0.5:
            calendar = self._calendar()
            self._events.append((calendar, self._person.create_event(calendar, self._title())))
        elif self._random.random() < 0.5:
            self._person.rename_event(*self._random.choice(self._events), self._title())
        else:
            self._person.delete_event(*self._events.pop(self._random.randrange(len(self._events))))

    def _list(self) -> None:
        if self._random.random() < 0.6:
            entry = f"users/me/calendarList/{quote(self._calendar())}"
            self._person.call("PATCH", entry, {"summaryOverride": self._title()})
        elif self._spare and self._random.random() < 0.5:
            self._person.delete_calendar(self._spare.pop())
        else:
            self._spare.append(self._person.create_calendar(self._title()))

    def _calendar(self) -> str:
        return self._random.choice(self._calendars)

    def _title(self) -> str:
        return f"Number {next(self._numbers)}"
