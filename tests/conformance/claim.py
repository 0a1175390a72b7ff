"""A claim: a sentence, the row of the simulator's claims table that it proves, and what shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.conformance.bench import Bench
from tests.conformance.sides.side import Need


@dataclass(frozen=True)
class Finding:
    expected: object
    seen: object

    @property
    def agrees(self) -> bool:
        return self.expected == self.seen


@dataclass(frozen=True)
class Claim:
    name: str
    row: str
    """How the row begins."""
    show: Callable[[Bench], Finding]
    quirks: tuple[str, ...] = ()
    """Each of them, where it is always there, makes Google disagree."""
    needs: frozenset[Need] = frozenset()


def claim(row: str, *quirks: str, needs: tuple[Need, ...] = ()) -> Callable[[Callable[[Bench], Finding]], Claim]:
    """The function's name is the sentence."""

    def made(show: Callable[[Bench], Finding]) -> Claim:
        return Claim(show.__name__.replace("_", " ").strip(), row, show, quirks, frozenset(needs))

    return made


def so(condition: object) -> Finding:
    return Finding("yes", "yes" if condition else "no")


def not_so(condition: object) -> Finding:
    return Finding("no", "yes" if condition else "no")
