"""How many calls to Google enrolling takes, and so how long."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_CALLS_TO_OPEN = 4
"""For each watch: watch, and list for it, for its first message, again. So the functions reckon, too."""


@dataclass(frozen=True, slots=True)
class Pace:
    calls_per_minute: int
    calendars: float
    """That a user owns, on the average: each is opened for each collection that is followed."""

    def calls(self, requests: Iterable[Mapping[str, Any]]) -> int:
        return sum(round(_CALLS_TO_OPEN * (1 + self.calendars * len(each.get("follow", ())))) for each in requests)

    def seconds(self, requests: Iterable[Mapping[str, Any]]) -> float:
        return self.calls(requests) * 60 / self.calls_per_minute

    def forecast(self, requests: Sequence[Mapping[str, Any]]) -> str:
        took = duration(self.seconds(requests))
        return f"{self.calls(requests)} calls to Google, {took} at {self.calls_per_minute} a minute"


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
