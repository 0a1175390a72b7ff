"""What goes wrong with a watch: what fails, and since when; what Google refuses, and whether that is believed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from calendar_watch.reasons import Reason

LASTING = timedelta(minutes=15)
_LASTING_TRIES = 3


OPERATIONS = ("watch", "list", "get", "stop", "sign", "publish", "follow")
"""What may fail."""


class StepKind(StrEnum):
    """Kinds of step that fail, and wait, independently of each other."""

    PUBLISH = "publish"
    OPEN = "open"
    READ = "read"
    STOP = "stop"
    AUDIT = "audit"
    FOLLOW = "follow"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Failures in a row, of one kind of step; a success ends them."""

    operation: str
    """Of `OPERATIONS`, the one that failed last."""
    since: datetime
    at: datetime
    """The last one."""
    count: int
    status: int
    """HTTP's; 0: no answer came."""
    code: str
    """Google's own word for it, or ours."""
    detail: str
    reason: Reason | None = None
    """Where the failure says more than that it failed."""

    @property
    def lasting(self) -> bool:
        """Long enough, and often enough, that somebody should know."""
        return self.count >= _LASTING_TRIES and self.at - self.since >= LASTING


@dataclass(frozen=True, slots=True)
class Refusal:
    """Google's refusals in a row, of one kind of step: a single one is often passing."""

    reason: Reason
    detail: str
    address: str
    """Where notifications were to go at that time."""
    since: datetime
    at: datetime
    """The last one."""
    count: int = 1
    believed: bool = False
    """Repeated for long enough to be taken for good, until it is taken back."""
    common: bool = False
    """All of a domain are refused alike, so that it is no word on this watch."""


@dataclass(frozen=True, slots=True)
class Health:
    """What Google would not do, and what failed, when each kind of step was last tried."""

    refusals: Mapping[StepKind, Refusal] = field(default_factory=dict)
    troubles: Mapping[StepKind, Trouble] = field(default_factory=dict)
    """Refused or not."""

    def with_refusal(self, kind: StepKind, refusal: Refusal) -> Self:
        return replace(self, refusals={**self.refusals, kind: refusal})

    def with_trouble(self, kind: StepKind, trouble: Trouble) -> Self:
        return replace(self, troubles={**self.troubles, kind: trouble})

    def without_refusal(self, kind: StepKind) -> Self:
        if kind not in self.refusals:
            return self
        return replace(self, refusals={each: kept for each, kept in self.refusals.items() if each is not kind})

    def without_trouble(self, kind: StepKind) -> Self:
        if kind not in self.troubles:
            return self
        return replace(self, troubles={each: kept for each, kept in self.troubles.items() if each is not kind})

    @property
    def suspended(self) -> bool:
        """Google refuses to let the collection be read, and that is believed; nothing else suspends."""
        refusal = self.refusals.get(StepKind.READ)
        return refusal is not None and refusal.believed

    @property
    def doubtful(self) -> bool:
        """Readings do not work, whatever the channels do."""
        refusal, trouble = self.refusals.get(StepKind.READ), self.troubles.get(StepKind.READ)
        return (refusal is not None and not refusal.common) or (trouble is not None and trouble.lasting)

    @property
    def last_trouble(self) -> Trouble | None:
        """The one of those that last still."""
        return max(self.troubles.values(), key=lambda trouble: trouble.at, default=None)

    def reasons(self) -> Iterator[tuple[Reason, str]]:
        """Each with what Google said, the gravest first: what keeps it from being read, then from being watched."""
        reading, opening = self.refusals.get(StepKind.READ), self.refusals.get(StepKind.OPEN)
        failing = self.troubles.get(StepKind.READ)
        if reading and (reading.believed or not reading.common):
            yield reading.reason, reading.detail
        if failing and failing.lasting:
            yield failing.reason or Reason.READINGS_FAILING, failing.detail
        cannot_watch = opening if opening and opening.reason.polls else None
        for each in (cannot_watch, failing, opening, self.troubles.get(StepKind.OPEN)):
            if each and each.reason:
                yield each.reason, each.detail
