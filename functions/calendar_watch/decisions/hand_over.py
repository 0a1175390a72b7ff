"""When a sweep has other instances help."""

from datetime import datetime

from calendar_watch.model.deadline import Deadline


def falls_behind(done: int, due: int, deadline: Deadline, now: datetime) -> bool:
    """Whether, at the pace so far, more is due than can be done in what is left."""
    so_far = (now - deadline.began).total_seconds()
    return due * so_far > done * deadline.left(now)
