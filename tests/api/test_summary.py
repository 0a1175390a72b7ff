"""All watches at a glance."""

import pytest

from calendar_watch.model import exposure
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, Json
from tests.api.google import ALICE, BOB

COUNTED = len(RESOURCES) * len(State) + len(Reason) + 2 + len(exposure.COUNTED)
"""The overdue and the oldest of them come on top, in one query."""


def counts(summary: Json) -> dict[tuple[str, str], int]:
    return {(name, state): n for name, states in summary["watches"].items() for state, n in states.items() if n}


def test_watches_are_counted_by_resource_and_state_and_by_reason(deploy: Deploy) -> None:
    deployment = deploy()
    watch = deployment.open(ACL)
    deployment.open(SETTINGS)
    deployment.end(deployment.open(CALENDAR_LIST))
    deployment.google.alice.share(ALICE, BOB, "reader")
    with deployment.google.refusing("/acl", 403, "forbidden"):
        deployment.google.deliver()
        deployment.reconcile()
    summary = deployment.get("/summary")
    stopped = deployment.get(f"/{deployment.get('/', resource='calendarList')['watches'][0]['id']}")["state"]
    assert counts(summary) == {("acl", "degraded"): 1, ("settings", "active"): 1, ("calendarList", stopped): 1}
    assert {reason: n for reason, n in summary["reasons"].items() if n} == {"forbidden": 1}
    assert {*summary["watches"]} == {*RESOURCES}
    assert all({*states} == {*State} for states in summary["watches"].values())
    assert {*summary["reasons"]} == {*Reason}
    assert summary["unpublishedWatches"] == 0
    assert summary["overdueSeconds"] >= 0
    assert deployment.get(f"/{watch['id']}")["reason"] == "forbidden"


def test_rules_are_counted_by_who_can_see_a_calendar_by_them(deployment: Deployment) -> None:
    google, watch = deployment.google, deployment.open(ACL)
    for scope, value in (("default", None), ("user", BOB), ("user", "eve@evil.net"), ("domain", "example.com")):
        google.alice.share_with(ALICE, scope, value, "reader")
    google.deliver()
    deployment.reconcile()
    shown = deployment.get(f"/{watch['id']}")["exposures"]
    assert deployment.get("/summary")["exposures"] == shown
    assert shown == {"internal": 2, "group": 0, "domain": 1, "external": 1, "public": 1}


def test_it_takes_the_same_number_of_rpcs_whatever_there_is_and_none_for_half_a_minute(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = []
    for user in ("alice", "bob", "carol"):
        deployment.open({**SETTINGS, "subject": f"{user}@example.com"})
        deployment.deploy(monkeypatch)
        deployment.firestore.calls.clear()
        deployment.get("/summary")
        numbers.append(len(deployment.firestore.calls.log()))
        deployment.get("/summary")
        assert len(deployment.firestore.calls.log()) == numbers[-1]
    assert numbers == [COUNTED + 1] * 3
