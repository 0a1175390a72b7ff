"""Who is in the Directory of the simulated account, and who administers it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

Standing = Literal["active", "suspended", "archived", "deleted"]


@dataclass(frozen=True)
class Person:
    #: stays when the address changes
    id: str
    email: str
    standing: Standing = "active"
    admin: bool = False
    aliases: tuple[str, ...] = ()


class People:
    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._numbers = count(1)

    def employ(self, users: Collection[str], admins: Collection[str]) -> None:
        """Let these be all that there are, and active; whoever was there before keeps the id."""
        wanted = dict.fromkeys([*users, *admins])
        there = {each.email: each for each in self.present()}
        known = [there.get(email) or Person(f"1{next(self._numbers):020}", email) for email in wanted]
        self._people = {each.id: replace(each, standing="active", admin=each.email in admins) for each in known}

    def stand(self, user: str, standing: Standing) -> None:
        """Raise ValueError for somebody who is not there."""
        self._put(replace(self._somebody(user), standing=standing))

    def rename(self, old: str, new: str) -> None:
        """Keep the old address as an alias. Whoever is not in the Directory stays out of it."""
        person = self.find(old)
        if person:
            self._put(replace(person, email=new, aliases=(*person.aliases, old)))

    def present(self) -> list[Person]:
        """In the order of their addresses."""
        found = [each for each in self._people.values() if each.standing != "deleted"]
        return sorted(found, key=lambda each: each.email)

    def find(self, key: str) -> Person | None:
        """By id, address or alias."""
        return next((each for each in self.present() if key in {each.id, each.email, *each.aliases}), None)

    def administer(self, user: str) -> bool:
        person = self.find(user)
        return person is not None and person.admin and person.standing == "active"

    def _somebody(self, user: str) -> Person:
        person = next((each for each in self._people.values() if each.email == user), None)
        if person is None:
            raise ValueError(f"{user} is not in the Directory")
        return person

    def _put(self, person: Person) -> None:
        self._people[person.id] = person
