"""The fields of each kind of log line, on which metrics and alerts are built: none may go."""

FIELDS = {
    "instance": {"version"},
    "notification": {"outcome", "watchId", "channelId"},
    "reconciled": {"watchId", "resource", "state", "steps", "durationSeconds"},
    "changes": {"watchId", "count", "cause", "latencySeconds"},
    "exposure": {"watchId", "exposure", "change"},
    "published": {"watchId", "count", "unpublished"},
    "channel": {"action"},
    "state": {"from", "to", "reason"},
    "sweep": {
        *("reconciled", "renewed", "synced", "published", "failed", "handedOver", "remaining"),
        *("overdueSeconds", "states"),
    },
    "call": {"method", "status", "reason", "durationSeconds"},
}
"""Of a day without trouble."""
IN_TROUBLE = {
    "outage": {"cause", "reason", "action"},
    "refusedWrite": {"watchId", "resource", "step"},
    "unreconciled": {"watchId", "error"},
    "foreignSchema": {"collection", "count", "document"},
    "malformed": {"collection", "count", "document"},
    "leftOut": {"resource", "count"},
    "wakeup": {"watchId"},
    "counts": {"states", "reasons", "lockedOut"},
    "checks": {"failed"},
    "handover": set(),
    "epoch": {"watchId", "epoch", "met"},
}
"""Of what such a day does not bring."""
SOMETIMES = {"notification": {"count"}}
"""On some lines of a kind: how many forged messages one stands for."""
BY_THE_CLOCK = frozenset({"counts"})
"""What a sweep tells at every full ten minutes, whatever else there is."""
WHEN_ASKED = frozenset({"checks"})
"""What belongs to no day."""
