"""What a watch tells of itself: once of each change of state."""

from datetime import datetime

from calendar_watch.model.cloud_event import with_watch_event
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import State, Watch

_ANNOUNCEMENTS = {
    State.DEGRADED: "degraded",
    State.POLLING: "polling",
    State.SUSPENDED: "suspended",
    State.STOPPED: "stopped",
}


def with_state_told(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Tell once of each change of state."""
    state = watch.state(now)
    if not watch.log.sequence or state is watch.log.announced or state in {State.OPENING, State.STOPPING}:
        return watch
    kind = _ANNOUNCEMENTS.get(state, "resumed" if watch.log.announced else "")
    watch = watch.with_log(announced=state)
    return told(watch, kind, now, policy) if kind else watch


def told(watch: Watch, kind: str, now: datetime, policy: Policy) -> Watch:
    """Nothing is told before the watch has opened: a refused request leaves no trace in the stream."""
    return with_watch_event(watch, kind, now, policy) if watch.log.sequence else watch
