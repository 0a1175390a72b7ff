"""What successive readings of a calendar's rules saw, from Google's side: its calls, and all that ever was."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from tests.doubles.calendar_simulator import CalendarSimulator
from tests.doubles.calendar_simulator.revisions import micros
from tests.searches.chaos.senses.sharing import change_of

Rules = Mapping[str, Mapping[str, Any]]


def raised(google: CalendarSimulator, inside: frozenset[str]) -> list[tuple[Any, ...]]:
    """Calendar, grantee, role and exposure before and after, of whatever one reading saw and the last did not."""
    found = []
    for (calendar, _), seen in _seen(google).items():
        for before, after in pairwise(seen):
            for rule in sorted(before.keys() | after.keys()):
                pair = {"before": before.get(rule), "after": after.get(rule), "watch": {"calendarId": calendar}}
                if (change := change_of(pair, inside))["change"] == "raised":
                    found.append(_told(calendar, pair, change))
    return found


def _told(calendar: str, pair: Mapping[str, Any], change: Mapping[str, Any]) -> tuple[Any, ...]:
    before, after = pair["before"], pair["after"]
    roles = before["role"] if before else "none", after["role"]
    return (calendar, after["scope"].get("value"), *roles, change["before"], change["after"])


def _seen(google: CalendarSimulator) -> Mapping[tuple[str, str], list[Rules]]:
    """By calendar, and for whom it was read."""
    seen: dict[tuple[str, str], list[Rules]] = defaultdict(list)
    for call in google.calls:
        if call.method_id == "calendar.acl.list" and call.status == 200 and call.user and call.quota_user:
            name = unquote(call.path.split("/")[-2])
            calendar = call.user if name == "primary" else name
            seen[calendar, call.quota_user].append(dict(_rules(google, calendar, micros(call.time))))
    return seen


def _rules(google: CalendarSimulator, calendar: str, revision: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for record in google.collection("acl", calendar).records_after(-1, revision):
        if not record.deleted:
            yield record.key, record.item
