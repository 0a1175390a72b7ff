"""What is simulated, and what comes of it."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

CALLS = ("list", "get", "watch", "stop")
"""To Google Calendar."""


@dataclass(frozen=True, slots=True)
class Outage:
    """From which second to which, and of what."""

    begins: int = 0
    ends: int = 0
    google: bool = False
    firestore: bool = False

    def on(self, second: float) -> bool:
        return self.begins <= second < self.ends


@dataclass(frozen=True, slots=True)
class Plan:
    seconds: int
    counted_from: int = 0
    begins: int = 0
    """At which second of a day."""
    outage: Outage = Outage()
    enrolled_a_second: float = 0
    """Watches; none: they have been there for long."""


def _series() -> "array[float]":
    return array("d")


@dataclass
class Report:
    """Of all watches, not only of those that were decided over; from `counted_from` on. Series: a figure a minute."""

    seconds: int
    watches: int
    by_cause: dict[str, Counter[str]] = field(default_factory=dict)
    """What was spent on messages, after messages, after timers, and on sweeps."""
    told: list[tuple[float, float]] = field(default_factory=list)
    """When something was changed and when that went out as a CloudEvent, where it was decided over."""
    late: Counter[int] = field(default_factory=Counter)
    """How many reconciliations that a timer asked for began so many seconds late."""
    calls: "array[float]" = field(default_factory=_series)
    overdue: "array[float]" = field(default_factory=_series)
    needed: "array[float]" = field(default_factory=_series)
    """Instances of `renew` that the work would fill."""
    billed: float = 0.0
    """Seconds of instances of `renew` that answer."""
    index_writes: float = 0.0
    """A second: in the busiest second of the busiest shard."""
    handed_over: int = 0
    """Times."""
    opened: int = 0
    """Channels."""
    opened_at: float = 0.0
    """When the last of as many as there are watches was opened, in seconds."""

    @property
    def spent(self) -> Counter[str]:
        return sum(self.by_cause.values(), Counter[str]())

    def a_day(self, *names: str) -> float:
        return sum(self.spent[each] for each in names) * 86_400 / self.seconds

    def count(self, cause: str, spent: Counter[str], weight: int = 1) -> None:
        kept = self.by_cause.setdefault(cause, Counter())
        for name, number in spent.items():
            kept[name] += number * weight
