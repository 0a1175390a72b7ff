"""Deletions are absences: what a listing shows no longer, and when so much is missing that it is not believed yet."""

from datetime import datetime

from calendar_watch.model.health import StepKind
from calendar_watch.model.policy import Policy
from calendar_watch.model.snapshot import Items
from calendar_watch.model.watch import Watch


def emptied(old: Items, new: Items) -> bool:
    """Whether so much is gone that a listing wants to be seen twice before it is believed."""
    return mostly_gone(len(old.keys() - new.keys()), len(old))


def mostly_gone(gone: int, of: int) -> bool:
    return gone > 0 and (gone >= of or (gone >= 10 and gone * 2 > of))  # noqa: PLR2004 (the contract's ten)


def braked(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """So much is gone that the listing is to be seen a second time, a while later, before it is believed."""
    return watch.with_reading(brake=True).with_schedule(
        not_before={**watch.schedule.not_before, StepKind.READ: now + policy.brake}
    )
