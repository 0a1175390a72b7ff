"""Everybody who uses the calendars or the watches meanwhile."""

from collections.abc import Sequence
from itertools import count
from random import Random

from tests.end_to_end.system.traffic import Traffic
from tests.support.stack import Person, Stack

from .answer import answer

_SETTINGS = 0.1
_LOSSES = 0.05


class Users:
    """They change access, events, lists and settings. Some of what Google has to say about it is lost."""

    def __init__(self, stack: Stack, person: Person, calendars: Sequence[str], random: Random, *, lossy: bool):
        self.changes = self.losses = 0
        self._loss = _LOSSES if lossy else 0
        self._google = stack.google
        self._person = person
        self._traffic = Traffic(person, calendars, random)
        self._random = random
        self._numbers = count(1)

    def act(self) -> None:
        if self._random.random() < self._loss:
            self._google.admin("POST", "drop", {"count": 1})
            self.losses += 1
        if self._random.random() < _SETTINGS:
            self._set()
        else:
            self._traffic.change()
        self.changes += 1

    def _set(self) -> None:
        setting = {"user": self._person.email, "id": "timezone", "value": f"Zone/{next(self._numbers)}"}
        self._google.admin("PUT", "setting", setting)


class Operator:
    """Opens and ends watches of her own; nobody may be there to answer."""

    def __init__(self, stack: Stack, calendars: Sequence[str], random: Random):
        self._api = stack.api
        self._calendars = calendars
        self._random = random
        self._opened: list[str] = []

    def act(self) -> None:
        answer(self._ask)

    def _ask(self) -> None:
        if self._opened and self._random.random() < 0.5:
            self._api.end(self._opened.pop())
        else:
            target = {"calendarId": self._random.choice(self._calendars), "subject": "operator@example.com"}
            self._opened.append(self._api.open(resource="acl", **target)["id"])
