"""How long one stretch of work may take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    began: datetime
    ends: datetime

    @classmethod
    def after(cls, now: datetime, seconds: float) -> Self:
        return cls(now, now + timedelta(seconds=seconds))

    def over(self, now: datetime) -> bool:
        return now >= self.ends

    def leaves(self, span: timedelta, now: datetime) -> bool:
        """Whether `span` is left, or half of all there was: what takes long must be begun at some time."""
        return not self.over(now) and now + min(span, (self.ends - self.began) / 2) <= self.ends

    def left(self, now: datetime) -> float:
        """Seconds; below zero once it is over."""
        return (self.ends - now).total_seconds()
