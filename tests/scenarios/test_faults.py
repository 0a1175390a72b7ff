"""One thing goes wrong, at every place where it can: nothing is lost, nothing doubled, no channel forgotten."""

from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import timedelta

import grpc
import pytest
from requests import PreparedRequest, Response

from calendar_watch.errors import CalendarWatchError
from calendar_watch.model.watch import State
from calendar_watch.operations.register import Outcome
from tests.doubles.local_firestore import LocalFirestore
from tests.doubles.local_firestore.faults import Fault
from tests.scenarios.conftest import MakeWorld
from tests.support.line import Cut, Death, Send, answered, dead_after, dead_before, late, lost, refused
from tests.support.world import ALICE, ALICES_ACL, BOB, World, policy_of

MINUTE = timedelta(minutes=1)
LIFETIME = 7_200


def live_through_a_lifetime(world: World) -> None:
    """Opening, a change, a renewal, another change."""
    with suppress(CalendarWatchError, Death):
        world.open(ALICES_ACL)
    _go_on(world, 5 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    _go_on(world, timedelta(hours=2))
    world.alice.share(ALICE, BOB, "writer")
    _go_on(world, 10 * MINUTE)


def _go_on(world: World, span: timedelta) -> None:
    """A process that dies is started again by the platform."""
    end = world.now + span
    while world.now < end:
        with suppress(Death):
            world.run(end - world.now)


def assert_all_is_well(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(timedelta(hours=1))
    events = world.events(ALICES_ACL.id)
    assert [int(each["sequence"]) for each in events] == list(range(1, len(events) + 1))
    items = [each["data"] for each in events if "itemId" in each["data"]]
    assert [(each["before"] or {}).get("role") for each in items] == [None, "reader"]
    assert [each["after"]["role"] for each in items] == ["reader", "writer"]
    assert world.store.get(ALICES_ACL.id).state(world.now) is State.ACTIVE
    assert len(world.live()) == 1
    assert world.store.waiting("", 10) == []


def firestore_fault(server: LocalFirestore, how: str, rpc: str, nth: int) -> AbstractContextManager[Fault]:
    if how == "lost":
        return server.faults.lose_answer(rpc, nth=nth)
    code = grpc.StatusCode.ABORTED if how == "aborted" else grpc.StatusCode.UNAVAILABLE
    return server.faults.refuse(rpc, code=code, nth=nth)


@pytest.mark.parametrize("nth", range(1, 16))
@pytest.mark.parametrize(
    "how", ["lost", *(pytest.param(how, marks=pytest.mark.search) for how in ("unavailable", "aborted"))]
)
def test_any_one_write_may_fail_or_lose_its_answer(
    make_world: MakeWorld, firestore_server: LocalFirestore, how: str, nth: int
) -> None:
    world = make_world(policy=policy_of(channel_ttl=LIFETIME))
    with firestore_fault(firestore_server, how, "Commit", nth) as fault:
        live_through_a_lifetime(world)
    assert fault.matched >= nth
    assert_all_is_well(world)


CALLS = [("POST", "/acl/watch"), ("GET", "/acl"), ("POST", "/channels/stop")]
MISHAPS: dict[str, Cut] = {
    "lost": lost,
    "dead before": dead_before,
    "dead after": dead_after,
    "backend error": refused(503, "backendError"),
    "rate limit": refused(403, "rateLimitExceeded"),
    "html": answered(200, {"unexpected": "shape"}),
}


@pytest.mark.parametrize("nth", [1, pytest.param(2, marks=pytest.mark.search)])
@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[1])
def test_any_one_call_to_google_may_fail_or_kill_us(
    make_world: MakeWorld, call: tuple[str, str], mishap: str, nth: int
) -> None:
    world = make_world(policy=policy_of(channel_ttl=LIFETIME))
    seen = 0

    def once(request: PreparedRequest, send: Send) -> Response:
        nonlocal seen
        seen += 1
        return MISHAPS[mishap](request, send) if seen == nth else send()

    with world.line.cut(*call, once):
        live_through_a_lifetime(world)
    assert_all_is_well(world)


@pytest.mark.parametrize("call", [("POST", "/acl/watch"), ("GET", "/acl")], ids=["opening", "reading"])
def test_firestore_may_take_no_write_from_the_middle_of_a_reconciliation(
    make_world: MakeWorld, firestore_server: LocalFirestore, call: tuple[str, str]
) -> None:
    world = make_world(policy=policy_of(channel_ttl=LIFETIME))
    with ExitStack() as outage:
        begin = firestore_server.faults.refuse("Commit", code=grpc.StatusCode.ABORTED, nth=None)
        with world.line.cut(*call, late(lambda: outage.enter_context(begin))):
            outcome, _ = world.registry.open(ALICES_ACL, {})
    assert outcome is Outcome.UNDER_WAY, "it is written down, and goes on by itself"
    live_through_a_lifetime(world)
    assert_all_is_well(world)
