"""`external_now` classes rules as the code does, whatever the rows tell."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calendar_watch.model.exposure import Exposure, exposure_of
from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.unit.model.test_exposure import CLASSES, LOOK_ALIKES, ROLES, SECONDARY, value_of

INTERNAL = ("example.com", "kiosk.example", "sub.example.org")
WATCH = {"id": "w", "resource": "acl", "calendarId": SECONDARY, "user": "alice@example.com", "labels": {}}
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
ADDRESSES = (*LOOK_ALIKES, "Bob@Example.COM", "bob@sub.example.org", "bob@\u212aiosk.example", "o'neil+x@example.com")


def scopes() -> list[dict[str, Any]]:
    plain = [{"type": kind, "value": value_of(kind, whose)} for kind, whose in CLASSES]
    odd = [{"type": kind, "value": each} for kind in ("user", "group", "domain") for each in ADDRESSES]
    domains = [{"type": "domain", "value": each.rpartition("@")[2]} for each in ADDRESSES]
    return [
        *({name: each for name, each in scope.items() if each} for scope in plain),
        *odd,
        *domains,
        {"type": "default"},
    ]


RULES = [{"id": f"{number}", "role": "reader", "scope": each} for number, each in enumerate(scopes())]
ROLES_OUTSIDE = [
    {"id": f"role {role}", "role": role, "scope": {"type": "user", "value": "eve@evil.net"}}
    for role in (*ROLES, "none")
]


def row(sequence: int, kind: str, **data: Any) -> Row:
    attributes = {
        "ce-id": f"w.{sequence}",
        "ce-partitionkey": "w",
        "ce-sequence": f"{sequence:020d}",
        "ce-time": "2026-11-27T12:00:00.000000Z",
        "ce-type": f"calendarwatch.{kind}.v1",
    }
    return Row(f"{sequence}", NOON, attributes, {"watch": WATCH, **data})


def known(sequence: int, rule: dict[str, Any]) -> Row:
    return row(sequence, "acl.known", itemId=rule["id"], before=None, after=rule, cause="baseline")


@pytest.fixture(scope="module")
def classed() -> dict[str, str]:
    opened = row(1 + len(RULES + ROLES_OUTSIDE), "watch.opened", state="active", baselineFrom=1)
    rows = [known(number, each) for number, each in enumerate(RULES + ROLES_OUTSIDE, 1)]
    found = Warehouse([*rows, opened], INTERNAL).rows("external_now")
    return {each["item_id"]: each["exposure"] for each in found}


def test_it_is_what_the_code_calls_external_or_public(classed: dict[str, str]) -> None:
    by_code = {each["id"]: exposure_of(each, SECONDARY, INTERNAL) for each in RULES + ROLES_OUTSIDE}
    assert classed == {name: each for name, each in by_code.items() if each in {Exposure.EXTERNAL, Exposure.PUBLIC}}
    assert set(by_code.values()) == set(Exposure)


def test_without_a_domain_of_ones_own_everybody_is_outside() -> None:
    opened = row(2, "watch.opened", state="active", baselineFrom=1)
    inside = {"id": "b", "role": "reader", "scope": {"type": "user", "value": "bob@example.com"}}
    assert len(Warehouse([known(1, inside), opened], ()).rows("external_now")) == 1
