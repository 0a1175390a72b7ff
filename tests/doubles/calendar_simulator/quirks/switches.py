"""Which quirks are on, how often each strikes, for how long, and how often it has reached a client."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from .catalogue import QUIRKS


class Switches:
    """Each quirk has dice of its own, so that switching one changes nothing about the others."""

    def __init__(self, seed: str) -> None:
        self.reached: Counter[str] = Counter()
        """Answers and messages that left with a quirk in them, by number."""
        self._seed = seed
        self._chances: Mapping[str, float] = {}
        self._dice: dict[str, Random] = {}
        self._spells: dict[tuple[str, str], datetime] = {}

    def set(self, chances: Mapping[str, float]) -> None:
        """A number that there is not is a `ValueError`; what is not named is off. Spells that have begun go on."""
        unknown = chances.keys() - QUIRKS.keys()
        if unknown:
            raise ValueError(f"no such quirk: {', '.join(sorted(unknown))}")
        self._chances = dict(chances)

    def calm(self) -> None:
        """All off, and every spell over."""
        self._chances = {}
        self._spells.clear()

    def on(self, number: str) -> bool:
        return self._chances.get(number, 0) > 0

    def strikes(self, number: str) -> bool:
        """Whether it does, on this occasion."""
        chance = self._chances.get(number, 0)
        return chance > 0 and self.dice(number).random() < chance

    def dice(self, number: str) -> Random:
        return self._dice.setdefault(number, Random(f"{self._seed} {number}"))  # noqa: S311 (repeatable on purpose)

    def begin_spell(self, number: str, about: str, now: datetime, seconds: float) -> None:
        """`about` is what it is about: a calendar, a user, a domain; empty: everything."""
        self._spells[number, about] = now + timedelta(seconds=seconds)

    def under_spell(self, number: str, about: str, now: datetime) -> bool:
        return now < self._spells.get((number, about), now)
