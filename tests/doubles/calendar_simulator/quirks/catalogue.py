"""Every quirk that the simulator can imitate: its number, what it is, and who saw it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Quirk:
    number: str
    """As in the claims table: Q02."""
    name: str
    source: str
    """Who saw it: owner/repo#thread, or Google's own word."""
    chance: float
    """How often it strikes where everything is on, 0 to 1, on each occasion that it has."""


_ALL: tuple[Quirk, ...] = ()

QUIRKS: Mapping[str, Quirk] = {each.number: each for each in _ALL}
