"""What one reconciliation came to."""

from dataclasses import dataclass, field

from calendar_watch.model.watch import State


@dataclass(slots=True)
class Result:
    """What was done, for the log and for `renew`'s answer."""

    steps: list[str] = field(default_factory=list)
    renewed: int = 0
    synced: int = 0
    published: int = 0
    failed: bool = False
    state: State | None = None
