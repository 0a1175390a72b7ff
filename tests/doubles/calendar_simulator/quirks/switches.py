"""Which quirks are on, how often each strikes, for how long, and how often it has reached a client."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from .catalogue import QUIRKS


class Switches:
    """Each quirk has dice of its own, so that switching one changes nothing about the others."""

    def __init__(self, seed: str) -> None:
        self.reached: Counter[str] = Counter()
        """Answers and messages that left with a quirk in them, by number."""
        self.ever_on = False
        """Whether answers may be such as Google's documents do not allow."""
        self._seed = seed
        self._met: set[str] = set()
        self._paused = False
        self._chances: Mapping[str, float] = {}
        self._dice: dict[str, Random] = {}
        self._spells: dict[tuple[str, str], tuple[datetime, datetime]] = {}
        """From when to when."""

    def set(self, chances: Mapping[str, float]) -> None:
        """A number that there is not is a `ValueError`; what is not named is off. Spells that have begun go on."""
        unknown = chances.keys() - QUIRKS.keys()
        if unknown:
            raise ValueError(f"no such quirk: {', '.join(sorted(unknown))}")
        self._chances = dict(chances)
        self.ever_on = self.ever_on or bool(chances)

    def calm(self) -> None:
        """All off, and every spell over."""
        self._chances = {}
        self._spells.clear()

    @property
    def quiet(self) -> bool:
        """Whether none can strike, and none lasts."""
        return not self._chances and not self._spells

    def on(self, number: str) -> bool:
        return self._chances.get(number, 0) > 0

    def strikes(self, number: str) -> bool:
        """Whether it does, on this occasion."""
        chance = self._chances.get(number, 0)
        return chance > 0 and self.dice(number).random() < chance

    def picks(self, number: str, about: str) -> bool:
        """The same for the same thing as long as the chance is: what is picked stays so, and is not drawn again."""
        chance = self._chances.get(number, 0)
        return chance > 0 and self.lot(number, about) < chance

    def lot(self, number: str, about: str) -> float:
        """From 0 to below 1, for ever the same."""
        digest = hashlib.sha1(f"{self._seed} {number} {about}".encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest[:7], "big") / 2**56

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For whoever has to see the truth meanwhile."""
        chances, spells = self._chances, self._spells
        self._chances, self._spells, self._paused = {}, {}, True
        try:
            yield
        finally:
            self._chances, self._spells, self._paused = chances, spells, False

    def meet(self, number: str) -> None:
        """Note that the answer in the making has it."""
        if not self._paused:
            self._met.add(number)

    def answered(self) -> None:
        """Count what the answer that leaves has, each once."""
        self.reached.update(self._met)
        self._met.clear()

    def forget(self) -> None:
        """Nobody's client got that answer."""
        self._met.clear()

    def dice(self, number: str) -> Random:
        if number not in self._dice:
            self._dice[number] = Random(f"{self._seed} {number}")  # noqa: S311 (repeatable on purpose)
        return self._dice[number]

    def begin_spell(self, number: str, about: str, now: datetime, seconds: float) -> None:
        """`about` is what it is about: a calendar, a user, a domain; empty: everything."""
        self._spells[number, about] = now, now + timedelta(seconds=seconds)

    def spells(self, number: str, now: datetime) -> list[tuple[str, datetime]]:
        """What those that last are about, and until when."""
        return [(about, ends) for (each, about), (_, ends) in self._spells.items() if each == number and now < ends]

    def end_spells(self, number: str | None, about: str | None) -> None:
        """Those of this quirk that are about this; None: of any, about anything."""
        for each in [*self._spells]:
            if number in (None, each[0]) and about in (None, each[1]):
                del self._spells[each]

    def under_spell(self, number: str, about: str, now: datetime) -> bool:
        return self.spell_left(number, about, now) > 0

    def spell_left(self, number: str, about: str, now: datetime) -> float:
        """Which part of the spell is still to come: 1 at its beginning, 0 when it is over or there is none."""
        began, ends = self._spells.get((number, about), (now, now))
        return (ends - now) / (ends - began) if now < ends else 0.0

    def seen(self, number: str, happened: bool) -> bool:  # noqa: FBT001 - passed through
        """Count what reached a client, if it did, and say so."""
        if happened:
            self.reached[number] += 1
        return happened
