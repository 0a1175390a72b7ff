"""One way in which the real Google behaves beside or beyond its documentation."""

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
