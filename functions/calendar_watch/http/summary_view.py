"""All watches at a glance, as the API shows them: each field once, with its form."""

from datetime import datetime
from typing import Any

from calendar_watch.http.fields import EXPOSURES, Fields, moment_of, schema_of, shown_by
from calendar_watch.http.json_schema import MOMENT, table_of, whole
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.watch import State
from calendar_watch.ports import Tally
from calendar_watch.reasons import Reason


def summary_view(tally: Tally, as_of: datetime) -> dict[str, Any]:
    return shown_by(_SUMMARY, (tally, as_of))


def _late(tally: Tally, as_of: datetime) -> float:
    return (as_of - (tally.overdue_since or as_of)).total_seconds()


_SUMMARY: Fields = {
    "watches": (
        table_of(RESOURCES, table_of(State, whole())),
        "how many there are, by resource and state",
        lambda told: told[0].watches,
    ),
    "reasons": (
        table_of(Reason, whole()),
        "how many are not as they should be, by reason",
        lambda told: told[0].reasons,
    ),
    "exposures": (
        EXPOSURES,
        "how many access rules show a calendar to whom, all watches of acl together",
        lambda told: told[0].exposures,
    ),
    "overdueSeconds": (
        {"type": "number", "minimum": 0},
        "how late the most overdue watch is",
        lambda told: _late(*told),
    ),
    "unpublishedWatches": (
        whole(),
        "how many have changes that have not gone out to Pub/Sub yet",
        lambda told: told[0].unpublished,
    ),
    "asOf": (MOMENT, "when this was counted: half a minute ago at most", lambda told: moment_of(told[1])),
}

SUMMARY = schema_of(_SUMMARY)
