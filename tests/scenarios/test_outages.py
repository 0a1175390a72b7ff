"""What fails for all alike makes nobody deaf for longer than it lasts, and costs next to nothing meanwhile."""

# The errors of google-auth have no types:
# mypy: allow-untyped-calls

import json
from datetime import timedelta

import pytest
from google.auth.exceptions import RefreshError
from requests import PreparedRequest, Response

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State
from calendar_watch.operations.register import Outcome
from tests.support.line import Cut, Send, refused
from tests.support.world import ALICE, ALICES_ACL, ALICES_EVENTS, ALICES_LIST, ALICES_SETTINGS, BOB, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MINE = [ALICES_ACL, ALICES_LIST, ALICES_EVENTS, ALICES_SETTINGS]


def unsigned(_request: PreparedRequest, _send: Send) -> Response:
    """IAM's answer stands where a token should be."""
    denied = {"error": {"code": 403, "message": "signJwt denied", "status": "PERMISSION_DENIED"}}
    raise RefreshError("Unable to acquire impersonated credentials", json.dumps(denied))


def undelegated(_request: PreparedRequest, _send: Send) -> Response:
    raise RefreshError("unauthorized_client: Client is unauthorized", {"error": "unauthorized_client"})


@pytest.mark.parametrize(
    ("trouble", "scopes"),
    [
        (refused(403, "accessNotConfigured"), 1),
        (refused(403, "dailyLimitExceeded"), 1),
        (unsigned, 1),
        (undelegated, 4),
    ],
    ids=["api", "quota", "signing", "delegation"],
)
def test_an_hour_in_which_everybody_is_refused_leaves_nobody_silent(world: World, trouble: Cut, scopes: int) -> None:
    teams = [Target(ACL, world.alice.create_calendar(f"Team {number}"), ALICE) for number in range(6)]
    for target in (everybody := MINE + teams):
        world.open(target)
    world.run(5 * MINUTE)
    tries: list[str | None] = []

    def refuse(request: PreparedRequest, send: Send) -> Response:
        tries.append(request.url)
        return trouble(request, send)

    with world.line.cut("GET", "", refuse):
        world.alice.share(ALICE, BOB, "reader")
        world.run(HOUR)
        assert len(tries) <= 60 * scopes
        assert {world.query.show(target.id).state(world.now) for target in everybody} <= {State.ACTIVE, State.DEGRADED}
    world.run(6 * MINUTE)
    assert {world.query.show(target.id).state(world.now) for target in everybody} == {State.ACTIVE}
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.degraded", "acl.created", "watch.resumed"]


@pytest.mark.parametrize(("trouble", "reason"), [(unsigned, "signingFailing"), (undelegated, "authorizationRevoked")])
def test_what_is_asked_for_meanwhile_is_kept_with_the_reason_and_opens_by_itself(
    world: World, trouble: Cut, reason: str
) -> None:
    with world.line.cut("GET", "", trouble), world.line.cut("POST", "", trouble):
        outcome, watch = world.registry.open(ALICES_ACL, {})
        assert (outcome, watch.state(world.now), watch.reason) == (Outcome.UNDER_WAY, State.OPENING, reason)
        world.run(HOUR)
        assert world.query.show(ALICES_ACL.id).state(world.now) is State.OPENING
    world.run(6 * MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened"]
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE
