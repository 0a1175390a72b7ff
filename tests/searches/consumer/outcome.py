"""What came of a run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    struck: Counter[str]
    """What went wrong, and how often; what the API answered, by address and status."""
    published: int
    """Messages."""
    counted: Counter[str]
    """By sink: how many changes counted by themselves. The others were in the items."""
    offences: Sequence[str]
