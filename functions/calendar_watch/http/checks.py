"""`POST /checks`: its body, and what is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from calendar_watch.http.json_schema import BOOLEAN, array, closed, one_of, or_null, text
from calendar_watch.http.watch_request import (
    CALENDAR_ID,
    SUBJECT,
    Fields,
    Rules,
    calendar_id_of,
    object_in,
    read_fields,
    subject_of,
)
from calendar_watch.model.check import ALL_CHECKS, Check, CheckRequest
from calendar_watch.model.resources import RESOURCES

ANYBODY = Rules(frozenset(RESOURCES), "anonymous", frozenset())
"""Where the settings are wrong, nobody knows who is allowed."""


def read_checks(body: object, rules: Rules) -> CheckRequest:
    """Raises InvalidRequestError with every wrong field."""
    values = read_fields(object_in(body), _FIELDS, rules)
    return CheckRequest(values["subject"], values["calendarId"])


def checks_view(checks: Sequence[Check]) -> dict[str, Any]:
    return {"ok": all(each.ok for each in checks), "checks": [asdict(each) for each in checks]}


def _subject(subject: Any, body: Mapping[str, Any], rules: Rules) -> str | None:
    """What needs one then says so."""
    return None if subject is None else subject_of(subject, body, rules)


def _calendar_id(calendar_id: Any, body: Mapping[str, Any], rules: Rules) -> str | None:
    if calendar_id is not None and not any(RESOURCES[name].per_calendar for name in rules.resources):
        raise ValueError("none of the RESOURCES of this deployment belongs to a calendar: leave it out")
    return calendar_id_of(calendar_id, {**body, "resource": None}, rules)


_FIELDS: Fields = {"subject": (SUBJECT, _subject), "calendarId": (CALENDAR_ID, _calendar_id)}
CHECKS_BODY = closed({name: schema for name, (schema, _) in _FIELDS.items()}, optional=_FIELDS.keys())
_CHECK = closed({"check": one_of(ALL_CHECKS), "ok": BOOLEAN, "detail": text(), "remedy": or_null(text())})
CHECKS = closed({"ok": BOOLEAN, "checks": array(_CHECK)})
